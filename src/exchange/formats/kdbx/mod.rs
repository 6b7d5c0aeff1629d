//! KeePass databases, KDBX 2, 3.1 and 4. Only the one-time passwords of the entries are read.
//!
//! | custom string | written by | content |
//! |---|---|---|
//! | `otp`, more as `otp_1`, `otp_2` … | KeePassXC, KeeWeb | a key URI, or `key=…&step=…&size=…` |
//! | `TOTP Seed`, `TOTP Settings` | KeeTrayTOTP, old KeePassXC | base32; `30;6`, or `30;S` for Steam |
//! | `KeePassOTP.Seed`, `KeePassOTP.Settings` | old KeePassOTP | the key; `30;6;TOTP;BASE32;SHA1` |
//! | `TimeOtp-Secret[-Hex\|-Base32\|-Base64]`, `TimeOtp-Period`, `TimeOtp-Length`, `TimeOtp-Algorithm` | KeePass 2 | TOTP |
//! | `HmacOtp-Secret[-…]`, `HmacOtp-Counter` | KeePass 2 | HOTP |
//! | any other | users | a key URI, also within a note; with the name of a secret, a setup key |
//!
//! The layers of a file from the outside are `header` (fields, key derivation), `body` (blocks, cipher, compression,
//! and the stream cipher of protected values), `document` (the XML) and `codes` (the strings of an entry). Only
//! databases with a password are supported; key files and hardware keys are not.

mod body;
mod codes;
mod document;
mod header;
mod stream;

use crate::exchange::registry::{Detect, Entry, Read};
use sha2::{Digest, Sha256};

use super::ciphers;
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::secret::Secret;

pub(in crate::exchange) use header::MAGIC;

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "kdbx",
    title: "KeePass database",
    detect: &[Detect::Magic(MAGIC)],
    read: Read::MayBeEncrypted(read),
    ..Entry::DEFAULT
};

/// Maximum size of a database, before and after decompression, in bytes.
const MAX_BYTES: usize = 10 << 20;

const DAMAGED: ExchangeError = ExchangeError::Damaged("KDBX");

/// The XML export of KeePass 2.
pub(in crate::exchange) const XML: Entry = Entry {
    id: "keepass-xml",
    title: "KeePass (XML)",
    detect: &[Detect::Text(|text| encoding::head(text).contains("<KeePassFile"))],
    read: Read::Plain(read_xml),
    ..Entry::DEFAULT
};

/// Returns the one-time passwords in the custom fields of another program's entry, if the fields have the names that
/// KeePass, its plugins, or users give them.
pub(in crate::exchange) fn codes_of_fields(fields: &[(&str, &str)]) -> Vec<Result<Imported, Reason>> {
    if fields.is_empty() { Vec::new() } else { codes::codes(0, &document::Entry::of_fields(fields)) }
}

/// Reads a database with the password. Entries without a one-time password are skipped.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    if bytes.len() > MAX_BYTES {
        return Err(ExchangeError::TooLarge);
    }
    let header = header::Header::read(bytes)?;
    let (xml, stream) = body::open(bytes, &header, ciphers::require_password(password)?)?;
    let document = document::read(xml.expose(), stream)?;
    if !header.is_4 && !document.header_hash.is_empty() {
        let digest = Sha256::digest(bytes.get(..header.size).ok_or(DAMAGED)?);
        encoding::base64(&document.header_hash).filter(|told| *told == digest.as_slice()).ok_or(DAMAGED)?;
    }
    report(&document, Format::Kdbx)
}

/// Reads the XML that KeePass 2 and KeeWeb export. It is the unencrypted content of a database.
pub(in crate::exchange) fn read_xml(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let report = report(&document::read(bytes, stream::Stream::Open)?, Format::KeePassXml)?;
    let is_empty = report.accounts.is_empty() && report.skipped.is_empty();
    if is_empty { Err(ExchangeError::HoldsNoSecrets(Format::KeePassXml)) } else { Ok(report) }
}

fn report(document: &document::Document, format: Format) -> Result<Report, ExchangeError> {
    let mut rows = Rows::new(format);
    for entry in &document.entries {
        let codes = codes::codes(rows.next(), entry);
        if codes.is_empty() {
            rows.pass();
        }
        for code in codes {
            let row = rows.next();
            let code = if entry.is_in_trash { Err(Reason::InTrash) } else { code };
            rows.push(row, code.map(|account| Imported { row, ..account }))?;
        }
    }
    Ok(rows.finish())
}

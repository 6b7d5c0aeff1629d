//! KeePass databases, KDBX 2, 3.1 and 4. Only the one-time passwords of the entries are read.
//!
//! | custom string | written by | content |
//! |---|---|---|
//! | `otp`, more as `otp_1`, `otp_2` … | KeePassXC, KeeWeb | a key URI, or `key=…&step=…&size=…` |
//! | `TOTP Seed`, `TOTP Settings` | KeeTrayTOTP, old KeePassXC | base32; `30;6`, or `30;S` for Steam |
//! | `TimeOtp-Secret[-Hex\|-Base32\|-Base64]`, `TimeOtp-Period`, `TimeOtp-Length`, `TimeOtp-Algorithm` | KeePass 2 | TOTP |
//! | `HmacOtp-Secret[-…]`, `HmacOtp-Counter` | KeePass 2 | HOTP |
//!
//! The layers of a file from the outside are `header` (fields, key derivation), `body` (blocks, cipher, compression,
//! and the stream cipher of protected values) and `document` (the XML). Only databases with a password are supported;
//! key files and hardware keys are not.

mod body;
mod document;
mod header;
mod stream;

use crate::exchange::registry::{Detect, Entry, Read};
use sha2::{Digest, Sha256};

use super::account_fields::{self, AccountFields};
use super::ciphers;
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Imported, Reason, Report, encoding};
use crate::otp::{Key, OtpError};
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
        let before = rows.next();
        if let Some(account) = account(rows.next(), entry) {
            rows.push(rows.next(), account)?;
        }
        for otp in entry.further_otps() {
            let account = field(rows.next(), otp, entry.text("Title"), entry.text("UserName"));
            rows.push(rows.next(), account.map(|account| with_surroundings(account, entry)))?;
        }
        if rows.next() == before {
            rows.pass();
        }
    }
    Ok(rows.finish())
}

fn account(row: usize, entry: &document::Entry) -> Option<Result<Imported, Reason>> {
    let (title, user) = (entry.text("Title"), entry.text("UserName"));
    let otp = entry.text("otp");
    let account = if otp.is_empty() {
        seed(row, entry, title, user).or_else(|| built_in(row, entry, title, user))?
    } else {
        field(row, otp, title, user)
    };
    Some(account.map(|account| with_surroundings(account, entry)))
}

/// Parses `otp` and the similar fields. A field that was not valid UTF-8 is damaged and cannot be used.
fn field(row: usize, otp: &str, title: &str, user: &str) -> Result<Imported, Reason> {
    if otp.contains(char::REPLACEMENT_CHARACTER) {
        Err(Reason::Text)
    } else {
        account_fields::field(row, otp, title, user)
    }
}

fn with_surroundings(account: Imported, entry: &document::Entry) -> Imported {
    let account = account
        .with_groups(entry.group.as_deref())
        .with_note(Some(entry.text("Notes")))
        .with_site(Some(entry.text("URL")));
    if entry.text("Password").is_empty() { account } else { account.with_loss(Loss::OtherSecrets) }
}

/// Reads `TOTP Seed` and `TOTP Settings`.
fn seed(row: usize, entry: &document::Entry, issuer: &str, name: &str) -> Option<Result<Imported, Reason>> {
    let seed = Some(entry.text("TOTP Seed")).filter(|seed| !seed.is_empty())?;
    let settings = || {
        let mut parts = entry.text("TOTP Settings").split(';').map(str::trim);
        let (period, digits) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let draft = AccountFields {
            kind: if digits == "S" { "steam" } else { "totp" },
            issuer,
            name,
            ..AccountFields::default()
        };
        let digits = if digits == "S" { "" } else { digits };
        let draft = AccountFields {
            period: whole(period, OtpError::Period)?,
            digits: whole(digits, OtpError::Digits)?,
            ..draft
        };
        draft.with_base32(row, seed)
    };
    Some(settings())
}

/// Reads the fields of KeePass 2.
fn built_in(row: usize, entry: &document::Entry, issuer: &str, name: &str) -> Option<Result<Imported, Reason>> {
    if let Some(key) = key(entry, "TimeOtp-Secret") {
        let settings = || {
            let draft = AccountFields {
                kind: "totp",
                issuer,
                name,
                algorithm: entry.text("TimeOtp-Algorithm"),
                digits: whole(entry.text("TimeOtp-Length"), OtpError::Digits)?,
                period: whole(entry.text("TimeOtp-Period"), OtpError::Period)?,
                counter: None,
            };
            draft.with_key(row, key)
        };
        return Some(settings());
    }
    let key = key(entry, "HmacOtp-Secret")?;
    let counter = || whole(entry.text("HmacOtp-Counter"), OtpError::Counter);
    Some(counter().and_then(|counter| {
        AccountFields { kind: "hotp", issuer, name, counter, ..AccountFields::default() }.with_key(row, key)
    }))
}

/// Decodes the key in any of the four encodings. Without a suffix, the key is the UTF-8 text itself.
fn key(entry: &document::Entry, field: &str) -> Option<Result<Key, Reason>> {
    let text = |suffix: &str| Some(entry.text(&format!("{field}{suffix}"))).filter(|text| !text.is_empty());
    if let Some(base32) = text("-Base32") {
        return Some(Key::from_base32(base32).map_err(Reason::Otp));
    }
    if let Some(hex) = text("-Hex") {
        return Some(encoding::hex_key(hex));
    }
    if let Some(base64) = text("-Base64") {
        return Some(encoding::base64_key(base64));
    }
    text("").map(|text| {
        // With replacement characters, the key would be valid, but wrong.
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(Reason::Text);
        }
        Key::new(text.as_bytes().to_vec()).map_err(Reason::Otp)
    })
}

fn whole(text: &str, error: OtpError) -> Result<Option<u64>, Reason> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Reason::Otp(error)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_is_not_text_rejects_only_its_own_entry() {
        let entry = |key: &str, value: &str| {
            format!("<Entry><String><Key>{key}</Key><Value Protected=\"True\">{value}</Value></String></Entry>")
        };
        let entries = [entry("TimeOtp-Secret", "/w=="), entry("otp", "/w=="), entry("TimeOtp-Secret", "c2VjcmV0")];
        let xml = format!("<Root><Group>{}</Group></Root>", entries.concat());
        let document = document::read(xml.as_bytes(), stream::Stream::Open).unwrap();
        let read: Vec<_> = document.entries.iter().map(|entry| account(1, entry).unwrap()).collect();
        assert_eq!(read[0].as_ref().unwrap_err(), &Reason::Text);
        assert_eq!(read[1].as_ref().unwrap_err(), &Reason::Text);
        assert_eq!(read[2].as_ref().unwrap().uri.otp.key.expose(), b"secret");
    }
}

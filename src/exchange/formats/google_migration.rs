//! Google Authenticator's export, `otpauth-migration://offline?data=…`: one URI per QR code, and one or more per batch.
//!
//! `data` is the base64 of a message. All fields are optional, and default values are omitted.
//!
//! | field | in the message | in an account (field 1) |
//! |---|---|---|
//! | 1 | account, repeated | secret, raw bytes |
//! | 2 | version | name |
//! | 3 | batch size | issuer |
//! | 4 | batch index, from 0 | algorithm: 1 SHA-1, 2 SHA-256, 3 SHA-512, 4 MD5 |
//! | 5 | batch id, may be negative | digits: 1 six, 2 eight (3 seven, in Casdoor's app) |
//! | 6 | | type: 1 HOTP, 2 TOTP |
//! | 7 | | counter |
//! | 8 | | unique id |
//!
//! The format has no period. It is always 30 s.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::account_fields::AccountFields;
use super::protobuf::{self, Field, Writer};
use super::report::Rows;
use super::{ExchangeError, Imported, Reason, encoding};
use crate::otp::{Algorithm, Key, Kind, OtpError, Period, percent_decode, percent_encode};

/// The maximum number of accounts in one QR code of an export.
pub const ACCOUNTS_PER_CODE: usize = 10;

/// Maximum size of the accounts in one QR code, in bytes. As text, this is less than two thirds of the largest QR
/// code's capacity.
const MAX_CODE_BYTES: usize = 1_200;

/// Maximum size of `data`, in bytes. It is enough for the maximum number of rows, each with a long key.
const MAX_DATA_BYTES: usize = 6 << 20;

/// The batches that were read, by id, to detect missing and repeated QR codes.
#[derive(Default)]
pub(in crate::exchange) struct Batches {
    by_id: BTreeMap<u64, Batch>,
    /// SHA-256 of the messages that were read. QR codes of other programs have no batch id, so only their content
    /// distinguishes them.
    codes: BTreeSet<[u8; 32]>,
}

#[derive(Default)]
struct Batch {
    row: usize,
    size: u64,
    seen: BTreeSet<u64>,
}

impl Batches {
    /// Adds the accounts of one URI to the rows. Their position is the line of the URI, or the number of the account if
    /// the file contains only such URIs.
    pub(in crate::exchange) fn read(
        &mut self,
        line: Option<usize>,
        uri: &str,
        rows: &mut Rows,
    ) -> Result<(), ExchangeError> {
        let row = line.unwrap_or(rows.next());
        let Some(message) = payload(uri) else { return rows.push(row, Err(Reason::Malformed)) };
        let Some(fields) = protobuf::fields(&message) else { return rows.push(row, Err(Reason::Malformed)) };
        let header = |number: u64| last(&fields, number).and_then(Field::number);
        let batch = self.by_id.entry(header(5).unwrap_or(0)).or_insert(Batch { row, ..Batch::default() });
        batch.size = batch.size.max(header(3).unwrap_or(1));
        batch.seen.insert(header(4).unwrap_or(0));
        // A repeated QR code is read only once.
        if !self.codes.insert(Sha256::digest(&message).into()) {
            return Ok(());
        }
        for (_, field) in fields.iter().filter(|(number, _)| *number == 1) {
            let row = line.unwrap_or(rows.next());
            rows.push(row, field.bytes().ok_or(Reason::Malformed).and_then(|message| account(row, message)))?;
        }
        Ok(())
    }

    /// Adds a row for each incomplete batch.
    pub(in crate::exchange) fn report_missing(&self, rows: &mut Rows) -> Result<(), ExchangeError> {
        for batch in self.by_id.values() {
            if u64::try_from(batch.seen.len()).unwrap_or(u64::MAX) < batch.size {
                rows.push(batch.row, Err(Reason::IncompleteBatch))?;
            }
        }
        Ok(())
    }
}

/// One QR code of an export. The codes of a batch are read one at a time, in any order.
///
/// ```
/// use casdoor_authenticator::exchange::MigrationPart;
///
/// let uri = "otpauth-migration://offline?data=Ch0KCkhlbGxvId6tvu8SA2JvYhoEQWNtZSABKAEwAhABGAIgASgH";
/// let part = MigrationPart::read(uri).unwrap();
/// assert_eq!((part.batch.as_str(), part.index, part.size), ("7", 1, 2));
/// assert_eq!(part.accounts[0].uri.issuer, "Acme");
/// ```
#[derive(Clone, Debug)]
pub struct MigrationPart {
    /// The ID that the codes of a batch share.
    pub batch: String,
    /// The position in the batch, from 0.
    pub index: u8,
    /// The number of codes in the batch, at least one.
    pub size: u8,
    /// The accounts in the QR code, except those that cannot be read.
    pub accounts: Vec<Imported>,
    /// The number of accounts that cannot be read.
    pub unread: usize,
}

impl MigrationPart {
    /// Maximum length of a URI, in bytes, which is more than any QR code can contain.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Reads an `otpauth-migration://` URI. Returns `None` if it is another URI, or if its index or size is out of
    /// range.
    pub fn read(uri: &str) -> Option<Self> {
        let scheme = uri.get(.."otpauth-migration://".len())?;
        if uri.len() > Self::MAX_BYTES || !scheme.eq_ignore_ascii_case("otpauth-migration://") {
            return None;
        }
        let message = payload(uri)?;
        let fields = protobuf::fields(&message)?;
        let header = |number: u64| last(&fields, number).and_then(Field::number);
        let size = u8::try_from(header(3).unwrap_or(1).max(1)).ok()?;
        let index = u8::try_from(header(4).unwrap_or(0)).ok().filter(|index| *index < size)?;
        let read = |message: &[u8]| account(1, message);
        let rows = fields.iter().filter(|(number, _)| *number == 1);
        let rows: Vec<_> = rows.map(|(_, field)| field.bytes().ok_or(Reason::Malformed).and_then(read)).collect();
        let (all, accounts) = (rows.len(), rows.into_iter().flatten().collect::<Vec<_>>());
        let unread = all.saturating_sub(accounts.len());
        Some(Self { batch: format!("{:x}", header(5).unwrap_or(0)), index, size, accounts, unread })
    }
}

/// Returns the message in a URI, with or without percent-encoding of its base64.
fn payload(uri: &str) -> Option<Vec<u8>> {
    let (_, query) = uri.split_once('?')?;
    let data = query.split('&').find_map(|pair| pair.strip_prefix("data="))?;
    if data.len() > MAX_DATA_BYTES {
        return None;
    }
    let data = percent_decode(data).ok()?.replace(' ', "+");
    encoding::base64(&data)
}

/// Returns the last field with a number, which takes precedence over earlier ones.
fn last<'a>(fields: &[(u64, Field<'a>)], number: u64) -> Option<Field<'a>> {
    fields.iter().rev().find(|(found, _)| *found == number).map(|(_, field)| *field)
}

fn account(row: usize, message: &[u8]) -> Result<Imported, Reason> {
    let fields = protobuf::fields(message).ok_or(Reason::Malformed)?;
    let number = |field: u64| last(&fields, field).and_then(Field::number).unwrap_or(0);
    let text = |field: u64| {
        let bytes = last(&fields, field).and_then(Field::bytes).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| Reason::Text)
    };
    let kind = match number(6) {
        0 | 2 => "totp",
        1 => "hotp",
        _ => return Err(Reason::Kind),
    };
    let algorithm = match number(4) {
        0 | 1 => "SHA1",
        2 => "SHA256",
        3 => "SHA512",
        _ => return Err(Reason::Otp(OtpError::Algorithm)),
    };
    let digits = match number(5) {
        0 | 1 => 6,
        2 => 8,
        3 => 7,
        _ => return Err(Reason::Otp(OtpError::Digits)),
    };
    let (issuer, name) = names(text(3)?, text(2)?);
    let secret = last(&fields, 1).and_then(Field::bytes).ok_or(Reason::Otp(OtpError::NoSecret))?;
    let draft =
        AccountFields { kind, issuer, name, algorithm, digits: Some(digits), period: None, counter: Some(number(7)) };
    draft.with_key(row, Key::new(secret.to_vec()).map_err(Reason::Otp))
}

/// Returns the issuer and the account name. The name may repeat the issuer as in the label of a key URI:
/// `issuer:account`.
pub(in crate::exchange) fn names<'a>(issuer: &'a str, name: &'a str) -> (&'a str, &'a str) {
    match name.split_once(':') {
        Some((head, rest)) if issuer.trim().is_empty() || head.trim() == issuer.trim() => (head, rest),
        _ => (issuer, name),
    }
}

/// Returns whether the format can store all settings of an account.
pub(in crate::exchange) fn holds(account: &Imported) -> bool {
    let period = match account.uri.otp.kind {
        Kind::Totp { period } => period == Period::default(),
        Kind::Hotp { counter } => i64::try_from(counter).is_ok(),
        Kind::Steam => false,
    };
    period && matches!(account.uri.otp.digits.count(), 6 | 8) && encode(account).len() <= MAX_CODE_BYTES
}

/// Writes one URI for every [`ACCOUNTS_PER_CODE`] accounts, or fewer if their names are long, so that each URI fits
/// into a QR code.
pub(in crate::exchange) fn write(accounts: &[&Imported], batch_id: u32) -> Vec<String> {
    let mut parts: Vec<Vec<Vec<u8>>> = Vec::new();
    for account in accounts.iter().map(|account| encode(account)) {
        let fits = |part: &&mut Vec<Vec<u8>>| {
            let bytes = part.iter().map(Vec::len).fold(account.len(), usize::saturating_add);
            part.len() < ACCOUNTS_PER_CODE && bytes <= MAX_CODE_BYTES
        };
        match parts.last_mut().filter(fits) {
            Some(part) => part.push(account),
            None => parts.push(vec![account]),
        }
    }
    let wide = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let part = |(index, part): (usize, &Vec<Vec<u8>>)| {
        let mut message = Writer::default();
        part.iter().for_each(|account| message.bytes(1, account));
        message.number(2, 1);
        message.number(3, wide(parts.len()));
        message.number(4, wide(index));
        // The batch id must be a positive `int32`.
        message.number(5, u64::from(batch_id & 0x7fff_ffff));
        let data = percent_encode(&encoding::to_base64(&message.0));
        format!("otpauth-migration://offline?data={data}")
    };
    parts.iter().enumerate().map(part).collect()
}

fn encode(account: &Imported) -> Vec<u8> {
    let otp = &account.uri.otp;
    let mut message = Writer::default();
    // Exposed because an export contains the secret.
    message.bytes(1, otp.key.expose());
    message.bytes(2, account.uri.name.as_bytes());
    message.bytes(3, account.uri.issuer.as_bytes());
    let algorithm = match otp.algorithm {
        Algorithm::Sha1 => 1,
        Algorithm::Sha256 => 2,
        Algorithm::Sha512 => 3,
    };
    message.number(4, algorithm);
    message.number(5, if otp.digits.count() == 8 { 2 } else { 1 });
    match otp.kind {
        Kind::Hotp { counter } => {
            message.number(6, 1);
            message.number(7, counter);
        }
        Kind::Totp { .. } | Kind::Steam => message.number(6, 2),
    }
    message.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Format;

    #[test]
    fn codes_without_a_batch_id_are_distinguished_by_their_content() {
        let account = |name: &str| {
            let uri = format!("otpauth://totp/Acme:{name}?secret=MZXW6YTB&issuer=Acme");
            Imported::new(1, uri.parse().unwrap())
        };
        let (mut rows, mut batches) = (Rows::new(Format::GoogleMigration), Batches::default());
        for name in ["alice", "bob", "alice"] {
            for code in write(&[&account(name)], 0) {
                batches.read(None, &code, &mut rows).unwrap();
            }
        }
        batches.report_missing(&mut rows).unwrap();
        let report = rows.finish();
        let names: Vec<&str> = report.accounts.iter().map(|account| account.uri.name.as_str()).collect();
        assert_eq!((names, report.skipped), (vec!["alice", "bob"], vec![]));
    }
}

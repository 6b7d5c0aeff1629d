//! Reading and writing other programs' files, for whoever runs it off the page's thread: bytes in, plain data out.
//!
//! Nothing here knows the vault. A page hands a file to [`read`], shows the rows, and sends those that the person ticked
//! to the worker; on the way out the worker hands the accounts to the page, and [`write()`] makes a file of them.

use crate::app::accounts::form;
use crate::app::protocol::{Message, ReadAnswer, ReadRow, Reading, SkippedRow};
use crate::exchange::{self, ExchangeError, Format, Imported, Parcel, Progress, Report};
use crate::secret::{Entropy, Secret};

/// The short name of Google's migration as QR codes to scan, which is what its app takes.
pub const CODES: &str = "google-migration-codes";

/// The short name of the printable page, beside those of [`exchange::WRITABLE`].
pub const PAGE: &str = "page";

/// Reads a file, or a database with its write-ahead log in any order (the log's index beside them is not needed), as the
/// format of a short name or as the one that its bytes show.
pub fn read(files: &[Vec<u8>], format: Option<&str>, password: Option<Secret<String>>) -> ReadAnswer {
    read_with_progress(files, format, password, |_| ())
}

/// Does what [`read`] does, and calls `progress` before each key derivation.
pub fn read_with_progress(
    files: &[Vec<u8>],
    format: Option<&str>,
    password: Option<Secret<String>>,
    progress: impl Fn(Progress) + 'static,
) -> ReadAnswer {
    let failed = |format: Option<Format>, error: ExchangeError| ReadAnswer::Failed {
        format: format.map_or("", Format::id).to_owned(),
        needs_password: matches!(error, ExchangeError::NeedsPassword | ExchangeError::WrongPassword),
        message: message(error),
    };
    let bytes = match one_file(files) {
        Ok(bytes) => bytes,
        Err(error) => return failed(None, error),
    };
    let format = format.and_then(Format::from_id).or_else(|| exchange::sniff(&bytes));
    match exchange::read_with_progress(&bytes, format, password.as_ref(), progress) {
        Ok(report) => ReadAnswer::Read { reading: reading(&report) },
        Err(error) => failed(format, error),
    }
}

fn one_file(files: &[Vec<u8>]) -> Result<Vec<u8>, ExchangeError> {
    let needed: Vec<&Vec<u8>> = files.iter().filter(|file| files.len() == 1 || !exchange::is_wal_index(file)).collect();
    match needed.as_slice() {
        [file] => Ok((*file).clone()),
        [one, other] if one.starts_with(b"SQLite") => exchange::merge_wal(one, other),
        [one, other] if other.starts_with(b"SQLite") => exchange::merge_wal(other, one),
        _ => Err(ExchangeError::Unknown),
    }
}

fn reading(report: &Report) -> Reading {
    let row = |account: &Imported| ReadRow {
        parcel: Parcel::from(account),
        issuer: account.uri.issuer.clone(),
        name: account.uri.name.clone(),
        summary: form::summary(&account.uri.otp),
        losses: account.lossy.iter().map(|loss| sentence(loss.code(), &loss.to_string())).collect(),
    };
    let skipped =
        |it: &exchange::Skipped| SkippedRow { row: it.row, reason: sentence(it.reason.code(), &it.reason.to_string()) };
    Reading {
        format: report.format.id().to_owned(),
        rows: report.accounts.iter().map(row).collect(),
        skipped: report.skipped.iter().map(skipped).collect(),
    }
}

/// Writes accounts in the format of a short name, or as a page ([`PAGE`], [`CODES`]) under `heading` in `language`. Without a
/// password it is written in the clear.
///
/// # Errors
/// A sentence that says why.
pub fn write(
    format: &str,
    rows: &[Parcel],
    password: Option<Secret<String>>,
    (heading, language): (&str, &str),
    now_seconds: u64,
    entropy: &mut impl Entropy,
) -> Result<Vec<u8>, Message> {
    let accounts: Vec<Imported> = rows.iter().map(Imported::try_from).collect::<Result<_, _>>().map_err(|error| {
        let error: exchange::Reason = error.into();
        sentence(error.code(), &error.to_string())
    })?;
    if format == PAGE {
        return Ok(exchange::page(&accounts, heading, language).into_bytes());
    }
    if format == CODES {
        let lines = exchange::write(Format::GoogleMigration, &accounts, None, now_seconds, entropy).map_err(message)?;
        let lines = String::from_utf8_lossy(&lines).into_owned();
        return Ok(exchange::codes_page(&lines.lines().collect::<Vec<_>>(), heading, language).into_bytes());
    }
    let format = Format::from_id(format).ok_or_else(|| message(ExchangeError::NotWritable))?;
    exchange::write(format, &accounts, password.as_ref(), now_seconds, entropy).map_err(message)
}

/// What a person is told of an error.
pub fn message(error: ExchangeError) -> Message {
    sentence(error.code(), &error.to_string())
}

/// A sentence of a part of one.
pub(in crate::app) fn sentence(key: &str, text: &str) -> Message {
    let mut characters = text.chars();
    let first: String = characters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    Message::new(key, format!("{first}{}.", characters.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill_with(|| {
                self.0 = self.0.wrapping_add(1);
                self.0
            });
        }
    }

    fn rows(answer: ReadAnswer) -> Reading {
        match answer {
            ReadAnswer::Read { reading } => reading,
            ReadAnswer::Failed { message, .. } => panic!("{}", message.text),
        }
    }

    #[test]
    fn a_file_is_read_with_the_position_and_reason_of_what_is_no_account() {
        let file = b"otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQ\notpauth://totp/bob?secret=1\n".to_vec();
        let reading = rows(read(&[file], None, None));
        assert_eq!((reading.format.as_str(), reading.rows.len(), reading.skipped.len()), ("otpauth", 1, 1));
        assert_eq!(reading.rows[0].summary, "TOTP · SHA1 · 6 digits · 30 s");
        assert_eq!(reading.skipped[0].row, 2);
        assert!(reading.skipped[0].reason.text.ends_with('.'));
    }

    #[test]
    fn a_sealed_file_asks_for_its_password_and_says_when_it_is_wrong() {
        let row = Parcel { uri: "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQ".into(), ..Parcel::default() };
        let secret = |text: &str| Some(Secret::new(text.to_owned()));
        let names = ("Accounts", "en");
        let file = write("bitwarden", std::slice::from_ref(&row), secret("right"), names, 1, &mut Counting(0)).unwrap();
        for (password, key) in [(None, "exchange_needs_password"), (secret("wrong"), "exchange_wrong_password")] {
            let ReadAnswer::Failed { format, needs_password, message } =
                read(std::slice::from_ref(&file), None, password)
            else {
                panic!("it was read");
            };
            assert_eq!((format.as_str(), needs_password, message.key.as_str()), ("bitwarden", true, key));
        }
        assert_eq!(rows(read(&[file], None, secret("right"))).rows[0].name, "alice");
        let page = write(PAGE, &[row], None, names, 1, &mut Counting(0)).unwrap();
        assert!(String::from_utf8(page).unwrap().contains("<h1>Accounts</h1>"));
    }
}

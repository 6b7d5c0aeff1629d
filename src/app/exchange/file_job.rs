//! Reads and writes other programs' files in a separate thread: bytes in, plain data out.
//!
//! This module has no access to the vault. For an import, a page passes a file to [`read`], shows the rows, and sends
//! the selected ones to the worker. For an export, the worker sends the accounts to the page, and [`write()`] writes
//! them to a file.

use crate::app::accounts::form;
use crate::app::protocol::{FileContent, FileReadResult, ImportRow, Message, SkippedRow};
use crate::exchange::{
    self, ExchangeError, Format, Imported, PortableAccount, Progress, Report, TableChoice, TableView,
};
use crate::secret::{Entropy, Secret};

/// The short name of Google's migration format as QR codes, which Google Authenticator can scan.
pub const CODES: &str = "google-migration-codes";

/// The short name of the printable page, in addition to those of [`exchange::WRITABLE`].
pub const PAGE: &str = "page";

/// Reads a file in the format with the given short name, or in the detected one. A database may be passed with its
/// write-ahead log, in any order; the log's index is not needed.
pub fn read(files: &[Vec<u8>], format: Option<&str>, password: Option<Secret<String>>) -> FileReadResult {
    read_with_progress(files, format, &TableChoice::default(), password, |_| ())
}

/// Reads a file like [`read`], using the columns that the user chose for a table, and calls `progress` before each key
/// derivation.
pub fn read_with_progress(
    files: &[Vec<u8>],
    format: Option<&str>,
    choice: &TableChoice,
    password: Option<Secret<String>>,
    progress: impl Fn(Progress) + 'static,
) -> FileReadResult {
    let bytes = match one_file(files).and_then(exchange::unwrapped) {
        Ok(bytes) => bytes,
        Err(error) => return failed(&[], None, error),
    };
    let format = format.and_then(Format::from_id).or_else(|| exchange::sniff(&bytes));
    let result = match format {
        Some(Format::Table) => exchange::read_table(&bytes, choice).map(|read| reading(&read.report, Some(read.view))),
        format => exchange::read_with_progress(&bytes, format, password.as_ref(), progress)
            .map(|report| reading(&report, None)),
    };
    match result {
        Ok(reading) => {
            let is_table = reading.table.is_none() && exchange::is_table(&bytes);
            FileReadResult::Read { reading: FileContent { is_table, ..reading } }
        }
        Err(error) => failed(&bytes, format, error),
    }
}

fn failed(bytes: &[u8], format: Option<Format>, error: ExchangeError) -> FileReadResult {
    let needs_password = matches!(error, ExchangeError::NeedsPassword | ExchangeError::WrongPassword);
    FileReadResult::Failed {
        format: format.map_or("", Format::id).to_owned(),
        needs_password,
        is_table: !needs_password && format != Some(Format::Table) && exchange::is_table(bytes),
        message: error.message(),
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

fn reading(report: &Report, table: Option<TableView>) -> FileContent {
    let row = |account: &Imported| ImportRow {
        portable: PortableAccount::from(account),
        issuer: account.uri.issuer.clone(),
        name: account.uri.name.clone(),
        summary: form::summary(&account.uri.otp),
        losses: account.lossy.iter().map(|loss| loss.message()).collect(),
    };
    let skipped = |it: &exchange::Skipped| SkippedRow { row: it.row, reason: it.reason.message() };
    FileContent {
        format: report.format.id().to_owned(),
        rows: report.accounts.iter().map(row).collect(),
        skipped: report.skipped.iter().map(skipped).collect(),
        without_code: report.without_code,
        is_table: false,
        table,
    }
}

/// Writes accounts in the format with the given short name, or as a page ([`PAGE`], [`CODES`]) with a `heading` in
/// `language`. Without a password, the file is not encrypted.
///
/// # Errors
/// A message with the reason.
pub fn write(
    format: &str,
    rows: &[PortableAccount],
    password: Option<Secret<String>>,
    (heading, language): (&str, &str),
    now_seconds: u64,
    entropy: &mut impl Entropy,
) -> Result<Vec<u8>, Message> {
    let accounts: Vec<Imported> = rows.iter().map(Imported::try_from).collect::<Result<_, _>>().map_err(|error| {
        let reason: exchange::Reason = error.into();
        reason.message()
    })?;
    if format == PAGE {
        return Ok(exchange::page(&accounts, heading, language).into_bytes());
    }
    if format == CODES {
        let lines = exchange::write(Format::GoogleMigration, &accounts, None, now_seconds, entropy)
            .map_err(ExchangeError::message)?;
        let lines = String::from_utf8_lossy(&lines).into_owned();
        return Ok(exchange::codes_page(&lines.lines().collect::<Vec<_>>(), heading, language).into_bytes());
    }
    let format = Format::from_id(format).ok_or_else(|| ExchangeError::NotWritable.message())?;
    exchange::write(format, &accounts, password.as_ref(), now_seconds, entropy).map_err(ExchangeError::message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Field;
    use crate::secret::test_entropy::CountingEntropy;

    fn rows(answer: FileReadResult) -> FileContent {
        match answer {
            FileReadResult::Read { reading } => reading,
            FileReadResult::Failed { message, .. } => panic!("{message}"),
        }
    }

    #[test]
    fn skipped_rows_are_reported_with_their_position_and_reason() {
        let file = b"otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQ\notpauth://totp/bob?secret=1\n".to_vec();
        let reading = rows(read(&[file], None, None));
        assert_eq!((reading.format.as_str(), reading.rows.len(), reading.skipped.len()), ("otpauth", 1, 1));
        assert_eq!(reading.rows[0].summary.to_string(), "TOTP · SHA1 · 6 digits · 30 s");
        assert_eq!(reading.skipped[0].row, 2);
        assert!(reading.skipped[0].reason.to_string().ends_with('.'));
    }

    #[test]
    fn an_encrypted_file_asks_for_its_password_and_reports_a_wrong_one() {
        let row = PortableAccount {
            uri: "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQ".into(),
            ..PortableAccount::default()
        };
        let secret = |text: &str| Some(Secret::new(text.to_owned()));
        let names = ("Accounts", "en");
        let file =
            write("bitwarden", std::slice::from_ref(&row), secret("right"), names, 1, &mut CountingEntropy(0)).unwrap();
        for (password, key) in [(None, "exchange_needs_password"), (secret("wrong"), "exchange_wrong_password")] {
            let FileReadResult::Failed { format, needs_password, message, .. } =
                read(std::slice::from_ref(&file), None, password)
            else {
                panic!("the file was read without its password");
            };
            assert_eq!((format.as_str(), needs_password, message.key.as_str()), ("bitwarden", true, key));
        }
        assert_eq!(rows(read(&[file], None, secret("right"))).rows[0].name, "alice");
        let page = write(PAGE, &[row], None, names, 1, &mut CountingEntropy(0)).unwrap();
        assert!(String::from_utf8(page).unwrap().contains("<h1>Accounts</h1>"));
    }

    const TABLE: &[u8] =
        b"Wo;Wer;Was!;Zahl\nBank;ann;KRUGKIDROVUWG2ZAMJZG653O;8\nShop;bob;KRUGKIDROVUWG2ZAMJZG653P;6\n";

    fn columns(reading: &FileContent) -> Vec<(&str, &str)> {
        let columns = &reading.table.as_ref().unwrap().columns;
        columns.iter().map(|column| (column.name.as_str(), column.field.id())).collect()
    }

    #[test]
    fn an_unknown_table_shows_its_columns_without_its_secrets() {
        let reading = rows(read(&[TABLE.to_vec()], None, None));
        assert_eq!((reading.format.as_str(), reading.rows.len(), reading.skipped.len()), ("table", 2, 0));
        assert_eq!(columns(&reading), [("Wo", "issuer"), ("Wer", "account"), ("Was!", "secret"), ("Zahl", "digits")]);
        let view = serde_json::to_string(&reading.table).unwrap();
        assert!(view.contains("KRUG") && !view.contains("KRUGKIDROV"), "{view}");
    }

    #[test]
    fn a_choice_replaces_the_guess_and_a_table_without_a_secret_column_reports_its_rows() {
        let with = |names_in_first_row, fields: &[(usize, Field)]| {
            let choice = TableChoice { names_in_first_row, fields: fields.to_vec() };
            rows(read_with_progress(&[TABLE.to_vec()], Some("table"), &choice, None, |_| ()))
        };
        let swapped = with(None, &[(0, Field::Account), (1, Field::Issuer), (3, Field::Other), (99, Field::Note)]);
        assert_eq!((swapped.rows[0].issuer.as_str(), swapped.rows[0].name.as_str()), ("ann", "Bank"));
        assert!(swapped.rows[0].summary.to_string().contains("6 digits"));
        let none = with(None, &[(2, Field::Other)]);
        assert_eq!((none.rows.len(), none.skipped.len()), (0, 2));
        // The header row counts as another row of data.
        let unnamed = with(Some(false), &[]);
        assert_eq!((unnamed.rows.len(), unnamed.skipped.len(), columns(&unnamed)[0].0), (2, 1, ""));
    }

    #[test]
    fn a_column_that_the_user_did_not_choose_is_not_searched_for_links() {
        let file = b"a,b,c\nBank,KRUGKIDROVUWG2ZAMJZG653O,otpauth://totp/x?secret=MZXW6YTBOI\n";
        let choice = TableChoice { fields: vec![(1, Field::Secret), (2, Field::Other)], ..TableChoice::default() };
        let reading = rows(read_with_progress(&[file.to_vec()], Some("table"), &choice, None, |_| ()));
        assert!(reading.rows[0].portable.uri.contains("KRUGKIDROVUWG2ZAMJZG653O"), "{}", reading.rows[0].portable.uri);
    }

    #[test]
    fn a_file_without_recognized_secrets_offers_its_columns() {
        for (file, is_table) in [
            (&b"wo,was\nBank,48656c6c6f21deadbeef\n"[..], true),
            (br#"{"x": [{"wo": "Bank", "was": "48656c6c6f21deadbeef"}]}"#, true),
            (b"just some prose", false),
            (b"\x00\x01\x02\x03", false),
        ] {
            let FileReadResult::Failed { is_table: offered, .. } = read(&[file.to_vec()], None, None) else {
                panic!("the file was read");
            };
            assert_eq!(offered, is_table);
            if is_table {
                let reading = rows(read(&[file.to_vec()], Some("table"), None));
                assert_eq!((reading.rows.len(), reading.skipped.len(), columns(&reading).len()), (0, 1, 2));
            }
        }
    }
}

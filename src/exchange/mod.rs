//! Imports accounts from the files of other programs, and exports them.
//!
//! [`sniff`] detects a file's format from its bytes, and [`read`] returns a [`Report`]. Reading saves nothing: the
//! report is shown to the user first. A file is rejected as a whole only if its rows cannot be found. A row that cannot
//! be imported is reported with its position and the reason, never with its secret. The cost of a file (size, rows,
//! nesting, decompression, key derivation) is limited before the work is done, by [`MAX_IMPORT_BYTES`], [`MAX_ROWS`],
//! and one budget for all key derivations of the file.
//!
//! A key derivation may take seconds and cannot be interrupted. Therefore readers run in a separate web worker, which
//! is terminated to cancel an import. [`read_with_progress`] reports the number of finished derivations.
//!
//! ```
//! use casdoor_authenticator::exchange::{self, Format};
//!
//! let file = b"otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQ\notpauth://totp/bob?secret=1\n";
//! assert_eq!(exchange::sniff(file), Some(Format::Otpauth));
//! let report = exchange::read(file, None, None)?;
//! assert_eq!(report.accounts[0].uri.name, "alice");
//! assert_eq!(report.skipped[0].row, 2);
//! # Ok::<(), exchange::ExchangeError>(())
//! ```
//!
//! [`write()`] exports accounts, [`omissions`] lists what a format cannot store of an account, and [`page`] returns a
//! page to print.
//!
//! Each vendor has its own file. Several vendors share the codecs `json`, `csv_table`, `protobuf`, `sqlite` and
//! `ciphers`, and `account_fields`, which converts a row's fields to an account.

mod account_fields;
mod budget;
mod codecs;
mod container;
mod detection;
mod embedded_uris;
mod entry_codes;
mod error;
mod format_name;
mod formats;
mod mapping;
mod printout;
mod prose;
mod registry;
mod report;
mod transfer;
mod writing;

pub use budget::Progress;
pub use detection::sniff;
pub use error::{ExchangeError, Reason};
pub use formats::Format;
pub use formats::backup::seal_backup;
pub use formats::google_migration::{ACCOUNTS_PER_CODE, MigrationPart};
pub use mapping::{ColumnView, Field, TableChoice, TableReading, TableView, is_table, read_table};
pub use printout::{codes_page, page, qr_svg};
pub use report::{
    Icon, Imported, Loss, MAX_ICON_BYTES, MAX_NAME_CHARACTERS, MAX_NOTE_CHARACTERS, Report, Skipped, Usage,
};
pub use transfer::PortableAccount;
pub use writing::{Omission, WRITABLE, can_encrypt, omissions, write};

use std::borrow::Cow;
use std::rc::Rc;

use codecs::{encoding, json, sqlite};

use crate::secret::Secret;

/// Maximum size of a file, before and after decompression, in bytes.
pub const MAX_IMPORT_BYTES: usize = 20 << 20;

/// Maximum number of rows.
pub const MAX_ROWS: usize = 20_000;

/// Returns the file inside a wrapping, such as gzip or a zip archive, or the file itself. [`sniff`], [`read`] and
/// [`read_table`] do this, too; a caller that needs several of them saves the time.
///
/// # Errors
/// [`ExchangeError::TooLarge`], and [`ExchangeError::Damaged`] if compressed data is incomplete.
pub fn unwrapped(bytes: Vec<u8>) -> Result<Vec<u8>, ExchangeError> {
    if bytes.len() > MAX_IMPORT_BYTES {
        return Err(ExchangeError::TooLarge);
    }
    let inner = match container::unwrap(&bytes)? {
        Cow::Owned(inner) => Some(inner),
        Cow::Borrowed(_) => None,
    };
    Ok(inner.unwrap_or(bytes))
}

/// Reads a file in the given format, or in the one that [`sniff`] detects.
///
/// # Errors
/// [`ExchangeError`]; [`ExchangeError::NeedsPassword`] if the file is encrypted and no password was given.
pub fn read(bytes: &[u8], format: Option<Format>, password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    read_with_progress(bytes, format, password, |_| ())
}

/// Reads a file like [`read`], and calls `progress` before each key derivation.
///
/// # Errors
/// See [`read`].
pub fn read_with_progress(
    bytes: &[u8],
    format: Option<Format>,
    password: Option<&Secret<String>>,
    progress: impl Fn(Progress) + 'static,
) -> Result<Report, ExchangeError> {
    if bytes.len() > MAX_IMPORT_BYTES {
        return Err(ExchangeError::TooLarge);
    }
    let bytes = container::unwrap(bytes)?;
    let read =
        || format.or_else(|| detection::sniff_plain(&bytes)).ok_or_else(|| unnamed(&bytes))?.read(&bytes, password);
    budget::within(Rc::new(progress), read)
}

/// Returns the reason why a file's format is not recognized: damaged or too complex JSON, an unsupported spreadsheet or
/// archive, unrecognized binary data, or an unknown format.
fn unnamed(bytes: &[u8]) -> ExchangeError {
    if is_other_spreadsheet(bytes) {
        return ExchangeError::Spreadsheet;
    }
    if is_archive(bytes) {
        return ExchangeError::Archive;
    }
    let error = if json::is_json(bytes) { json::parse(bytes).err() } else { None };
    // Archives and databases have a signature, so they are not encrypted as a whole; only their content is unknown.
    let says_what_it_is =
        [codecs::zip_archive::MAGIC, codecs::sqlite::MAGIC].iter().any(|magic| bytes.starts_with(magic));
    let is_sealed = !says_what_it_is && formats::andotp::may_be_sealed(bytes);
    error.unwrap_or(if is_sealed { ExchangeError::UnrecognizedBinary } else { ExchangeError::Unknown })
}

/// Returns whether a file is an unsupported spreadsheet: a binary workbook, OpenDocument, Numbers, or an OLE compound
/// file, which contains Excel's old format or an encrypted workbook.
fn is_other_spreadsheet(bytes: &[u8]) -> bool {
    const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    let parts = ["xl/workbook.bin", "content.xml", "index/document.iwa"];
    let has_part = || {
        let archive = codecs::zip_archive::Archive::open(bytes).ok();
        archive.is_some_and(|archive| parts.iter().any(|part| archive.find(part).is_some()))
    };
    bytes.starts_with(COMPOUND_FILE) || (bytes.starts_with(codecs::zip_archive::MAGIC) && has_part())
}

/// Returns whether a file is an archive: ZIP, 7-Zip, RAR, XZ, bzip2, Zstandard or tar.
fn is_archive(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 6] = [
        codecs::zip_archive::MAGIC,
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\xfd7zXZ\0",
        b"BZh91AY&SY",
        b"\x28\xb5\x2f\xfd",
    ];
    MAGIC.iter().any(|magic| bytes.starts_with(magic)) || bytes.get(257..262) == Some(b"ustar")
}

/// Merges a write-ahead log into its database (`PhoneFactor-wal` into `PhoneFactor`), so that they can be read as one
/// file.
///
/// # Errors
/// [`ExchangeError::TooLarge`], and [`ExchangeError::Damaged`] if the log is not valid.
pub fn merge_wal(database: &[u8], log: &[u8]) -> Result<Vec<u8>, ExchangeError> {
    sqlite::merge_wal(database, log)
}

/// Returns whether a file is the index of a write-ahead log (`PhoneFactor-shm`), which is not needed for reading.
pub fn is_wal_index(bytes: &[u8]) -> bool {
    sqlite::is_wal_index(bytes)
}

//! Other programs' files: what people bring their accounts in, and what they leave with.
//!
//! [`sniff`] names a file's format from its bytes, [`read`] makes a [`Report`] of it. Reading saves nothing: the report
//! is what a person is shown first. A file fails whole only where nothing can be said of its rows; a row fails alone,
//! with its position and reason and never with its secret. What a file may ask for (size, rows, nesting, unpacking, key
//! derivation) is bounded before it is done: [`MAX_IMPORT_BYTES`], [`MAX_ROWS`], and one budget for all the key
//! derivations of a file together.
//!
//! A key derivation may take seconds and cannot be interrupted here: readers run in a worker of their own, and to cancel
//! is to end the worker. [`read_with_progress`] says how many derivations are done.
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
//! [`write()`] is the way out; [`omissions`] says before what a format cannot hold of an account, [`page`] is for paper.
//!
//! One file a vendor. Below them are the pieces that several share: `json`, `csv_table`, `protobuf`, `sqlite`, `crypt`,
//! and `draft`, which makes an account of a row's fields.

mod addresses;
mod archive;
mod argon2_text;
mod budget;
mod bytes;
mod crypt;
mod csv_table;
mod draft;
mod encoding;
mod error;
mod format;
mod java;
mod json;
mod parcel;
mod preferences;
mod protobuf;
mod report;
mod secretstream;
mod sniffing;
mod sqlcipher;
mod sqlite;
mod writing;

mod aegis;
mod andotp;
mod authenticator_extension;
mod authenticator_plus;
mod authy;
mod backup;
mod battle_net;
mod bitwarden;
mod casdoor_app;
mod cxf;
mod duo;
mod ente;
mod freeotp;
mod freeotp_2;
mod google_database;
mod google_migration;
mod kdbx;
mod keepassxc;
mod lastpass;
mod microsoft;
mod one_password;
mod otpauth_list;
mod page;
mod proton;
mod proton_pass;
mod raivo;
mod steam;
mod stratum;
mod totp_authenticator;
mod two_fas;
mod two_fauth;
mod vastblast;

pub use backup::seal_backup;
pub use budget::Progress;
pub use error::{ExchangeError, Reason};
pub use format::Format;
pub use google_migration::ACCOUNTS_A_CODE;
pub use google_migration::MigrationPart;
pub use page::{codes_page, page, qr_svg};
pub use parcel::Parcel;
pub use report::{
    Icon, Imported, Loss, MAX_ICON_BYTES, MAX_NAME_CHARACTERS, MAX_NOTE_CHARACTERS, Report, Skipped, Usage,
};
pub use sniffing::sniff;
pub use writing::{Omission, WRITABLE, can_seal, omissions, write};

use std::rc::Rc;

use crate::secret::Secret;

/// The largest file that is read, in bytes, packed or unpacked.
pub const MAX_IMPORT_BYTES: usize = 20 << 20;

/// The most rows that are read.
pub const MAX_ROWS: usize = 20_000;

/// Reads a file, as the given format or as the one that [`sniff`] finds.
///
/// # Errors
/// [`ExchangeError`]; [`ExchangeError::NeedsPassword`] where the file is sealed and no password was given.
pub fn read(bytes: &[u8], format: Option<Format>, password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    read_with_progress(bytes, format, password, |_| ())
}

/// Does what [`read`] does, and calls `progress` before each key derivation.
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
    budget::within(Rc::new(progress), || read_format(bytes, format, password))
}

fn read_format(
    bytes: &[u8],
    format: Option<Format>,
    password: Option<&Secret<String>>,
) -> Result<Report, ExchangeError> {
    let format = format.or_else(|| sniff(bytes)).ok_or_else(|| unnamed(bytes))?;
    if bytes.starts_with(archive::MAGIC) && format != Format::Microsoft {
        return read_archive(bytes, format, password);
    }
    match format {
        Format::Backup => backup::read(bytes, password),
        Format::Otpauth | Format::GoogleMigration | Format::WinAuth => otpauth_list::read(bytes, format),
        Format::AuthenticatorPlus => authenticator_plus::read(bytes, password),
        Format::Ente if json::is_json(bytes) => ente::read(bytes, password),
        Format::Ente => otpauth_list::read(bytes, Format::Ente),
        Format::GoogleDatabase => google_database::read(bytes),
        Format::Microsoft => microsoft::read(bytes),
        Format::Aegis => aegis::read(bytes, password),
        Format::TwoFas => two_fas::read(bytes, password),
        Format::AuthenticatorExtension => authenticator_extension::read(bytes, password),
        Format::Bitwarden => bitwarden::read(bytes, password),
        Format::BitwardenCsv => bitwarden::read_csv(bytes),
        Format::Proton => proton::read(bytes, password),
        Format::ProtonPass => proton_pass::read(bytes),
        Format::Stratum => stratum::read(bytes, password),
        Format::AndOtp => andotp::read(bytes, password),
        Format::Authy => authy::read(bytes, password),
        Format::BattleNet => battle_net::read(bytes),
        Format::CasdoorApp => casdoor_app::read(bytes),
        Format::Cxf => cxf::read(bytes),
        Format::Duo => duo::read(bytes),
        Format::FreeOtp => freeotp::read_preferences(bytes),
        Format::FreeOtpPlus => freeotp::read(bytes),
        Format::FreeOtp2 => freeotp_2::read(bytes, password),
        Format::Kdbx => kdbx::read(bytes, password),
        Format::KeepassxcCsv => keepassxc::read(bytes),
        Format::LastPass => lastpass::read(bytes),
        Format::OnePassword => one_password::read(bytes),
        Format::OnePasswordCsv => one_password::read_csv(bytes),
        Format::Raivo => raivo::read(bytes),
        Format::Steam => steam::read(bytes),
        Format::TotpAuthenticator => totp_authenticator::read(bytes, password),
        Format::TwoFAuth => two_fauth::read(bytes),
        Format::VastBlast => vastblast::read(bytes, password),
    }
}

/// Why a file has no name: JSON that is cut off or beyond the bounds says so.
fn unnamed(bytes: &[u8]) -> ExchangeError {
    let error = if json::is_json(bytes) { json::parse(bytes).err() } else { None };
    error.unwrap_or(ExchangeError::Unknown)
}

fn read_archive(bytes: &[u8], format: Format, password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let mut archive = archive::Archive::open(bytes)?;
    match format {
        Format::Bitwarden => bitwarden::read_zip(&mut archive, password),
        Format::Raivo => raivo::read_zip(&mut archive, password),
        Format::AuthenticatorPlus => authenticator_plus::read_zip(&mut archive, password),
        Format::OnePassword => one_password::read_zip(&mut archive),
        Format::WinAuth => otpauth_list::read_zip(&mut archive, password),
        Format::ProtonPass => proton_pass::read_zip(&mut archive),
        _ => Err(ExchangeError::Damaged("it is a zip archive, which this format is not")),
    }
}

/// A database with its write-ahead log merged in: `PhoneFactor` with `PhoneFactor-wal`, to be read as one file.
///
/// # Errors
/// [`ExchangeError::TooLarge`], [`ExchangeError::Damaged`] where the log is none.
pub fn merge_wal(database: &[u8], log: &[u8]) -> Result<Vec<u8>, ExchangeError> {
    sqlite::merge_wal(database, log)
}

/// Whether a file is the index of a write-ahead log (`PhoneFactor-shm`): nothing in it is needed.
pub fn is_wal_index(bytes: &[u8]) -> bool {
    sqlite::is_wal_index(bytes)
}

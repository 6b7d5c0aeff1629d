//! Writing other programs' files, and what each cannot hold.

use super::formats::{aegis, andotp, backup, bitwarden, cxf, ente, google_migration, otpauth_list, two_fas};
use super::{ExchangeError, Format, Imported};
use crate::message;
use crate::message::Message;
use crate::otp::Kind;
use crate::secret::{Entropy, Secret};

/// The formats that [`write()`] writes, in the order they are shown.
pub const WRITABLE: &[Format] = &[
    Format::Backup,
    Format::Otpauth,
    Format::Aegis,
    Format::TwoFas,
    Format::Bitwarden,
    Format::BitwardenCsv,
    Format::GoogleMigration,
    Format::Ente,
    Format::AndOtp,
    Format::Cxf,
];

/// A part of an account that a format cannot store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum Omission {
    /// The account itself: the format has no such type, length or period. [`write()`] leaves it out.
    Account,
    /// All groups.
    Group,
    /// All groups but the first.
    FurtherGroups,
    /// The note.
    Note,
    /// That it is pinned.
    Pin,
    /// The icon.
    Icon,
    /// The sites.
    Sites,
    /// The site's recovery codes.
    RecoveryCodes,
    /// The length or the period: the format can say it, but the program that reads it knows only some.
    Unusual,
}

impl Omission {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::Account => message!("omission_account"),
            Self::Group => message!("omission_group"),
            Self::FurtherGroups => message!("omission_further_groups"),
            Self::Note => message!("omission_note"),
            Self::Pin => message!("omission_pin"),
            Self::Icon => message!("omission_icon"),
            Self::Sites => message!("omission_sites"),
            Self::RecoveryCodes => message!("omission_recovery_codes"),
            Self::Unusual => message!("omission_unusual"),
        }
    }
}

/// Returns whether a format can be written under a password.
pub fn can_seal(format: Format) -> bool {
    matches!(format, Format::Backup | Format::Aegis | Format::TwoFas | Format::Bitwarden)
}

/// Returns the parts of an account that a format would lose, to be shown before it is written.
pub fn omissions(format: Format, account: &Imported) -> Vec<Omission> {
    use Format::{Aegis, AndOtp, Backup, Bitwarden, BitwardenCsv, Cxf, Ente, TwoFas};
    if !holds(format, account) {
        return vec![Omission::Account];
    }
    let has_groups = matches!(format, Aegis | AndOtp | Backup | Cxf | Ente);
    let has_group = has_groups || matches!(format, TwoFas | Bitwarden | BitwardenCsv);
    let has_note_and_pin = matches!(format, Aegis | Backup | Bitwarden | BitwardenCsv | Cxf | Ente);
    let has_sites = matches!(format, Backup | Bitwarden | BitwardenCsv | Cxf);
    let losses = [
        (Omission::Group, !has_group && !account.groups.is_empty()),
        (Omission::FurtherGroups, has_group && !has_groups && account.groups.len() > 1),
        (Omission::Note, !has_note_and_pin && !account.note.is_empty()),
        (Omission::Pin, !has_note_and_pin && account.pinned),
        (Omission::Icon, !matches!(format, Aegis | Backup) && account.icon.is_some()),
        (Omission::Sites, !has_sites && !account.sites.is_empty()),
        (Omission::RecoveryCodes, format != Backup && !account.recovery_codes.is_empty()),
        (Omission::Unusual, format == TwoFas && !two_fas::is_usual(&account.uri.otp)),
    ];
    losses.into_iter().filter(|(_, is_lost)| *is_lost).map(|(omission, _)| omission).collect()
}

fn holds(format: Format, account: &Imported) -> bool {
    match format {
        Format::GoogleMigration => google_migration::holds(account),
        Format::Cxf => matches!(account.uri.otp.kind, Kind::Totp { .. }),
        Format::Bitwarden | Format::BitwardenCsv => !matches!(account.uri.otp.kind, Kind::Hotp { .. }),
        _ => true,
    }
}

/// Writes a file of the accounts that the format can hold, encrypted if a password is given. The caller shows
/// what is left out ([`omissions`]) first, and asks before it writes unencrypted secrets.
///
/// # Errors
/// [`ExchangeError::NotWritable`] for a format without a writer, [`ExchangeError::CannotSeal`] where a password was
/// given to a format that has no encryption, [`ExchangeError::NeedsPassword`] for our own backup without one.
pub fn write(
    format: Format,
    accounts: &[Imported],
    password: Option<&Secret<String>>,
    now_seconds: u64,
    entropy: &mut impl Entropy,
) -> Result<Vec<u8>, ExchangeError> {
    if password.is_some() && !can_seal(format) {
        return Err(ExchangeError::CannotSeal);
    }
    let held: Vec<&Imported> = accounts.iter().filter(|account| holds(format, account)).collect();
    let text = match (format, password) {
        (Format::Backup, None) => return Err(ExchangeError::NeedsPassword),
        (Format::Backup, Some(password)) => backup::write(&held, password, now_seconds, entropy)?,
        (Format::Otpauth, _) => otpauth_list::write(&held),
        (Format::Aegis, None) => aegis::write(&held, entropy),
        (Format::Aegis, Some(password)) => aegis::write_sealed(&held, password, entropy)?,
        (Format::TwoFas, password) => two_fas::write(&held, password, now_seconds, entropy)?,
        (Format::Bitwarden, None) => bitwarden::write::json(&held, entropy),
        (Format::Bitwarden, Some(password)) => bitwarden::write::sealed_json(&held, password, entropy)?,
        (Format::BitwardenCsv, _) => return bitwarden::write::csv(&held),
        (Format::GoogleMigration, _) => {
            google_migration::write(&held, u32::from_be_bytes(entropy.generate())).join("\n")
        }
        (Format::Ente, _) => ente::write(&held),
        (Format::AndOtp, _) => andotp::write(&held),
        (Format::Cxf, _) => cxf::write(&held, now_seconds, entropy),
        _ => return Err(ExchangeError::NotWritable),
    };
    Ok(text.into_bytes())
}

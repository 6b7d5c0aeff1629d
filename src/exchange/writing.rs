//! Writes files for other programs, and lists what each format cannot store.

use super::registry::{AnyEntropy, Groups, Writing};
use super::{ExchangeError, Format, Imported};
use crate::message;
use crate::message::Message;
use crate::secret::{Entropy, Secret};

/// The formats that [`write()`] supports, in the order in which they are shown.
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
    /// The account itself: the format does not support its type, code length or period. [`write()`] leaves it out.
    Account,
    /// All groups.
    Group,
    /// All groups except the first.
    FurtherGroups,
    /// The note.
    Note,
    /// The pin.
    Pin,
    /// The icon.
    Icon,
    /// The sites.
    Sites,
    /// The site's recovery codes.
    RecoveryCodes,
    /// The code length or period: the format can store it, but the program that reads it supports only some values.
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

/// Returns whether a format can be encrypted with a password.
pub fn can_encrypt(format: Format) -> bool {
    format.export().is_some_and(|export| export.can_encrypt)
}

/// Returns the parts of an account that a format cannot store, to be shown before it is exported.
pub fn omissions(format: Format, account: &Imported) -> Vec<Omission> {
    let Some(export) = format.export().filter(|export| (export.holds)(account)) else {
        return vec![Omission::Account];
    };
    let losses = [
        (Omission::Group, export.groups == Groups::None && !account.groups.is_empty()),
        (Omission::FurtherGroups, export.groups == Groups::One && account.groups.len() > 1),
        (Omission::Note, !export.notes_and_pins && !account.note.is_empty()),
        (Omission::Pin, !export.notes_and_pins && account.pinned),
        (
            Omission::Icon,
            (!export.icons && account.icon.is_some()) || (!export.chosen_icons && account.chosen_icon.is_some()),
        ),
        (Omission::Sites, !export.sites && !account.sites.is_empty()),
        (Omission::RecoveryCodes, !export.recovery_codes && !account.recovery_codes.is_empty()),
        (Omission::Unusual, !(export.is_supported_by_vendor)(account)),
    ];
    losses.into_iter().filter(|(_, is_lost)| *is_lost).map(|(omission, _)| omission).collect()
}

/// Writes a file with the accounts that the format can store, encrypted if a password is given. The caller must first
/// show what is left out ([`omissions`]), and ask before it writes unencrypted secrets.
///
/// # Errors
/// [`ExchangeError::NotWritable`] if the format has no writer, [`ExchangeError::CannotEncrypt`] if a password is given
/// and the format has no encryption, [`ExchangeError::NeedsPassword`] for a backup of this extension without a
/// password.
pub fn write(
    format: Format,
    accounts: &[Imported],
    password: Option<&Secret<String>>,
    now_seconds: u64,
    entropy: &mut impl Entropy,
) -> Result<Vec<u8>, ExchangeError> {
    if password.is_some() && !can_encrypt(format) {
        return Err(ExchangeError::CannotEncrypt);
    }
    let export = format.export().ok_or(ExchangeError::NotWritable)?;
    let held: Vec<&Imported> = accounts.iter().filter(|account| (export.holds)(account)).collect();
    (format.entry().write)(Writing { accounts: &held, password, now_seconds, entropy: AnyEntropy(entropy) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listed_formats_are_those_with_a_writer() {
        for format in Format::ALL {
            assert_eq!(WRITABLE.contains(format), format.export().is_some(), "{format:?}");
        }
    }
}

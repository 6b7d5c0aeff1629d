//! The meanings that a column of a table can have.

use serde::{Deserialize, Serialize};

/// The meaning of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Field {
    /// The column is not used.
    #[default]
    Other,
    /// The issuer.
    Issuer,
    /// The account name.
    Account,
    /// Issuer and account name in one cell, or one of them.
    Label,
    /// A key URI or a bare setup key.
    Secret,
    /// TOTP, HOTP or Steam.
    Kind,
    /// The number of digits of a code.
    Digits,
    /// The validity of a code, in seconds.
    Period,
    /// The hash algorithm.
    Algorithm,
    /// The counter of HOTP.
    Counter,
    /// A note.
    Note,
    /// A group, folder or tags.
    Group,
    /// The URL of a site.
    Site,
    /// A flag that marks pinned accounts.
    Pinned,
    /// A password, which is not imported.
    Password,
    /// A flag that marks entries in the other program's trash.
    Deleted,
}

impl Field {
    /// Returns whether the column contains settings of a code.
    pub(super) fn is_setting(self) -> bool {
        matches!(self, Self::Digits | Self::Period | Self::Algorithm | Self::Counter)
    }

    /// All meanings, in the order in which they are offered to the user.
    pub const ALL: [Self; 16] = [
        Self::Other,
        Self::Secret,
        Self::Issuer,
        Self::Account,
        Self::Label,
        Self::Kind,
        Self::Digits,
        Self::Period,
        Self::Algorithm,
        Self::Counter,
        Self::Group,
        Self::Note,
        Self::Site,
        Self::Pinned,
        Self::Password,
        Self::Deleted,
    ];

    /// Returns the name used in pages and messages.
    pub fn id(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Issuer => "issuer",
            Self::Account => "account",
            Self::Label => "label",
            Self::Secret => "secret",
            Self::Kind => "kind",
            Self::Digits => "digits",
            Self::Period => "period",
            Self::Algorithm => "algorithm",
            Self::Counter => "counter",
            Self::Note => "note",
            Self::Group => "group",
            Self::Site => "site",
            Self::Pinned => "pinned",
            Self::Password => "password",
            Self::Deleted => "deleted",
        }
    }

    /// Returns the meaning with this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.id() == id)
    }

    /// Returns whether several columns may have this meaning. For other meanings, only one column is read.
    pub fn may_repeat(self) -> bool {
        matches!(self, Self::Other | Self::Group | Self::Site | Self::Password)
    }
}

#[cfg(test)]
mod tests {
    use super::Field;

    #[test]
    fn every_meaning_is_listed_once_and_found_by_its_name() {
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(Field::from_id(field.id()), Some(field));
            assert!(!Field::ALL[..index].contains(&field));
            assert_eq!(serde_json::to_string(&field).unwrap(), format!("\"{}\"", field.id()));
        }
    }
}

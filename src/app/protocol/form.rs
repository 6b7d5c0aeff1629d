//! Changes of accounts that pages send: the add and edit forms, and a change of several accounts at once.

use serde::{Deserialize, Serialize};

use super::SiteWarning;
use crate::autofill::SiteRule;
use crate::vault::{Site, StorageLocation};

/// The fields of the add and edit forms, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountForm {
    /// The secret in base32. Empty in an edit keeps the current secret.
    #[serde(default)]
    pub secret: String,
    /// The user confirmed that 0, 1 and 8 in the secret stand for O, L and B.
    #[serde(default)]
    pub accepts_look_alikes: bool,
    /// The account name.
    #[serde(default)]
    pub name: String,
    /// The issuer.
    #[serde(default)]
    pub issuer: String,
    /// How codes are generated.
    #[serde(default)]
    pub kind: FormKind,
    /// `SHA1`, `SHA256` or `SHA512`; empty means SHA-1.
    #[serde(default)]
    pub algorithm: String,
    /// The number of digits, 4 to 10; `None` means 6.
    #[serde(default)]
    pub digits: Option<u64>,
    /// The period in seconds, 1 to 86,400; `None` means 30.
    #[serde(default)]
    pub period: Option<u64>,
    /// The counter of a HOTP account; `None` means 0.
    #[serde(default)]
    pub counter: Option<u64>,
    /// The counter when the edit form was opened. The page returns it unchanged. Codes may have been generated since
    /// then, so only a counter that the user has edited replaces the current one.
    #[serde(default)]
    pub shown_counter: Option<u64>,
    /// The user's note.
    #[serde(default)]
    pub note: String,
    /// The group.
    #[serde(default)]
    pub group: String,
    /// The icon that the user has chosen, as the text of a [`ChosenIcon`](crate::vault::ChosenIcon); empty for the one
    /// that the service determines.
    #[serde(default)]
    pub icon: String,
    /// Where the account is stored. Used only when adding it.
    #[serde(default, rename = "keep")]
    pub location: Option<StorageLocation>,
    /// The number of its recovery codes. Read-only.
    #[serde(default)]
    pub recovery_codes: usize,
    /// The number of recovery codes that may still work. Read-only.
    #[serde(default)]
    pub recovery_left: usize,
}

/// A site that the user enters for an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteForm {
    /// The address as typed, for example `example.com` or `https://example.com/team`.
    pub address: String,
    /// How the site's pages are recognized.
    #[serde(default)]
    pub rule: SiteRule,
    /// The site of the account that this one replaces.
    #[serde(default)]
    pub replaces: Option<Site>,
    /// The warning that the user has read and overruled.
    #[serde(default)]
    pub accepts: SiteWarning,
}

/// The kinds of accounts that the form offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// Time-based.
    #[default]
    Totp,
    /// Counter-based.
    Hotp,
    /// Time-based, with Steam's five characters.
    Steam,
}

impl FormKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Totp, Self::Hotp, Self::Steam];

    /// Returns the name used in pages and texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Hotp => "hotp",
            Self::Steam => "steam",
        }
    }
}

/// A change of several accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum BulkChange {
    /// Moves the accounts into a group.
    Group {
        /// The group's name; empty to remove them from their groups.
        group: String,
    },
    /// Moves the accounts to the trash.
    MoveToTrash,
    /// Restores the accounts from the trash.
    Restore,
}

//! What a person changes about accounts, as it travels: the add and edit forms, and a change of several at once.

use serde::{Deserialize, Serialize};

use crate::vault::Keep;

/// The fields of the add and edit forms, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountForm {
    /// Base32; empty in an edit keeps the present secret.
    #[serde(default)]
    pub secret: String,
    /// The user confirmed that 0, 1 and 8 in the secret are to be read as O, L and B.
    #[serde(default)]
    pub accepts_look_alikes: bool,
    /// Whose account it is.
    #[serde(default)]
    pub name: String,
    /// Who issued it.
    #[serde(default)]
    pub issuer: String,
    /// How its codes are made.
    #[serde(default)]
    pub kind: FormKind,
    /// `SHA1`, `SHA256`, `SHA512`; empty is SHA-1.
    #[serde(default)]
    pub algorithm: String,
    /// 4 to 10; `None` is 6.
    #[serde(default)]
    pub digits: Option<u64>,
    /// 1 to 86,400 s; `None` is 30.
    #[serde(default)]
    pub period: Option<u64>,
    /// A HOTP's counter; `None` is 0.
    #[serde(default)]
    pub counter: Option<u64>,
    /// The counter that an edit form was shown with, sent back as it came: codes may have been made since, and only a
    /// counter that the person changed takes the place of the present one.
    #[serde(default)]
    pub shown_counter: Option<u64>,
    /// The person's own words.
    #[serde(default)]
    pub note: String,
    /// The group.
    #[serde(default)]
    pub group: String,
    /// Where it may be filled: origins and domains, for showing only.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Where it is kept; only in an add.
    #[serde(default)]
    pub keep: Option<Keep>,
    /// How many recovery codes it holds, for showing only.
    #[serde(default)]
    pub recovery_codes: usize,
    /// How many of them may still work.
    #[serde(default)]
    pub recovery_left: usize,
}

/// How codes are made, as the form offers it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormKind {
    /// By the time.
    #[default]
    Totp,
    /// By a counter.
    Hotp,
    /// By the time, as Steam's five characters.
    Steam,
}

impl FormKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Totp, Self::Hotp, Self::Steam];

    /// Its name in pages and texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Hotp => "hotp",
            Self::Steam => "steam",
        }
    }
}

/// What becomes of several accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ManyChange {
    /// They are put into a group.
    Group {
        /// Its name; empty for none.
        group: String,
    },
    /// They are put into the bin.
    Bin,
    /// They are taken out of it again.
    Restore,
}

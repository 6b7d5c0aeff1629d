//! An account: how its codes are generated, its names, where it is stored and where it may be filled.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{ChosenIcon, ImportedExtras, RecoveryCode, Site};
use crate::label::{clean, clean_lines};
use crate::otp::{KeyUri, Otp};
use crate::secret::{Entropy, Secret};

/// Maximum length of a recovery code, in bytes.
const MAX_RECOVERY_CODE_BYTES: usize = 200;
/// Maximum number of recovery codes of an account. No site issues more at a time.
const MAX_RECOVERY_CODES: usize = 50;

/// A random UUID (RFC 9562, version 4) that identifies an account permanently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId([u8; 16]);

impl AccountId {
    /// The id of no account: the nil UUID.
    pub const NIL: Self = Self([0; 16]);

    /// Generates a new id.
    pub fn generate(entropy: &mut impl Entropy) -> Self {
        let mut bytes: [u8; 16] = entropy.generate();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        Self(bytes)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl FromStr for AccountId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "not a UUID";
        if text.len() != 36 {
            return Err(WRONG);
        }
        let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(&digits).map_err(|_| WRONG)?;
        bytes.try_into().map(Self).map_err(|_| WRONG)
    }
}

impl TryFrom<String> for AccountId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.to_string()
    }
}

/// The id of a connection: a random UUID instead of the server's address, because the address may change.
pub type ConnectionId = AccountId;

/// Where an account is stored in addition to this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageLocation {
    /// On this device only.
    #[default]
    Device,
    /// On the server of one connection, in its user's list.
    Connection(ConnectionId),
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AccountRecord", into = "AccountRecord")]
pub struct Account {
    /// The id, which never changes.
    pub id: AccountId,
    /// The issuer; may be empty.
    pub issuer: String,
    /// The account name; may be empty.
    pub name: String,
    /// The parameters of code generation. The counter of a HOTP account is the initial one; [`super::State`] has the
    /// current one.
    pub otp: Otp,
    /// The user's note.
    pub note: String,
    /// The group that the user has chosen; empty for none.
    pub group: String,
    /// The icon that the user has chosen; `None` for the one that the service determines.
    pub icon: Option<ChosenIcon>,
    /// The account is listed before those that are not pinned.
    pub pinned: bool,
    /// The sites where its codes may be filled.
    pub sites: Vec<Site>,
    /// Where it is stored in addition to this device.
    pub location: StorageLocation,
    /// The account was set up as a second factor, but the server has not yet confirmed that it stored it.
    pub unconfirmed: bool,
    /// When its row was first missing on its server, in seconds since 1970; `None` if it is not missing.
    pub missing_since: Option<u64>,
    /// The account was deleted here, and then received from the server again.
    pub returned: bool,
    /// The account of which this is a conflicting version, kept because both this device and the server changed it.
    pub conflict_of: Option<AccountId>,
    /// Recovery codes of the site, each valid for one sign-in. They are never sent to a server.
    pub recovery_codes: Vec<RecoveryCode>,
    /// Imported data that this program stores only for the next export.
    pub imported_extras: ImportedExtras,
    /// When the account was created, in seconds since 1970.
    pub created_at: u64,
    /// When the account was last changed, in seconds since 1970.
    pub changed_at: u64,
}

impl Account {
    /// Creates an account on this device from a QR code, a form or a file. Removes invisible characters from its names.
    pub fn new(uri: KeyUri, now: u64, entropy: &mut impl Entropy) -> Self {
        Self {
            id: AccountId::generate(entropy),
            issuer: clean(&uri.issuer).into_owned(),
            name: clean(&uri.name).into_owned(),
            otp: uri.otp,
            note: String::new(),
            group: String::new(),
            icon: None,
            pinned: false,
            sites: Vec::new(),
            location: StorageLocation::Device,
            unconfirmed: false,
            missing_since: None,
            returned: false,
            conflict_of: None,
            recovery_codes: Vec::new(),
            imported_extras: ImportedExtras::default(),
            created_at: now,
            changed_at: now,
        }
    }

    /// Stores a recovery code unless it is stored already. Returns `false` if it is not stored because it is empty,
    /// longer than 200 bytes, or would be the 51st.
    pub fn keep_recovery_code(&mut self, code: Secret<String>) -> bool {
        let length = code.expose().trim().len();
        if self.recovery_codes.iter().any(|known| known.code == code) {
            return true;
        }
        if length == 0 || length > MAX_RECOVERY_CODE_BYTES || self.recovery_codes.len() >= MAX_RECOVERY_CODES {
            return false;
        }
        self.recovery_codes.push(code.into());
        true
    }

    /// Appends a recovery code of another account, unless it is stored already or the maximum number is reached.
    pub(crate) fn append_recovery_code(&mut self, code: RecoveryCode) {
        let is_known = self.recovery_codes.iter().any(|known| known.code == code.code);
        if !is_known && self.recovery_codes.len() < MAX_RECOVERY_CODES {
            self.recovery_codes.push(code);
        }
    }

    /// Returns the account's key URI, for QR codes, exports and rows on Casdoor. It contains the secret.
    pub fn key_uri(&self) -> KeyUri {
        KeyUri { issuer: self.issuer.clone(), name: self.name.clone(), otp: self.otp.clone() }
    }
}

/// An account in the trash. It generates no codes, but can be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashedAccount {
    /// The account, as it was before it was deleted.
    pub account: Account,
    /// When it was moved to the trash, in seconds since 1970.
    #[serde(rename = "binned_at")]
    pub trashed_at: u64,
    /// A sync moved it to the trash, because another client deleted it or changed its secret.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_sync: bool,
    /// The account of which this is the old version, kept because the secret was changed on the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_version_of: Option<AccountId>,
    /// The account's index in the list when it was moved to the trash; `None` for an account that was not in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
}

/// How long an account stays in the trash before it is deleted permanently, in seconds.
const TRASH_SECONDS: u64 = 30 * 24 * 60 * 60;

impl TrashedAccount {
    /// Returns when the account is deleted permanently, in seconds since 1970.
    pub fn expires_at(&self) -> u64 {
        self.trashed_at.saturating_add(TRASH_SECONDS)
    }
}

/// An account as it is serialized in the document.
#[derive(Serialize, Deserialize)]
struct AccountRecord {
    id: AccountId,
    uri: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    group: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pinned: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sites: Vec<Site>,
    #[serde(default, rename = "keep")]
    location: StorageLocation,
    #[serde(default, skip_serializing_if = "is_false")]
    unconfirmed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    missing_since: Option<u64>,
    #[serde(default, skip_serializing_if = "is_false")]
    returned: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conflict_of: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recovery_codes: Vec<RecoveryCode>,
    #[serde(default, rename = "brought", skip_serializing_if = "ImportedExtras::is_empty")]
    imported_extras: ImportedExtras,
    created_at: u64,
    changed_at: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl TryFrom<AccountRecord> for Account {
    type Error = crate::otp::OtpError;

    fn try_from(record: AccountRecord) -> Result<Self, Self::Error> {
        let uri = KeyUri::parse_kept(Secret::new(record.uri).expose())?;
        let mut imported_extras = record.imported_extras;
        let (icon, picture) = ChosenIcon::split(&imported_extras.icon);
        imported_extras.icon = picture.to_owned();
        Ok(Self {
            id: record.id,
            issuer: clean(&uri.issuer).into_owned(),
            name: clean(&uri.name).into_owned(),
            otp: uri.otp,
            note: clean_lines(&record.note).into_owned(),
            group: clean(&record.group).into_owned(),
            icon,
            pinned: record.pinned,
            sites: record.sites,
            location: record.location,
            unconfirmed: record.unconfirmed,
            missing_since: record.missing_since,
            returned: record.returned,
            conflict_of: record.conflict_of,
            recovery_codes: record.recovery_codes,
            imported_extras,
            created_at: record.created_at,
            changed_at: record.changed_at,
        })
    }
}

impl From<Account> for AccountRecord {
    fn from(account: Account) -> Self {
        let uri = account.key_uri().to_string();
        let mut imported_extras = account.imported_extras;
        // Earlier builds keep everything that is stored here, and would drop a field that they do not know.
        imported_extras.icon = ChosenIcon::join(account.icon.as_ref(), imported_extras.icon);
        Self {
            id: account.id,
            uri,
            note: account.note,
            group: account.group,
            pinned: account.pinned,
            sites: account.sites,
            location: account.location,
            unconfirmed: account.unconfirmed,
            missing_since: account.missing_since,
            returned: account.returned,
            conflict_of: account.conflict_of,
            recovery_codes: account.recovery_codes,
            imported_extras,
            created_at: account.created_at,
            changed_at: account.changed_at,
        }
    }
}

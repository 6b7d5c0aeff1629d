//! A row of a user's list, and the account it contains.
//!
//! | field | in this extension's rows | in other clients' rows |
//! |---|---|---|
//! | `accountName` | the account name | often the encoded label of a QR code: `Acme%20Works:acme/bob` |
//! | `issuer` | the issuer | often percent-encoded |
//! | `secretKey` | base32, or a key URI unless it is SHA-1, 6 digits, 30 s | base32 in any spelling |
//! | `origin` | `cab1:` and the account's id | an id of the client's installation, or empty |
//!
//! Rows are compared by these strings as received, and shown decoded, without invisible characters. A row that was not
//! changed here is written back unchanged.

use std::io;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::CasdoorError;
use super::wire::{elements, replace_field};
use crate::label::clean;
use crate::otp::{Key, KeyUri, Kind, MAX_KEY_URI_BYTES, Otp, percent_decode};
use crate::secret::Secret;
use crate::vault::{Account, AccountId, BaseRow, Presence};

/// Maximum number of rows, which limits the work for a hostile server.
pub(super) const MAX_ROWS: usize = 20_000;

/// Maximum length of a key URI without its names and secret, in bytes.
const PARAMETERS_BYTES: usize = 256;
/// The prefix of `origin` in rows that were written by this extension.
const ORIGIN_PREFIX: &str = "cab1:";

/// A row as it is on the server, not decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// `accountName`.
    pub account_name: String,
    /// `issuer`.
    pub issuer: String,
    /// `secretKey`.
    pub secret_key: Secret<String>,
    /// `origin`.
    pub origin: String,
}

/// The four fields of a written row, always as strings, because the server copies a missing field from the row that had
/// the same index before.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenRow<'a> {
    account_name: &'a str,
    issuer: &'a str,
    secret_key: &'a str,
    origin: &'a str,
}

/// A received row. A field that is missing or `null` is read as an empty text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReceivedRow {
    account_name: Option<String>,
    issuer: Option<String>,
    secret_key: Option<String>,
    origin: Option<String>,
}

/// Counts the bytes that are written to it.
#[derive(Default)]
struct ByteCounter(usize);

impl io::Write for ByteCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The decoded content of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowContent {
    /// The account name.
    pub name: String,
    /// The issuer.
    pub issuer: String,
    /// The parameters of code generation.
    pub otp: Otp,
}

impl ListRow {
    /// Parses the rows of a server's `mfaAccounts`, which is not `null`.
    pub(super) fn read_list(list: &RawValue) -> Result<Vec<Self>, CasdoorError> {
        let elements = elements(list, MAX_ROWS).map_err(|too_many| match too_many {
            true => CasdoorError::ListTooLong,
            false => CasdoorError::ListUnreadable,
        })?;
        let rows: Vec<Self> = elements.into_iter().map(Self::read).collect::<Result<_, _>>()?;
        let masked =
            |row: &Self| !row.secret_key.expose().is_empty() && row.secret_key.expose().bytes().all(|b| b == b'*');
        if rows.iter().any(masked) { Err(CasdoorError::ListMasked) } else { Ok(rows) }
    }

    fn read(element: &RawValue) -> Result<Self, CasdoorError> {
        // Serde would also accept an array of four strings as a struct.
        if !element.get().starts_with('{') {
            return Err(CasdoorError::ListUnreadable);
        }
        let row: ReceivedRow = serde_json::from_str(element.get()).map_err(|_| CasdoorError::ListUnreadable)?;
        Ok(Self {
            account_name: row.account_name.unwrap_or_default(),
            issuer: row.issuer.unwrap_or_default(),
            secret_key: Secret::new(row.secret_key.unwrap_or_default()),
            origin: row.origin.unwrap_or_default(),
        })
    }

    /// Serializes the rows for the server. Exposes the secrets, because they are sent to a server that the user has
    /// chosen.
    pub(super) fn write_list(rows: &[Self]) -> Secret<String> {
        let written: Vec<WrittenRow<'_>> = rows.iter().map(Self::written).collect();
        Secret::new(serde_json::to_string(&written).unwrap_or_default())
    }

    /// Returns the length of [`ListRow::write_list`] without building it.
    pub(super) fn list_bytes<'a>(rows: impl Iterator<Item = &'a Self>) -> usize {
        let mut counter = ByteCounter::default();
        let mut count: usize = 0;
        for row in rows {
            count = count.saturating_add(1);
            // Writing to a counter cannot fail.
            let _ = serde_json::to_writer(&mut counter, &row.written());
        }
        // Adds the brackets, and a comma between two rows.
        counter.0.saturating_add(count.max(1)).saturating_add(1)
    }

    fn written(&self) -> WrittenRow<'_> {
        WrittenRow {
            account_name: &self.account_name,
            issuer: &self.issuer,
            secret_key: self.secret_key.expose(),
            origin: &self.origin,
        }
    }

    /// Returns the short body of `update-user`: only the list.
    pub(super) fn write_body(rows: &[Self]) -> Secret<String> {
        Secret::new(format!(r#"{{"mfaAccounts":{}}}"#, Self::write_list(rows).expose()))
    }

    /// Returns the long body of `update-user`: the complete user as just read, with this list.
    pub(super) fn write_whole_body(rows: &[Self], user: &RawValue) -> Result<Secret<String>, CasdoorError> {
        replace_field(user, "mfaAccounts", Self::write_list(rows).expose()).ok_or(CasdoorError::NotCasdoor)
    }

    /// Returns the account id of a row that was written by this extension.
    pub(super) fn own_id(&self) -> Option<AccountId> {
        own_id(&self.origin)
    }

    /// Returns the decoded content; `None` for a row that cannot be read and is kept verbatim.
    pub(super) fn content(&self) -> Option<RowContent> {
        let secret = self.secret_key.expose();
        let otp = match secret.contains("://") {
            true => secret.parse::<KeyUri>().ok()?.otp,
            false => Otp::standard(Key::from_base32(secret).ok()?),
        };
        let (name, issuer) = match self.own_id() {
            Some(_) => (self.account_name.clone(), self.issuer.clone()),
            None => decoded_names(&self.account_name, &self.issuer),
        };
        let content = RowContent { name: clean(&name).into_owned(), issuer: clean(&issuer).into_owned(), otp };
        // Content that does not fit into a key URI could not be added in any other way, so its row stays on the server
        // unchanged.
        content.fits(secret.len()).then_some(content)
    }

    /// Creates a new row.
    pub(super) fn of_account(id: AccountId, content: &RowContent) -> Self {
        Self {
            account_name: content.name.clone(),
            issuer: content.issuer.clone(),
            secret_key: secret_text(content),
            origin: format!("{ORIGIN_PREFIX}{id}"),
        }
    }

    /// Returns this row with new content. Fields whose meaning did not change keep their spelling.
    pub(super) fn with_content(&self, content: &RowContent) -> Self {
        let Some(old) = self.content() else { return self.clone() };
        let mut row = self.clone();
        if old.otp != content.otp {
            row.secret_key = secret_text(content);
        }
        if old.issuer != content.issuer {
            row.issuer = self.encoded(&content.issuer);
        }
        if old.issuer != content.issuer || old.name != content.name {
            row.account_name = self.encoded(&content.name);
            if row.content().is_some_and(|read| read.name != content.name) {
                // If the name itself starts like a repeated issuer, repeat the issuer, so that the name is read back
                // unchanged.
                row.account_name = format!("{}:{}", row.issuer, row.account_name);
            }
        }
        row
    }

    /// Encodes a text so that it is read back unchanged: the rows of other clients are percent-decoded when they are
    /// read.
    fn encoded(&self, text: &str) -> String {
        let as_it_is = self.own_id().is_some() || percent_decode(text).as_deref() == Ok(text);
        if as_it_is { text.into() } else { text.replace('%', "%25") }
    }

    /// Returns its entry in a sync base.
    pub(super) fn to_base_row(&self, account: Option<AccountId>, presence: Presence, written_at: u64) -> BaseRow {
        BaseRow {
            account,
            account_name: self.account_name.clone(),
            issuer: self.issuer.clone(),
            secret_key: self.secret_key.clone(),
            origin: self.origin.clone(),
            written_at,
            presence,
            rewritten: false,
        }
    }

    /// Returns `true` if all four strings are equal to those of an entry in a sync base.
    pub(super) fn is(&self, base: &BaseRow) -> bool {
        self.account_name == base.account_name
            && self.issuer == base.issuer
            && self.origin == base.origin
            && self.secret_key == base.secret_key
    }

    /// Returns the key by which the mobile app identifies rows. It must be unique in a list.
    pub(super) fn mobile_app_key(&self) -> String {
        format!("{}:{}", self.account_name, self.issuer)
    }
}

/// Returns the account id in an `origin` of this extension.
pub(super) fn own_id(origin: &str) -> Option<AccountId> {
    origin.strip_prefix(ORIGIN_PREFIX)?.parse().ok()
}

fn secret_text(content: &RowContent) -> Secret<String> {
    if content.otp.is_standard() {
        return content.otp.key.to_base32();
    }
    let uri = KeyUri { issuer: content.issuer.clone(), name: content.name.clone(), otp: content.otp.clone() };
    Secret::new(uri.to_string())
}

/// Decodes the names in another client's row: percent-encoding is decoded, and the issuer is removed where it is
/// repeated before the name.
fn decoded_names(account_name: &str, issuer: &str) -> (String, String) {
    let decode = |text: &str| percent_decode(text).unwrap_or_else(|_| text.into());
    let (name, issuer) = (decode(account_name), decode(issuer));
    let rest = name.strip_prefix(issuer.as_str()).filter(|_| !issuer.is_empty());
    match rest.and_then(|rest| rest.strip_prefix(':')) {
        Some(rest) => (rest.trim_start().into(), issuer),
        None => (name, issuer),
    }
}

impl RowContent {
    /// Returns `true` if the content fits into a key URI that can be parsed again. `secret_bytes` is the length of its
    /// encoded secret.
    fn fits(&self, secret_bytes: usize) -> bool {
        // Each byte of a name may become three, and the issuer occurs twice. This bound is usually enough to decide
        // without building the URI.
        let names = self.issuer.len().saturating_mul(2).saturating_add(self.name.len()).saturating_mul(3);
        let most = names.saturating_add(secret_bytes.saturating_mul(2)).saturating_add(PARAMETERS_BYTES);
        let printed =
            || KeyUri { issuer: self.issuer.clone(), name: self.name.clone(), otp: self.otp.clone() }.to_string();
        most <= MAX_KEY_URI_BYTES || Secret::new(printed()).expose().len() <= MAX_KEY_URI_BYTES
    }

    /// Returns the content of an account. `counter` replaces its HOTP counter if it is larger.
    pub(super) fn of_account(account: &Account, counter: Option<u64>) -> Self {
        let mut otp = account.otp.clone();
        if let Kind::Hotp { counter: own } = &mut otp.kind {
            *own = (*own).max(counter.unwrap_or(0));
        }
        // The names are cleaned like those of a row. Otherwise, a name with invisible characters would differ from its
        // row, and every sync would write it again.
        Self { name: clean(&account.name).into_owned(), issuer: clean(&account.issuer).into_owned(), otp }
    }

    /// Returns the one-time password parameters without the counter, which two versions of the same account share.
    pub(super) fn secret(&self) -> Otp {
        let mut otp = self.otp.clone();
        if let Kind::Hotp { counter } = &mut otp.kind {
            *counter = 0;
        }
        otp
    }

    /// Returns the counter of a HOTP account.
    pub(super) fn counter(&self) -> Option<u64> {
        match self.otp.kind {
            Kind::Hotp { counter } => Some(counter),
            _ => None,
        }
    }
}

impl From<&BaseRow> for ListRow {
    fn from(base: &BaseRow) -> Self {
        Self {
            account_name: base.account_name.clone(),
            issuer: base.issuer.clone(),
            secret_key: base.secret_key.clone(),
            origin: base.origin.clone(),
        }
    }
}

//! Limits how much data one connection may store on this device.
//!
//! The server controls the content of its list, so a hostile or broken server could fill the vault: with many rows,
//! with long names, or by changing secrets so that each sync stores one more old version. The limits are far above the
//! size of any list that this program writes ([`MAX_LIST_BYTES`](super::MAX_LIST_BYTES)) and far below the vault's own
//! limits. Rows over a limit stay unchanged on the server, and [`Summary::left`](super::Summary::left) counts them.
//!
//! Stored data is never deleted to make room, because a server could otherwise delete a valid secret by changing it
//! often enough.

use std::collections::HashMap;

use super::{AccountLocation, LocalAccount};
use crate::casdoor::row::{ListRow, RowContent};
use crate::vault::{AccountId, BaseRow};

/// Maximum number of accounts that are stored for one connection; the vault holds 20,000.
pub const MAX_CONNECTION_ACCOUNTS: usize = 2_000;
/// Maximum size of the accounts of one connection and its base, in bytes, including the original rows.
pub const MAX_CONNECTION_BYTES: usize = 2 * 1024 * 1024;
/// Maximum length of a row that is stored, in bytes, which is far more than any issuer and name need.
pub const MAX_ROW_BYTES: usize = 8 * 1024;
/// Maximum number of old versions of one account in the trash. Further changes of its secret are not downloaded.
pub const MAX_OLD_VERSIONS: usize = 5;
/// Maximum number of entries in the trash from the syncs of one connection.
pub const MAX_TRASHED: usize = 200;
/// Maximum size of those entries, in bytes.
pub const MAX_TRASHED_BYTES: usize = 256 * 1024;

/// Size of an account in the document without its names and secret, in bytes.
const RECORD_BYTES: usize = 200;

/// The amount of data that a connection has stored so far, in the vault and in the merge in progress.
pub(super) struct Budget {
    accounts: usize,
    bytes: usize,
    trashed: usize,
    trashed_bytes: usize,
    old_versions: HashMap<AccountId, usize>,
}

impl Budget {
    /// Counts the data that is stored before the merge.
    pub(super) fn new(base: &[BaseRow], local: &[LocalAccount]) -> Self {
        let rows =
            base.iter().map(|row| row_bytes(&row.account_name, &row.issuer, row.secret_key.expose(), &row.origin));
        let here = || local.iter().filter(|account| account.location == AccountLocation::Here);
        let trashed = || local.iter().filter(|account| account.trashed_here);
        let mut old_versions = HashMap::new();
        for id in trashed().filter_map(|account| account.old_version_of) {
            let count: &mut usize = old_versions.entry(id).or_default();
            *count = count.saturating_add(1);
        }
        Self {
            accounts: here().count(),
            bytes: rows.chain(here().map(|account| account_bytes(&account.content))).fold(0, usize::saturating_add),
            trashed: trashed().count(),
            trashed_bytes: trashed().map(|account| account_bytes(&account.content)).fold(0, usize::saturating_add),
            old_versions,
        }
    }

    /// Counts a new account. Returns `false` without counting it if there is no room.
    pub(super) fn add(&mut self, row: &ListRow, content: &RowContent) -> bool {
        let row = bytes_of(row);
        let bytes = self.bytes.saturating_add(row).saturating_add(account_bytes(content));
        let fits = row <= MAX_ROW_BYTES && self.accounts < MAX_CONNECTION_ACCOUNTS && bytes <= MAX_CONNECTION_BYTES;
        if fits {
            self.accounts = self.accounts.saturating_add(1);
            self.bytes = bytes;
        }
        fits
    }

    /// Counts an account that is taken out of the trash. Returns `false` without counting it if there is no room. `row`
    /// is its row if the base does not contain it yet; `trashed_here` is `true` if it was counted as trashed by a sync
    /// of this connection.
    pub(super) fn restore(&mut self, content: &RowContent, row: Option<&ListRow>, trashed_here: bool) -> bool {
        let account = account_bytes(content);
        let bytes = self.bytes.saturating_add(account).saturating_add(row.map_or(0, bytes_of));
        let fits = self.accounts < MAX_CONNECTION_ACCOUNTS && bytes <= MAX_CONNECTION_BYTES;
        if fits {
            self.accounts = self.accounts.saturating_add(1);
            self.bytes = bytes;
            if trashed_here {
                self.trashed = self.trashed.saturating_sub(1);
                self.trashed_bytes = self.trashed_bytes.saturating_sub(account);
            }
        }
        fits
    }

    /// Counts a row in the base that cannot be read as an account. Returns `false` without counting it if there is no
    /// room.
    pub(super) fn note(&mut self, row: &ListRow) -> bool {
        let row = bytes_of(row);
        let bytes = self.bytes.saturating_add(row);
        let fits = row <= MAX_ROW_BYTES && bytes <= MAX_CONNECTION_BYTES;
        if fits {
            self.bytes = bytes;
        }
        fits
    }

    /// Counts a new version of a stored account. Returns `false` without counting it if there is no room for its
    /// additional length.
    pub(super) fn change(
        &mut self,
        before: &RowContent,
        base: Option<&BaseRow>,
        row: &ListRow,
        content: &RowContent,
    ) -> bool {
        let known = base.map_or(0, |base| bytes_of(&ListRow::from(base)));
        let less = known.saturating_add(account_bytes(before));
        let more = bytes_of(row).saturating_add(account_bytes(content));
        let bytes = self.bytes.saturating_sub(less).saturating_add(more);
        let fits = more <= less || (bytes_of(row) <= MAX_ROW_BYTES && bytes <= MAX_CONNECTION_BYTES);
        if fits {
            self.bytes = bytes;
        }
        fits
    }

    /// Counts an account that is moved to the trash. Returns `false` without counting it if there is no room.
    pub(super) fn trash(&mut self, content: &RowContent) -> bool {
        let bytes = self.trashed_bytes.saturating_add(account_bytes(content));
        let fits = self.trashed < MAX_TRASHED && bytes <= MAX_TRASHED_BYTES;
        if fits {
            self.trashed = self.trashed.saturating_add(1);
            self.trashed_bytes = bytes;
        }
        fits
    }

    /// Counts an old version of an account in the trash. Returns `false` without counting it if there is no room.
    pub(super) fn trash_old_version(&mut self, of: AccountId, content: &RowContent) -> bool {
        let kept = self.old_versions.get(&of).copied().unwrap_or(0);
        let fits = kept < MAX_OLD_VERSIONS && self.trash(content);
        if fits {
            self.old_versions.insert(of, kept.saturating_add(1));
        }
        fits
    }
}

/// Returns the size of an account in the document, in bytes. Its names are percent-encoded there, and the issuer occurs
/// twice.
fn account_bytes(content: &RowContent) -> usize {
    let encoded = |text: &str| {
        let plain = text.bytes().filter(u8::is_ascii_alphanumeric).count();
        text.len().saturating_mul(3).saturating_sub(plain.saturating_mul(2))
    };
    encoded(&content.issuer)
        .saturating_mul(2)
        .saturating_add(encoded(&content.name))
        .saturating_add(content.otp.key.expose().len().saturating_mul(2))
        .saturating_add(RECORD_BYTES)
}

fn bytes_of(row: &ListRow) -> usize {
    row_bytes(&row.account_name, &row.issuer, row.secret_key.expose(), &row.origin)
}

fn row_bytes(name: &str, issuer: &str, secret: &str, origin: &str) -> usize {
    let texts = name.len().saturating_add(issuer.len()).saturating_add(secret.len()).saturating_add(origin.len());
    texts.saturating_add(RECORD_BYTES)
}

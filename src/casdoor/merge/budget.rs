//! What one connection may store on this device.
//!
//! A server decides what its list contains, so a hostile or broken one could fill the vault: with rows, with long
//! names, or by changing secrets so that each sync stores one more old version. The limits are far above what a list
//! can hold ([`MAX_LIST_BYTES`](super::MAX_LIST_BYTES) when this program writes it) and far below the vault's own. What
//! is over a limit stays on the server as it is, and [`Summary::left`](super::Summary::left) counts it.
//!
//! Nothing that is stored already is dropped to make room: otherwise a server could push out a secret that still works
//! by changing it often enough.

use std::collections::HashMap;

use super::{LocalAccount, Place};
use crate::casdoor::row::{Meaning, Row};
use crate::vault::{AccountId, BaseRow};

/// The most accounts that are stored for one connection; the vault holds 20,000.
pub const MAX_CONNECTION_ACCOUNTS: usize = 2_000;
/// The most bytes that the accounts of one connection and its base take, with their rows as they are on the server.
pub const MAX_CONNECTION_BYTES: usize = 2 * 1024 * 1024;
/// The longest row that is stored, in bytes: far more than any issuer and name take.
pub const MAX_ROW_BYTES: usize = 8 * 1024;
/// The most old versions of one account in the trash: a secret that was changed on the server more often stays there.
pub const MAX_OLD_VERSIONS: usize = 5;
/// The most entries that the syncs of one connection have in the trash.
pub const MAX_TRASHED: usize = 200;
/// The most bytes that those entries take.
pub const MAX_TRASHED_BYTES: usize = 256 * 1024;

/// What an account takes in the document besides its names and secret, in bytes.
const RECORD_BYTES: usize = 200;

/// What a connection has stored so far, in the vault and by the merge under way.
pub(super) struct Budget {
    accounts: usize,
    bytes: usize,
    trashed: usize,
    trashed_bytes: usize,
    old_versions: HashMap<AccountId, usize>,
}

impl Budget {
    /// What is stored before the merge.
    pub(super) fn new(base: &[BaseRow], local: &[LocalAccount]) -> Self {
        let rows =
            base.iter().map(|row| row_bytes(&row.account_name, &row.issuer, row.secret_key.expose(), &row.origin));
        let here = || local.iter().filter(|account| account.place == Place::Here);
        let trashed = || local.iter().filter(|account| account.trashed_here);
        let mut old_versions = HashMap::new();
        for id in trashed().filter_map(|account| account.old_version_of) {
            let count: &mut usize = old_versions.entry(id).or_default();
            *count = count.saturating_add(1);
        }
        Self {
            accounts: here().count(),
            bytes: rows.chain(here().map(|account| account_bytes(&account.meaning))).fold(0, usize::saturating_add),
            trashed: trashed().count(),
            trashed_bytes: trashed().map(|account| account_bytes(&account.meaning)).fold(0, usize::saturating_add),
            old_versions,
        }
    }

    /// Takes a new account in, if there is room for it.
    pub(super) fn add(&mut self, row: &Row, meaning: &Meaning) -> bool {
        let row = bytes_of(row);
        let bytes = self.bytes.saturating_add(row).saturating_add(account_bytes(meaning));
        let fits = row <= MAX_ROW_BYTES && self.accounts < MAX_CONNECTION_ACCOUNTS && bytes <= MAX_CONNECTION_BYTES;
        if fits {
            self.accounts = self.accounts.saturating_add(1);
            self.bytes = bytes;
        }
        fits
    }

    /// Takes an account back out of the trash, if there is room for it. `row` is its row where the base does not know it
    /// yet; `trashed_here` is true if it was counted as trashed by a sync of this connection.
    pub(super) fn restore(&mut self, meaning: &Meaning, row: Option<&Row>, trashed_here: bool) -> bool {
        let account = account_bytes(meaning);
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

    /// Takes a row into the base that is not read as an account, if there is room for it.
    pub(super) fn note(&mut self, row: &Row) -> bool {
        let row = bytes_of(row);
        let bytes = self.bytes.saturating_add(row);
        let fits = row <= MAX_ROW_BYTES && bytes <= MAX_CONNECTION_BYTES;
        if fits {
            self.bytes = bytes;
        }
        fits
    }

    /// Takes another version of a stored account, if there is room for what it is longer than `before`.
    pub(super) fn change(&mut self, before: &Meaning, base: Option<&BaseRow>, row: &Row, meaning: &Meaning) -> bool {
        let known = base.map_or(0, |base| bytes_of(&Row::from(base)));
        let less = known.saturating_add(account_bytes(before));
        let more = bytes_of(row).saturating_add(account_bytes(meaning));
        let bytes = self.bytes.saturating_sub(less).saturating_add(more);
        let fits = more <= less || (bytes_of(row) <= MAX_ROW_BYTES && bytes <= MAX_CONNECTION_BYTES);
        if fits {
            self.bytes = bytes;
        }
        fits
    }

    /// Puts an account into the trash, if there is room for it.
    pub(super) fn trash(&mut self, meaning: &Meaning) -> bool {
        let bytes = self.trashed_bytes.saturating_add(account_bytes(meaning));
        let fits = self.trashed < MAX_TRASHED && bytes <= MAX_TRASHED_BYTES;
        if fits {
            self.trashed = self.trashed.saturating_add(1);
            self.trashed_bytes = bytes;
        }
        fits
    }

    /// Puts an old version of an account into the trash, if there is room for it.
    pub(super) fn trash_old_version(&mut self, of: AccountId, meaning: &Meaning) -> bool {
        let kept = self.old_versions.get(&of).copied().unwrap_or(0);
        let fits = kept < MAX_OLD_VERSIONS && self.trash(meaning);
        if fits {
            self.old_versions.insert(of, kept.saturating_add(1));
        }
        fits
    }
}

/// What an account takes in the document, in bytes: its names are percent-encoded there, the issuer twice.
fn account_bytes(meaning: &Meaning) -> usize {
    let encoded = |text: &str| {
        let plain = text.bytes().filter(u8::is_ascii_alphanumeric).count();
        text.len().saturating_mul(3).saturating_sub(plain.saturating_mul(2))
    };
    encoded(&meaning.issuer)
        .saturating_mul(2)
        .saturating_add(encoded(&meaning.name))
        .saturating_add(meaning.otp.key.expose().len().saturating_mul(2))
        .saturating_add(RECORD_BYTES)
}

fn bytes_of(row: &Row) -> usize {
    row_bytes(&row.account_name, &row.issuer, row.secret_key.expose(), &row.origin)
}

fn row_bytes(name: &str, issuer: &str, secret: &str, origin: &str) -> usize {
    let texts = name.len().saturating_add(issuer.len()).saturating_add(secret.len()).saturating_add(origin.len());
    texts.saturating_add(RECORD_BYTES)
}

//! Matches rows of the server to rows of the base.
//!
//! Each row is matched at most once, in this order, from the strongest evidence to the weakest:
//!
//! 1. all four strings are equal;
//! 2. the `origin` is this extension's, and the secret is the same;
//! 3. names and secret are the same;
//! 4. `origin` and secret are the same;
//! 5. the secret is unique among the unmatched rows on both sides (another client renamed the row);
//! 6. the `origin` is this extension's, and the secret differs (this extension changed it on another device).
//!
//! Rows that were deleted here are matched last, so that a tombstone never matches the row of an existing account.

use std::collections::HashMap;
use std::hash::Hash;

use super::super::row::{ListRow, RowContent, own_id};
use crate::otp::{Algorithm, Kind};
use crate::vault::{BaseRow, Presence};

/// A row with the precomputed values for matching.
pub(super) struct ComparableRow<'a> {
    pub(super) row: &'a ListRow,
    pub(super) content: Option<RowContent>,
    /// The parameters of code generation, without names and counter; the raw text if it cannot be read.
    pub(super) secret: Vec<u8>,
}

impl<'a> ComparableRow<'a> {
    pub(super) fn new(row: &'a ListRow) -> Self {
        let content = row.content();
        let secret = content.as_ref().map_or_else(|| unreadable(row), secret_bytes);
        Self { row, content, secret }
    }

    fn owns(&self) -> Option<&str> {
        own_id(&self.row.origin).map(|_| self.row.origin.as_str())
    }
}

impl Drop for ComparableRow<'_> {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.secret.zeroize();
    }
}

/// Returns the parameters of code generation, without names and counter.
pub(super) fn secret_bytes(content: &RowContent) -> Vec<u8> {
    let otp = &content.otp;
    let (kind, period) = match otp.kind {
        Kind::Totp { period } => (0, period.seconds()),
        Kind::Hotp { .. } => (1, 0),
        Kind::Steam => (2, 0),
    };
    let algorithm = match otp.algorithm {
        Algorithm::Sha1 => 0,
        Algorithm::Sha256 => 1,
        Algorithm::Sha512 => 2,
    };
    [&[kind, algorithm, otp.digits.count()], &period.to_le_bytes()[..], otp.key.expose()].concat()
}

/// Returns the raw text of an unreadable row, with a prefix that no readable secret has.
fn unreadable(row: &ListRow) -> Vec<u8> {
    [&[u8::MAX], row.secret_key.expose().as_bytes()].concat()
}

/// The result of matching: for each row of the server, the index of its row in the base.
pub(super) struct Matching {
    pub(super) of_remote: Vec<Option<usize>>,
    base_taken: Vec<bool>,
}

impl Matching {
    /// Matches all rows of `remote` to rows of `base`.
    pub(super) fn new(base: &[BaseRow], base_known: &[ComparableRow<'_>], remote: &[ComparableRow<'_>]) -> Self {
        let mut matching = Self { of_remote: vec![None; remote.len()], base_taken: vec![false; base.len()] };
        for deleted in [false, true] {
            let among: Vec<usize> = base
                .iter()
                .enumerate()
                .filter(|(_, row)| (row.presence == Presence::Deleted) == deleted)
                .map(|(index, _)| index)
                .collect();
            matching.pass(&among, base_known, remote, |k| {
                Some((names(k), k.secret.as_slice(), k.row.secret_key.expose().as_str(), k.row.origin.as_str()))
            });
            matching.pass(&among, base_known, remote, |k| Some((k.owns()?, k.secret.as_slice())));
            matching.pass(&among, base_known, remote, |k| Some((names(k), k.secret.as_slice())));
            matching.pass(&among, base_known, remote, |k| {
                Some((k.row.origin.as_str(), k.secret.as_slice())).filter(|(origin, _)| !origin.is_empty())
            });
            matching.unique_secrets(&among, base_known, remote);
            matching.pass(&among, base_known, remote, |k| k.owns().filter(|_| k.content.is_some()));
        }
        matching
    }

    /// Returns `true` if a row of the base was matched.
    pub(super) fn is_matched(&self, base: usize) -> bool {
        self.base_taken.get(base).copied().unwrap_or(false)
    }

    fn take(&mut self, base: usize, remote: usize) {
        if let (Some(taken), Some(slot)) = (self.base_taken.get_mut(base), self.of_remote.get_mut(remote)) {
            *taken = true;
            *slot = Some(base);
        }
    }

    fn free_base<'a, 'b>(
        &self,
        among: &[usize],
        known: &'a [ComparableRow<'b>],
    ) -> Vec<(usize, &'a ComparableRow<'b>)> {
        among
            .iter()
            .filter(|index| !self.is_matched(**index))
            .filter_map(|index| Some((*index, known.get(*index)?)))
            .collect()
    }

    fn free_remote<'a, 'b>(&self, known: &'a [ComparableRow<'b>]) -> Vec<(usize, &'a ComparableRow<'b>)> {
        known.iter().enumerate().zip(&self.of_remote).filter(|(_, of)| of.is_none()).map(|(row, _)| row).collect()
    }

    /// Pairs rows with equal keys, in order.
    fn pass<'k, 'b, K: Eq + Hash>(
        &mut self,
        among: &[usize],
        base: &'k [ComparableRow<'b>],
        remote: &'k [ComparableRow<'b>],
        key: impl Fn(&'k ComparableRow<'b>) -> Option<K>,
    ) {
        let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
        for (index, known) in self.free_base(among, base).into_iter().rev() {
            if let Some(key) = key(known) {
                waiting.entry(key).or_default().push(index);
            }
        }
        for (index, known) in self.free_remote(remote) {
            if let Some(base) = key(known).and_then(|key| waiting.get_mut(&key)?.pop()) {
                self.take(base, index);
            }
        }
    }

    /// Pairs rows whose secret is unique among the unmatched rows on each side.
    fn unique_secrets(&mut self, among: &[usize], base: &[ComparableRow<'_>], remote: &[ComparableRow<'_>]) {
        let ours = unique(&self.free_base(among, base));
        let theirs = unique(&self.free_remote(remote));
        for (secret, remote) in theirs {
            if let (Some(remote), Some(Some(base))) = (remote, ours.get(secret)) {
                self.take(*base, remote);
            }
        }
    }
}

fn names<'a>(known: &ComparableRow<'a>) -> (&'a str, &'a str) {
    (known.row.account_name.as_str(), known.row.issuer.as_str())
}

/// Returns the index of each readable secret that occurs once; `None` for one that occurs more often.
fn unique<'a>(rows: &[(usize, &'a ComparableRow<'_>)]) -> HashMap<&'a [u8], Option<usize>> {
    let mut found = HashMap::new();
    for (index, known) in rows.iter().filter(|(_, known)| known.content.is_some()) {
        found.entry(known.secret.as_slice()).and_modify(|seen| *seen = None).or_insert(Some(*index));
    }
    found
}

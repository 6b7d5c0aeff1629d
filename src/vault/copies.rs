//! The four stored copies of the sealed document.
//!
//! ```text
//!   now ──> last ──> previous
//!            └─(every 2 days)──> day ──(every 2 weeks)──> week
//! ```

use super::Envelope;

const DAY_SECONDS: u64 = 24 * 60 * 60;
const WEEK_SECONDS: u64 = 7 * DAY_SECONDS;

/// One of the four copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VaultCopy {
    /// The document as last written.
    Last,
    /// The document before the last write.
    Previous,
    /// Replaced with the document before the current write, once the copy is two days old.
    Day,
    /// Replaced with [`VaultCopy::Day`] whenever that is replaced and this copy is two weeks old.
    Week,
}

impl VaultCopy {
    /// All four copies, newest first.
    pub const ALL: [Self; 4] = [Self::Last, Self::Previous, Self::Day, Self::Week];

    /// Returns the storage key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Last => "vault.last",
            Self::Previous => "vault.previous",
            Self::Day => "vault.day",
            Self::Week => "vault.week",
        }
    }
}

/// The stored copies. A missing or unreadable copy is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VaultCopies {
    /// Newest first, in the order of [`VaultCopy::ALL`].
    kept: [Option<Envelope>; 4],
}

impl VaultCopies {
    /// Parses the stored texts, in the order of [`VaultCopy::ALL`].
    pub fn from_texts(texts: &[Option<String>]) -> Self {
        let mut kept: [Option<Envelope>; 4] = [None, None, None, None];
        for (slot, text) in kept.iter_mut().zip(texts) {
            *slot = text.as_deref().and_then(|text| Envelope::from_text(text).ok());
        }
        Self { kept }
    }

    /// Returns the envelope of one copy.
    pub fn envelope(&self, copy: VaultCopy) -> Option<&Envelope> {
        self.kept.get(copy as usize).and_then(Option::as_ref)
    }

    /// Returns the existing copies, newest first.
    pub fn iter(&self) -> impl Iterator<Item = (VaultCopy, &Envelope)> {
        VaultCopy::ALL.into_iter().zip(&self.kept).filter_map(|(name, kept)| Some((name, kept.as_ref()?)))
    }

    /// Returns the copies after a new document was written.
    ///
    /// The clock may temporarily be wrong. A copy that is dated far in the future is due for replacement, because it
    /// would otherwise be kept until that date. The weekly copy is replaced only together with the daily one;
    /// otherwise, a few writes after the clock has jumped would leave only copies that are minutes old.
    #[must_use]
    pub fn push(self, new: Envelope) -> Self {
        let [last, previous, day, week] = self.kept;
        let now = new.sealed_at();
        let due =
            |kept: &Option<Envelope>, age: u64| kept.as_ref().is_none_or(|kept| now.abs_diff(kept.sealed_at()) >= age);
        let day_due = due(&day, DAY_SECONDS.saturating_mul(2));
        let week_due = week.is_none() || (day_due && due(&week, WEEK_SECONDS.saturating_mul(2)));
        let week = if week_due { day.clone().or_else(|| last.clone()).or(week) } else { week };
        let day = if day_due { last.clone().or(day) } else { day };
        Self { kept: [Some(new), last.or(previous), day, week] }
    }

    /// Changes every copy in the same way, and drops those for which `change` returns `None`.
    #[must_use]
    pub fn map(self, mut change: impl FnMut(&Envelope) -> Option<Envelope>) -> Self {
        Self { kept: self.kept.map(|kept| kept.as_ref().and_then(&mut change)) }
    }
}

//! A hash table that maps the first letters of a word to the terms that the word may match.

/// Number of leading letters of a term that are hashed. If a term has fewer letters before its first `*` or `?`, only
/// those are hashed.
pub(super) const START: usize = 4;
/// The index of the table's last slot, which is also the bit mask that reduces a hash to a slot.
const LAST_SLOT: u16 = 0x3fff;

/// The indexes of terms, grouped by the hash of the terms' first letters.
#[derive(Default)]
pub(super) struct Starts {
    /// Where each slot starts in `terms`: slot `n` is `terms[places[n]..places[n + 1]]`.
    places: Vec<u16>,
    terms: Vec<u16>,
}

impl Starts {
    /// Builds the table from pairs of a slot and the index of a term.
    pub(super) fn new(mut given: Vec<(u16, u16)>) -> Self {
        given.sort_unstable();
        let mut places = Vec::with_capacity(usize::from(LAST_SLOT).saturating_add(2));
        let mut at = 0_u16;
        for slot in 0..=LAST_SLOT.saturating_add(1) {
            while given.get(usize::from(at)).is_some_and(|(of, _)| *of < slot) {
                at = at.saturating_add(1);
            }
            places.push(at);
        }
        Self { places, terms: given.into_iter().map(|(_, term)| term).collect() }
    }

    /// Returns the indexes of the terms in a slot.
    pub(super) fn at(&self, slot: u16) -> &[u16] {
        let place = |slot: usize| self.places.get(slot).copied().map_or(0, usize::from);
        let slot = usize::from(slot);
        self.terms.get(place(slot)..place(slot.saturating_add(1))).unwrap_or_default()
    }
}

/// Returns the hash of a letter appended to letters whose hash is `before`.
pub(super) fn hash(before: u64, letter: char) -> u64 {
    (before ^ u64::from(letter)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

/// Returns the slot that a hash selects.
pub(super) fn slot(hash: u64) -> u16 {
    u16::try_from(hash & u64::from(LAST_SLOT)).unwrap_or(0)
}

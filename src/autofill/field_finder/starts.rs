//! Selects the terms that a word may be by the hash of its first letters.

/// So many letters of a term select it; a term that has fewer before its first `*` or `?` is selected by those.
pub(super) const START: usize = 4;
/// The last share of the table; the bits of a hash that are kept.
const LAST_SLOT: u16 = 0x3fff;

/// Terms by the hash of their first letters, laid out one after another.
#[derive(Default)]
pub(super) struct Starts {
    /// Slot `n` is from `places[n]` to `places[n + 1]`.
    places: Vec<u16>,
    terms: Vec<u16>,
}

impl Starts {
    /// From slots and the numbers of terms.
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

    /// The terms of a slot.
    pub(super) fn at(&self, slot: u16) -> &[u16] {
        let place = |slot: usize| self.places.get(slot).copied().map_or(0, usize::from);
        let slot = usize::from(slot);
        self.terms.get(place(slot)..place(slot.saturating_add(1))).unwrap_or_default()
    }
}

/// Adds a letter to the hash of those before it.
pub(super) fn hash(before: u64, letter: char) -> u64 {
    (before ^ u64::from(letter)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

/// The share of the table that a hash selects.
pub(super) fn slot(hash: u64) -> u16 {
    u16::try_from(hash & u64::from(LAST_SLOT)).unwrap_or(0)
}

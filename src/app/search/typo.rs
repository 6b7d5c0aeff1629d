//! Recognizes typing errors: an extra letter, a missing one, a wrong one, or two swapped ones.

/// Minimum length of a typed word for tolerating a typing error, because a shorter one would match almost everything.
const SHORTEST: usize = 4;
/// Length of a typed word from which two typing errors are tolerated.
const LONG: usize = 8;
/// Maximum length of a typed word. The cost of a comparison is the product of both lengths, so longer words never
/// match.
const LONGEST: usize = 32;

/// Returns `true` if `typed` is `word` or the beginning of it, except for typing errors. The first letter must be
/// right.
pub(super) fn is_typo(typed: &str, word: &str) -> bool {
    let typed: Vec<char> = typed.chars().take(LONGEST.saturating_add(1)).collect();
    let word: Vec<char> = word.chars().take(LONGEST).collect();
    if typed.len() < SHORTEST || typed.len() > LONGEST || typed.first() != word.first() {
        return false;
    }
    let allowed = if typed.len() >= LONG { 2 } else { 1 };
    word.len().saturating_add(allowed) >= typed.len() && distance_to_beginning(&typed, &word) <= allowed
}

/// Returns the smallest optimal string alignment distance between `typed` and any beginning of `word`.
fn distance_to_beginning(typed: &[char], word: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=word.len()).collect();
    for (row, letter) in typed.iter().enumerate() {
        let mut costs = vec![row.saturating_add(1)];
        for (column, other) in word.iter().enumerate() {
            let cost = |costs: &[usize], at: usize| costs.get(at).copied().unwrap_or(usize::MAX);
            let replaced = cost(&last, column).saturating_add(usize::from(letter != other));
            let added = cost(&last, column.saturating_add(1)).saturating_add(1);
            let missing = cost(&costs, column).saturating_add(1);
            let is_swap = column > 0
                && row > 0
                && word.get(column.saturating_sub(1)) == Some(letter)
                && typed.get(row.saturating_sub(1)) == Some(other);
            let swapped =
                if is_swap { cost(&before_last, column.saturating_sub(1)).saturating_add(1) } else { usize::MAX };
            costs.push(replaced.min(added).min(missing).min(swapped));
        }
        before_last = std::mem::replace(&mut last, costs);
    }
    last.into_iter().min().unwrap_or(usize::MAX)
}

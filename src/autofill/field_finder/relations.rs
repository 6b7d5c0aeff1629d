//! Relations between the terms that were found in one sentence: which of them are negated, belong together, or are
//! alternatives. `reading` combines the results into signs.

use super::lexicon::{Concept, TermMatch};
use super::words::is_unspaced;

/// Maximum number of letters between a negation and the negated term: about three short words, or a few letters in
/// scripts without spaces.
const DENIAL_REACH: usize = 22;
const UNSPACED_DENIAL_REACH: usize = 4;
/// Maximum number of letters between a word for an app and a word for the phone that it is on.
const APP_REACH: usize = 16;

/// Returns true if the code itself has the name of a code for another device, as in "type the pairing code that your
/// authenticator shows".
pub(super) fn names_a_device_code(found: &[TermMatch]) -> bool {
    let is_code = |one: &&TermMatch| matches!(one.concept, Concept::Code | Concept::Verification);
    let devices = || found.iter().filter(|one| one.concept == Concept::Device);
    found.iter().filter(is_code).any(|code| devices().any(|device| device.from < code.from && code.to <= device.to))
}

/// Returns true if every word for an authenticator is part of a term for recovery codes, such as "spare token".
pub(super) fn names_only_spare_tokens(found: &[TermMatch]) -> bool {
    let of = |concept: Concept| found.iter().filter(move |one| one.concept == concept);
    let is_spare = |app: &TermMatch| of(Concept::Recovery).any(|one| one.from <= app.from && app.to <= one.to);
    of(Concept::App).all(is_spare)
}

/// Returns true if a sentence about recovery codes also names a code that is not one of them.
pub(super) fn names_another_code(found: &[TermMatch]) -> bool {
    let is_recovery = |code: &TermMatch| {
        let mut recoveries = found.iter().filter(|one| one.concept == Concept::Recovery);
        recoveries.any(|one| one.from <= code.to.saturating_add(1) && code.from <= one.to.saturating_add(1))
    };
    let is_code = |one: &&TermMatch| matches!(one.concept, Concept::Code | Concept::Verification);
    found.iter().filter(is_code).any(|code| !is_recovery(code))
}

/// Returns true if a sentence names a PIN that is not called the PIN of a second factor, as in "2FA PIN".
pub(super) fn names_a_known_pin(found: &[TermMatch]) -> bool {
    let is_of_a_factor = |pin: &TermMatch| {
        found.iter().any(|one| one.concept == Concept::TwoStep && one.to.saturating_add(1) == pin.from)
    };
    found.iter().any(|one| one.concept == Concept::Pin && !is_of_a_factor(one))
}

/// Returns true if a sentence offers a choice between an authenticator and a code that is sent, such as "from your
/// authenticator app or the text message that we sent".
pub(super) fn offers_a_choice(found: &[TermMatch]) -> bool {
    let of = |concepts: &'static [Concept]| found.iter().filter(move |one| concepts.contains(&one.concept));
    let ways = || of(&[Concept::Sms, Concept::Email, Concept::Call, Concept::Sent, Concept::Got]);
    let apps = || of(&[Concept::App, Concept::AnyApp]);
    let Some(first_way) = ways().map(|way| way.from).min() else { return false };
    of(&[Concept::Or]).any(|or| {
        let comes_first = first_way >= or.to && apps().any(|app| app.to <= or.from);
        let next_way = ways().map(|way| way.from).filter(|from| *from >= or.to).min().unwrap_or(usize::MAX);
        let comes_last = first_way < or.from && apps().any(|app| or.to <= app.from && app.from <= next_way);
        comes_first || comes_last
    })
}

/// Returns true if a word for a phone describes where an app is, as in "mobile app" and "the app on your phone", and
/// not where a code is sent.
pub(super) fn is_part_of_an_app(one: &TermMatch, found: &[TermMatch]) -> bool {
    let of = |concepts: &'static [Concept]| found.iter().filter(move |one| concepts.contains(&one.concept));
    let is_in = |outer: &TermMatch| outer.from <= one.from && one.to <= outer.to;
    let is_handset = of(&[Concept::Handset]).any(is_in);
    let is_near = |app: &TermMatch| {
        one.from.saturating_sub(app.to).max(app.from.saturating_sub(one.to)) <= APP_REACH
            && !of(&[Concept::Or]).any(|or| app.to.min(one.to) <= or.from && or.to <= app.from.max(one.from))
    };
    matches!(one.concept, Concept::Sms | Concept::Phone | Concept::Call | Concept::Field)
        && of(&[Concept::App, Concept::AnyApp]).any(|app| is_in(app) || (is_handset && is_near(app)))
}

/// Returns true if a negation comes shortly before the term or, in languages whose negations come last, shortly after
/// it.
pub(super) fn is_denied(term: TermMatch, denials: &[TermMatch], letters: &[char]) -> bool {
    let unspaced = letters.get(term.from).copied().is_some_and(is_unspaced);
    let reach = if unspaced { UNSPACED_DENIAL_REACH } else { DENIAL_REACH };
    denials.iter().any(|denial| {
        let before = denial.to <= term.from && term.from.saturating_sub(denial.to) <= reach;
        let after = denial.from >= term.to && unspaced && denial.from.saturating_sub(term.to) <= UNSPACED_DENIAL_REACH;
        let follows = denial.concept == Concept::NotAfter
            && denial.from >= term.to
            && denial.from.saturating_sub(term.to) <= DENIAL_REACH;
        (before && denial.concept == Concept::Not) || after || follows
    })
}

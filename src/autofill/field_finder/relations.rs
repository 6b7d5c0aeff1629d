//! Relations between the terms that were found in one sentence: which of them are negated, belong together, or are
//! alternatives. `reading` combines the results into signs.

use super::lexicon::{Concept, TermMatch};
use super::words::{Sentence, is_unspaced};

/// Maximum number of letters between a negation and the negated term: about three short words, or a few letters in
/// scripts without spaces.
const DENIAL_REACH: usize = 22;
const UNSPACED_DENIAL_REACH: usize = 4;
/// Maximum number of letters between an app and a word for setting it up.
const SET_UP_REACH: usize = 12;
const UNSPACED_SET_UP_REACH: usize = 3;
/// Maximum number of letters between a negated channel, "or", and the other channel.
const OR_REACH: usize = 8;
/// Maximum number of letters between a word for an app and a word for the phone that it is on.
const APP_REACH: usize = 16;

/// Returns the number of letters between two terms; 0 if they overlap.
fn gap(one: &TermMatch, other: &TermMatch) -> usize {
    one.from.saturating_sub(other.to).max(other.from.saturating_sub(one.to))
}

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
        recoveries.any(|one| gap(one, code) <= 1)
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
        gap(one, app) <= APP_REACH
            && !of(&[Concept::Or]).any(|or| app.to.min(one.to) <= or.from && or.to <= app.from.max(one.from))
    };
    matches!(one.concept, Concept::Sms | Concept::Phone | Concept::Call | Concept::Field)
        && of(&[Concept::App, Concept::AnyApp]).any(|app| is_in(app) || (is_handset && is_near(app)))
}

/// Returns true if the sentence offers a recovery code as one of two codes, as in "the code from your device or one of
/// your backup codes". The field then takes either.
pub(super) fn is_recovery_one_of_two(found: &[TermMatch]) -> bool {
    let of = |concept: Concept| found.iter().filter(move |one| one.concept == concept);
    let is_code = |one: &&TermMatch| matches!(one.concept, Concept::Code | Concept::Verification | Concept::OneTime);
    let is_recovery = |code: &TermMatch| of(Concept::Recovery).any(|recovery| gap(code, recovery) <= 1);
    let is_app = |one: &&TermMatch| matches!(one.concept, Concept::App | Concept::AnyApp);
    let others = found.iter().filter(|one| is_app(one) || (is_code(one) && !is_recovery(one)));
    let Some(first) = others.map(|one| one.to).min() else { return false };
    let Some(last) = of(Concept::Recovery).map(|one| one.from).max() else { return false };
    of(Concept::Or).any(|or| first <= or.from && or.to <= last)
}

/// Returns true if a channel or a recovery code is in a list of other ways to sign in, as in "Try another method:
/// backup codes, email".
pub(super) fn is_listed_as_another_way(one: &TermMatch, found: &[TermMatch]) -> bool {
    let is_way = matches!(one.concept, Concept::Sms | Concept::Email | Concept::Call | Concept::Recovery);
    is_way && found.iter().any(|other| other.concept == Concept::Method && other.to <= one.from)
}

/// Returns true if the term is an app that is set up, enabled or disabled, as in "turn on the authenticator app". Such
/// an app shows no code yet.
pub(super) fn is_set_up(one: &TermMatch, found: &[TermMatch], sentence: &Sentence) -> bool {
    let is_close = |other: &TermMatch| {
        let unspaced = sentence.letters.get(other.from).copied().is_some_and(is_unspaced);
        let (from, to) = (one.to.min(other.to), one.from.max(other.from));
        let is_apart = || sentence.commas.iter().chain(&sentence.breaks).any(|at| (from..=to).contains(at));
        gap(one, other) <= if unspaced { UNSPACED_SET_UP_REACH } else { SET_UP_REACH } && !is_apart()
    };
    matches!(one.concept, Concept::App | Concept::AnyApp)
        && found.iter().any(|other| other.concept == Concept::SetUp && is_close(other))
}

/// Returns true if every word for a code is closer to a channel, or to a word for recovery codes, than to an app, as in
/// "the code from the email, to set up your authenticator".
pub(super) fn names_a_nearer_source(found: &[TermMatch], denied: &[TermMatch]) -> bool {
    let is_code = |one: &&TermMatch| matches!(one.concept, Concept::Code | Concept::Verification | Concept::OneTime);
    let distance = |code: &TermMatch, concepts: &[Concept]| {
        let sources = found.iter().filter(|one| concepts.contains(&one.concept) && !denied.contains(one));
        sources.map(|one| gap(one, code)).min()
    };
    // "Authenticator or backup code" asks for either, so the recovery code is not the only source.
    let others: &[Concept] = if is_recovery_one_of_two(found) {
        &[Concept::Sms, Concept::Email]
    } else {
        &[Concept::Sms, Concept::Email, Concept::Recovery]
    };
    let is_nearer = |code: &TermMatch| {
        let other = distance(code, others);
        other.is_some_and(|other| distance(code, &[Concept::App, Concept::AnyApp]).is_none_or(|app| other < app))
    };
    let mut codes = found.iter().filter(is_code).peekable();
    codes.peek().is_some() && codes.all(is_nearer)
}

/// Returns the terms that the sentence negates.
pub(super) fn denied(found: &[TermMatch], sentence: &Sentence) -> Vec<TermMatch> {
    let denials: Vec<TermMatch> =
        found.iter().copied().filter(|one| matches!(one.concept, Concept::Not | Concept::NotAfter)).collect();
    let is_way =
        |one: &TermMatch| matches!(one.concept, Concept::Sms | Concept::Email | Concept::Call | Concept::Phone);
    let mut denied: Vec<TermMatch> = found.iter().copied().filter(|one| is_denied(*one, &denials, sentence)).collect();
    // "We will never ask for this code in a text message" is a warning; "Never share the code that we sent" is not.
    let is_sent = |one: &&TermMatch| matches!(one.concept, Concept::Sent | Concept::Got) && !denied.contains(one);
    if found.iter().any(|one| one.concept == Concept::Never) && !found.iter().any(|one| is_sent(&one)) {
        denied.extend(found.iter().filter(|one| is_way(one)));
    }
    // "Never by phone or text message": the negation also applies to the second channel.
    for or in found.iter().filter(|one| one.concept == Concept::Or) {
        let is_close = |one: &TermMatch| gap(one, or) <= OR_REACH;
        if denied.iter().any(|one| is_way(one) && one.to <= or.from && is_close(one)) {
            denied.extend(found.iter().filter(|one| is_way(one) && or.to <= one.from && is_close(one)));
        }
    }
    denied
}

/// Returns true if a negation comes shortly before the term or, in languages whose negations come last, shortly after
/// it.
fn is_denied(term: TermMatch, denials: &[TermMatch], sentence: &Sentence) -> bool {
    let unspaced = sentence.letters.get(term.from).copied().is_some_and(is_unspaced);
    let reach = if unspaced { UNSPACED_DENIAL_REACH } else { DENIAL_REACH };
    let is_apart = |denial: &TermMatch| {
        let (start, end) = (denial.to.min(term.to), denial.from.max(term.from));
        sentence.breaks.iter().any(|at| (start..=end).contains(at))
    };
    denials.iter().filter(|denial| !is_apart(denial)).any(|denial| {
        let before = denial.to <= term.from && term.from.saturating_sub(denial.to) <= reach;
        let after = denial.from >= term.to && unspaced && denial.from.saturating_sub(term.to) <= UNSPACED_DENIAL_REACH;
        let follows = denial.concept == Concept::NotAfter
            && denial.from >= term.to
            && denial.from.saturating_sub(term.to) <= DENIAL_REACH;
        (before && denial.concept == Concept::Not) || after || follows
    })
}

//! Finds the field, or the row of cells, that takes an authenticator's code on a page of any site.
//!
//! A content script describes the page ([`PageDescription`]); [`find_field`] decides. Every candidate is scored by
//! named pieces of [`Evidence`], whose weights come from a logistic model (`examples/train_field_finder.rs`,
//! `docs/filling.md`). If the page asks for a code that was sent by SMS or email, or for a recovery code, nothing is
//! filled and the result says which of these it was. Passcode forms of connected Casdoor servers are handled by
//! [`decide`](super::decide) instead.
//!
//! ```
//! use casdoor_authenticator::autofill::field_finder::{Finding, PageDescription, Pointing, find_field};
//!
//! let page: PageDescription = serde_json::from_str(
//!     r#"{ "nodes": [{ "k": "field", "field": 0, "type": "text", "name": "otp", "max_length": 6,
//!          "label": "Code from your authenticator app", "width": 200, "height": 30 }] }"#,
//! ).unwrap();
//! assert!(matches!(find_field(&page, 6, Pointing::Nowhere), Finding::Field(found) if found.fields == [0]));
//! ```

mod choice;
mod concept;
mod context;
mod contradiction;
mod description;
mod evidence;
mod groups;
mod lexicon;
mod page;
mod reading;
mod relations;
mod starts;
mod weights;
mod words;

pub use choice::{Located, locate_field, remember_field};
pub use description::{FieldDescription, Hidden, MAX_NODES, Node, NodeKind, PageDescription};
pub use evidence::Evidence;

use context::{context, rivals};
use groups::{Group, groups};
use page::Page;

/// Maximum number of candidates that are scored. A page with more fields contains a table.
const MAX_CANDIDATES: usize = 60;

/// Where the user pointed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointing {
    /// At the page as a whole, such as by a click in the popup.
    Nowhere,
    /// At the field that has the caret, by pressing the shortcut. If it cannot take a code, the rest of the page is
    /// searched.
    Caret,
    /// At the field that has the focus, by its context menu.
    Focus,
}

/// A field, or the cells of one code, with the evidence for and against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The numbers of the candidate's fields, in the order in which they are filled.
    pub fields: Vec<usize>,
    /// The logarithm of the odds that it takes an authenticator's code.
    pub score: f32,
    /// The evidence that the score is based on.
    pub evidence: Vec<Evidence>,
    /// True for editable text that is not a form field; how the page handles a code typed there is unknown.
    pub is_editable_text: bool,
}

/// The result of the search for a code field.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// The field was found.
    Field(Candidate),
    /// Several fields are about as likely.
    Several(Vec<Candidate>),
    /// The page takes the code in editable text that is not a form field.
    EditableText,
    /// The page asks for a code that was sent by SMS, email or a call.
    CodeWasSent,
    /// The page asks for a recovery code.
    RecoveryCode,
    /// The user pointed at a field that cannot take a code, such as one for a user name, a password, or a card.
    NotForCodes,
    /// No field is likely enough. The best candidates, if any, are included so that the user can choose one.
    Nothing(Vec<Candidate>),
}

/// Decides which field of a page takes a code of `length` characters.
pub fn find_field(description: &PageDescription, length: usize, pointing: Pointing) -> Finding {
    let mut candidates = weigh(description, length, pointing);
    if let Some(found) = pointed_at(description, &candidates, pointing) {
        return found;
    }
    candidates.sort_by(|one, other| other.score.total_cmp(&one.score));
    let sure = candidates.iter().take_while(|one| one.score >= weights::THRESHOLD).count();
    let has_value = |one: &Candidate| one.evidence.contains(&Evidence::HasValue);
    let lead = match candidates.as_slice() {
        // A field that already contains a text, such as the key that a setup page shows, does not compete with an empty
        // one.
        [first, rest @ ..] => rest
            .iter()
            .find(|other| has_value(first) || !has_value(other))
            .map_or(f32::INFINITY, |second| first.score - second.score),
        [] => f32::INFINITY,
    };
    if sure >= 2 && lead < weights::MARGIN {
        candidates.truncate(sure);
        return Finding::Several(candidates);
    }
    match candidates.first() {
        Some(first) if sure > 0 && first.is_editable_text => Finding::EditableText,
        Some(first) if sure > 0 => Finding::Field(first.clone()),
        Some(first) => why_not(first).unwrap_or_else(|| Finding::Nothing(candidates.into_iter().take(4).collect())),
        None => Finding::Nothing(Vec::new()),
    }
}

/// Returns all candidates of a page with their evidence, in document order.
pub fn weigh(description: &PageDescription, length: usize, pointing: Pointing) -> Vec<Candidate> {
    let page = Page::new(description);
    let pointed = match pointing {
        Pointing::Nowhere => None,
        Pointing::Caret | Pointing::Focus => {
            page.fields().find(|number| page.field(*number).is_some_and(|field| field.focused))
        }
    };
    let rivals = rivals(&page);
    let all = groups(&page, length, pointed);
    let chosen = all.iter().filter(|group| is_open_to_codes(&page, group)).take(MAX_CANDIDATES);
    chosen.map(|group| candidate(&page, group, &rivals, length)).collect()
}

fn is_open_to_codes(page: &Page<'_>, group: &Group) -> bool {
    group
        .nodes
        .iter()
        .filter_map(|number| page.field(*number))
        .all(|field| !field.casdoor_other && !evidence::is_for_something_else(field))
}

fn candidate(page: &Page<'_>, group: &Group, rivals: &[usize], length: usize) -> Candidate {
    let evidence = evidence::gather(page, group, &context(page, group, rivals), length);
    let fields = || group.nodes.iter().filter_map(|number| page.field(*number));
    Candidate {
        fields: fields().filter_map(|field| field.number).collect(),
        score: evidence::score(&evidence),
        is_editable_text: fields().any(|field| field.input_type == "editable"),
        evidence,
    }
}

/// Returns the field that the user pointed at unless it cannot take a code, regardless of its score and of what the
/// page asks for.
fn pointed_at(page: &PageDescription, candidates: &[Candidate], pointing: Pointing) -> Option<Finding> {
    if pointing == Pointing::Nowhere {
        return None;
    }
    let is_focused = |node: &Node| node.kind == NodeKind::Field && node.field.focused;
    let pointed = candidates.iter().find(|one| one.evidence.contains(&Evidence::Focused));
    match pointed {
        Some(pointed) if can_take_a_code(pointed) => Some(Finding::Field(pointed.clone())),
        Some(pointed) if pointed.is_editable_text => None,
        _ => (pointing == Pointing::Focus && page.nodes.iter().any(is_focused)).then_some(Finding::NotForCodes),
    }
}

/// Returns `true` if a field that the user pointed at can take a code. If its evidence is mixed, its name and label
/// decide.
fn can_take_a_code(pointed: &Candidate) -> bool {
    use Evidence::{
        AutocompleteOneTimeCode, Captcha, Cells, HasValue, LabelApp, LabelCode, LabelField, LabelOneTime,
        LabelPassword, LabelPurpose, LabelSent, LabelTwoStep, NameCode, NameField, NameOneTime, NamePurpose,
        PasswordType,
    };
    let has_any = |some: &[Evidence]| some.iter().any(|one| pointed.evidence.contains(one));
    let is_named = has_any(&[AutocompleteOneTimeCode, NameOneTime, LabelApp, LabelOneTime, LabelTwoStep]);
    let is_sent_code = pointed.evidence.contains(&LabelCode) && pointed.evidence.contains(&LabelSent);
    let is_another = has_any(&[Captcha, LabelField, LabelPassword, LabelPurpose, NameField, NamePurpose, PasswordType]);
    let holds_another_text = has_any(&[HasValue]) && !has_any(&[LabelCode, NameCode, Cells]);
    !pointed.is_editable_text && (is_named || is_sent_code || !(is_another || holds_another_text))
}

/// Returns what the page asks for instead of an authenticator's code, if it says so.
fn why_not(best: &Candidate) -> Option<Finding> {
    use Evidence::{
        AutocompleteOneTimeCode, Cells, LabelCode, LabelField, LabelPassword, LabelPurpose, LabelRecovery, LabelSent,
        NameCode, NameOneTime, NameRecovery, NearCode, NearRecovery, NearSent, NearTarget, OffersAgain, OffersRequest,
    };
    let has_any = |some: &[Evidence]| some.iter().any(|one| best.evidence.contains(one));
    if has_any(&[LabelPurpose, LabelField, LabelPassword]) {
        return None;
    }
    let asks_for_a_code = has_any(&[LabelCode, NameCode, NameOneTime, NearCode, Cells, AutocompleteOneTimeCode]);
    if has_any(&[LabelRecovery, NameRecovery, NearRecovery]) {
        return Some(Finding::RecoveryCode);
    }
    let was_sent = has_any(&[LabelSent, NearSent, NearTarget, OffersAgain, OffersRequest]);
    (was_sent && asks_for_a_code).then_some(Finding::CodeWasSent)
}

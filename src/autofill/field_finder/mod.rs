//! Finds the field, or the row of cells, that takes an authenticator's code on a page of any site.
//!
//! A content script describes the page ([`PageDescription`]); [`find_field`] decides. Every candidate is weighed by named
//! [`Evidence`]; the weights come from a logistic model (`examples/train_field_finder.rs`, `docs/filling.md`). A page whose code
//! was sent by SMS or e-mail, or that asks for a recovery code, gets nothing, and the answer says which it was. Passcode forms of
//! connected Casdoor servers are [`decide`](super::decide)'s.
//!
//! ```
//! use casdoor_authenticator::autofill::field_finder::{Finding, PageDescription, Pointing, find_field};
//!
//! let page: PageDescription = serde_json::from_str(
//!     r#"{ "nodes": [{ "k": "field", "field": 0, "type": "text", "name": "otp", "label": "Code from your authenticator app",
//!          "max_length": 6, "width": 200, "height": 30 }] }"#,
//! ).unwrap();
//! assert!(matches!(find_field(&page, 6, Pointing::Nowhere), Finding::Field(found) if found.fields == [0]));
//! ```

mod context;
mod description;
mod evidence;
mod groups;
mod lexicon;
mod page;
mod reading;
mod starts;
mod weights;
mod words;

pub use description::{Field, Hidden, Kind, MAX_NODES, Node, PageDescription};
pub use evidence::Evidence;

use context::{context, rivals};
use groups::{Group, groups};
use page::Page;

/// Fields that are weighed, at most: a page with more is a table.
const MAX_CANDIDATES: usize = 60;

/// Where the user pointed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointing {
    /// At the page as a whole, such as by a click in the popup.
    Nowhere,
    /// At the field with the caret, such as by a shortcut. The page may have put the caret there.
    Caret,
    /// At the field that has the focus, by a click on it.
    Focus,
}

/// A field, or the cells of one code, and what speaks for and against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The numbers of its fields, in the order in which they are typed into.
    pub fields: Vec<usize>,
    /// The logarithm of the odds that it takes an authenticator's code.
    pub score: f32,
    /// What was weighed.
    pub evidence: Vec<Evidence>,
    /// It is a text that can be edited, not a field: what it does with a code is not known.
    pub is_editable_text: bool,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// This is the field.
    Field(Candidate),
    /// Several fields are about as likely.
    Several(Vec<Candidate>),
    /// The page takes the code in a text that is no field.
    EditableText,
    /// The page sent a code by SMS, e-mail or a call, and asks for that.
    CodeWasSent,
    /// The page asks for a recovery code.
    RecoveryCode,
    /// No field is likely enough. The best ones, if any, come along so that the user can choose.
    Nothing(Vec<Candidate>),
}

/// Decides which field of a page takes a code of this many characters.
pub fn find_field(description: &PageDescription, length: usize, pointing: Pointing) -> Finding {
    let mut candidates = weigh(description, length, pointing);
    if let Some(found) = pointed_at(&candidates, pointing) {
        return found;
    }
    candidates.sort_by(|one, other| other.score.total_cmp(&one.score));
    let sure = candidates.iter().take_while(|one| one.score >= weights::THRESHOLD).count();
    let lead = match candidates.as_slice() {
        [first, second, ..] => first.score - second.score,
        _ => f32::INFINITY,
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

/// All candidates of a page with their evidence, in document order.
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

/// The field that the user pointed at, whatever its score, unless it is for something else. The page itself may have put the caret
/// into the field of a code that was sent: then nothing is typed.
fn pointed_at(candidates: &[Candidate], pointing: Pointing) -> Option<Finding> {
    use Evidence::{
        Captcha, LabelApp, LabelField, LabelOneTime, LabelPassword, LabelPurpose, LabelTwoStep, NameField, NameOneTime,
        NamePurpose, PasswordType,
    };
    let is_pointed_at = |one: &&Candidate| pointing != Pointing::Nowhere && one.evidence.contains(&Evidence::Focused);
    let pointed = candidates.iter().find(is_pointed_at)?;
    let has_any = |some: &[Evidence]| some.iter().any(|one| pointed.evidence.contains(one));
    let is_named = has_any(&[NameOneTime, LabelApp, LabelOneTime, LabelTwoStep]);
    let is_another = has_any(&[Captcha, LabelField, LabelPassword, LabelPurpose, NameField, NamePurpose, PasswordType]);
    if (is_another && !is_named) || pointed.is_editable_text {
        return None;
    }
    match why_not(pointed) {
        Some(reason) if pointing == Pointing::Caret => Some(reason),
        _ => Some(Finding::Field(pointed.clone())),
    }
}

/// What the page asks for instead, if it says so.
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

//! Lets the user choose a field where none is likely enough, and finds the chosen field again on the next visit.

use super::description::{NodeKind, PageDescription};
use super::weights::THRESHOLD;
use super::{Candidate, Evidence, Finding, Pointing, can_take_a_code, find_field, weigh};
use crate::vault::RememberedField;

/// Maximum number of fields that the user is asked to choose from.
const MAX_CHOICES: usize = 12;

/// The field to fill on a page or the fields to choose from, and whether the user's earlier choice still applies.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// The result of the search. A remembered field is returned as [`Finding::Field`].
    pub finding: Finding,
    /// The fields that the user can choose from, best first, if the search found none that is likely enough.
    pub choices: Vec<Vec<usize>>,
    /// True if the remembered field no longer fits the page and must be forgotten.
    pub forgets: bool,
}

/// Decides which field of a page takes a code of `length` characters. The field that the user chose earlier on this
/// site takes precedence, unless the page asks for another kind of code or the user points at another field.
///
/// Opening a context menu always points at its field. The caret may have been placed by the page, so it points at its
/// field only if that field is likely enough on its own.
pub fn locate_field(
    page: &PageDescription,
    length: usize,
    pointing: Pointing,
    remembered: Option<&RememberedField>,
) -> Located {
    let finding = find_field(page, length, pointing);
    let decided = |finding: Finding| Located { finding, choices: Vec::new(), forgets: false };
    if pointing != Pointing::Nowhere {
        if remembered.is_none() || is_pointed_at(&finding, pointing) {
            return decided(finding);
        }
        // Whether a remembered field may be used depends on the page as a whole, not on the field that the user pointed
        // at.
        let Located { finding: elsewhere, forgets, .. } = locate_field(page, length, Pointing::Nowhere, remembered);
        return match elsewhere {
            Finding::Field(_) if !forgets => decided(elsewhere),
            // After a context menu, the message concerns the clicked field, so the remembered one is kept.
            _ => Located { forgets: forgets && pointing == Pointing::Caret, ..decided(finding) },
        };
    }
    if matches!(finding, Finding::CodeWasSent | Finding::RecoveryCode) {
        return decided(finding);
    }
    let choices = choices(page, length);
    if let Some(chosen) = remembered.and_then(|remembered| recall(page, &choices, remembered)) {
        return decided(Finding::Field(chosen));
    }
    let is_open = matches!(finding, Finding::Several(_) | Finding::Nothing(_));
    let fields = choices.into_iter().map(|choice| choice.fields).take(MAX_CHOICES);
    Located { finding, choices: if is_open { fields.collect() } else { Vec::new() }, forgets: remembered.is_some() }
}

/// Returns true if the result is the field that the user pointed at, which takes precedence over a remembered one.
fn is_pointed_at(finding: &Finding, pointing: Pointing) -> bool {
    match finding {
        Finding::Field(found) => {
            let is_likely = found.score >= THRESHOLD;
            found.evidence.contains(&Evidence::Focused) && (pointing == Pointing::Focus || is_likely)
        }
        _ => false,
    }
}

/// Returns the properties to remember of a field that the user chose, or `None` if the code cannot be typed there.
pub fn remember_field(
    page: &PageDescription,
    length: usize,
    fields: &[usize],
    origin: &str,
) -> Option<RememberedField> {
    let chosen = choices(page, length).into_iter().find(|choice| choice.fields == fields)?;
    describe(page, &chosen, origin)
}

/// Returns the fields that can take a code, most likely first. Fields for a name, a password or a card are left out, by
/// the same rule as for a field that the user points at.
fn choices(page: &PageDescription, length: usize) -> Vec<Candidate> {
    let mut all = weigh(page, length, Pointing::Nowhere);
    all.retain(can_take_a_code);
    all.sort_by(|one, other| other.score.total_cmp(&one.score));
    all
}

/// Finds a remembered field again by the first of its id, name, `autocomplete`, label and position that exactly one
/// field matches. Because a page can reuse any of these for another field, at least two of them must match, and no more
/// may differ than match. A field that matches in all of them is always accepted.
fn recall(page: &PageDescription, choices: &[Candidate], remembered: &RememberedField) -> Option<Candidate> {
    let wanted = selectors(remembered);
    let described = choices.iter().filter_map(|choice| Some((choice, describe(page, choice, &remembered.origin)?)));
    let present: Vec<_> = described.filter(|(_, field)| field.are_cells == remembered.are_cells).collect();
    for (number, selector) in wanted.iter().enumerate().filter(|(_, selector)| !selector.is_empty()) {
        let mut matching = present.iter().filter(|(_, field)| selectors(field).get(number) == Some(selector));
        if let (Some((choice, field)), None) = (matching.next(), matching.next())
            && is_same(remembered, field)
        {
            return Some((*choice).clone());
        }
    }
    None
}

fn selectors(field: &RememberedField) -> [&str; 5] {
    [&field.id, &field.name, &field.autocomplete, &field.label, &field.position]
}

fn is_same(remembered: &RememberedField, field: &RememberedField) -> bool {
    let pairs = || selectors(remembered).into_iter().zip(selectors(field));
    let agreeing = pairs().filter(|(one, other)| !one.is_empty() && one == other).count();
    let differing = pairs().filter(|(one, other)| one != other).count();
    (agreeing >= 2 && agreeing >= differing) || differing == 0
}

fn describe(page: &PageDescription, choice: &Candidate, origin: &str) -> Option<RememberedField> {
    let first = choice.fields.first()?;
    let is_field = |number: &usize| page.nodes.get(*number).is_some_and(|node| node.kind == NodeKind::Field);
    let at = (0..page.nodes.len())
        .filter(is_field)
        .find(|number| page.nodes.get(*number).is_some_and(|node| node.field.number == Some(*first)))?;
    let field = &page.nodes.get(at)?.field;
    let label = [&field.label, &field.aria_label, &field.placeholder, &field.title];
    let label = label.into_iter().find(|label| !label.is_empty()).map_or("", String::as_str);
    let form = form_around(page, at);
    let before = (0..at).filter(is_field).filter(|number| form_around(page, *number) == form).count();
    let names = form.and_then(|form| page.nodes.get(form)).map_or("", |form| form.names.as_str());
    Some(RememberedField {
        origin: origin.to_owned(),
        id: shortened(&field.id),
        name: shortened(&field.name),
        autocomplete: shortened(&field.autocomplete),
        label: shortened(&label.to_lowercase()),
        position: format!("{before} {}", shortened(names)),
        are_cells: choice.fields.len() > 1,
    })
}

/// Returns the form or dialog that contains a node. Each parent comes before its children.
fn form_around(page: &PageDescription, number: usize) -> Option<usize> {
    let mut at = number;
    loop {
        let node = page.nodes.get(at)?;
        if matches!(node.kind, NodeKind::Form | NodeKind::Dialog) {
            return Some(at);
        }
        at = node.parent.filter(|parent| *parent < at)?;
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(RememberedField::MAX_TEXT).collect()
}

#[cfg(test)]
mod tests;

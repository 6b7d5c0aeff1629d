//! Determines which texts of a page refer to a field: its own label, the texts near it, and the rest of its form or
//! dialog.

use super::description::NodeKind;
use super::groups::{Group, is_visible_text_field};
use super::page::Page;
use super::reading::{Sign, Signs, read_name};

/// Maximum distance of a text that counts as near, in nodes.
const NEAR_NODES: usize = 60;
/// Maximum length of a text that can be the label of the field after it, in characters.
const MAX_LABEL: usize = 70;

/// The signs that the texts around a field give, from the nearest text to the farthest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    /// Signs in the field's name, id, test id and class.
    pub name: Signs,
    /// Signs in the name, id and class of the field's form.
    pub form_name: Signs,
    pub label: Signs,
    /// True if the text before the field serves as its label, because it has none of its own.
    pub is_labeled_by_sight: bool,
    pub near: Signs,
    /// Signs in the rest of the field's dialog, article or page.
    pub scope: Signs,
    /// Signs in links, and in buttons that lead elsewhere.
    pub links: Signs,
    /// Signs in the buttons of the field's form and next to the field.
    pub buttons: Signs,
    /// Signs in the labels and names of the other fields of the form.
    pub rivals: Signs,
    /// True if a password field comes before the field in its form.
    pub follows_password: bool,
    /// True if the page shows no other text field.
    pub is_alone: bool,
    /// True if the field is in a search form, a navigation bar or a footer.
    pub is_aside: bool,
}

/// The position of a group in its page, by the indexes of nodes.
struct Surroundings<'p, 'a> {
    page: &'p Page<'a>,
    first: usize,
    last: usize,
    are_cells: bool,
    /// The box whose texts count; `None` for the whole page.
    scope: Option<usize>,
    form: Option<usize>,
    before: Option<usize>,
    after: Option<usize>,
    /// The first heading after the group, which begins another section.
    next_section: Option<usize>,
}

/// Reads all texts that refer to a group.
pub(super) fn context(page: &Page<'_>, group: &Group, rivals: &[usize]) -> Context {
    let (Some(first), Some(last)) = (group.nodes.first().copied(), group.nodes.last().copied()) else {
        return Context::default();
    };
    let others = || rivals.iter().copied().filter(|number| !group.nodes.contains(number));
    let kind = |number: usize| page.node(number).map(|node| node.kind);
    let around = Surroundings {
        page,
        first,
        last,
        are_cells: group.are_cells,
        scope: page.ancestors(first).find(|number| kind(*number).is_some_and(is_scope)),
        form: page.ancestors(first).find(|number| kind(*number) == Some(NodeKind::Form)),
        before: others().filter(|number| *number < first).max(),
        after: others().filter(|number| *number > last).min(),
        next_section: (last..page.len()).find(|number| kind(*number) == Some(NodeKind::Heading)),
    };
    let mut context = Context {
        is_alone: others().next().is_none(),
        is_aside: page.ancestors(first).any(|number| kind(number).is_some_and(is_aside)),
        ..Context::default()
    };
    read_own(page, group, &mut context);
    if let Some(form) = around.form.and_then(|number| page.node(number)) {
        context.form_name = read_name(&form.names);
    }
    for number in 0..page.len() {
        around.read_text(number, &mut context);
    }
    // A title says what the page is about, but not where the code comes from.
    let titled = page.title_signs();
    for sign in [Sign::App, Sign::OneTime, Sign::TwoStep] {
        context.scope.add(sign, titled.has(sign));
    }
    // If a field has no label, the text before it may serve as one.
    let is_labeled = page
        .field(first)
        .is_some_and(|field| field.label.chars().chain(field.aria_label.chars()).any(char::is_alphabetic));
    if !is_labeled
        && !context.label.has_any(&[Sign::Code, Sign::Field, Sign::Purpose, Sign::Password, Sign::Verification])
        && let Some(number) = around.label_by_sight()
    {
        context.label.join(page.signs(number));
        context.is_labeled_by_sight = true;
    }
    let same_form = |number: usize| {
        around.form.is_none_or(|form| page.contains(form, number))
            && around.scope.is_none_or(|scope| page.contains(scope, number))
    };
    context.follows_password = others()
        .filter(|number| *number < first && same_form(*number))
        .any(|number| page.field(number).is_some_and(|field| field.input_type == "password"));
    for (labels, names) in others().filter(|number| same_form(*number)).take(40).map(|number| page.own_signs(number)) {
        context.rivals.join(labels);
        context.rivals.join(names);
    }
    context
}

/// Returns the other visible text fields, which nearby texts may refer to instead.
pub(super) fn rivals(page: &Page<'_>) -> Vec<usize> {
    page.fields().filter(|number| page.node(*number).is_some_and(is_visible_text_field)).collect()
}

fn is_scope(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Dialog | NodeKind::Main | NodeKind::Article | NodeKind::Frame) || is_aside(kind)
}

fn is_aside(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Navigation | NodeKind::Footer | NodeKind::Search | NodeKind::Aside)
}

fn read_own(page: &Page<'_>, group: &Group, context: &mut Context) {
    for number in &group.nodes {
        let Some(field) = page.field(*number) else { continue };
        let (labels, names) = page.own_signs(*number);
        context.name.join(names);
        context.name.join(read_name(&field.test_id));
        // A class mainly describes the appearance of a field, so only its strongest words count.
        context.name.add(Sign::OneTime, read_name(&field.class).has(Sign::OneTime));
        context.label.join(labels);
        if !field.described.is_empty() {
            context.near.join(page.read_once(&field.described));
        }
    }
}

impl Surroundings<'_, '_> {
    fn read_text(&self, number: usize, context: &mut Context) {
        let Some(node) = self.page.node(number).filter(|node| !node.text.is_empty() && node.kind != NodeKind::Field)
        else {
            return;
        };
        // Some libraries attach the label of the cells to a hidden text field of their own; such a label still
        // describes the cells.
        let labels_another = node.label_for.is_some_and(|field| !self.are_cells || self.page.is_separate(field))
            && !self.is_label(node.label_for);
        if labels_another || !self.is_in_scope(number) {
            return;
        }
        let signs = self.page.signs(number);
        let in_form = self.form.is_none_or(|form| self.page.contains(form, number));
        match node.kind {
            NodeKind::Link | NodeKind::Tab => context.links.join(signs),
            NodeKind::Button if !node.submits || !in_form => {
                if self.is_near(number) {
                    context.buttons.join(signs);
                }
                context.links.join(signs);
            }
            NodeKind::Button => context.buttons.join(signs),
            // A long label describes the field, so it is not an unrelated sentence.
            _ if self.is_label(node.label_for) => context.near.join(signs.without(Sign::Unexplained)),
            _ if self.is_near(number) => context.near.join(self.worth(number, signs)),
            _ => context.scope.join(self.worth(number, signs)),
        }
    }

    /// Removes the signs that mean little in a short text far from the field, which is usually a brand name or a menu
    /// entry.
    fn worth(&self, number: usize, signs: Signs) -> Signs {
        if self.page.is_short_text(number) && number.abs_diff(self.first) > 3 {
            let mut kept = Signs::default();
            for sign in [
                Sign::App,
                Sign::OneTime,
                Sign::TwoStep,
                Sign::Verification,
                Sign::Code,
                Sign::Sent,
                Sign::Target,
                Sign::Again,
            ] {
                kept.add(sign, signs.has(sign));
            }
            return kept;
        }
        signs
    }

    fn is_label(&self, field: Option<usize>) -> bool {
        let number = |node: usize| self.page.field(node).and_then(|field| field.number);
        field.is_some_and(|wanted| (self.first..=self.last).any(|node| number(node) == Some(wanted)))
    }

    fn is_in_scope(&self, number: usize) -> bool {
        if self.scope.is_some_and(|scope| !self.page.contains(scope, number)) {
            return false;
        }
        // The boxes around the text, up to the field's scope, that do not contain the field.
        let mut between = self
            .page
            .ancestors(number)
            .take_while(|outer| Some(*outer) != self.scope)
            .filter(|outer| !self.page.contains(*outer, self.first));
        !between.any(|outer| match self.page.node(outer).map(|node| node.kind) {
            Some(NodeKind::Navigation | NodeKind::Footer | NodeKind::Aside | NodeKind::Search | NodeKind::Dialog) => {
                true
            }
            Some(NodeKind::Header) => self.page.holds_a_menu(outer),
            Some(NodeKind::Form) => self.page.holds_a_field(outer),
            _ => false,
        })
    }

    /// Returns true if a text is near the group and does not belong to another field. A text between two fields belongs
    /// to the field with which it shares more boxes or, if both share equally many, to the closer one.
    fn is_near(&self, number: usize) -> bool {
        if number < self.first {
            let Some(before) = self.before else { return self.first.saturating_sub(number) <= NEAR_NODES };
            return number > before
                && self.page.common_depth(number, before) <= self.page.common_depth(number, self.first);
        }
        if self.next_section.is_some_and(|heading| heading <= number) {
            return false;
        }
        let Some(after) = self.after else { return number.saturating_sub(self.last) <= NEAR_NODES };
        if number > after {
            return false;
        }
        let (own, others) = (self.page.common_depth(number, self.last), self.page.common_depth(number, after));
        own > others || (own == others && number.saturating_sub(self.last) < after.saturating_sub(number))
    }

    /// Returns the text right before the field, which is its label if nothing else names the field.
    fn label_by_sight(&self) -> Option<usize> {
        let floor = self.before.map_or(0, |before| before.saturating_add(1));
        let number = (floor..self.first)
            .rev()
            .take(4)
            .find(|number| self.page.node(*number).is_some_and(|node| !node.text.is_empty()))?;
        let node = self.page.node(number)?;
        let fits = matches!(node.kind, NodeKind::Text | NodeKind::Label | NodeKind::Legend)
            && node.text.chars().count() <= MAX_LABEL;
        (fits && (node.label_for.is_none() || self.is_label(node.label_for))).then_some(number)
    }
}

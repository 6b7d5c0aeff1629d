//! Which texts of a page speak of a field: its own label, what stands near it, and the rest of its form or dialog.

use super::description::Kind;
use super::groups::{Group, is_visible_text_field};
use super::page::Page;
use super::reading::{Sign, Signs, read_name};

/// Texts further away are not near, by the number of nodes between.
const NEAR_NODES: usize = 60;
/// A text without a field of its own may be a label if it is this short.
const MAX_LABEL: usize = 70;

/// What is said of a field, from the nearest to the farthest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    /// Its name, id, test id and class.
    pub name: Signs,
    /// Names of its form.
    pub form_name: Signs,
    pub label: Signs,
    pub near: Signs,
    /// The rest of its dialog, article or page.
    pub scope: Signs,
    /// Links and buttons that lead elsewhere.
    pub links: Signs,
    /// Buttons of its form, and beside it.
    pub buttons: Signs,
    /// Labels and names of other fields of its form.
    pub rivals: Signs,
    /// The field is in a search form, a navigation bar or a footer.
    pub is_aside: bool,
}

/// The surroundings of a group.
struct Surroundings<'p, 'a> {
    page: &'p Page<'a>,
    first: usize,
    last: usize,
    are_cells: bool,
    /// The box whose texts count; `None` for the page.
    scope: Option<usize>,
    form: Option<usize>,
    before: Option<usize>,
    after: Option<usize>,
}

/// Reads everything that speaks of a group.
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
        form: page.ancestors(first).find(|number| kind(*number) == Some(Kind::Form)),
        before: others().filter(|number| *number < first).max(),
        after: others().filter(|number| *number > last).min(),
    };
    let mut context = Context {
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
    // The text before a field may be the label of one that has none.
    let is_labeled = page
        .field(first)
        .is_some_and(|field| field.label.chars().chain(field.aria_label.chars()).any(char::is_alphabetic));
    if !is_labeled
        && !context.label.has_any(&[Sign::Code, Sign::Field, Sign::Purpose, Sign::Password, Sign::Verification])
        && let Some(number) = around.label_by_sight()
    {
        context.label.join(page.signs(number));
    }
    let same_form = |number: usize| {
        around.form.is_none_or(|form| page.contains(form, number))
            && around.scope.is_none_or(|scope| page.contains(scope, number))
    };
    for (labels, names) in others().filter(|number| same_form(*number)).take(40).map(|number| page.own_signs(number)) {
        context.rivals.join(labels);
        context.rivals.join(names);
    }
    context
}

/// Fields that have texts of their own.
pub(super) fn rivals(page: &Page<'_>) -> Vec<usize> {
    page.fields().filter(|number| page.node(*number).is_some_and(is_visible_text_field)).collect()
}

fn is_scope(kind: Kind) -> bool {
    matches!(kind, Kind::Dialog | Kind::Main | Kind::Article | Kind::Frame) || is_aside(kind)
}

fn is_aside(kind: Kind) -> bool {
    matches!(kind, Kind::Navigation | Kind::Footer | Kind::Search | Kind::Aside)
}

fn read_own(page: &Page<'_>, group: &Group, context: &mut Context) {
    for number in &group.nodes {
        let Some(field) = page.field(*number) else { continue };
        let (labels, names) = page.own_signs(*number);
        context.name.join(names);
        context.name.join(read_name(&field.test_id));
        // A class says how a field looks: only the strongest words count.
        context.name.add(Sign::OneTime, read_name(&field.class).has(Sign::OneTime));
        context.label.join(labels);
        if !field.described.is_empty() {
            context.near.join(page.read_once(&field.described));
        }
    }
}

impl Surroundings<'_, '_> {
    fn read_text(&self, number: usize, context: &mut Context) {
        let Some(node) = self.page.node(number).filter(|node| !node.text.is_empty() && node.kind != Kind::Field) else {
            return;
        };
        // Some libraries tie the label of the cells to a field of their own that no one can see.
        let labels_another = node.label_for.is_some_and(|field| !self.are_cells || self.page.is_visible(field))
            && !self.is_label(node.label_for);
        if labels_another || !self.is_in_scope(number) {
            return;
        }
        let signs = self.page.signs(number);
        let in_form = self.form.is_none_or(|form| self.page.contains(form, number));
        match node.kind {
            Kind::Link | Kind::Tab => context.links.join(signs),
            Kind::Button if !node.submits || !in_form => {
                if self.is_near(number) {
                    context.buttons.join(signs);
                }
                context.links.join(signs);
            }
            Kind::Button => context.buttons.join(signs),
            // A long label is no sentence about the page.
            _ if self.is_label(node.label_for) => context.near.join(signs.without(Sign::Unexplained)),
            _ if self.is_near(number) => context.near.join(self.worth(number, signs)),
            _ => context.scope.join(self.worth(number, signs)),
        }
    }

    /// A word or two that are no heading are a brand's name or a menu's entry: they say nothing of a field's purpose.
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
        // Boxes between the text and the field's scope that do not hold the field.
        let mut between = self
            .page
            .ancestors(number)
            .take_while(|outer| Some(*outer) != self.scope)
            .filter(|outer| !self.page.contains(*outer, self.first));
        !between.any(|outer| match self.page.node(outer).map(|node| node.kind) {
            Some(Kind::Navigation | Kind::Footer | Kind::Aside | Kind::Search | Kind::Dialog) => true,
            Some(Kind::Header) => self.page.holds_a_menu(outer),
            Some(Kind::Form) => self.page.holds_a_field(outer),
            _ => false,
        })
    }

    /// No other field's text: those between two fields belong to the one that shares more boxes with them, else to the nearer.
    fn is_near(&self, number: usize) -> bool {
        if number < self.first {
            let Some(before) = self.before else { return self.first.saturating_sub(number) <= NEAR_NODES };
            return number > before
                && self.page.common_depth(number, before) <= self.page.common_depth(number, self.first);
        }
        let Some(after) = self.after else { return number.saturating_sub(self.last) <= NEAR_NODES };
        if number > after {
            return false;
        }
        let (own, others) = (self.page.common_depth(number, self.last), self.page.common_depth(number, after));
        own > others || (own == others && number.saturating_sub(self.last) < after.saturating_sub(number))
    }

    /// The text right before the field, where nothing else names it.
    fn label_by_sight(&self) -> Option<usize> {
        let floor = self.before.map_or(0, |before| before.saturating_add(1));
        let number = (floor..self.first)
            .rev()
            .take(4)
            .find(|number| self.page.node(*number).is_some_and(|node| !node.text.is_empty()))?;
        let node = self.page.node(number)?;
        let fits =
            matches!(node.kind, Kind::Text | Kind::Label | Kind::Legend) && node.text.chars().count() <= MAX_LABEL;
        (fits && (node.label_for.is_none() || self.is_label(node.label_for))).then_some(number)
    }
}

//! Which fields, or rows of one-character cells, a code could be typed into.

use super::description::{Field, Hidden, Kind, Node};
use super::page::Page;

/// The widest cell of one character, in CSS pixels.
const MAX_CELL_WIDTH: i64 = 80;
/// A field that is this narrow may be a cell whatever its height.
const NARROW: i64 = 50;
/// Rows of cells are told apart by so many pixels.
const ROW_HEIGHT: i64 = 12;
/// Cells beyond this many are taken for a table.
const MAX_CELLS: usize = 120;
/// So many ancestors of a cell are looked at for its row.
const MAX_ANCESTORS: usize = 10;

/// One field, or the cells of one code, by the numbers of their nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub nodes: Vec<usize>,
    /// They are cells that take one character each.
    pub are_cells: bool,
}

/// A control in which text is typed.
pub(super) fn is_text_field(node: &Node) -> bool {
    node.kind == Kind::Field
        && matches!(
            node.field.input_type.as_str(),
            "text" | "tel" | "number" | "password" | "email" | "search" | "url" | "textarea" | "editable"
        )
}

/// A text field that a user can see.
pub(super) fn is_visible_text_field(node: &Node) -> bool {
    is_text_field(node) && node.field.hidden.iter().all(|reason| *reason == Hidden::Covered)
}

/// A code can be typed into it at all.
fn can_take_a_code(node: &Node, length: usize, is_pointed_at: bool) -> bool {
    let field = &node.field;
    let kind_fits = node.kind == Kind::Field
        && matches!(field.input_type.as_str(), "text" | "tel" | "number" | "password" | "editable");
    let can_be_changed = !(field.disabled || (field.read_only && field.has_value));
    // A field is read-only until it is focused on pages that keep browsers from filling it.
    kind_fits && can_be_changed && (is_pointed_at || is_reachable(field, length))
}

fn is_reachable(field: &Field, length: usize) -> bool {
    let drawn = usize::try_from(field.drawn_cells).is_ok_and(|cells| cells >= length.min(4));
    field.hidden.iter().all(|reason| match reason {
        Hidden::Transparent | Hidden::Tiny => drawn,
        Hidden::Covered | Hidden::AriaHidden => field.focused,
        Hidden::NoSize | Hidden::OffScreen | Hidden::Clipped | Hidden::Inert => false,
    })
}

fn is_cell(field: &Field) -> bool {
    let narrow = field.width > 0 && field.width <= MAX_CELL_WIDTH;
    let is_squarish = field.width <= NARROW || field.width.saturating_mul(10) <= field.height.saturating_mul(19);
    let squarish = narrow && is_squarish && field.max_length <= 8;
    field.max_length == 1 || (field.size == 1 && narrow) || squarish
}

/// One of several fields that share a code, by what the page says of it: "Digit 3", "pin code 3 of 6", or a one-time code beside
/// others. Some libraries draw cells as wide as any field.
fn is_numbered(field: &Field) -> bool {
    let label = if field.aria_label.is_empty() { &field.label } else { &field.aria_label };
    let says_a_number = label.len() <= 80 && label.chars().any(|letter| letter.is_ascii_digit());
    field.max_length <= 8
        && (says_a_number || field.autocomplete.split_whitespace().next_back() == Some("one-time-code"))
}

/// Everything that a code of this length could be typed into. `pointed` is the node that the user pointed at.
pub(super) fn groups(page: &Page<'_>, length: usize, pointed: Option<usize>) -> Vec<Group> {
    let usable: Vec<usize> = page
        .fields()
        .filter(|number| page.node(*number).is_some_and(|node| can_take_a_code(node, length, pointed == Some(*number))))
        .collect();
    let cells: Vec<usize> = usable
        .iter()
        .copied()
        .filter(|number| page.field(*number).is_some_and(|field| is_cell(field) || is_numbered(field)))
        .take(MAX_CELLS)
        .collect();
    let mut groups = Vec::new();
    let mut grouped: Vec<usize> = Vec::new();
    for number in &cells {
        if grouped.contains(number) {
            continue;
        }
        if let Some(nodes) = row(page, *number, &cells, length) {
            grouped.extend(&nodes);
            groups.push(Group { nodes, are_cells: true });
        }
    }
    for number in usable {
        let Some(field) = page.field(number) else { continue };
        let too_short = field.max_length > 0 && usize::try_from(field.max_length).is_ok_and(|most| most < length);
        let lonely_cell = is_cell(field) && cells.len() > 1 && field.max_length != 0 && field.max_length < 3;
        if !grouped.contains(&number) && !too_short && !lonely_cell && !is_part_of_a_row(page, number, &cells) {
            groups.push(Group { nodes: vec![number], are_cells: false });
        }
    }
    groups
}

/// The cells that belong together with this one, if they are as many as the code has characters.
fn row(page: &Page<'_>, cell: usize, cells: &[usize], length: usize) -> Option<Vec<usize>> {
    if length < 2 {
        return None;
    }
    for ancestor in page.ancestors(cell).take(MAX_ANCESTORS) {
        let inside: Vec<usize> = cells.iter().copied().filter(|other| page.contains(ancestor, *other)).collect();
        if inside.len() == length {
            return Some(inside);
        }
        if inside.len() > length {
            // Several rows, each as long as the code; a row of more cells that was wrapped is none.
            let line = |number: &usize| page.field(*number).map(|field| field.y.div_euclid(ROW_HEIGHT));
            let mut lines: Vec<Option<i64>> = inside.iter().map(line).collect();
            lines.sort_unstable();
            let are_rows = lines.chunk_by(|one, other| one == other).all(|row| row.len() == length);
            return are_rows.then(|| inside.into_iter().filter(|other| line(other) == line(&cell)).collect());
        }
    }
    None
}

/// Other narrow fields stand on the same line, beside it: it takes one character, and there are too many or too few of them.
fn is_part_of_a_row(page: &Page<'_>, number: usize, cells: &[usize]) -> bool {
    let Some(field) = page.field(number).filter(|field| is_cell(field)) else { return false };
    let beside =
        |other: &Field| other.y.div_euclid(ROW_HEIGHT) == field.y.div_euclid(ROW_HEIGHT) && other.width == field.width;
    cells.iter().filter(|other| page.field(**other).is_some_and(beside)).count() >= 3
}

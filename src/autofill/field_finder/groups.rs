//! Finds the fields that a code could be typed into, the rows of one-character cells, and the rows of fields that take
//! equal parts of it.

use super::description::{FieldDescription, Hidden, Node, NodeKind};
use super::page::Page;

/// Maximum width of a one-character cell, in CSS pixels.
const MAX_CELL_WIDTH: i64 = 80;
/// Maximum width, in CSS pixels, of a field that counts as a cell regardless of its height.
const NARROW: i64 = 50;
/// Minimum distance between two rows of cells, in CSS pixels.
const ROW_HEIGHT: i64 = 12;
/// Maximum number of cells that are read. A page with more of them contains a table.
const MAX_CELLS: usize = 120;
/// Maximum number of a cell's ancestors that are searched for the other cells of its row.
const MAX_ANCESTORS: usize = 10;

/// One field, or the cells of one code, by the indexes of their nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub nodes: Vec<usize>,
    /// True for cells that take one character each, or equal parts of the code.
    pub are_cells: bool,
}

/// Returns true for controls that accept typed text.
pub(super) fn is_text_field(node: &Node) -> bool {
    node.kind == NodeKind::Field
        && matches!(
            node.field.input_type.as_str(),
            "text" | "tel" | "number" | "password" | "email" | "search" | "url" | "textarea" | "editable"
        )
}

/// Returns true for text fields that a user can see.
pub(super) fn is_visible_text_field(node: &Node) -> bool {
    is_text_field(node) && node.field.hidden.iter().all(|reason| *reason == Hidden::Covered)
}

/// Returns true if a code can be typed into the field at all.
fn can_take_a_code(node: &Node, length: usize, is_pointed_at: bool) -> bool {
    let field = &node.field;
    let kind_fits = node.kind == NodeKind::Field
        && matches!(field.input_type.as_str(), "text" | "tel" | "number" | "password" | "editable");
    let can_be_changed = !(field.disabled || (field.read_only && field.has_value));
    // Some pages keep a field read-only until it gets the focus, to stop browsers from filling it. A field without a
    // number could not be found again.
    kind_fits && field.number.is_some() && can_be_changed && (is_pointed_at || is_reachable(field, length))
}

fn is_reachable(field: &FieldDescription, length: usize) -> bool {
    let drawn = usize::try_from(field.drawn_cells).is_ok_and(|cells| cells >= length.min(4));
    field.hidden.iter().all(|reason| match reason {
        Hidden::Transparent | Hidden::Tiny => drawn,
        Hidden::Covered | Hidden::AriaHidden => field.focused,
        Hidden::NoSize | Hidden::OffScreen | Hidden::Clipped | Hidden::Inert => false,
    })
}

fn is_cell(field: &FieldDescription) -> bool {
    let narrow = field.width > 0 && field.width <= MAX_CELL_WIDTH;
    let is_squarish = field.width <= NARROW || field.width.saturating_mul(10) <= field.height.saturating_mul(19);
    let squarish = narrow && is_squarish && field.max_length <= 8;
    field.max_length == 1 || (field.size == 1 && narrow) || squarish
}

/// Returns true if the page describes the field as one of several that share a code, such as "Digit 3" or "pin code 3
/// of 6", or declares it a one-time code field. This finds the cells of libraries that draw them as wide as any other
/// field.
fn is_numbered(field: &FieldDescription) -> bool {
    let label = if field.aria_label.is_empty() { &field.label } else { &field.aria_label };
    let says_a_number = label.len() <= 80 && label.chars().any(|letter| letter.is_ascii_digit());
    field.max_length <= 8 && (says_a_number || declares_a_one_time_code(field))
}

fn declares_a_one_time_code(field: &FieldDescription) -> bool {
    field.autocomplete.split_whitespace().next_back() == Some("one-time-code")
}

/// Returns every group of fields that a code of this length could be typed into. `pointed` is the node that the user
/// pointed at.
pub(super) fn groups(page: &Page<'_>, length: usize, pointed: Option<usize>) -> Vec<Group> {
    let usable: Vec<usize> = page
        .fields()
        .filter(|number| page.node(*number).is_some_and(|node| can_take_a_code(node, length, pointed == Some(*number))))
        .collect();
    let mut runs = alike(page, &usable, length);
    runs.extend(parts(page, &usable, length));
    let mut grouped: Vec<usize> = runs.concat();
    let mut groups: Vec<Group> = runs.into_iter().map(|nodes| Group { nodes, are_cells: true }).collect();
    let cells: Vec<usize> = usable
        .iter()
        .copied()
        .filter(|number| page.field(*number).is_some_and(|field| is_cell(field) || is_numbered(field)))
        .take(MAX_CELLS)
        .collect();
    let seen = seen_cells(page);
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
        let too_narrow =
            field.size > 1 && usize::try_from(field.size).is_ok_and(|shown| shown.saturating_add(1) < length);
        let lonely_cell = is_cell(field) && cells.len() > 1 && field.max_length != 0 && field.max_length < 3;
        if !grouped.contains(&number)
            && !too_short
            && !too_narrow
            && !lonely_cell
            && !is_part_of_a_row(page, number, &cells, &seen, length)
        {
            groups.push(Group { nodes: vec![number], are_cells: false });
        }
    }
    groups
}

/// Returns the runs of fields that directly follow each other and differ only in a number, if they are as many as the
/// code has characters. A library that leaves the width of its cells to the page draws them as wide as any other field.
fn alike(page: &Page<'_>, usable: &[usize], length: usize) -> Vec<Vec<usize>> {
    let are_alike = |one: &usize, other: &usize| {
        let follows = one.saturating_add(1) == *other && page.ancestors(*one).next() == page.ancestors(*other).next();
        let fields = page.field(*one).zip(page.field(*other));
        follows && fields.is_some_and(|(one, other)| is_alike(one, other))
    };
    let runs = usable.chunk_by(are_alike).filter(|run| length >= 4 && run.len() == length);
    runs.map(<[usize]>::to_vec).collect()
}

fn is_alike(one: &FieldDescription, other: &FieldDescription) -> bool {
    let said = |field: &FieldDescription| {
        let without_digits = |text: &str| text.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
        [&field.name, &field.id, &field.label, &field.aria_label, &field.placeholder, &field.class]
            .map(|text| without_digits(text))
    };
    one.max_length <= 1
        && (&one.input_type, one.max_length, one.width) == (&other.input_type, other.max_length, other.width)
        && said(one) == said(other)
}

/// Returns the rows of two or three fields that take equal parts of the code, such as two with three digits each. Their
/// labels and placeholders differ only in a number, unlike those of a date. No other short field is beside them, unlike
/// in a phone number.
fn parts(page: &Page<'_>, usable: &[usize], length: usize) -> Vec<Vec<usize>> {
    let said = |field: &FieldDescription| {
        [&field.label, &field.placeholder]
            .map(|text| text.trim_matches(|letter: char| !letter.is_alphabetic()).to_owned())
    };
    let look = |field: &FieldDescription| {
        (field.input_type.clone(), field.max_length, field.width, field.y.div_euclid(ROW_HEIGHT), said(field))
    };
    let are_parts = |one: &usize, other: &usize| {
        let is_between =
            |number: usize| *one < number && number < *other && page.node(number).is_some_and(is_text_field);
        let fields = page.field(*one).zip(page.field(*other));
        fields.is_some_and(|(one, other)| look(one) == look(other)) && !page.fields().any(is_between)
    };
    let divide_the_code = |run: &&[usize]| {
        let most = run.first().and_then(|number| page.field(*number)).map_or(0, |field| field.max_length);
        let size = usize::try_from(most).unwrap_or(0);
        (2..=3).contains(&run.len()) && size >= 2 && size.checked_mul(run.len()) == Some(length)
    };
    let line = |number: usize| page.field(number).map(|field| field.y.div_euclid(ROW_HEIGHT));
    let is_whole_line = |run: &&[usize]| {
        let is_beside = |number: &usize| {
            let is_short = page.field(*number).is_some_and(|field| (1..=8).contains(&field.max_length));
            is_short
                && page.node(*number).is_some_and(is_visible_text_field)
                && line(*number) == run.first().and_then(|first| line(*first))
        };
        page.fields().filter(is_beside).count() == run.len()
    };
    let runs = usable.chunk_by(are_parts).filter(divide_the_code).filter(is_whole_line);
    runs.map(<[usize]>::to_vec).collect()
}

/// Returns the row of cells that this cell belongs to, if the row has as many cells as the code has characters.
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
            // Several rows are accepted if each is as long as the code. A longer row that wraps onto a second line is
            // not.
            let line = |number: &usize| page.field(*number).map(|field| field.y.div_euclid(ROW_HEIGHT));
            let mut lines: Vec<Option<i64>> = inside.iter().map(line).collect();
            lines.sort_unstable();
            let are_rows = lines.chunk_by(|one, other| one == other).all(|row| row.len() == length);
            return are_rows.then(|| inside.into_iter().filter(|other| line(other) == line(&cell)).collect());
        }
    }
    None
}

/// Returns true for a cell next to other cells of the same size. Such a field takes a single character, and its row
/// does not have as many cells as the code has characters. Cells that a library has not laid out yet may be below each
/// other; several fields that declare a one-time code are cells all the same. Some libraries hide all cells but the
/// first from assistive technology, and distribute the code that is typed into it: `all` includes such cells.
fn is_part_of_a_row(page: &Page<'_>, number: usize, usable: &[usize], all: &[usize], length: usize) -> bool {
    let Some(field) = page.field(number) else { return false };
    let beside = |other: &FieldDescription| {
        let in_line = other.y.div_euclid(ROW_HEIGHT) == field.y.div_euclid(ROW_HEIGHT);
        let are_one_time = declares_a_one_time_code(field) && declares_a_one_time_code(other);
        other.width == field.width && ((is_cell(field) && in_line) || (are_one_time && other.max_length <= 1))
    };
    let count = |cells: &[usize]| cells.iter().filter(|other| page.field(**other).is_some_and(beside)).count();
    let cells = count(all);
    count(usable) >= 3 || (cells >= 3 && cells != length)
}

/// Returns the cells of a page, including those that are hidden only from assistive technology.
fn seen_cells(page: &Page<'_>) -> Vec<usize> {
    let is_seen = |field: &FieldDescription| {
        field.hidden.iter().all(|reason| matches!(reason, Hidden::AriaHidden | Hidden::Covered))
    };
    page.fields()
        .filter(|number| page.node(*number).is_some_and(is_text_field))
        .filter(|number| {
            page.field(*number).is_some_and(|field| is_seen(field) && (is_cell(field) || is_numbered(field)))
        })
        .take(MAX_CELLS)
        .collect()
}

//! Reads delimited text and rows of cells as a sheet.

use super::columns::{by_name, is_secret, most};
use super::{Field, MAX_SECRETS, Opening, Sheet, SheetRow, split_uris};
use crate::exchange::codecs::csv_table::named_cell;
use crate::exchange::codecs::{csv_table, encoding};
use crate::otp::is_hex;

/// The beginning of the field that RoboForm adds for a one-time password: name, three empty parts, type, value.
const ROBOFORM_FIELD: &str = "TOTP KEY$";

/// The number of rows among which the column names are searched.
const MAX_TITLE_ROWS: usize = 8;

/// The number of lines in which a text with one column must contain a secret.
const MAX_LOOKED_AT: usize = 200;

/// The maximum length of a heading that is not a known column name, in characters.
const MAX_HEADING_CHARACTERS: usize = 40;

impl Sheet {
    /// Reads delimited text. The first line contains the column names, unless it contains a secret.
    pub(in crate::exchange) fn of_table(text: &str, opening: Opening) -> Option<Self> {
        let text = opening.names_in_first_row.map_or_else(|| without_title(text), |_| text);
        // A single column without a known name is prose, unless it contains secrets. The beginning of the text decides
        // this before the rest is parsed.
        let head = csv_table::first_cells(text)?;
        let has_secret = || encoding::head(text).lines().take(MAX_LOOKED_AT).any(|line| is_secret(line.trim()));
        if head.len() < 2 && head.iter().all(|cell| by_name(cell).is_none() && !cell.contains('"')) && !has_secret() {
            return None;
        }
        let delimiter = csv_table::delimiter_of(text);
        let records = csv_table::records(text).ok()?.into_iter().map(|cells| split_uris::join(cells, delimiter));
        Some(Self::of_records(records.collect(), opening))
    }

    /// Creates a sheet from rows of cells, the first of which may contain the column names.
    pub(super) fn of_records(mut records: Vec<Vec<String>>, opening: Opening) -> Self {
        if records.first().is_some_and(|cells| cells.iter().filter(|cell| named_cell(cell).is_some()).count() > 1) {
            return Self::of_named_cells(records);
        }
        if are_pairs(&records) {
            return Self::of_pairs(records);
        }
        if opening.names_in_first_row.is_none()
            && let Some(names) = position_of_names(&records)
            && !records.iter().take(names).flatten().any(|cell| is_secret(cell) || is_hex(cell))
        {
            // The rows above the names remain, so that they are reported.
            records.get_mut(..=names).into_iter().for_each(|rows| rows.rotate_right(1));
        }
        let names_in_first_row = opening.names_in_first_row.unwrap_or_else(|| has_names(&records, opening));
        let columns = if names_in_first_row && !records.is_empty() {
            records.remove(0)
        } else {
            let width = records.iter().map(Vec::len).max().unwrap_or(0);
            (1..=width).map(|number| number.to_string()).collect()
        };
        let rows = records.into_iter().enumerate();
        let rows = rows.map(|(index, cells)| SheetRow::new(index.saturating_add(1), cells)).collect();
        let mut sheet = Self { columns, rows, names_in_first_row: Some(names_in_first_row) };
        sheet.unfold_roboform();
        sheet.unfold_zoho_vault();
        sheet.with_base32()
    }

    /// Adds the rows of another sheet. Columns with the same name are one column.
    pub(super) fn append(&mut self, other: Self) {
        let places: Vec<usize> = other
            .columns
            .into_iter()
            .map(|name| {
                self.columns.iter().position(|known| *known == name).unwrap_or_else(|| {
                    self.columns.push(name);
                    self.columns.len().saturating_sub(1)
                })
            })
            .collect();
        for mut row in other.rows {
            let mut cells = vec![String::new(); self.columns.len()];
            for (index, cell) in row.cells.expose_mut().drain(..).enumerate() {
                match places.get(index).and_then(|place| cells.get_mut(*place)) {
                    Some(place) if place.is_empty() => *place = cell,
                    // The row has more cells than there are names, or two columns have the same name.
                    _ => cells.push(cell),
                }
            }
            self.rows.push(SheetRow::new(self.rows.len().saturating_add(1), cells));
        }
    }

    /// Creates a sheet from rows that consist of a title, pairs of a name and a value, and possibly a note, as Enpass
    /// writes them.
    fn of_pairs(records: Vec<Vec<String>>) -> Self {
        let is_header = |cells: &Vec<String>| cells.get(1..3).is_some_and(|cells| cells == ["Field", "Value"]);
        let rows = records.into_iter().skip_while(is_header).map(|cells| {
            let (title, rest) = cells.split_first().map(|(title, rest)| (title.as_str(), rest)).unwrap_or_default();
            let (pairs, note) = rest.as_chunks::<2>();
            let pairs = pairs.iter().map(|[name, value]| (name.clone(), value.clone()));
            let note = note.first().map(|note| ("note".to_owned(), note.clone()));
            [("title".to_owned(), title.to_owned())].into_iter().chain(pairs).chain(note).collect()
        });
        Self::of_named(rows.collect())
    }

    /// Creates a sheet from rows that consist of a title, a type, tags, a note, and cells with their own names, as
    /// mSecure writes them.
    fn of_named_cells(records: Vec<Vec<String>>) -> Self {
        let names = ["title", "entry type", "tags", "note"];
        let rows = records.into_iter().map(|cells| {
            let named = |(index, cell): (usize, &String)| match named_cell(cell) {
                Some((name, value)) if index > 0 => (name.to_owned(), value.to_owned()),
                _ => {
                    let text = if index == 0 { cell.split('|').next().unwrap_or_default() } else { cell };
                    (names.get(index).copied().unwrap_or("other").to_owned(), text.to_owned())
                }
            };
            cells.iter().enumerate().map(named).collect()
        });
        Self::of_named(rows.collect())
    }

    /// Adds the user name, which Zoho Vault writes as a line of a cell.
    fn unfold_zoho_vault(&mut self) {
        let Some(column) = self.columns.iter().position(|name| name.eq_ignore_ascii_case("SecretData")) else { return };
        let width = self.columns.len();
        for row in &mut self.rows {
            let cells = row.cells.expose_mut();
            let lines = cells.get(column).into_iter().flat_map(|cell| cell.lines());
            let name =
                lines.filter_map(|line| line.split_once(':')).find(|(name, _)| by_name(name) == Some(Field::Account));
            let name = name.map(|(_, name)| name.trim().to_owned()).unwrap_or_default();
            cells.resize(width.max(cells.len()), String::new());
            cells.insert(width, name);
        }
        self.columns.push("user name".to_owned());
    }

    fn unfold_roboform(&mut self) {
        if !self.columns.iter().any(|name| name.eq_ignore_ascii_case("RfFieldsV2")) {
            return;
        }
        let first_field = self.columns.len().saturating_sub(1);
        for row in &mut self.rows {
            let cells = row.cells.expose_mut();
            let secret = |(column, cell): (usize, &String)| match cell.splitn(5, ',').nth(4) {
                Some(value) if cell.starts_with(ROBOFORM_FIELD) => Some(value.to_owned()),
                // An address may be in a field of any name.
                _ => (column >= first_field && cell.contains("otpauth:")).then(|| cell.clone()),
            };
            let secrets: Vec<String> = cells.iter().enumerate().filter_map(secret).take(MAX_SECRETS).collect();
            cells.truncate(self.columns.len().saturating_sub(1));
            cells.resize(self.columns.len().saturating_sub(1), String::new());
            cells.extend(secrets);
        }
        let width = self.rows.iter().map(|row| row.cells().len()).max().unwrap_or(0).max(self.columns.len());
        self.columns.pop();
        self.columns.resize(width, "totp".to_owned());
    }
}

/// Returns whether the first line of a text, or the one after its title, has several column names, one of which is that
/// of a secret.
pub(in crate::exchange) fn names_a_secret(text: &str) -> bool {
    are_names(&csv_table::first_cells(without_title(text)).unwrap_or_default())
}

/// Returns the position of the row with the column names below a title: one of them is that of a secret, or the rows
/// below have a secret in a column whose name is not known.
fn position_of_names(records: &[Vec<String>]) -> Option<usize> {
    let head = || records.iter().take(MAX_TITLE_ROWS);
    head().position(|row| are_names(row)).or_else(|| {
        let known = |row: &Vec<String>| row.iter().filter(|cell| by_name(cell).is_some()).count();
        let has_secret = |row: &Vec<String>| row.iter().any(|cell| is_secret(cell) || is_hex(cell));
        let position = head().position(|row| known(row) > 1)?;
        let is_title = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count() < 2;
        let are_titles = records.get(..position).is_some_and(|rows| rows.iter().all(is_title));
        let names = records.get(position).filter(|row| !has_secret(row) && are_titles)?;
        let below = records.get(position.saturating_add(1)..).unwrap_or_default();
        let holds = |column: usize| most(below.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim()));
        (0..names.len()).any(holds).then_some(position)
    })
}

/// Returns whether cells are column names, one of which is that of a secret.
fn are_names(cells: &[String]) -> bool {
    let is_named = |cell: &String| by_name(cell) == Some(Field::Secret);
    cells.len() > 1
        && cells.iter().any(is_named)
        && !cells.iter().any(|cell| is_secret(cell))
        && cells.iter().filter(|cell| by_name(cell).is_some()).count() > 1
}

/// Returns a table without the title that some users write above the column names, which must not contain a secret.
fn without_title(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..MAX_TITLE_ROWS {
        let cells = csv_table::first_cells(rest).unwrap_or_default();
        if are_names(&cells) {
            return rest;
        }
        let is_title = cells.iter().all(|cell| cell.chars().count() < 200 && !is_secret(cell) && !is_hex(cell))
            && cells.iter().filter(|cell| by_name(cell).is_some()).count() < 2;
        let after = encoding::head(rest).trim_start().find('\n');
        let blank = rest.len().saturating_sub(rest.trim_start().len());
        match after.and_then(|end| rest.get(blank.saturating_add(end).saturating_add(1)..)) {
            Some(next) if is_title => rest = next,
            _ => break,
        }
    }
    text
}

/// Returns whether most rows consist of pairs: in a table, the second cell of a row is not the name of a column.
fn are_pairs(records: &[Vec<String>]) -> bool {
    let is_one = |cells: &&Vec<String>| {
        let second = cells.get(1).map_or("", String::as_str);
        cells.len() >= 3
            && (by_name(second).is_some() || (second == "Field" && cells.get(2).is_some_and(|it| it == "Value")))
    };
    let count = records.iter().take(MAX_LOOKED_AT).filter(is_one).count();
    count > 1 && count.saturating_mul(2) > records.len().min(MAX_LOOKED_AT)
}

/// Returns whether the first row contains the column names: a name is known, or the row looks different from those
/// after it. If a row with data were mistaken for names, it would not be imported, so the second case requires that
/// every cell looks like a heading and that the rows below contain secrets.
fn has_names(records: &[Vec<String>], opening: Opening) -> bool {
    let Some((first, rest)) = records.split_first() else { return false };
    if first.iter().any(|cell| is_secret(cell) || is_hex(cell)) {
        return false;
    }
    // A type such as `TOTP` is also the name of a column, unless the next row has a type there, too.
    let is_kind = |cell: &str| ["totp", "hotp"].iter().any(|kind| cell.eq_ignore_ascii_case(kind));
    let below = |column: usize| rest.first().and_then(|row| row.get(column)).map_or("", String::as_str);
    let is_name =
        |(column, cell): (usize, &String)| by_name(cell).is_some() && !(is_kind(cell) && is_kind(below(column)));
    if first.iter().enumerate().any(is_name) {
        return true;
    }
    let is_heading = |cell: &String| {
        let is_short = !cell.is_empty() && cell.chars().count() <= MAX_HEADING_CHARACTERS;
        is_short && cell.contains(char::is_alphabetic) && !cell.contains(|c: char| c.is_ascii_digit() || c == '@')
    };
    let is_distinct =
        |(index, cell): (usize, &String)| !first.iter().skip(index.saturating_add(1)).any(|it| it == cell);
    let has_secrets = |column: usize| {
        let cells = rest.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim());
        most(cells.filter(|cell| !cell.is_empty()))
    };
    let are_headings = first.iter().all(is_heading) && first.iter().enumerate().take(256).all(is_distinct);
    // Without secrets below, no account can be lost.
    are_headings && !rest.is_empty() && (opening.accepts_anything || (0..first.len()).any(has_secrets))
}

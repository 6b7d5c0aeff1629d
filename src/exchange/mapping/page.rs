//! Reads the tables of an HTML page as a sheet, as Aegis exports them.

use super::{Opening, Sheet};
use crate::exchange::embedded_uris::unescaped;
use crate::exchange::formats::otpauth_list::is_key_uri;

impl Sheet {
    /// Reads the rows of all tables. Tags inside a cell, such as pictures, are ignored.
    pub(super) fn of_page(page: &str, opening: Opening) -> Self {
        let rows = Elements { rest: page, names: &["tr"] };
        let cells = |row: &str| -> Vec<String> { Elements { rest: row, names: &["td", "th"] }.map(text_of).collect() };
        let records: Vec<Vec<String>> = rows.map(cells).filter(|cells| !cells.is_empty()).collect();
        Self::of_records(records, opening)
    }
}

/// Iterates over the contents of elements with one of some names. An element ends at its end tag, or where the next one
/// begins.
struct Elements<'a> {
    rest: &'a str,
    names: &'static [&'static str],
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let start = self.next_tag(false)?;
        let tag = self.rest.get(start..)?;
        self.rest = tag.get(tag.find('>')?.saturating_add(1)..)?;
        let content = self.rest.get(..self.next_tag(true).unwrap_or(self.rest.len()))?;
        self.rest = self.rest.get(content.len()..)?;
        Some(content)
    }
}

impl Elements<'_> {
    /// Returns the position of the next start tag with one of the names, or also of an end tag.
    fn next_tag(&self, also_end: bool) -> Option<usize> {
        let is_one = |at: &usize| {
            let tag = self.rest.get(at.saturating_add(1)..).unwrap_or_default();
            let name = if also_end { tag.strip_prefix('/').unwrap_or(tag) } else { tag };
            self.names.iter().any(|expected| {
                let (name, after) = name.split_at_checked(expected.len()).unwrap_or_default();
                name.eq_ignore_ascii_case(expected) && !after.starts_with(|c: char| c.is_ascii_alphanumeric())
            })
        };
        self.rest.match_indices('<').map(|(at, _)| at).find(is_one)
    }
}

/// Returns the text of a cell, or the address that it only links to.
fn text_of(cell: &str) -> String {
    let text = unescaped(&without_tags(cell));
    if text.contains("otpauth://") || !cell.contains("otpauth://") {
        return text;
    }
    let targets = cell.split(['"', '\'']).filter(|part| is_key_uri(part));
    targets.map(unescaped).next().unwrap_or(text)
}

fn without_tags(cell: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for character in cell.chars() {
        match character {
            '<' => is_tag = true,
            '>' if is_tag => is_tag = false,
            _ if !is_tag => text.push(character),
            _ => {}
        }
    }
    text.replace("&nbsp;", " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_cells_may_lack_their_end_tags() {
        let page = "<html><TABLE><tr><th>Issuer<th>Secret<TR class='a'><td>A &amp; B</td><td><b>KRUGS4ZA</b>\
                    <img src='data:image/png;base64,iVBO'></td></tr><track><tr></tr></table>";
        let sheet = Sheet::of_page(page, Opening::default());
        assert_eq!(sheet.columns, ["Issuer", "Secret"]);
        let rows: Vec<_> = sheet.rows.iter().map(|row| row.cells().to_vec()).collect();
        assert_eq!(rows, [["A & B", "KRUGS4ZA"]]);
    }

    #[test]
    fn pages_without_a_table_have_no_rows() {
        for page in ["<html>", "<html><tr", "<html><td>A</td>", "<html><tr><td", "<html><tr><td>\u{e9}</"] {
            let _ = Sheet::of_page(page, Opening::default());
        }
        assert!(Sheet::of_page("<html><p>Hello</p>", Opening::default()).rows.is_empty());
    }
}

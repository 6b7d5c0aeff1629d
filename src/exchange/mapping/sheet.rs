//! A text with delimiters as a sheet.

use super::columns::{by_name, is_like_a_key};
use super::{Sheet, SheetRow};
use crate::exchange::codecs::csv_table;
use crate::exchange::formats::otpauth_list::is_key_uri;

/// The field that RoboForm adds to a row for a one-time password: name, three empty parts, type, value.
const ROBOFORM_FIELD: &str = "TOTP KEY$";

impl Sheet {
    /// Reads a text with delimiters. The first line names the columns, unless it has a secret in it.
    pub(in crate::exchange) fn of_table(text: &str) -> Option<Self> {
        // One column without a name is prose. This is decided from the first line, before the rest is parsed.
        let head = csv_table::first_cells(text)?;
        if head.len() < 2 && head.iter().all(|cell| by_name(cell).is_none() && !cell.contains('"')) {
            return None;
        }
        let mut records = csv_table::records(text).ok()?;
        let first = records.first()?.clone();
        let is_data = first.iter().any(|cell| is_key_uri(cell) || is_like_a_key(cell));
        let has_names = !is_data && first.iter().any(|cell| by_name(cell).is_some());
        let columns = if has_names {
            records.remove(0)
        } else {
            if first.len() < 2 {
                return None;
            }
            (1..=first.len()).map(|number| number.to_string()).collect()
        };
        let rows = records.into_iter().enumerate();
        let rows = rows.map(|(index, cells)| SheetRow { row: index.saturating_add(1), cells }).collect();
        let mut sheet = Self { columns, rows };
        sheet.unfold_roboform();
        Some(sheet)
    }

    fn unfold_roboform(&mut self) {
        if !self.columns.iter().any(|name| name.eq_ignore_ascii_case("RfFieldsV2")) {
            return;
        }
        for row in &mut self.rows {
            let field = row.cells.iter().find(|cell| cell.starts_with(ROBOFORM_FIELD));
            let secret = field.and_then(|field| field.splitn(5, ',').nth(4)).unwrap_or_default().to_owned();
            row.cells.truncate(self.columns.len().saturating_sub(1));
            row.cells.resize(self.columns.len().saturating_sub(1), String::new());
            row.cells.push(secret);
        }
        if let Some(last) = self.columns.last_mut() {
            "totp".clone_into(last);
        }
    }
}

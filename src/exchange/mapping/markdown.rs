//! Finds the table in a Markdown document, as wikis and notes have it.

use super::MAX_LINES;
use super::columns::is_secret;
use crate::exchange::codecs::csv_table::{is_markdown, is_markdown_rule};

/// Returns the lines of the tables in a document that also has other lines. Returns `None` if there is no table, and if
/// another line contains a secret, which would be lost.
pub(super) fn table_in(text: &str) -> Option<String> {
    if !text.contains("\n|") {
        return None;
    }
    let mut table = String::new();
    let mut has_rule = false;
    for line in text.lines().take(MAX_LINES).map(str::trim) {
        if is_markdown(line) {
            has_rule |= is_markdown_rule(line);
            table.push_str(line);
            table.push('\n');
        } else if line.contains("://") || line.split_whitespace().any(is_secret) || is_secret(line) {
            return None;
        }
    }
    has_rule.then_some(table)
}

#[cfg(test)]
mod tests {
    use super::table_in;

    #[test]
    fn other_lines_are_left_out_unless_they_contain_a_secret() {
        let text = "# Codes\n\n| A | B |\n|---|:-:|\n| a | b |\n\nThat is all.\n";
        assert_eq!(table_in(text).as_deref(), Some("| A | B |\n|---|:-:|\n| a | b |\n"));
        assert_eq!(table_in(&format!("{text}And KRUGS4ZANFZSAYJA\n")), None);
        assert_eq!(table_in("a\n| b |\n"), None);
    }
}

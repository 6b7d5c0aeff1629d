//! Reads lines as a sheet: lines of `name: value` with known names, and lists of names and keys.

use super::columns::{by_name, is_like_a_key};
use super::tree::Record;
use super::{Field, MAX_LINE_BYTES, MAX_LINES, Sheet, SheetRow};
use crate::exchange::MAX_ROWS;
use crate::exchange::formats::otpauth_list::is_key_uri;
use crate::otp::SetupKey;

/// The maximum number of lines of `name: value` in a block.
const MAX_BLOCK_LINES: usize = 64;

impl Sheet {
    /// Reads lines of `name: value` or `name = value`, as gopass and configuration files have them. Each block of lines
    /// with a secret is a row. If there is only one, it gets the values of all blocks. A block ends at a blank line, at
    /// a line of dashes, at a heading in brackets, at the dash of a list item, and before a name that it already has,
    /// so that no row gets the settings of another.
    pub(super) fn of_named_lines(text: &str) -> Option<Self> {
        let mut blocks: Vec<Record> = vec![Record::new()];
        let mut heading_indent = None;
        let mut lines = text.lines().take(MAX_LINES).peekable();
        while let Some(line) = lines.next() {
            let indent = indent_of(line);
            let line = line.trim();
            // In YAML, a name above indented lines is that of an account, unless it is within one.
            let is_above = lines.peek().is_some_and(|next| indent_of(next) > indent);
            let is_nested = !is_above || heading_indent.is_some_and(|outer| indent > outer);
            if let Some(heading) = heading_of(line).filter(|_| !is_nested) {
                heading_indent = Some(indent);
                blocks.push(vec![("name".to_owned(), heading.to_owned())]);
                continue;
            }
            let item = line.strip_prefix("- ");
            if line.bytes().all(|byte| byte == b'-') || item.is_some() {
                blocks.push(Record::new());
            }
            if let Some(heading) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                // TOML's `[[accounts]]` is the name of the list.
                let is_list = heading.starts_with('[');
                let name = ("name".to_owned(), heading.trim().to_owned());
                blocks.push(if is_list { Record::new() } else { vec![name] });
                continue;
            }
            let Some((name, value)) = item.unwrap_or(line).split_once([':', '=']) else { continue };
            if value.starts_with("//") || by_name(name).is_none() {
                continue;
            }
            let value = without_quotes(value);
            // gopass takes the scheme of an address for the name of a value.
            let is_split = value.starts_with("//") && name.trim() == "otpauth";
            let value = if is_split { format!("otpauth:{value}") } else { value.to_owned() };
            let field = (name.trim().to_owned(), value);
            match blocks.last_mut() {
                Some(block) if block.len() < MAX_BLOCK_LINES && !block.iter().any(|(known, _)| *known == field.0) => {
                    block.push(field);
                }
                _ => blocks.push(vec![field]),
            }
        }
        if !blocks.iter().flatten().any(|(name, value)| is_key_by_name(name, value)) {
            return None;
        }
        // A block whose secret is empty or damaged is a row, too, so that it is reported.
        let is_row = |block: &Record| block.iter().any(|(name, _)| by_name(name) == Some(Field::Secret));
        if blocks.iter().filter(|block| is_row(block)).count() == 1 {
            blocks = vec![blocks.concat()];
        }
        let blocks =
            blocks.into_iter().filter(|block| !block.is_empty()).fold(Vec::new(), |mut rows: Vec<Record>, block| {
                match rows.last_mut().filter(|_| are_settings(&block)) {
                    Some(row) => row.extend(block),
                    None => rows.push(block),
                }
                rows
            });
        Some(Self::of_named(blocks.into_iter().filter(is_row).collect()))
    }

    /// Reads lines with a name and a key, separated by a colon, an equal sign or a space. Other lines are rows without
    /// a key. At least half of the lines must have one, because other texts may contain something that looks like it.
    pub(super) fn of_key_lines(text: &str) -> Option<Self> {
        if let Some(sheet) = Self::of_keychain(text) {
            return Some(sheet);
        }
        let lines = text.lines().enumerate().map(|(index, line)| (index.saturating_add(1), line.trim()));
        let lines =
            lines.filter(|(_, line)| !line.is_empty() && !line.starts_with(['#', ';']) && !line.starts_with("//"));
        let (mut rows, mut good) = (Vec::new(), 0_usize);
        for (number, line) in lines.take(MAX_ROWS.saturating_add(1)) {
            let (name, secret) = name_and_key(line).unwrap_or((line, ""));
            good = good.saturating_add(usize::from(!secret.is_empty()));
            rows.push(SheetRow::new(number, vec![name.to_owned(), secret.to_owned()]));
        }
        let columns = ["name", "secret"].map(str::to_owned).to_vec();
        let is_list = good > 0 && good.saturating_mul(2) >= rows.len();
        is_list.then_some(Self { columns, rows, names_in_first_row: None })
    }
}

impl Sheet {
    /// Reads the keychain of the program `2fa`, in which every line has a name, the number of digits, and a key, and
    /// those of HOTP have a counter of 20 digits.
    fn of_keychain(text: &str) -> Option<Self> {
        let mut rows = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let mut words = line.split_whitespace();
            let (name, digits, key) = (words.next()?, words.next()?, words.next()?);
            let counter = words.next().unwrap_or_default();
            let is_one = ["6", "7", "8"].contains(&digits)
                && SetupKey::read(key).is_ok_and(|read| !read.is_guess)
                && (counter.is_empty() || (counter.len() == 20 && counter.bytes().all(|byte| byte.is_ascii_digit())));
            if !is_one || words.next().is_some() || line.len() > MAX_LINE_BYTES || rows.len() > MAX_ROWS {
                return None;
            }
            let kind = if counter.is_empty() { "totp" } else { "hotp" };
            let cells = [name, digits, key, kind, counter].map(str::to_owned);
            rows.push(SheetRow::new(index.saturating_add(1), cells.to_vec()));
        }
        let columns = ["name", "digits", "secret", "type", "counter"].map(str::to_owned).to_vec();
        (!rows.is_empty()).then_some(Self { columns, rows, names_in_first_row: None })
    }
}

fn indent_of(line: &str) -> usize {
    line.len().saturating_sub(line.trim_start().len())
}

/// Returns whether a block consists of settings of a code, which belong to the account before them.
fn are_settings(block: &Record) -> bool {
    let is_one =
        |(name, _): &(String, String)| by_name(name).is_some_and(|field| field.is_setting() || field == Field::Kind);
    !block.is_empty() && block.iter().all(is_one)
}

/// Returns the name in a line such as `github:`, unless it is a known one, whose value is empty.
fn heading_of(line: &str) -> Option<&str> {
    let name = without_quotes(line.strip_suffix(':')?);
    let is_name = !name.is_empty() && name.len() < 100 && !name.contains([':', '=', ' ']) && by_name(name).is_none();
    is_name.then_some(name)
}

/// Returns whether a line has the name of a secret, and a value that can be one.
fn is_key_by_name(name: &str, value: &str) -> bool {
    by_name(name) == Some(Field::Secret) && (is_key_uri(value) || is_like_a_key(value))
}

fn without_quotes(value: &str) -> &str {
    let value = value.trim();
    let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    quoted.unwrap_or(value)
}

/// Splits a line at the last separator before a key. A key may contain spaces, and end with padding.
fn name_and_key(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_end_matches('=');
    if line.len() > MAX_LINE_BYTES {
        return None;
    }
    let pairs = [line.rsplit_once(':'), line.rsplit_once('='), line.rsplit_once(char::is_whitespace)];
    let mut pairs = pairs.into_iter().flatten().map(|(name, key)| (without_quotes(name), without_quotes(key)));
    // The options of a command may be settings of the code.
    let is_option = |word: &str| word.len() > 1 && word.starts_with('-') && !word.ends_with('-');
    pairs.find(|(name, key)| !name.is_empty() && is_like_a_key(key) && !name.split_whitespace().skip(1).any(is_option))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_keys_are_separated_in_several_ways() {
        for (line, expected) in [
            ("Shop: KRUGS4ZANFZSAYJA", Some(("Shop", "KRUGS4ZANFZSAYJA"))),
            ("Shop:ann: krug s4za nfzs ayja", Some(("Shop:ann", "krug s4za nfzs ayja"))),
            ("\"Shop\" = 'KRUGS4ZANFZSAYJA'", Some(("Shop", "KRUGS4ZANFZSAYJA"))),
            ("My Shop KRUGS4ZANFZSAYJA====", Some(("My Shop", "KRUGS4ZANFZSAYJA"))),
            ("KRUGS4ZANFZSAYJA", None),
            ("password: hunter2", None),
            ("totp -d 8 KRUGS4ZANFZSAYJA", None),
            ("Shop - ann - KRUGS4ZANFZSAYJA", Some(("Shop - ann -", "KRUGS4ZANFZSAYJA"))),
        ] {
            assert_eq!(name_and_key(line), expected, "{line}");
        }
    }

    #[test]
    fn a_keychain_has_digits_and_counters_in_every_line() {
        let text = "shop 8 mfrggzdfmztwq2lk\n\nbank 6 KRUGS4ZANFZSAYJA 00000000000000000041\n";
        let sheet = Sheet::of_key_lines(text).unwrap();
        assert_eq!(sheet.rows[0].cells(), ["shop", "8", "mfrggzdfmztwq2lk", "totp", ""]);
        assert_eq!((sheet.rows[1].row, sheet.rows[1].cells()[4].as_str()), (3, "00000000000000000041"));
        // In a list of names, a name may end in a number.
        let sheet = Sheet::of_key_lines("Windows 8 KRUGS4ZANFZSAYJA\nMy shop KRUGS4ZANFZSAYJA\n").unwrap();
        assert_eq!(sheet.rows[0].cells(), ["Windows 8", "KRUGS4ZANFZSAYJA"]);
    }

    #[test]
    fn settings_below_a_blank_line_or_a_title_belong_to_the_account_before_them() {
        for between in ["\n", "Settings:\n", "\n---\n"] {
            let text =
                format!("name: a\nsecret: KRUGS4ZANFZSAYJA\n{between}digits: 8\n\nname: b\nsecret: MFRGGZDFMZTWQ2LK\n");
            let sheet = Sheet::of_named_lines(&text).unwrap();
            assert_eq!(sheet.columns, ["name", "secret", "digits"], "{text}");
            assert_eq!(sheet.rows[0].cells(), ["a", "KRUGS4ZANFZSAYJA", "8"], "{text}");
            assert_eq!(sheet.rows[1].cells(), ["b", "MFRGGZDFMZTWQ2LK"], "{text}");
        }
    }

    #[test]
    fn prose_with_one_key_is_not_a_list() {
        let prose = "Dear Ann,\nplease use this key: KRUGS4ZANFZSAYJA\nKind regards\nBob\n";
        assert!(Sheet::of_key_lines(prose).is_none());
    }
}

//! Guesses what a column contains, from its name and from its cells.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::localized_names::LOCALIZED;
use super::names::{DELETED, NAMES, PINNED, PREFIXES};
use super::{Field, Sheet, SheetRow};
use crate::exchange::codecs::encoding::{base64_key, hex_key};
use crate::exchange::formats::otpauth_list::is_key_uri;
use crate::otp::{Algorithm, SetupKey, is_base64, is_hex};

/// The number of characters of a column name that are compared. In a damaged file, a name may have many megabytes.
const MAX_NAME_CHARACTERS: usize = 256;

/// The maximum length of a setup key including spaces, in bytes.
const MAX_KEY_BYTES: usize = 4096;

/// Converts a name to lower case and removes spaces and punctuation.
fn plain(name: &str) -> String {
    name.chars()
        .take(MAX_NAME_CHARACTERS)
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(64)
        .collect()
}

/// All known names. If several lists contain a name, the first one applies.
static KNOWN: LazyLock<HashMap<&'static str, Field>> = LazyLock::new(|| {
    let marks: [(Field, &[&str]); 2] = [(Field::Pinned, &PINNED), (Field::Deleted, &DELETED)];
    let named = NAMES.iter().chain(&marks).flat_map(|(field, names)| names.iter().map(|name| (*name, *field)));
    let localized = LOCALIZED.iter().flat_map(|(field, names)| names.split_whitespace().map(|name| (name, *field)));
    let mut known = HashMap::new();
    for (name, field) in named.chain(localized) {
        known.entry(name).or_insert(field);
    }
    known
});

/// Returns the meaning of a column's name, if it is known.
pub(super) fn by_name(name: &str) -> Option<Field> {
    let name = plain(name);
    let known = |name: &str| KNOWN.get(name).copied();
    // 1Password's old export names the field after its id.
    if name.strip_prefix("totp").is_some_and(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        return Some(Field::Secret);
    }
    if encoding_in(&name).is_some_and(|(_, rest)| known(rest) == Some(Field::Secret)) {
        return Some(Field::Secret);
    }
    known(&name).or_else(|| {
        PREFIXES.iter().find_map(|prefix| {
            let rest = name.strip_prefix(prefix)?;
            known(rest).or_else(|| PREFIXES.iter().find_map(|prefix| known(rest.strip_prefix(prefix)?)))
        })
    })
}

/// An encoding of keys that a column name can contain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Hex,
    Base64,
    /// Steam's own: base64 of 20 bytes.
    Steam,
}

/// Returns the encoding in a name such as `secret (hex)`, and the name without it.
fn encoding_in(name: &str) -> Option<(Encoding, &str)> {
    if name == "sharedsecret" {
        return Some((Encoding::Steam, name));
    }
    let words = [("base64", Encoding::Base64), ("b64", Encoding::Base64), ("hex", Encoding::Hex)];
    words.into_iter().find_map(|(word, encoding)| {
        let rest = name.strip_prefix(word).or_else(|| name.strip_suffix(word))?;
        Some((encoding, rest))
    })
}

/// Returns whether a name says that its keys are not in base32.
pub(super) fn names_an_encoding(name: &str) -> bool {
    let name = plain(name);
    encoding_in(&name).is_some() && by_name(&name) == Some(Field::Secret)
}

/// Returns the key in base32 if the name says that the text has another encoding.
pub(in crate::exchange) fn base32_of(name: &str, text: &str) -> Option<String> {
    let name = plain(name);
    let (encoding, _) = encoding_in(&name).filter(|_| by_name(&name) == Some(Field::Secret))?;
    let key = match encoding {
        Encoding::Hex => hex_key(text),
        Encoding::Steam if !is_base64(text) => return None,
        Encoding::Base64 | Encoding::Steam => base64_key(text),
    };
    let prefix = if encoding == Encoding::Steam { "stm-" } else { "" };
    key.ok().map(|key| format!("{prefix}{}", key.to_base32().expose()))
}

/// Returns whether a name is that of a secret. Programs number repeated names.
pub(in crate::exchange) fn is_named_a_secret(name: &str) -> bool {
    is_named(name.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' '), Field::Secret)
        || is_named(name, Field::Secret)
}

/// Returns whether a name has this meaning.
pub(in crate::exchange) fn is_named(name: &str, field: Field) -> bool {
    by_name(name) == Some(field)
}

/// Returns the meaning of each column.
pub(super) fn map(sheet: &Sheet) -> Vec<Field> {
    let width = sheet.rows.iter().map(|row| row.cells().len()).max().unwrap_or(0).max(sheet.columns.len());
    let mut mapping: Vec<Field> = (0..width)
        .map(|column| {
            let named = sheet.columns.get(column).and_then(|name| by_name(name));
            named.filter(|field| *field != Field::Secret || !is_foreign(sheet, column)).unwrap_or(Field::Other)
        })
        .collect();
    if !mapping.contains(&Field::Secret) {
        let by_content = (0..width).find(|column| holds_secrets(sheet, *column));
        if let Some(field) = by_content.and_then(|column| mapping.get_mut(column)) {
            *field = Field::Secret;
        }
    }
    if !mapping.contains(&Field::Secret) {
        map_hexadecimal(sheet, &mut mapping);
    }
    map_settings(sheet, &mut mapping);
    name_by_position(sheet, &mut mapping);
    mapping
}

fn cells(sheet: &Sheet, column: usize) -> impl Iterator<Item = &str> {
    let cells = sheet.rows.iter().filter_map(move |row| row.cells().get(column));
    cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
}

/// Returns whether a column has the name of a secret, but contains only web addresses or numbers such as current codes.
fn is_foreign(sheet: &Sheet, column: usize) -> bool {
    let is_other =
        |cell: &str| cell.starts_with("http") || (cell.len() <= 10 && cell.bytes().all(|b| b.is_ascii_digit()));
    let mut cells = cells(sheet, column).peekable();
    cells.peek().is_some() && cells.all(is_other)
}

/// Returns whether most of a column's cells are key URIs or look like setup keys.
fn holds_secrets(sheet: &Sheet, column: usize) -> bool {
    most(cells(sheet, column))
}

/// Returns whether most of these cells are key URIs or look like setup keys.
pub(super) fn most<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let (mut good, mut all) = (0_usize, 0_usize);
    for cell in cells {
        all = all.saturating_add(1);
        good = good.saturating_add(usize::from(is_secret(cell)));
    }
    good > 0 && good.saturating_mul(2) >= all
}

/// Returns whether a cell is a key URI or looks like a setup key.
pub(super) fn is_secret(cell: &str) -> bool {
    is_key_uri(cell) || is_like_a_key(cell)
}

/// Returns whether a text is base32 as issuers display it: at least 16 characters, in upper case or with digits. Prose
/// is not.
pub(in crate::exchange) fn is_like_a_key(text: &str) -> bool {
    if text.len() > MAX_KEY_BYTES {
        return false;
    }
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_one_case = !compact.contains(char::is_lowercase)
        || (!compact.contains(char::is_uppercase) && compact.contains(|c: char| c.is_ascii_digit()));
    compact.len() >= 16 && is_one_case && SetupKey::read(text).is_ok_and(|read| !read.is_guess)
}

/// Maps the first column with hexadecimal keys, in a table with a column that contains only types. Without this sign,
/// they may be checksums or identifiers.
fn map_hexadecimal(sheet: &Sheet, mapping: &mut [Field]) {
    let are_all = |column: usize, is_one: fn(&str) -> bool| {
        let mut cells = cells(sheet, column).peekable();
        cells.peek().is_some() && cells.all(is_one)
    };
    let is_kind = |cell: &str| ["totp", "hotp"].iter().any(|kind| cell.eq_ignore_ascii_case(kind));
    let is_key = |cell: &str| cell.len() >= 20 && SetupKey::hexadecimal(cell).is_some();
    if !(0..mapping.len()).any(|column| are_all(column, is_kind)) {
        return;
    }
    let column = (0..mapping.len()).find(|column| are_all(*column, is_key));
    column.and_then(|column| mapping.get_mut(column)).into_iter().for_each(|field| *field = Field::Secret);
}

/// Returns the setting that a cell must be, assuming that its table contains one-time passwords.
fn setting(cell: &str) -> Option<Field> {
    let plain = cell.trim_end_matches(".0").to_ascii_lowercase();
    match plain.as_str() {
        "4" | "5" | "6" | "7" | "8" | "9" | "10" => Some(Field::Digits),
        "15" | "30" | "45" | "60" | "90" | "120" => Some(Field::Period),
        "totp" | "hotp" | "steam" => Some(Field::Kind),
        name if name.contains("sha") && name.parse::<Algorithm>().is_ok() => Some(Field::Algorithm),
        _ => None,
    }
}

/// Finds the columns with an unknown name that can only be settings. Without them, all codes of an eight-digit account
/// would be wrong.
fn map_settings(sheet: &Sheet, mapping: &mut [Field]) {
    let Some(secret) = mapping.iter().position(|field| *field == Field::Secret) else { return };
    // Other rows, such as headings, do not have settings.
    let is_one = |cell: &str| is_secret(cell) || is_hex(cell);
    let has_secret = |row: &&SheetRow| row.cells().get(secret).is_some_and(|cell| is_one(cell.trim()));
    let mut rows: Vec<&SheetRow> = sheet.rows.iter().filter(has_secret).collect();
    if rows.is_empty() {
        rows.extend(&sheet.rows);
    }
    let cells = |column: usize| {
        let cells = rows.iter().filter_map(move |row| row.cells().get(column));
        cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    };
    for column in 0..mapping.len() {
        let mut settings = cells(column).map(setting);
        let Some(Some(field)) = settings.next() else { continue };
        let is_free = mapping.get(column) == Some(&Field::Other) && !mapping.contains(&field);
        // Other numbers of digits are so rare that the column may be anything, for example a position.
        let has_usual = field != Field::Digits || cells(column).any(|cell| cell.starts_with(['6', '7', '8']));
        if is_free && has_usual && settings.all(|other| other == Some(field)) {
            mapping.get_mut(column).into_iter().for_each(|mapped| *mapped = field);
        }
    }
    map_counter(sheet, mapping);
}

/// Finds the counters if the table has types and no column with the name of a counter: the only other column that
/// contains a number in exactly the rows of HOTP. With the counter 0, the codes of a used account would be wrong.
fn map_counter(sheet: &Sheet, mapping: &mut [Field]) {
    let Some(kinds) = mapping.iter().position(|field| *field == Field::Kind) else { return };
    if mapping.contains(&Field::Counter) {
        return;
    }
    let cell = |row: &SheetRow, column: usize| row.cells().get(column).map_or("", |cell| cell.trim()).to_owned();
    let is_event_based = |row: &SheetRow| is_event_based(&cell(row, kinds).to_lowercase());
    let holds_counters = |column: usize| {
        let is_number = |row: &SheetRow| cell(row, column).trim_end_matches(".0").parse::<u64>().is_ok();
        let of_others = |row: &SheetRow| matches!(cell(row, column).as_str(), "" | "0" | "-");
        sheet.rows.iter().all(|row| if is_event_based(row) { is_number(row) } else { of_others(row) })
    };
    if !sheet.rows.iter().any(is_event_based) {
        return;
    }
    let free = (0..mapping.len()).filter(|column| mapping.get(*column) == Some(&Field::Other));
    let mut found = free.filter(|column| holds_counters(*column));
    if let (Some(column), None) = (found.next(), found.next()) {
        mapping.get_mut(column).into_iter().for_each(|mapped| *mapped = Field::Counter);
    }
}

/// Returns whether a type, in lower case, is that of codes from a counter.
pub(super) fn is_event_based(kind: &str) -> bool {
    let words = [
        "counter",
        "event",
        "zähler",
        "ereignis",
        "compteur",
        "contador",
        "contatore",
        "licznik",
        "счетчик",
        "счётчик",
        "sayaç",
        "počítadl",
        "teller",
        "计数",
        "計數",
        "カウンタ",
        "カウント",
        "카운터",
    ];
    // The OATH toolkit writes `HOTP/T30` for codes from the time.
    kind == "hmac" || words.iter().any(|word| kind.contains(word)) || (kind.contains("hotp") && !kind.contains("/t"))
}

/// Returns whether the column of types contains different numbers. Programs number the types differently.
pub(super) fn has_numbered_kinds(sheet: &Sheet, mapping: &[Field]) -> bool {
    let position = |field| mapping.iter().position(|mapped| *mapped == field);
    let Some((column, secret)) = position(Field::Kind).zip(position(Field::Secret)) else { return false };
    // In a password manager's file, entries of other types have no secret.
    let has_secret = |row: &&SheetRow| row.cells().get(secret).is_some_and(|cell| !cell.trim().is_empty());
    let kinds = sheet.rows.iter().filter(has_secret).filter_map(|row| row.cells().get(column));
    let mut numbers = kinds.map(|cell| cell.trim()).filter(|cell| is_number(cell));
    numbers.next().is_some_and(|first| numbers.any(|other| other != first))
}

/// Returns whether a text consists of digits.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the column that shifts the time from which the codes are generated, which is not supported.
pub(super) fn offset(sheet: &Sheet) -> Option<usize> {
    let names = ["offset", "timeoffset", "clockoffset", "timeshift", "diff", "timediff", "t0"];
    sheet.columns.iter().position(|name| names.contains(&plain(name).as_str()))
}

/// Maps columns without known names: the first text columns besides the secret are the issuer and the account name.
fn name_by_position(sheet: &Sheet, mapping: &mut [Field]) {
    let is_named = |field: &Field| matches!(field, Field::Issuer | Field::Account | Field::Label);
    if mapping.iter().any(is_named) {
        return;
    }
    let is_text = |cell: &str| cell.contains(char::is_alphabetic) && !cell.contains("://") && cell.len() < 100;
    let is_free = |column: &usize| mapping.get(*column) == Some(&Field::Other);
    let texts = (0..mapping.len()).filter(is_free).filter(|column| cells(sheet, *column).next().is_some_and(is_text));
    let texts: Vec<usize> = texts.take(2).collect();
    let has = |column: usize, mark: char| {
        let (with, all) = cells(sheet, column).fold((0_usize, 0_usize), |(with, all), cell| {
            (with.saturating_add(usize::from(cell.contains(mark))), all.saturating_add(1))
        });
        with.saturating_mul(2) > all
    };
    let fields = match texts.as_slice() {
        [one] if has(*one, '@') => vec![(*one, Field::Account)],
        [one] if has(*one, ':') => vec![(*one, Field::Label)],
        [one] => vec![(*one, Field::Issuer)],
        [first, second] if has(*first, '@') && !has(*second, '@') => {
            vec![(*first, Field::Account), (*second, Field::Issuer)]
        }
        [first, second] => vec![(*first, Field::Issuer), (*second, Field::Account)],
        _ => Vec::new(),
    };
    for (column, field) in fields {
        mapping.get_mut(column).into_iter().for_each(|mapped| *mapped = field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_programs_and_languages_are_known() {
        for (name, field) in [
            ("login_totp", Field::Secret),
            ("OTPAuth", Field::Secret),
            ("One-time password", Field::Secret),
            ("website_password_totp_code", Field::Secret),
            ("website_password_totp_digits", Field::Digits),
            ("website_password_title", Field::Issuer),
            ("User Name", Field::Account),
            ("密钥", Field::Secret),
            ("Clé secrète", Field::Secret),
            ("Geheimer Schlüssel", Field::Secret),
            ("Секретный ключ", Field::Secret),
            ("Time Interval", Field::Period),
            ("hash_algorithm", Field::Algorithm),
            ("Favourite", Field::Pinned),
        ] {
            assert_eq!(by_name(name), Some(field), "{name}");
        }
        assert_eq!(by_name("reprompt"), None);
    }

    #[test]
    fn prose_and_words_are_not_mistaken_for_keys() {
        for text in ["hello my dear friends", "ABCDEFGH", "correcthorsebatterystaple", "Mixed Case Words And Names"] {
            assert!(!is_like_a_key(text), "{text}");
        }
        for text in ["JBSWY3DPEHPK3PXP", "jbsw y3dp ehpk 3pxp", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ===="] {
            assert!(is_like_a_key(text), "{text}");
        }
    }
}

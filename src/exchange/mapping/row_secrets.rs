//! Finds the secrets in the cells of a row.

use std::borrow::Cow;

use super::columns::is_like_a_key;
use super::{Field, MAX_SECRETS, Mapping, Sheet, SheetRow};
use crate::exchange::codecs::json;
use crate::exchange::formats::otpauth_list::is_key_uri;
use crate::exchange::{Reason, embedded_uris, entry_codes};
use crate::otp::{Key, KeyUri, addresses, lines};

/// Returns the key URIs in a cell that begins with one, or that contains them, such as a list of fields in one cell.
fn uris_of(cell: &str) -> Vec<Cow<'_, str>> {
    let fields = if cell.starts_with(['{', '[']) { json::parse(cell.as_bytes()).ok() } else { None };
    if let Some(fields) = fields {
        let codes = entry_codes::codes(Vec::new(), &[&fields]);
        // A field that cannot be read becomes a URI that cannot be read, so that its row is reported.
        let uri = |code: Result<Cow<'_, str>, Reason>| code.map_or("otpauth://totp/".into(), Cow::into_owned);
        return codes.into_iter().map(uri).map(Cow::Owned).collect();
    }
    if is_key_uri(cell) {
        return addresses(cell).into_iter().map(Cow::Borrowed).collect();
    }
    if !cell.contains("otpauth:") {
        return Vec::new();
    }
    let within = embedded_uris::find_uris(cell);
    lines(within.as_deref().unwrap_or(cell)).into_iter().map(|(_, line)| Cow::Owned(line)).collect()
}

/// The secrets of a row, usually one.
pub(super) struct Secrets<'a> {
    /// The key URIs or bare keys of the account that the row is about.
    pub(super) own: Vec<Cow<'a, str>>,
    /// Key URIs within notes and lists of custom fields. The other cells of the row do not apply to them.
    pub(super) stray: Vec<Cow<'a, str>>,
}

impl Secrets<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty() && self.stray.is_empty()
    }
}

/// Returns the secrets of a row: its key URIs, first from the mapped columns and then from any, or else its bare keys,
/// and the key URIs within longer texts. A column that the user chose as the secret has priority, and a column that the
/// user chose as something else is not searched.
pub(super) fn secrets<'a>(row: &'a SheetRow, mapping: &'a Mapping) -> Secrets<'a> {
    let mapped = || Sheet::cells(row, mapping, Field::Secret);
    let others = || {
        let cells = row.cells().iter().enumerate().filter(|(column, _)| !mapping.chosen.contains(column));
        cells.map(|(_, cell)| cell.trim()).filter(|_| !mapping.has_chosen_secret())
    };
    let mut own = uris(mapped().chain(others().filter(|cell| is_key_uri(cell))));
    let mut stray = uris(others().filter(|cell| !is_key_uri(cell)));
    let key = |uri: &str| KeyUri::read(uri).ok().map(|read| read.uri.otp.key);
    if own.is_empty() {
        own = bare_keys(mapped());
        // A URI with the row's own key also has its settings.
        let keys: Vec<Key> = own.iter().filter_map(|cell| Key::from_base32(cell).ok()).collect();
        let (same, others) = stray.into_iter().partition(|uri| key(uri).is_some_and(|key| keys.contains(&key)));
        stray = others;
        let same: Vec<Cow<'a, str>> = same;
        own.retain(|cell| !same.iter().any(|uri| key(uri).is_some_and(|key| Key::from_base32(cell) == Ok(key))));
        own.extend(same);
    } else {
        let known: Vec<_> = own.iter().filter_map(|uri| KeyUri::read(uri).ok()).map(|read| read.uri.otp).collect();
        stray.retain(|uri| !own.contains(uri) && !KeyUri::read(uri).is_ok_and(|read| known.contains(&read.uri.otp)));
    }
    Secrets { own, stray }
}

/// Returns the first of some cells, and those of the others that look like a key and are not the same key in another
/// notation.
fn bare_keys<'a>(mut cells: impl Iterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let first = cells.next();
    let mut of_first = first.map(keys_of_lines).unwrap_or_default().into_iter();
    let mut bare: Vec<Cow<'a, str>> = of_first.next().map(Cow::Borrowed).into_iter().collect();
    for cell in of_first.chain(cells.flat_map(keys_of_lines)).filter(|cell| is_like_a_key(cell)) {
        let key = Key::from_base32(cell).ok();
        if bare.len() < MAX_SECRETS && !bare.iter().any(|known| Key::from_base32(known).ok() == key) {
            bare.push(Cow::Borrowed(cell));
        }
    }
    bare
}

/// The minimum length of a line that is a whole key, if a cell has several lines. Shorter lines are the groups of one
/// key.
const WHOLE_KEY: usize = 26;

/// Returns the keys in a cell. If every line of it is a key, they are different keys, not the groups of one.
fn keys_of_lines(cell: &str) -> Vec<&str> {
    let lines: Vec<&str> = cell.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_SECRETS).collect();
    let are_whole = lines.len() > 1 && lines.iter().all(|line| line.len() >= WHOLE_KEY && is_like_a_key(line));
    if are_whole { lines } else { vec![cell] }
}

/// Returns the key URIs in these cells, except those with the same codes as another.
fn uris<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<Cow<'a, str>> {
    let mut uris: Vec<Cow<'a, str>> = Vec::new();
    let mut codes = Vec::new();
    for uri in cells.flat_map(uris_of).filter(|uri| is_key_uri(uri)) {
        if uris.len() >= MAX_SECRETS || uris.contains(&uri) {
            continue;
        }
        let otp = KeyUri::read(&uri).ok().map(|read| read.uri.otp);
        if otp.is_none() || !codes.contains(&otp) {
            uris.push(uri);
            codes.push(otp);
        }
    }
    uris
}

/// Returns whether one of a row's other key URIs has this key.
pub(super) fn is_of_another(key: &Key, secrets: &[Cow<'_, str>]) -> bool {
    secrets.len() > 1 && secrets.iter().any(|uri| KeyUri::read(uri).is_ok_and(|read| read.uri.otp.key == *key))
}

//! Detects the format of a file from its content.
//!
//! The checks run in this order: magic bytes; JSON by its keys; XML preferences by their entries; CSV by its header; a
//! list of URIs; base64; URIs anywhere in a text; and finally encrypted files without any signature.

use super::codecs::sqlite::{self, Database};
use super::codecs::zip_archive::{self, Archive};
use super::codecs::{android_preferences, csv_table, encoding, json, sqlcipher};
use super::formats::{andotp, otp_auth, otpauth_list};
use super::mapping::{self, Opening, Sheet};
use super::registry::Detect;
use super::{ExchangeError, Format, MAX_IMPORT_BYTES, container, embedded_uris};

/// Returns the format of a file, detected from its bytes alone. The file name is not considered.
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    if bytes.len() > MAX_IMPORT_BYTES {
        return None;
    }
    sniff_plain(&container::unwrap(bytes).ok()?)
}

/// Returns the format of a file that is not wrapped.
pub(super) fn sniff_plain(bytes: &[u8]) -> Option<Format> {
    match bytes {
        _ if bytes.starts_with(sqlite::MAGIC) => return sniff_database(bytes),
        _ if bytes.starts_with(zip_archive::MAGIC) => return sniff_archive(bytes),
        _ if json::is_json(bytes) => {
            let document = json::parse(bytes).ok()?;
            return sniff_json(&document)
                .or_else(|| sniff_sheet(&Sheet::of_json(&document, Opening::default())))
                .or_else(|| otpauth_list::sniff_within_json(&document));
        }
        _ => {}
    }
    let magic = Format::with_mark(|mark| matches!(mark, Detect::Magic(magic) if bytes.starts_with(magic)));
    if magic.is_some() {
        return magic;
    }
    if otp_auth::is_one(bytes) {
        return Some(Format::OtpAuth);
    }
    // The text is decoded once, and all checks share it.
    match encoding::text_of_any_encoding(bytes) {
        Some(text) if android_preferences::is_xml(&text) => sniff_xml(&text),
        Some(text) => sniff_text(&text),
        None => sniff_unmarked(bytes),
    }
}

fn sniff_xml(text: &str) -> Option<Format> {
    let entries = match android_preferences::read_text(text) {
        // A document that exceeds the limits for preferences also exceeds those for any other XML.
        Err(ExchangeError::TooComplex | ExchangeError::TooManyRows) => return None,
        entries => entries.unwrap_or_default(),
    };
    Format::with_mark(|mark| matches!(mark, Detect::Preferences(is_one) if is_one(&entries)))
        .or_else(|| Format::with_mark(|mark| matches!(mark, Detect::Text(is_one) if is_one(text))))
        .or_else(|| sniff_sheet(&Sheet::of_text(text, Opening::default())?))
        .or_else(|| otpauth_list::sniff_within(text))
}

fn sniff_text(text: &str) -> Option<Format> {
    if embedded_uris::is_page(text) {
        return otpauth_list::sniff_within(text).or_else(|| sniff_sheet(&Sheet::of_text(text, Opening::default())?));
    }
    let sniff_table =
        || if mapping::names_a_secret(text) { sniff_sheet(&Sheet::of_table(text, Opening::default())?) } else { None };
    sniff_csv(text)
        // A cell may consist of several lines with URIs.
        .or_else(sniff_table)
        .or_else(|| otpauth_list::sniff(text))
        .or_else(|| Format::with_mark(|mark| matches!(mark, Detect::Text(is_one) if is_one(text))))
        .or_else(|| sniff_sheet(&Sheet::of_text(text, Opening::default())?))
        .or_else(|| otpauth_list::sniff_within(text))
}

/// Detects a table or list of an unknown program with values that look like secrets.
fn sniff_sheet(sheet: &Sheet) -> Option<Format> {
    mapping::guess(sheet).map(|_| Format::Table)
}

/// Detects files that are encrypted from the first byte: andOTP's by its number of rounds, Authenticator Plus's
/// database by its length in whole pages. Other such files cannot be recognized.
fn sniff_unmarked(bytes: &[u8]) -> Option<Format> {
    match bytes {
        _ if !andotp::may_be_sealed(bytes) => None,
        _ if andotp::has_rounds(bytes) => Some(Format::AndOtp),
        _ if sqlcipher::may_be_one(bytes) => Some(Format::AuthenticatorPlus),
        _ => None,
    }
}

fn sniff_database(bytes: &[u8]) -> Option<Format> {
    let database = Database::open(bytes).ok()?;
    let tables = ["authenticator", "accounts"].map(|name| Some((name, database.table(name).ok()??)));
    tables.into_iter().flatten().find_map(|(name, table)| {
        Format::with_mark(|mark| matches!(mark, Detect::Table(of, is_one) if *of == name && is_one(&table)))
    })
}

pub(super) fn sniff_archive(bytes: &[u8]) -> Option<Format> {
    let mut archive = Archive::open(bytes).ok()?;
    let by_member = |mark: &Detect| matches!(mark, Detect::Member(member) if archive.find(member).is_some());
    let known = Format::with_mark(by_member)
        .or_else(|| Format::with_mark(|mark| matches!(mark, Detect::Archive(is_one) if is_one(&archive))));
    if known.is_some() {
        return known;
    }
    if let Some(member) = archive.find("data.json") {
        // Several programs use this file name, so the content decides.
        return sniff_json(&json::parse(&archive.read(&member, None).ok()?).ok()?);
    }
    sniff_sheet(&Sheet::of_workbook(&mut archive, Opening::default()).ok()?)
}

fn sniff_json(value: &json::Value) -> Option<Format> {
    if let Some(items) = value.as_array() {
        return items
            .iter()
            .take(8)
            .find_map(|item| Format::with_mark(|mark| matches!(mark, Detect::Item(is_one) if is_one(item))));
    }
    Format::with_mark(|mark| matches!(mark, Detect::Json(is_one) if is_one(value)))
        .or_else(|| Format::with_mark(|mark| matches!(mark, Detect::LooseJson(is_one) if is_one(value))))
}

fn sniff_csv(text: &str) -> Option<Format> {
    let header = csv_table::header(text)?;
    Format::with_mark(|mark| matches!(mark, Detect::Csv(is_one) if is_one(&header)))
}

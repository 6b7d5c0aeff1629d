//! Lists of key URIs, one per line. Most programs export this as "plain text", including Ente Auth and WinAuth.
//!
//! | line | read as |
//! |---|---|
//! | `otpauth://`, `apple-otpauth://`, `steam://` | an account |
//! | the same with `codeDisplay={…}` (Ente) | an account with tags, note, pin and usage; skipped if it is in the trash |
//! | the same with markers of other programs | see [`KeyUri::read`] |
//! | `otpauth-migration://` | the accounts in that QR code |
//! | `motp://`, `otpauth://yaotp/…` | skipped with a reason |
//! | blank, or beginning with `#` | ignored |
//!
//! The text may be UTF-8 or UTF-16, with or without a byte order mark, or in a legacy encoding, with LF or CRLF. The
//! position of a row is its line number. For URIs inside other text, see `embedded_uris`, which returns each URI as a
//! line. In a zip archive of WinAuth, the text file is read.

use super::account_fields::steam_by_issuer;
use super::embedded_uris::MAX_URI_BYTES;
use super::google_migration::{self, Batches};
use super::json::{self, Value};
use super::report::Rows;
use super::zip_archive::Archive;
use super::{ExchangeError, Format, Imported, Reason, Report, embedded_uris, encoding, winauth};
use crate::charset;
use crate::exchange::mapping::is_like_a_key;
use crate::exchange::registry::{Detect, Entry, Export, Read};
use crate::otp::{KeyUri, OtpError, from_quoted_printable, lines, percent_decode};
use crate::secret::{Entropy, Secret};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "otpauth",
    title: "List of otpauth:// addresses",
    detect: &[],
    read: Read::Plain(|bytes| read(bytes, Format::Otpauth)),
    export: Some(Export::DEFAULT),
    write: |it| Ok(write(it.accounts).into_bytes()),
    ..Entry::DEFAULT
};

pub(in crate::exchange) const MIGRATION: Entry = Entry {
    id: "google-migration",
    title: "Google Authenticator",
    detect: &[],
    read: Read::Plain(|bytes| read(bytes, Format::GoogleMigration)),
    export: Some(Export { holds: google_migration::holds, ..Export::DEFAULT }),
    write: |mut it| {
        let batch_id = u32::from_be_bytes(it.entropy.generate());
        Ok(google_migration::write(it.accounts, batch_id).join("\n").into_bytes())
    },
    ..Entry::DEFAULT
};

pub(in crate::exchange) const WINAUTH: Entry = Entry {
    id: "winauth",
    title: "WinAuth",
    detect: &[Detect::Archive(sniff_archive), Detect::Text(winauth::is_configuration)],
    read: Read::Plain(|bytes| match encoding::text(bytes).filter(|text| winauth::is_configuration(text)) {
        Some(text) => winauth::read(&text),
        None => read(bytes, Format::WinAuth),
    }),
    read_zip: Some(read_zip),
    ..Entry::DEFAULT
};

/// Maximum number of lines including blank ones: ten times the maximum number of rows.
const MAX_LINES: usize = 200_000;

/// Returns the format of a list, or `None` if no line begins with a supported scheme.
pub(in crate::exchange) fn sniff(text: &str) -> Option<Format> {
    let mut found = None;
    for line in text.lines().take(MAX_LINES).filter(|line| !line.is_empty() && is_uri(line)) {
        let format = match line {
            _ if starts(line, "otpauth-migration://") => Format::GoogleMigration,
            _ if line.len() > MAX_URI_BYTES => Format::Otpauth,
            _ if line.contains("codeDisplay=") => return Some(Format::Ente),
            _ if line.contains("&deviceid=") => return Some(Format::WinAuth),
            _ => Format::Otpauth,
        };
        found = if found.is_none_or(|before| before == format) { Some(format) } else { Some(Format::Otpauth) };
    }
    found
}

/// Returns the format like [`sniff`], for a text with URIs that are not on their own lines.
pub(in crate::exchange) fn sniff_within(text: &str) -> Option<Format> {
    embedded_uris::find_uris(text).and_then(|lines| sniff(&lines))
}

/// Returns the format like [`sniff`], for a JSON document that contains URIs.
pub(in crate::exchange) fn sniff_within_json(document: &Value) -> Option<Format> {
    embedded_uris::within_json(document).and_then(|lines| sniff(&lines))
}

/// Returns whether a text is the URI of a single account.
pub(in crate::exchange) fn is_key_uri(text: &str) -> bool {
    is_uri(text) && !starts(text, "otpauth-migration://")
}

fn is_uri(line: &str) -> bool {
    let line = line.trim_start();
    ["otpauth://", "apple-otpauth://", "otpauth-migration://", "steam://", "motp://"].iter().any(|s| starts(line, s))
}

fn starts(line: &str, scheme: &str) -> bool {
    line.trim_start().get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
}

/// Recognizes an archive with a single text file. WinAuth names the text file after the archive, so it may have any
/// name.
pub(in crate::exchange) fn sniff_archive(archive: &Archive<'_>) -> bool {
    archive.has_single_member() && archive.find(".txt").is_some()
}

/// Reads the text file in WinAuth's archive.
pub(in crate::exchange) fn read_zip(
    archive: &mut Archive<'_>,
    password: Option<&Secret<String>>,
) -> Result<Report, ExchangeError> {
    let member = archive.find(".txt").ok_or(ExchangeError::Damaged("text"))?;
    read(&archive.read(&member, password)?, Format::WinAuth)
}

/// Reads a list.
pub(in crate::exchange) fn read(bytes: &[u8], format: Format) -> Result<Report, ExchangeError> {
    let text = encoding::unicode_text(bytes).unwrap_or_else(|| charset::decode(bytes, charset::Source::File));
    read_text(&encoding::with_line_feeds(text), format)
}

/// Reads a list that is already decoded to text.
pub(in crate::exchange) fn read_text(text: &str, format: Format) -> Result<Report, ExchangeError> {
    let decoded = from_quoted_printable(text);
    let text = decoded.as_deref().unwrap_or(text);
    let within = embedded_uris::find_uris(text);
    let text = within.as_deref().unwrap_or(text);
    let mut rows = Rows::new(format);
    let mut batches = Batches::default();
    if text.lines().nth(MAX_LINES).is_some() {
        return Err(ExchangeError::TooManyRows);
    }
    for (row, line) in lines(text) {
        let line = line.as_str();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line.contains(char::REPLACEMENT_CHARACTER) {
            rows.push(row, Err(Reason::Text))?;
        } else if starts(line, "otpauth-migration://") {
            batches.read((format != Format::GoogleMigration).then_some(row), line, &mut rows)?;
        } else {
            let account = account(row, line);
            rows.push(row, if format == Format::WinAuth { account.map(label_as_issuer) } else { account })?;
        }
    }
    batches.report_missing(&mut rows)?;
    Ok(rows.finish())
}

/// Uses the label as the issuer. WinAuth writes only one name, which describes what the account is for.
fn label_as_issuer(mut account: Imported) -> Imported {
    if account.uri.issuer.is_empty() {
        account.uri.issuer = std::mem::take(&mut account.uri.name);
    }
    account
}

/// Reads one line of a list.
pub(in crate::exchange) fn account(row: usize, line: &str) -> Result<Imported, Reason> {
    if line.len() > MAX_URI_BYTES {
        return Err(Reason::Malformed);
    }
    let reading = match KeyUri::read(line) {
        Err(OtpError::NotAKeyUri) if is_like_a_key(line) => KeyUri::read_or_setup_key(line)?,
        reading => reading?,
    };
    if reading.is_guess {
        // The setup key has look-alike characters, and an import cannot ask the user about each row.
        return Err(Reason::Otp(OtpError::LookAlikes));
    }
    let account = Imported::new(row, reading.uri);
    match parameter(line, "codeDisplay").map(display).transpose()?.flatten() {
        Some(display) => with_display(account, &display),
        None => Ok(account),
    }
}

/// Returns the value of a query parameter, without decoding it.
fn parameter<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = line.split_once('?')?;
    query.split('&').find_map(|pair| pair.split_once('=').filter(|(found, _)| *found == name)).map(|(_, value)| value)
}

/// Parses Ente's display settings, which are percent-encoded JSON. Settings that are not JSON are ignored.
fn display(value: &str) -> Result<Option<Value>, Reason> {
    let decoded = percent_decode(&value.replace('+', " "))?;
    Ok(json::parse(decoded.as_bytes()).ok())
}

/// Reads an account as Ente does, with its tags, note, pin and usage. Fails if the entry is in the trash.
pub(in crate::exchange) fn with_display(mut account: Imported, display: &Value) -> Result<Imported, Reason> {
    if json::flag(display, "trashed") {
        return Err(Reason::InTrash);
    }
    account.uri = steam_by_issuer(account.uri);
    let tags = json::list(display, "tags").iter().filter_map(Value::as_str);
    // Ente stores the time in microseconds.
    let last = json::count(display, "lastUsedAt").checked_div(1_000_000);
    Ok(account
        .with_groups(tags)
        .with_note(json::text(display, "note"))
        .with_pin(json::flag(display, "pinned"))
        .with_usage(json::count(display, "tapCount"), last))
}

/// Writes one line per account.
pub(in crate::exchange) fn write(accounts: &[&Imported]) -> String {
    accounts.iter().map(|account| format!("{}\n", account.uri)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otp::Kind;

    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn one(line: &str) -> Result<Imported, Reason> {
        account(1, &line.replace("SECRET", SECRET))
    }

    #[test]
    fn the_prefixes_of_authenticator_extension_name_the_type() {
        assert_eq!(one("otpauth://totp/Steam:a?secret=stm-SECRET").unwrap().uri.otp.kind, Kind::Steam);
        for prefix in ["blz-", "bliz-"] {
            let otp = one(&format!("otpauth://totp/a?secret={prefix}SECRET&issuer=B")).unwrap().uri.otp;
            assert_eq!((otp.digits.count(), otp.key.expose()), (8, b"12345678901234567890".as_slice()));
        }
    }

    #[test]
    fn a_secret_in_hexadecimal_is_read_as_such() {
        let otp = one("otpauth://totp/a?secret=3132333435363738393031323334353637383930&issuer=B").unwrap().uri.otp;
        assert_eq!(otp.key.expose(), b"12345678901234567890");
    }

    #[test]
    fn entes_display_settings_are_imported_and_its_trash_is_reported() {
        let account = one("otpauth://totp/A:b?secret=SECRET&issuer&codeDisplay=%7B%22pinned%22%3Atrue%2C%22tags%22%3A%5B%22Work%22%5D%2C%22note%22%3A%22n%22%2C%22tapCount%22%3A3%7D").unwrap();
        assert!(account.pinned);
        assert_eq!((account.group(), account.note.as_str(), account.usage.count), (Some("Work"), "n", 3));
        assert_eq!(
            one("otpauth://totp/A:b?secret=SECRET&codeDisplay={\"trashed\":true}").unwrap_err(),
            Reason::InTrash
        );
    }

    #[test]
    fn entes_time_based_accounts_of_steam_are_steam_as_in_its_app() {
        let display = "codeDisplay=%7B%22pinned%22%3Afalse%7D";
        for label in ["totp/Steam:a?digits=6&issuer=Steam", "totp/a?digits=5&issuer=steam"] {
            let account = one(&format!("otpauth://{label}&secret=SECRET&{display}")).unwrap();
            assert_eq!(account.uri.otp.kind, Kind::Steam, "{label}");
        }
        for label in ["totp/Steam:a?digits=6&issuer=Steamworks", "hotp/Steam:a?counter=1&digits=6&issuer=Steam"] {
            let account = one(&format!("otpauth://{label}&secret=SECRET&{display}")).unwrap();
            assert_ne!(account.uri.otp.kind, Kind::Steam, "{label}");
        }
        // In lists of other programs, such an account is not assumed to be Steam's.
        let account = one("otpauth://totp/Steam:a?digits=6&issuer=Steam&secret=SECRET").unwrap();
        assert_ne!(account.uri.otp.kind, Kind::Steam);
    }

    #[test]
    fn motp_and_yandex_are_reported_not_guessed() {
        assert_eq!(one("motp://A:b?secret=e3152afee62599c8").unwrap_err(), Reason::Motp);
        assert_eq!(one("otpauth://yaotp/b?secret=SECRET&pin=GUZDGOI").unwrap_err(), Reason::Yandex);
    }

    #[test]
    fn winauths_steam_is_steam() {
        let account = one("otpauth://totp/Steam:a?secret=SECRET&digits=5&issuer=Steam&deviceid=x&data=%7B%7D").unwrap();
        assert_eq!(account.uri.otp.kind, Kind::Steam);
    }
}

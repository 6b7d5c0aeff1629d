//! Password managers and other programs that need no reader of their own, because `mapping` finds the columns or
//! members of their exports by name. Their signatures are listed here.

use super::account_fields::{AccountFields, steam_by_issuer};
use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Imported, Report, encoding};
use crate::exchange::embedded_uris;
use crate::exchange::mapping::{Opening, Sheet, guess, read_manager};
use crate::exchange::registry::{Detect, Entry, Read};

type Reader = fn(&[u8]) -> Result<Report, ExchangeError>;

const fn entry(id: &'static str, title: &'static str, detect: &'static [Detect], read: Reader) -> Entry {
    Entry { id, title, detect, read: Read::Plain(read), ..Entry::DEFAULT }
}

pub(in crate::exchange) const LASTPASS_VAULT: Entry = entry(
    "lastpass-vault",
    "LastPass (CSV)",
    &[Detect::Csv(|header| has(header, &["url", "username", "extra", "grouping"]))],
    |bytes| {
        let mut report = read_manager(bytes, Format::LastPassVault)?;
        report.accounts.iter_mut().for_each(unescape);
        Ok(report)
    },
);

/// Replaces the escapes of HTML in the names of an account, which LastPass writes instead of the characters.
fn unescape(account: &mut Imported) {
    let names = [&mut account.uri.issuer, &mut account.uri.name, &mut account.note, &mut account.title];
    for text in names.into_iter().chain(&mut account.groups).chain(&mut account.sites) {
        *text = embedded_uris::unescaped(text);
    }
}

pub(in crate::exchange) const APPLE_PASSWORDS: Entry = entry(
    "apple-passwords",
    "Apple Passwords (CSV)",
    &[Detect::Csv(|header| has(header, &["title", "url", "username", "password", "otpauth"]))],
    |bytes| read_manager(bytes, Format::ApplePasswords),
);

pub(in crate::exchange) const GOOGLE_PASSWORDS: Entry = entry(
    "google-passwords",
    "Google Password Manager (CSV)",
    &[Detect::Csv(|header| has(header, &["name", "url", "username", "password"]) && header.len() <= 5)],
    |bytes| read_manager(bytes, Format::GooglePasswords),
);

pub(in crate::exchange) const FIREFOX: Entry = entry(
    "firefox",
    "Firefox (CSV)",
    &[Detect::Csv(|header| has(header, &["url", "username", "httprealm"]))],
    |bytes| read_manager(bytes, Format::Firefox),
);

pub(in crate::exchange) const DASHLANE: Entry = Entry {
    id: "dashlane",
    title: "Dashlane",
    detect: &[
        Detect::Csv(|header| has(header, &["username", "username2", "title"])),
        Detect::Json(|value| value.get("AUTHENTIFIANT").is_some()),
        Detect::Member("credentials.csv"),
    ],
    read: Read::Plain(|bytes| read_manager(bytes, Format::Dashlane)),
    read_zip: Some(|archive, password| {
        let member = archive.find("credentials.csv").ok_or(ExchangeError::Damaged("credentials.csv"))?;
        let logins = read_manager(&archive.read(&member, password)?, Format::Dashlane);
        // Users keep keys in notes, too.
        let Some(notes) = archive.find("securenotes.csv") else { return logins };
        match (logins, read_manager(&archive.read(&notes, password)?, Format::Dashlane)) {
            (Ok(logins), Ok(notes)) => Ok(logins.followed_by(notes)),
            (Err(ExchangeError::HoldsNoSecrets(_)), notes) => notes,
            (logins, _) => logins,
        }
    }),
    ..Entry::DEFAULT
};

pub(in crate::exchange) const NORDPASS: Entry = entry(
    "nordpass",
    "NordPass (CSV)",
    &[Detect::Csv(|header| has(header, &["name", "url", "cardholdername"]))],
    |bytes| read_manager(bytes, Format::NordPass),
);

pub(in crate::exchange) const ROBOFORM: Entry = entry(
    "roboform",
    "RoboForm (CSV)",
    &[Detect::Csv(|header| has(header, &["name", "url", "login", "pwd"]))],
    |bytes| read_manager(bytes, Format::RoboForm),
);

pub(in crate::exchange) const ZOHO_VAULT: Entry = entry(
    "zoho-vault",
    "Zoho Vault (CSV)",
    &[Detect::Csv(|header| has(header, &["secretdata"]) || has(header, &["password name", "password url"]))],
    |bytes| read_manager(bytes, Format::ZohoVault),
);

pub(in crate::exchange) const KEEPASS_CSV: Entry =
    entry("keepass-csv", "KeePass (CSV)", &[Detect::Csv(|header| has(header, &["login name", "web site"]))], |bytes| {
        read_manager(bytes, Format::KeePassCsv)
    });

pub(in crate::exchange) const SAFE_IN_CLOUD: Entry = entry(
    "safe-in-cloud",
    "SafeInCloud (XML)",
    &[Detect::Text(|text| ["<database", "<card "].iter().all(|tag| encoding::head(text).contains(tag)))],
    |bytes| read_manager(bytes, Format::SafeInCloud),
);

pub(in crate::exchange) const PSONO: Entry = entry(
    "psono",
    "Psono",
    &[Detect::Json(|value| {
        let folders = json::list(value, "folders").iter().chain([value]);
        let mut items = folders.flat_map(|folder| json::list(folder, "items")).take(200);
        items.any(|item| item.get("website_password_title").is_some() || item.get("totp_title").is_some())
    })],
    |bytes| read_manager(bytes, Format::Psono),
);

pub(in crate::exchange) const KEEPER: Entry = entry(
    "keeper",
    "Keeper (JSON)",
    &[Detect::Json(|value| {
        let is_one = |record: &Value| record.get("custom_fields").is_some() || record.get("login_url").is_some();
        json::list(value, "records").iter().take(8).any(is_one)
    })],
    |bytes| read_manager(bytes, Format::Keeper),
);

pub(in crate::exchange) const PASSKY: Entry = entry(
    "passky",
    "Passky (JSON)",
    &[Detect::Json(|value| {
        // Nextcloud's passwords have labels.
        let is_other = |item: &Value| item.get("label").is_some();
        value.get("passwords").is_some()
            && value.get("encrypted").is_some()
            && !json::list(value, "passwords").iter().take(8).any(is_other)
    })],
    |bytes| read_manager(bytes, Format::Passky),
);

pub(in crate::exchange) const AUTHME: Entry = entry(
    "authme",
    "Authme",
    &[Detect::Json(|value| value.get("role").is_some() && value.get("codes").is_some_and(Value::is_string))],
    |bytes| {
        let file = json::parse(bytes)?;
        if json::flag(&file, "encrypted") {
            return Err(ExchangeError::UnknownProtection);
        }
        // The accounts are lines of names and values.
        let text = json::text(&file, "codes").and_then(encoding::base64).ok_or(ExchangeError::Damaged("base64"))?;
        read_list(&text, Format::Authme)
    },
);

pub(in crate::exchange) const OTPCLIENT: Entry = entry(
    "otpclient",
    "OTPClient",
    &[Detect::Item(|item| ["label", "secret", "algo"].iter().all(|key| item.get(key).is_some()))],
    |bytes| {
        let mut report = read_list(bytes, Format::OtpClient)?;
        for account in &mut report.accounts {
            account.uri = steam_by_issuer(account.uri.clone());
        }
        Ok(report)
    },
);

pub(in crate::exchange) const HARDWARE_TOKENS: Entry = entry(
    "hardware-tokens",
    "Hardware tokens (CSV)",
    &[Detect::Csv(|header| has(header, &["serial number", "secret key"]))],
    |bytes| read_list(bytes, Format::HardwareTokens),
);

pub(in crate::exchange) const VIP_ACCESS: Entry =
    entry("vip-access", "Symantec VIP (vipaccess)", &[Detect::Text(|text| vip_token(text).is_some())], |bytes| {
        let text = encoding::text(bytes).ok_or(ExchangeError::Damaged("text"))?;
        let (secret, name) = vip_token(&text).ok_or(ExchangeError::Damaged("secret"))?;
        Rows::read(Format::VipAccess, [&()], |row, ()| {
            AccountFields { kind: "totp", issuer: "Symantec VIP", name, ..AccountFields::default() }
                .with_base32(row, secret)
        })
    });

pub(in crate::exchange) const RSA_SECURID: Entry =
    entry("rsa-securid", "RSA SecurID", &[Detect::Text(|text| encoding::head(text).contains("<TKNBatch"))], |_| {
        Err(ExchangeError::UsableByOneAppOnly(Format::RsaSecurId))
    });

pub(in crate::exchange) const YUBIKEY: Entry =
    entry("yubikey", "A list of a YubiKey's accounts", &[Detect::Text(is_yubikey_list)], |_| {
        Err(ExchangeError::KeysStayOnYubiKey)
    });

/// Its key derivation is followed by AEGIS-256, which no other format needs.
pub(in crate::exchange) const TWO_FA_GUARD: Entry =
    entry("2faguard", "2FAGuard", &[Detect::Magic(b"2FAGuardBackupV")], |_| Err(ExchangeError::UnknownProtection));

pub(in crate::exchange) const TABLE: Entry = Entry {
    id: "table",
    title: "Other table or list",
    read: Read::Plain(|bytes| read_list(bytes, Format::Table)),
    read_zip: Some(|archive, _| read_sheet(&Sheet::of_workbook(archive, Opening::default())?, Format::Table)),
    ..Entry::DEFAULT
};

/// Returns the secret and the id in the lines `secret SECRET` and `id ID`, which the program vipaccess writes.
fn vip_token(text: &str) -> Option<(&str, &str)> {
    let value = |name: &str| text.lines().take(8).find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value("version").and(value("secret")).map(str::trim).zip(value("id").map(str::trim))
}

fn has(header: &[String], columns: &[&str]) -> bool {
    columns.iter().all(|column| header.iter().any(|found| found == column))
}

/// Reads a table in which every row should be an account. Rows without a secret are reported.
fn read_list(bytes: &[u8], format: Format) -> Result<Report, ExchangeError> {
    read_sheet(&Sheet::of(bytes, Opening::default()).ok_or(ExchangeError::Unknown)?, format)
}

fn read_sheet(sheet: &Sheet, format: Format) -> Result<Report, ExchangeError> {
    let mapping = guess(sheet).ok_or(ExchangeError::HoldsNoSecrets(format))?;
    let mut report = sheet.read(&mapping)?;
    report.format = format;
    Ok(report)
}

/// Recognizes the output of `ykman oath accounts list --oath-type --period` and of `ykman oath accounts code`, in which
/// the codes of accounts that need a touch or have a counter are replaced by words.
fn is_yubikey_list(text: &str) -> bool {
    if text.len() > encoding::HEAD_BYTES {
        return false;
    }
    let is_one = |line: &str| {
        let mut parts = line.rsplit(", ");
        let (last, before) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        ["TOTP", "HOTP"].contains(&last)
            || (["TOTP", "HOTP"].contains(&before) && last.bytes().all(|byte| byte.is_ascii_digit()))
            || is_with_code(line)
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).peekable();
    lines.peek().is_some() && lines.all(is_one)
}

/// Returns whether a line is a name and, after at least two spaces, a code or the words that replace it.
fn is_with_code(line: &str) -> bool {
    let Some((name, code)) = line.trim_end().rsplit_once("  ") else { return false };
    let is_code = (6..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
    name.contains(char::is_alphabetic) && (is_code || ["[Requires Touch]", "[HOTP Account]"].contains(&code))
}

//! Finds the one-time passwords in the strings of an entry.

use std::borrow::Cow;

use super::document::Entry;
use crate::exchange::account_fields::{self, AccountFields, key_in};
use crate::exchange::embedded_uris::within_note;
use crate::exchange::mapping::{self, Field, is_like_a_key};
use crate::exchange::report::Loss;
use crate::exchange::{Imported, Reason, encoding};
use crate::otp::{Key, OtpError};

/// Returns all one-time passwords of an entry. Plugins and KeePass itself often store the same one in their own ways,
/// so it is returned only once.
pub(super) fn codes(row: usize, entry: &Entry) -> Vec<Result<Imported, Reason>> {
    let (title, user) = (entry.text("Title"), entry.text("UserName"));
    let plain = |text: &str| field(row, text, title, user);
    let own = Some(entry.text("otp")).filter(|otp| !otp.is_empty()).map(plain);
    let draft = || AccountFields { kind: "totp", issuer: title, name: user, ..AccountFields::default() };
    let others = [
        seed(row, entry, draft()),
        plugin(row, entry, draft()),
        time_based(row, entry, draft()),
        counter_based(row, entry, draft()),
    ];
    let uris = entry.others().flat_map(within_note).map(|uri| plain(&uri));
    let all = own.into_iter().chain(others.into_iter().flatten()).chain(entry.further_otps().map(plain)).chain(uris);
    let all = all.chain(named(row, entry, title, user));
    let mut codes: Vec<Result<Imported, Reason>> = Vec::new();
    for code in all {
        let is_known = |known: &Result<Imported, Reason>| match (known, &code) {
            (Ok(known), Ok(code)) => known.uri.otp == code.uri.otp,
            _ => false,
        };
        if !codes.iter().any(is_known) {
            codes.push(code.map(|account| with_surroundings(account, entry)));
        }
    }
    codes
}

/// Reads the fields with the name of a secret, such as `2FA key`, that contain a setup key. If there is only one,
/// fields with the names of settings apply to it.
fn named(row: usize, entry: &Entry, title: &str, user: &str) -> Vec<Result<Imported, Reason>> {
    let has_own_reader = |name: &str| {
        let prefixes = ["otp_", "TimeOtp-", "HmacOtp-", "KeePassOTP.", "TOTP S"];
        name == "otp" || prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    let secrets: Vec<Cow<'_, str>> = entry
        .named()
        .filter(|(name, _)| !has_own_reader(name) && mapping::is_named_a_secret(name))
        .map(|(name, text)| mapping::base32_of(name, text).map_or(Cow::Borrowed(text), Cow::Owned))
        .filter(|text| is_like_a_key(text))
        .collect();
    let setting = |field| {
        let mut found = entry.named().filter(|(name, _)| mapping::is_named(name, field)).map(|(_, text)| text);
        found.next().filter(|_| secrets.len() == 1).unwrap_or_default()
    };
    let read = |secret: &str| {
        let draft = AccountFields {
            kind: "totp",
            issuer: title,
            name: user,
            algorithm: setting(Field::Algorithm),
            digits: whole(setting(Field::Digits), OtpError::Digits)?,
            period: whole(setting(Field::Period), OtpError::Period)?,
            counter: None,
        };
        draft.with_setup_key(row, secret)
    };
    secrets.iter().map(|secret| read(secret)).collect()
}

/// Parses `otp` and the similar fields. A field that was not valid UTF-8 is damaged and cannot be used.
fn field(row: usize, otp: &str, title: &str, user: &str) -> Result<Imported, Reason> {
    if otp.contains(char::REPLACEMENT_CHARACTER) {
        Err(Reason::Text)
    } else {
        account_fields::field(row, otp, title, user)
    }
}

fn with_surroundings(account: Imported, entry: &Entry) -> Imported {
    let account = account
        .with_groups(entry.group.as_deref())
        .with_note(Some(entry.text("Notes")))
        .with_site(Some(entry.text("URL")));
    if entry.text("Password").is_empty() { account } else { account.with_loss(Loss::OtherSecrets) }
}

/// Reads `TOTP Seed` and `TOTP Settings`.
fn seed(row: usize, entry: &Entry, draft: AccountFields<'_>) -> Option<Result<Imported, Reason>> {
    let seed = Some(entry.text("TOTP Seed")).filter(|seed| !seed.is_empty())?;
    let settings = || {
        let mut parts = entry.text("TOTP Settings").split(';').map(str::trim);
        let (period, digits) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let (kind, digits) = if digits == "S" { ("steam", "") } else { ("totp", digits) };
        let draft = AccountFields {
            kind,
            period: whole(period, OtpError::Period)?,
            digits: whole(digits, OtpError::Digits)?,
            ..draft
        };
        draft.with_base32(row, seed)
    };
    Some(settings())
}

/// Reads `KeePassOTP.Seed` and `KeePassOTP.Settings`.
fn plugin(row: usize, entry: &Entry, draft: AccountFields<'_>) -> Option<Result<Imported, Reason>> {
    let seed = Some(entry.text("KeePassOTP.Seed")).filter(|seed| !seed.is_empty())?;
    let settings = || {
        let parts: Vec<&str> = entry.text("KeePassOTP.Settings").split(';').map(str::trim).collect();
        let [number, digits, kind, encoding, algorithm] = parts[..] else {
            // The plugin uses its defaults in this case.
            return draft.with_base32(row, seed);
        };
        let is_counter = kind.eq_ignore_ascii_case("hotp");
        let (period, counter) = if is_counter { ("", number) } else { (number, "") };
        let draft = AccountFields {
            kind,
            algorithm,
            period: whole(period, OtpError::Period)?,
            counter: whole(counter, OtpError::Counter)?,
            digits: whole(digits, OtpError::Digits)?,
            ..draft
        };
        draft.with_key(row, key_in(encoding, seed))
    };
    Some(settings())
}

/// Reads KeePass 2's fields of a time-based one-time password.
fn time_based(row: usize, entry: &Entry, draft: AccountFields<'_>) -> Option<Result<Imported, Reason>> {
    let key = key(entry, "TimeOtp-Secret")?;
    let settings = || {
        let draft = AccountFields {
            algorithm: entry.text("TimeOtp-Algorithm"),
            digits: whole(entry.text("TimeOtp-Length"), OtpError::Digits)?,
            period: whole(entry.text("TimeOtp-Period"), OtpError::Period)?,
            ..draft
        };
        draft.with_key(row, key)
    };
    Some(settings())
}

/// Reads KeePass 2's fields of a counter-based one-time password.
fn counter_based(row: usize, entry: &Entry, draft: AccountFields<'_>) -> Option<Result<Imported, Reason>> {
    let key = key(entry, "HmacOtp-Secret")?;
    let counter = whole(entry.text("HmacOtp-Counter"), OtpError::Counter);
    Some(counter.and_then(|counter| AccountFields { kind: "hotp", counter, ..draft }.with_key(row, key)))
}

/// Decodes the key in any of the four encodings. Without a suffix, the key is the UTF-8 text itself.
fn key(entry: &Entry, field: &str) -> Option<Result<Key, Reason>> {
    let text = |suffix: &str| Some(entry.text(&format!("{field}{suffix}"))).filter(|text| !text.is_empty());
    if let Some(base32) = text("-Base32") {
        return Some(Key::from_base32(base32).map_err(Reason::Otp));
    }
    if let Some(hex) = text("-Hex") {
        return Some(encoding::hex_key(hex));
    }
    if let Some(base64) = text("-Base64") {
        return Some(encoding::base64_key(base64));
    }
    text("").map(|text| {
        // With replacement characters, the key would be valid, but wrong.
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(Reason::Text);
        }
        Key::new(text.as_bytes().to_vec()).map_err(Reason::Otp)
    })
}

fn whole(text: &str, error: OtpError) -> Result<Option<u64>, Reason> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Reason::Otp(error)) }
}

#[cfg(test)]
mod tests {
    use super::super::{document, stream::Stream};
    use super::*;

    fn entry(strings: &[(&str, &str)]) -> String {
        let strings = strings.iter().map(|(key, value)| {
            format!("<String><Key>{key}</Key><Value>{}</Value></String>", value.replace('&', "&amp;"))
        });
        format!("<Entry>{}</Entry>", strings.collect::<String>())
    }

    /// Returns the codes of each entry, as the number of digits and the key in base32, or the text of the reason.
    fn read(entries: &[String]) -> Vec<Vec<String>> {
        let xml = format!("<Root><Group>{}</Group></Root>", entries.concat());
        let document = document::read(xml.as_bytes(), Stream::Open).unwrap();
        let text = |code: Result<Imported, Reason>| match code {
            Ok(code) => format!("{} {}", code.uri.otp.digits.count(), code.uri.otp.key.to_base32().expose()),
            Err(reason) => format!("{reason:?}"),
        };
        document.entries.iter().map(|entry| codes(1, entry).into_iter().map(text).collect()).collect()
    }

    #[test]
    fn a_secret_that_is_not_text_rejects_only_its_own_entry() {
        let entry = |key: &str, value: &str| {
            format!("<Entry><String><Key>{key}</Key><Value Protected=\"True\">{value}</Value></String></Entry>")
        };
        let entries = [entry("TimeOtp-Secret", "/w=="), entry("otp", "/w=="), entry("TimeOtp-Secret", "c2VjcmV0")];
        assert_eq!(read(&entries), [["Text"], ["Text"], ["6 ONSWG4TFOQ"]]);
    }

    #[test]
    fn the_key_of_a_plugin_has_the_encoding_that_its_settings_name() {
        let read = |strings: &[(&str, &str)]| read(&[entry(strings)]).concat();
        for (otp, expected) in [
            ("key=736563726574&encoding=Hex&size=8", "8 ONSWG4TFOQ"),
            ("key=c2VjcmV0&encoding=base64", "6 ONSWG4TFOQ"),
            ("key=secret&encoding=UTF8&step=30", "6 ONSWG4TFOQ"),
            ("key=ONSWG4TFOQ&encoding=Base32", "6 ONSWG4TFOQ"),
            ("key=ONSWG4TFOQ&type=Totp&encoder=Steam", "5 ONSWG4TFOQ"),
            ("key=ONSWG4TFOQ&type=steam", "5 ONSWG4TFOQ"),
            ("key=ONSWG4TFOQ&encoding=rot13", "SecretEncoding"),
            ("key=ONSWG4TFOQ&type=motp", "Motp"),
            ("key=ONSWG4TFOQ&lenght=8", "Otp(UnclearParameter)"),
        ] {
            assert_eq!(read(&[("otp", otp)]), [expected], "{otp}");
        }
        for (settings, expected) in [
            ("60;8;TOTP;HEX;SHA256", "8 ONSWG4TFOQ"),
            ("9;7;HOTP;HEX;SHA1", "7 ONSWG4TFOQ"),
            ("30;5;STEAM;HEX;SHA1", "5 ONSWG4TFOQ"),
            ("30;6;TOTP;HEX;MD5", "Otp(Algorithm)"),
        ] {
            let strings = [("KeePassOTP.Seed", "736563726574"), ("KeePassOTP.Settings", settings)];
            assert_eq!(read(&strings), [expected], "{settings}");
        }
    }

    #[test]
    fn every_code_of_an_entry_is_read_once() {
        let uri = "otpauth://totp/Shop:ann?secret=MZXW6YTB&issuer=Shop&digits=8";
        let strings = [("otp", "ONSWG4TFOQ"), ("TimeOtp-Secret-Hex", "736563726574"), ("HmacOtp-Secret", "secret")];
        assert_eq!(read(&[entry(&strings)]), [["6 ONSWG4TFOQ", "6 ONSWG4TFOQ"]]);
        let strings = [("2FA of the shop", uri), ("otp", uri), ("Notes", "see https://shop.example")];
        assert_eq!(read(&[entry(&strings)]), [["8 MZXW6YTB"]]);
        assert!(read(&[entry(&[("Title", "Shop")])]).concat().is_empty());
    }
}

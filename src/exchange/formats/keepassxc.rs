//! KeePassXC's CSV export.
//!
//! The columns are `Group,Title,Username,Password,URL,Notes`, and since 2.7 also `TOTP,Icon,Last Modified,Created`.
//! `TOTP` is a key URI, or in old databases `key=BASE32&step=30&size=6`.

use super::account_fields::{self, AccountFields, key_in};
use super::csv_table::Table;
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Reason, Report};
use crate::exchange::entry_codes;
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::{Algorithm, Key, OtpError, percent_decode};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "keepassxc-csv",
    title: "KeePassXC (CSV)",
    detect: &[Detect::Csv(sniff)],
    read: Read::Plain(read),
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(header: &[String]) -> bool {
    ["group", "title", "username", "totp"].iter().all(|column| header.iter().any(|found| found == column))
}

/// Reads an export. Entries without a one-time password are skipped.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Report, ExchangeError> {
    let table = Table::read(bytes)?;
    let mut rows = Rows::new(Format::KeepassxcCsv);
    for (row, cells) in table.rows() {
        let own = Some(cells.text("totp")).filter(|totp| !totp.is_empty());
        let codes = entry_codes::codes_in_texts(own.into_iter().collect(), &[], &[cells.text("notes")]);
        if codes.is_empty() {
            rows.pass();
        }
        // The root group is the database itself.
        let group = cells.text("group").split_once('/').map(|(_, group)| group);
        for code in codes {
            let account = code
                .and_then(|code| account_fields::field(row, &code, cells.text("title"), cells.text("username")))
                .map(|account| {
                    account.with_groups(group).with_note(Some(cells.text("notes"))).with_site(Some(cells.text("url")))
                });
            let has_password = !cells.text("password").is_empty();
            rows.push(row, account.map(|it| if has_password { it.with_loss(Loss::OtherSecrets) } else { it }))?;
        }
    }
    Ok(rows.finish())
}

/// The settings and the key of [`old_settings`].
type OldSettings = (AccountFields<'static>, Result<Key, Reason>);

/// Parses `key=BASE32&step=30&size=6`, as KeeOTP and old versions of KeePassXC write it. Returns `None` for any other
/// text.
pub(in crate::exchange) fn old_settings(text: &str) -> Option<Result<OldSettings, Reason>> {
    let is_one = text.split('&').any(|pair| pair.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("key=")));
    is_one.then(|| {
        let mut draft = AccountFields { kind: "totp", ..AccountFields::default() };
        let (mut key, mut encoding) = (String::new(), String::new());
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode(value)?;
            let whole = |error| value.trim().parse::<u64>().map_err(|_| Reason::Otp(error));
            match name.to_ascii_lowercase().as_str() {
                "key" => key = value,
                "encoding" => encoding = value,
                "step" | "period" => draft.period = Some(whole(OtpError::Period)?),
                "size" | "digits" => draft.digits = Some(whole(OtpError::Digits)?),
                "counter" => draft.counter = Some(whole(OtpError::Counter)?),
                "type" | "encoder" => draft.kind = kind(&value, draft.kind)?,
                "otphashmode" | "algorithm" => {
                    draft.algorithm = match value.parse::<Algorithm>()? {
                        Algorithm::Sha1 => "SHA1",
                        Algorithm::Sha256 => "SHA256",
                        Algorithm::Sha512 => "SHA512",
                    }
                }
                "issuer" | "name" | "title" => {}
                _ => return Err(Reason::Otp(OtpError::UnclearParameter)),
            }
        }
        Ok((draft, key_in(&encoding, &key)))
    })
}

/// Returns the type that a name stands for. The name `totp` does not undo `steam`, which may be given in addition.
fn kind(name: &str, before: &'static str) -> Result<&'static str, Reason> {
    match name.to_ascii_lowercase().as_str() {
        "" | "totp" => Ok(before),
        "hotp" => Ok("hotp"),
        "steam" => Ok("steam"),
        "motp" => Err(Reason::Motp),
        "yandex" => Err(Reason::Yandex),
        _ => Err(Reason::Kind),
    }
}

//! KeePassXC's CSV export.
//!
//! The columns are `Group,Title,Username,Password,URL,Notes`, and since 2.7 also `TOTP,Icon,Last Modified,Created`.
//! `TOTP` is a key URI, or in old databases `key=BASE32&step=30&size=6`.

use super::account_fields::{self, AccountFields};
use super::csv_table::Table;
use super::report::{Loss, Rows};
use super::{ExchangeError, Format, Reason, Report};
use crate::exchange::registry::{Detect, Entry, Read};
use crate::otp::{OtpError, percent_decode};

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
        let totp = cells.text("totp");
        if totp.is_empty() {
            rows.pass();
            continue;
        }
        let account = account_fields::field(row, totp, cells.text("title"), cells.text("username"));
        // The root group is the database itself.
        let group = cells.text("group").split_once('/').map(|(_, group)| group);
        rows.push(
            row,
            account.map(|account| {
                let account =
                    account.with_groups(group).with_note(Some(cells.text("notes"))).with_site(Some(cells.text("url")));
                if cells.text("password").is_empty() { account } else { account.with_loss(Loss::OtherSecrets) }
            }),
        )?;
    }
    Ok(rows.finish())
}

/// Parses `key=BASE32&step=30&size=6`, as KeeOTP and old versions of KeePassXC write it. Returns `None` for any other
/// text.
pub(in crate::exchange) fn old_settings(text: &str) -> Option<Result<(AccountFields<'static>, String), Reason>> {
    let is_one = text.split('&').any(|pair| pair.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("key=")));
    is_one.then(|| {
        let (mut draft, mut key) = (AccountFields { kind: "totp", ..AccountFields::default() }, String::new());
        for pair in text.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = percent_decode(value)?;
            let whole = |error| value.trim().parse::<u64>().map_err(|_| Reason::Otp(error));
            match name.to_ascii_lowercase().as_str() {
                "key" => key = value,
                "step" => draft.period = Some(whole(OtpError::Period)?),
                "size" => draft.digits = Some(whole(OtpError::Digits)?),
                "counter" => draft.counter = Some(whole(OtpError::Counter)?),
                "type" if value.eq_ignore_ascii_case("hotp") => draft.kind = "hotp",
                "otphashmode" | "algorithm" => {
                    draft.algorithm = match value.to_ascii_lowercase().trim_start_matches("hmac") {
                        "sha1" | "sha-1" => "SHA1",
                        "sha256" | "sha-256" => "SHA256",
                        "sha512" | "sha-512" => "SHA512",
                        _ => return Err(Reason::Otp(OtpError::Algorithm)),
                    }
                }
                _ => {}
            }
        }
        Ok((draft, key))
    })
}

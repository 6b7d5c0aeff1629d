//! Reads the configuration file of Google's PAM module, `~/.google_authenticator`: the key, lines of options, and
//! one-time backup codes.
//!
//! | line | meaning |
//! |---|---|
//! | the first | the key, base32 |
//! | `" TOTP_AUTH`, `" HOTP_COUNTER 7`, `" STEP_SIZE 60` | options |
//! | 8 digits | a backup code, which is not read |

use super::columns::is_like_a_key;
use super::{Sheet, SheetRow};
use crate::exchange::codecs::encoding;

/// The options that the module writes.
const OPTIONS: [&str; 7] =
    ["TOTP_AUTH", "HOTP_COUNTER", "RATE_LIMIT", "WINDOW_SIZE", "DISALLOW_REUSE", "STEP_SIZE", "TIME_SKEW"];

impl Sheet {
    /// Reads the file as a sheet with one row. Returns `None` for any other text.
    pub(super) fn of_pam_module(text: &str) -> Option<Self> {
        let mut lines = encoding::head(text).lines().map(str::trim).filter(|line| !line.is_empty());
        let key = lines.next().filter(|line| is_like_a_key(line))?;
        let options: Vec<(&str, &str)> = lines
            .take(100)
            .filter_map(|line| line.strip_prefix("\" "))
            .map(|option| option.split_once(' ').unwrap_or((option, "")))
            .filter(|(name, _)| OPTIONS.contains(name))
            .collect();
        let value = |name: &str| options.iter().find(|(option, _)| *option == name).map(|(_, value)| value.trim());
        let first = options.first()?.0;
        let counter = value("HOTP_COUNTER");
        let kind = if counter.is_some() && first != "TOTP_AUTH" { "hotp" } else { "totp" };
        let cells = [key, kind, counter.unwrap_or_default(), value("STEP_SIZE").unwrap_or_default()];
        Some(Self {
            columns: ["secret", "type", "counter", "period"].map(str::to_owned).to_vec(),
            rows: vec![SheetRow::new(1, cells.map(str::to_owned).to_vec())],
            names_in_first_row: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Sheet;

    fn cells(text: &str) -> Option<Vec<String>> {
        Sheet::of_pam_module(text).map(|sheet| sheet.rows[0].cells().to_vec())
    }

    #[test]
    fn the_key_and_the_options_are_read_and_backup_codes_are_not() {
        let text = "KRUGS4ZANFZSAYJA\n\" RATE_LIMIT 3 30\n\" TOTP_AUTH\n\" STEP_SIZE 60\n12345678\n";
        assert_eq!(cells(text).unwrap(), ["KRUGS4ZANFZSAYJA", "totp", "", "60"]);
        let text = "KRUGS4ZANFZSAYJA\n\" HOTP_COUNTER 7\n12345678\n";
        assert_eq!(cells(text).unwrap(), ["KRUGS4ZANFZSAYJA", "hotp", "7", ""]);
        assert_eq!((cells("KRUGS4ZANFZSAYJA\n"), cells("hello\n\" TOTP_AUTH\n")), (None, None));
    }
}

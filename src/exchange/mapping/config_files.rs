//! Reads the files of programs for servers and the command line.
//!
//! The configuration of Google's PAM module, `~/.google_authenticator`:
//!
//! | line | meaning |
//! |---|---|
//! | the first | the key, base32 |
//! | `" TOTP_AUTH`, `" HOTP_COUNTER 7`, `" STEP_SIZE 60` | options |
//! | 8 digits | a backup code, which is not read |
//!
//! The users of the OATH toolkit's PAM module and of Apache's mod_authn_otp, `users.oath`: lines of `TYPE USER PIN KEY
//! COUNTER` with the types `HOTP`, `HOTP/E/8` and `HOTP/T60/8`, and a hexadecimal key.
//!
//! The dump of `totp-cli`, YAML: a list of namespaces, each with its `accounts`. Values that are 0 or empty are
//! defaults.

use super::columns::is_like_a_key;
use super::{MAX_LINES, Sheet, SheetRow};
use crate::exchange::codecs::encoding::{self, hex_key};

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

impl Sheet {
    /// Reads a file with the users of a PAM module. Returns `None` for any other text.
    pub(super) fn of_oath_users(text: &str) -> Option<Self> {
        let mut rows = Vec::new();
        for (index, line) in text.lines().enumerate().take(MAX_LINES) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let words: Vec<&str> = line.split_whitespace().take(8).collect();
            let [token, user, _, key, rest @ ..] = words.as_slice() else { return None };
            let (kind, digits, period) = oath_token(token)?;
            // A key that is not hexadecimal is reported.
            let key = hex_key(key).map(|key| key.to_base32().expose().to_owned()).unwrap_or_default();
            // For codes from the time, this is the deviation of the token's clock, which the server has measured.
            let counter = rest.first().filter(|_| kind == "hotp").copied().unwrap_or_default();
            let cells = [user, key.as_str(), kind, digits, period, counter].map(str::to_owned);
            rows.push(SheetRow::new(index.saturating_add(1), cells.to_vec()));
        }
        let columns = ["account", "secret", "type", "digits", "period", "counter"].map(str::to_owned).to_vec();
        (!rows.is_empty()).then_some(Self { columns, rows, names_in_first_row: None })
    }

    /// Reads a dump of `totp-cli`. Returns `None` for any other text.
    pub(super) fn of_totp_cli(text: &str) -> Option<Self> {
        let head = encoding::head(text);
        if !["- name:", "accounts:", "token:", "timeperiod:"].iter().all(|word| head.contains(word)) {
            return None;
        }
        let (mut rows, mut namespace, mut pending) = (Vec::new(), String::new(), String::new());
        for (index, line) in text.lines().enumerate().take(MAX_LINES) {
            let line = line.trim();
            let Some((name, value)) = line.strip_prefix("- ").unwrap_or(line).split_once(':') else { continue };
            let value = value.trim().trim_matches(['"', '\'']).to_owned();
            let is_default = value.is_empty() || value == "0";
            let column = match name {
                "name" if line.starts_with("- ") => {
                    pending = value;
                    continue;
                }
                "accounts" => {
                    namespace = std::mem::take(&mut pending);
                    continue;
                }
                "token" => {
                    let cells = [std::mem::take(&mut pending), namespace.clone(), value, "totp".to_owned()];
                    rows.push(SheetRow::new(index.saturating_add(1), cells.to_vec()));
                    continue;
                }
                "algorithm" => 4,
                "length" => 5,
                "timeperiod" => 6,
                _ => continue,
            };
            if let Some(row) = rows.last_mut().filter(|_| !is_default) {
                let cells = row.cells.expose_mut();
                cells.resize(cells.len().max(7), String::new());
                cells.get_mut(column).into_iter().for_each(|cell| cell.clone_from(&value));
            }
        }
        let columns = ["name", "group", "secret", "type", "algorithm", "digits", "period"].map(str::to_owned).to_vec();
        (!rows.is_empty()).then_some(Self { columns, rows, names_in_first_row: None })
    }
}

/// Returns the type, the digits and the period in a type such as `HOTP/T30/6`.
fn oath_token(token: &str) -> Option<(&str, &str, &str)> {
    let mut parts = token.split('/');
    let kind = match parts.next()? {
        "HOTP" => "hotp",
        "MOTP" => return Some(("motp", "", "")),
        _ => return None,
    };
    let mode = parts.next().unwrap_or("E");
    let digits = parts.next().unwrap_or_default();
    match mode.strip_prefix('T') {
        Some(period) if period.bytes().all(|byte| byte.is_ascii_digit()) => Some(("totp", digits, period)),
        _ if mode == "E" => Some((kind, digits, "")),
        // `HOTP/8` has no mode.
        _ if mode.bytes().all(|byte| byte.is_ascii_digit()) => Some((kind, mode, "")),
        _ => None,
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

    fn rows(sheet: Option<Sheet>) -> Vec<Vec<String>> {
        sheet.unwrap().rows.iter().map(|row| row.cells().to_vec()).collect()
    }

    #[test]
    fn the_types_of_oath_users_are_type_digits_and_period() {
        let text = "# comment\nHOTP ann - 61626364\nHOTP/E/8\tbob 1234 61626364 7 123456 2024-01-01T10:00:00L\n\
                    HOTP/T60/8 eve - 61626364 -3\nHOTP/T30 dan - xyz\nMOTP fay 1 61626364\n";
        assert_eq!(
            rows(Sheet::of_oath_users(text)),
            [
                ["ann", "MFRGGZA", "hotp", "", "", ""],
                ["bob", "MFRGGZA", "hotp", "8", "", "7"],
                ["eve", "MFRGGZA", "totp", "8", "60", ""],
                ["dan", "", "totp", "", "30", ""],
                ["fay", "MFRGGZA", "motp", "", "", ""],
            ]
        );
        for text in ["HOTP ann -\n", "TOTP ann - 61626364\n", "HOTP/X ann - 61626364\n", ""] {
            assert!(Sheet::of_oath_users(text).is_none(), "{text}");
        }
    }

    #[test]
    fn namespaces_are_groups_and_zeros_are_defaults() {
        let text = "- name: work\n  accounts:\n    - name: vpn\n      token: MFRGGZDF\n      prefix: \"\"\n      \
                    algorithm: sha256\n      length: 8\n      timeperiod: 60\n- name: home\n  accounts: []\n- name: \
                    club\n  accounts:\n    - name: site\n      token: MFRGGZDG\n      length: 0\n      timeperiod: 0\n";
        assert_eq!(
            rows(Sheet::of_totp_cli(text)),
            [vec!["vpn", "work", "MFRGGZDF", "totp", "sha256", "8", "60"], vec!["site", "club", "MFRGGZDG", "totp"],]
        );
    }
}

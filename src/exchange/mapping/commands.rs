//! Reads the command lines that set up a code, as people keep them in scripts and notes.
//!
//! | command | key |
//! |---|---|
//! | `oathtool --totp=sha256 -d 8 -s 60s -b KEY` | hexadecimal, or base32 with `-b` |
//! | `ykman oath accounts add -i ISSUER -P 60 NAME KEY` | base32 |
//!
//! A command with an option that is not known becomes a row without a key, so that it is reported.

use super::{MAX_LINE_BYTES, MAX_LINES, Sheet, SheetRow, units};
use crate::exchange::MAX_ROWS;
use crate::exchange::codecs::encoding::hex_key;

const COLUMNS: [&str; 8] = ["issuer", "name", "secret", "type", "digits", "period", "algorithm", "counter"];

/// The account that a command sets up, as the command writes it.
#[derive(Default)]
struct Command {
    issuer: String,
    name: String,
    secret: String,
    is_event_based: bool,
    digits: String,
    period: String,
    algorithm: String,
    counter: String,
}

impl Sheet {
    /// Reads the commands of a script, one row each. A comment before a command is its name. Returns `None` if the
    /// text contains no such command.
    pub(super) fn of_commands(text: &str) -> Option<Self> {
        if !text.contains("oathtool") && !text.contains("ykman oath ") {
            return None;
        }
        let mut rows = Vec::new();
        let mut comment = String::new();
        for (index, line) in text.lines().enumerate().take(MAX_LINES) {
            let line = line.trim();
            if let Some(text) = line.strip_prefix('#') {
                comment = text.trim_start_matches('!').trim().chars().take(200).collect();
                continue;
            }
            let found = Some(line).filter(|line| line.len() <= MAX_LINE_BYTES).and_then(command);
            if let Some(command) = found {
                let mut command = command.unwrap_or_default();
                if command.name.is_empty() && command.issuer.is_empty() {
                    command.name = std::mem::take(&mut comment);
                }
                rows.push(SheetRow::new(index.saturating_add(1), command.cells()));
            }
            comment.clear();
            if rows.len() > MAX_ROWS {
                break;
            }
        }
        let columns = COLUMNS.map(str::to_owned).to_vec();
        (!rows.is_empty()).then_some(Self { columns, rows, names_in_first_row: None })
    }
}

impl Command {
    fn cells(self) -> Vec<String> {
        let kind = if self.is_event_based { "hotp" } else { "totp" }.to_owned();
        vec![self.issuer, self.name, self.secret, kind, self.digits, self.period, self.algorithm, self.counter]
    }
}

/// Returns the command in a line; `None` within if it cannot be read, and `None` if there is no such command.
fn command(line: &str) -> Option<Option<Command>> {
    let words: Vec<&str> = line.split_whitespace().map(without_quotes).collect();
    let is_oathtool = |word: &&str| word.rsplit(['/', '(', '`', '\'', '"', '=']).next() == Some("oathtool");
    if let Some(at) = words.iter().position(is_oathtool) {
        let name = alias_of(words.get(..=at)?);
        let command = oathtool(words.get(at.saturating_add(1)..)?);
        return Some(command.map(|command| Command { name, ..command }));
    }
    let start = line.find("ykman oath ")?;
    // A name may contain spaces, so quotation marks matter.
    let Some(words) = shell_words(line.get(start..)?) else { return Some(None) };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let rest = words.get(2..)?;
    let rest = rest.strip_prefix(&["accounts"]).unwrap_or(rest);
    Some(ykman(rest.strip_prefix(&["add"])?))
}

/// Splits a line like a shell. Returns `None` if a quotation mark is unclosed.
fn shell_words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, mark @ ('"' | '\'')) => {
                quote = Some(mark);
                word.get_or_insert_default();
            }
            (None, '\\') | (Some('"'), '\\') => word.get_or_insert_default().push(characters.next()?),
            (None, space) if space.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// Returns the name in `alias NAME='oathtool …` or `NAME() { oathtool …`.
fn alias_of(words: &[&str]) -> String {
    let names = words.iter().filter_map(|word| word.split_once("()").or_else(|| word.split_once('=')));
    names.map(|(name, _)| name.to_owned()).next().unwrap_or_default()
}

fn without_quotes(word: &str) -> &str {
    word.trim_matches(['"', '\'', '`', ')', ';'])
}

/// Iterates over the options of a command and their values.
struct Words<'a> {
    words: std::slice::Iter<'a, &'a str>,
}

impl<'a> Words<'a> {
    /// Returns the next word, and the value that is attached to an option by an equal sign.
    fn next(&mut self) -> Option<(&'a str, Option<&'a str>)> {
        let word = self.words.next()?;
        match word.split_once('=').filter(|_| word.starts_with("--")) {
            Some((option, value)) => Some((option, Some(value))),
            None => Some((word, None)),
        }
    }

    /// Returns the value of an option, which may be the next word.
    fn value(&mut self, attached: Option<&'a str>) -> Option<String> {
        attached.or_else(|| self.words.next().copied()).map(str::to_owned)
    }
}

fn oathtool(words: &[&str]) -> Option<Command> {
    let mut command = Command { is_event_based: true, ..Command::default() };
    let (mut is_base32, mut words) = (false, Words { words: words.iter() });
    while let Some((word, attached)) = words.next() {
        match word {
            "--totp" => {
                command.is_event_based = false;
                command.algorithm = attached.unwrap_or_default().to_owned();
            }
            "--hotp" | "-v" | "--verbose" => {}
            "-b" | "--base32" => is_base32 = true,
            "-d" | "--digits" => command.digits = words.value(attached)?,
            "-s" | "--time-step-size" => command.period = words.value(attached)?,
            "-c" | "--counter" => command.counter = words.value(attached)?,
            // What is printed does not depend on the account.
            "-w" | "--window" | "-N" | "--now" => drop(words.value(attached)?),
            "|" | ">" | "&&" | "||" => break,
            _ if word.starts_with('-') || !command.secret.is_empty() => return None,
            _ => command.secret = word.to_owned(),
        }
    }
    if !is_base32 {
        command.secret = hex_key(&command.secret).ok()?.to_base32().expose().to_owned();
    }
    Some(command).filter(|command| units::seconds(&command.period).is_some() || command.period.is_empty())
}

fn ykman(words: &[&str]) -> Option<Command> {
    let mut command = Command::default();
    let mut words = Words { words: words.iter() };
    let mut names = Vec::new();
    while let Some((word, attached)) = words.next() {
        match word {
            "-i" | "--issuer" => command.issuer = words.value(attached)?,
            "-d" | "--digits" => command.digits = words.value(attached)?,
            "-a" | "--algorithm" => command.algorithm = words.value(attached)?,
            "-P" | "--period" => command.period = words.value(attached)?,
            "-c" | "--counter" => command.counter = words.value(attached)?,
            "-o" | "--oath-type" => match words.value(attached)?.to_ascii_lowercase().as_str() {
                "totp" => {}
                "hotp" => command.is_event_based = true,
                _ => return None,
            },
            "-p" | "--password" => drop(words.value(attached)?),
            "-t" | "--touch" | "-f" | "--force" | "-r" | "--remember" => {}
            _ if word.starts_with('-') => return None,
            _ => names.push(word),
        }
    }
    // Of several words, it is unclear which belong to the name and which to the key.
    let [name, key] = names.as_slice() else { return None };
    (command.name, command.secret) = ((*name).to_owned(), (*key).to_owned());
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::Sheet;

    fn rows(text: &str) -> Vec<Vec<String>> {
        Sheet::of_commands(text).unwrap().rows.iter().map(|row| row.cells().to_vec()).collect()
    }

    #[test]
    fn the_options_of_oathtool_are_settings_of_the_code() {
        let script = "#!/bin/sh\n# mail\noathtool --totp -b MFRGGZDFMZTWQ2LK\nalias vpn='/usr/bin/oathtool \
                      --totp=SHA512 -d 8 -s 60s --base32 mfrggzdfmztwq2lk | xclip'\noathtool -c 7 61626364\n";
        assert_eq!(
            rows(script),
            [
                ["", "mail", "MFRGGZDFMZTWQ2LK", "totp", "", "", "", ""],
                ["", "vpn", "mfrggzdfmztwq2lk", "totp", "8", "60s", "SHA512", ""],
                ["", "", "MFRGGZA", "hotp", "", "", "", "7"],
            ]
        );
    }

    #[test]
    fn the_options_of_ykman_are_settings_of_the_code() {
        let script = "ykman oath accounts add -o HOTP -c 5 -t \"Front door\" 'MFRG GZDF'\nykman oath add -i Acme -d 8 ann MFRGGZDF\n";
        assert_eq!(
            rows(script),
            [
                ["", "Front door", "MFRG GZDF", "hotp", "", "", "", "5"],
                ["Acme", "ann", "MFRGGZDF", "totp", "8", "", "", ""],
            ]
        );
    }

    #[test]
    fn a_command_with_an_unknown_option_has_no_key() {
        for line in [
            "oathtool --totp --start-time=2020-01-01 -b MFRGGZDF",
            "oathtool --totp -S 5 -b MFRGGZDF",
            "oathtool --totp -s 1fortnight -b MFRGGZDF",
            "oathtool --totp MFRGGZDF",
            "ykman oath accounts add -x 1 ann MFRGGZDF",
            "ykman oath accounts add My bank MFRGGZDF",
            "ykman oath accounts add 'My bank MFRGGZDF",
        ] {
            assert_eq!(rows(line)[0][2], "", "{line}");
        }
        assert!(Sheet::of_commands("ykman list\necho oathtools\n").is_none());
    }
}

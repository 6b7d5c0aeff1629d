//! The result of reading a file: accounts, and rows that cannot be imported, each with its position.

use std::collections::{BTreeMap, BTreeSet};

use super::{ExchangeError, Format, MAX_ROWS, Reason};
use crate::message;
use crate::message::Message;
use crate::otp::{Key, KeyUri};
use crate::vault::{ChosenIcon, RecoveryCode};

/// Maximum length of an issuer or account name, in characters. With names of this length, every account fits into a key
/// URI.
pub const MAX_NAME_CHARACTERS: usize = 256;

/// Maximum length of a note, in characters.
pub const MAX_NOTE_CHARACTERS: usize = 4096;

/// Maximum size of an icon, in bytes.
pub const MAX_ICON_BYTES: usize = 128 * 1024;

/// The content of a file, row by row. Reading does not save anything.
#[derive(Clone, Debug)]
pub struct Report {
    /// The format that the file was read as.
    pub format: Format,
    /// The rows that can be imported, in the file's order.
    pub accounts: Vec<Imported>,
    /// The rows that cannot be imported, with the reason.
    pub skipped: Vec<Skipped>,
    /// The number of entries of a password manager without a one-time password: logins, cards and notes.
    pub without_code: usize,
}

impl Report {
    /// Adds the rows of another file of the same export.
    pub(super) fn followed_by(mut self, other: Self) -> Self {
        self.accounts.extend(other.accounts);
        self.skipped.extend(other.skipped);
        self.without_code = self.without_code.saturating_add(other.without_code);
        self
    }
}

/// One account to import or export.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The position in the file, from 1: a line number, or an index in a list.
    pub row: usize,
    /// The names and the one-time password, exactly as in the file.
    pub uri: KeyUri,
    /// Groups, folders or tags. Where only one can be shown, it is the first.
    pub groups: Vec<String>,
    /// The user's note; may be empty.
    pub note: String,
    /// The account is pinned, or a favorite.
    pub pinned: bool,
    /// The icon, if the file contains one.
    pub icon: Option<Icon>,
    /// The icon that the user has chosen in this extension. Only its backups contain it.
    pub chosen_icon: Option<ChosenIcon>,
    /// URLs of the sites that the account belongs to: suggestions, not permissions.
    pub sites: Vec<String>,
    /// How much the account was used.
    pub usage: Usage,
    /// Recovery codes of the site. Only a backup of this extension contains them.
    pub recovery_codes: Vec<RecoveryCode>,
    /// The parts of the row that are not imported.
    pub lossy: Vec<Loss>,
    /// The entry's title in the other program. It replaces the issuer if accounts with different keys have the same
    /// names.
    pub title: String,
}

/// The usage statistics of an account in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The number of uses.
    pub count: u64,
    /// The time of the last use, in seconds since 1970.
    pub last_seconds: Option<u64>,
}

/// The icon of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// The media type, for example `image/png`.
    pub media_type: String,
    /// The image file.
    pub bytes: Vec<u8>,
}

/// A row that cannot be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The row's position in the file, from 1.
    pub row: usize,
    /// The reason.
    pub reason: Reason,
}

/// A part of a row that is not imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum Loss {
    /// A name is longer than [`MAX_NAME_CHARACTERS`].
    Name,
    /// The note is longer than [`MAX_NOTE_CHARACTERS`].
    Note,
    /// The icon is not base64, or larger than [`MAX_ICON_BYTES`].
    Icon,
    /// The item contains passwords or other secrets that an authenticator does not store.
    OtherSecrets,
}

impl Loss {
    /// Returns the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::Name => message!("loss_name", MAX_NAME_CHARACTERS),
            Self::Note => message!("loss_note", MAX_NOTE_CHARACTERS),
            Self::Icon => message!("loss_icon"),
            Self::OtherSecrets => message!("loss_other_secrets"),
        }
    }
}

impl Imported {
    /// Creates an account that has only names and a one-time password. Names that are too long are cut.
    pub fn new(row: usize, mut uri: KeyUri) -> Self {
        let mut lossy = Vec::new();
        if shorten(&mut uri.issuer, MAX_NAME_CHARACTERS) | shorten(&mut uri.name, MAX_NAME_CHARACTERS) {
            lossy.push(Loss::Name);
        }
        Self {
            row,
            uri,
            groups: Vec::new(),
            note: String::new(),
            pinned: false,
            icon: None,
            chosen_icon: None,
            sites: Vec::new(),
            usage: Usage::default(),
            recovery_codes: Vec::new(),
            lossy,
            title: String::new(),
        }
    }

    /// Returns the first group, for programs that store only one group of an account.
    pub fn group(&self) -> Option<&str> {
        self.groups.first().map(String::as_str)
    }

    pub(super) fn with_note(mut self, note: Option<&str>) -> Self {
        self.note = note.unwrap_or_default().to_owned();
        if shorten(&mut self.note, MAX_NOTE_CHARACTERS) {
            self.lossy.push(Loss::Note);
        }
        self
    }

    pub(super) fn with_groups<S: Into<String>>(mut self, groups: impl IntoIterator<Item = S>) -> Self {
        for group in groups.into_iter().take(64) {
            let mut group = group.into();
            shorten(&mut group, MAX_NAME_CHARACTERS);
            if !group.is_empty() && !self.groups.contains(&group) {
                self.groups.push(group);
            }
        }
        self
    }

    /// Sets the title that the other program shows for the entry. See [`Imported::title`].
    pub(super) fn with_title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        shorten(&mut self.title, MAX_NAME_CHARACTERS);
        self
    }

    pub(super) fn with_pin(mut self, pinned: bool) -> Self {
        self.pinned = pinned;
        self
    }

    pub(super) fn with_usage(mut self, count: u64, last_seconds: Option<u64>) -> Self {
        self.usage = Usage { count, last_seconds: last_seconds.filter(|seconds| *seconds > 0) };
        self
    }

    pub(super) fn with_site(mut self, site: Option<&str>) -> Self {
        let site = site.map(str::trim).filter(|site| !site.is_empty() && site.len() <= 2048 && self.sites.len() < 64);
        if let Some(site) = site.filter(|site| !self.sites.iter().any(|known| known == site)) {
            self.sites.push(site.to_owned());
        }
        self
    }

    pub(super) fn with_loss(mut self, loss: Loss) -> Self {
        if !self.lossy.contains(&loss) {
            self.lossy.push(loss);
        }
        self
    }

    /// Sets the icon from base64, as JSON files contain it. Reports a loss if it cannot be used.
    pub(super) fn with_icon(mut self, base64: Option<&str>, media_type: Option<&str>) -> Self {
        let Some(text) = base64.filter(|text| !text.is_empty()) else { return self };
        let bytes = super::codecs::encoding::base64(text).filter(|bytes| bytes.len() <= MAX_ICON_BYTES);
        let media_type = media_type.filter(|name| is_picture(name));
        match bytes.and_then(|bytes| Some((media_type_of(&bytes).or(media_type)?.to_owned(), bytes))) {
            Some((media_type, bytes)) => self.icon = Some(Icon { media_type, bytes }),
            None => self.lossy.push(Loss::Icon),
        }
        self
    }
}

/// Trims a text and cuts it to a number of characters. Returns whether it was cut.
fn shorten(text: &mut String, characters: usize) -> bool {
    let trimmed = text.trim();
    let end = trimmed.char_indices().nth(characters).map(|(at, _)| at);
    let kept = trimmed.get(..end.unwrap_or(trimmed.len())).unwrap_or(trimmed).trim();
    if kept.len() != text.len() {
        *text = kept.to_owned();
    }
    end.is_some()
}

/// Replaces the issuer by the title from the other program where different accounts have the same issuer and name.
fn replace_ambiguous_issuers(accounts: &mut [Imported]) {
    let names = |account: &Imported| (account.uri.issuer.clone(), account.uri.name.clone());
    let mut first_of: BTreeMap<(String, String), Key> = BTreeMap::new();
    let mut alike = BTreeSet::new();
    for account in accounts.iter() {
        let key = &account.uri.otp.key;
        // Rows with the same names and the same key are one account, so they need no distinction.
        if first_of.entry(names(account)).or_insert_with(|| key.clone()) != key {
            alike.insert(names(account));
        }
    }
    for account in accounts.iter_mut().filter(|account| alike.contains(&names(account))) {
        if !account.title.is_empty() {
            account.uri.issuer.clone_from(&account.title);
        }
    }
}

/// Returns whether a media type in a file is that of an image.
fn is_picture(media_type: &str) -> bool {
    let rest = media_type.strip_prefix("image/").filter(|rest| rest.len() <= 32);
    rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte)))
}

fn media_type_of(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        _ => None,
    }
}

/// Collects rows, up to [`MAX_ROWS`].
pub(super) struct Rows {
    report: Report,
}

impl Rows {
    pub(super) fn new(format: Format) -> Self {
        Self { report: Report { format, accounts: Vec::new(), skipped: Vec::new(), without_code: 0 } }
    }

    /// Returns the position of the next row, if the file is a plain list of rows.
    pub(super) fn next(&self) -> usize {
        self.report.accounts.len().saturating_add(self.report.skipped.len()).saturating_add(1)
    }

    /// Adds the result of reading a row.
    pub(super) fn push(&mut self, row: usize, result: Result<Imported, Reason>) -> Result<(), ExchangeError> {
        if self.next() > MAX_ROWS {
            return Err(ExchangeError::TooManyRows);
        }
        match result {
            Ok(account) => self.report.accounts.push(account),
            Err(reason) => self.report.skipped.push(Skipped { row, reason }),
        }
        Ok(())
    }

    /// Counts an entry without a one-time password.
    pub(super) fn pass(&mut self) {
        self.report.without_code = self.report.without_code.saturating_add(1);
    }

    pub(super) fn finish(mut self) -> Report {
        replace_ambiguous_issuers(&mut self.report.accounts);
        self.report
    }

    /// Reads every item of a list as a row.
    pub(super) fn read<'a, T: 'a>(
        format: Format,
        items: impl IntoIterator<Item = &'a T>,
        mut read: impl FnMut(usize, &'a T) -> Result<Imported, Reason>,
    ) -> Result<Report, ExchangeError> {
        let mut rows = Self::new(format);
        for (index, item) in items.into_iter().enumerate() {
            let row = index.saturating_add(1);
            rows.push(row, read(row, item))?;
        }
        Ok(rows.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Imported {
        Imported::new(1, "otpauth://totp/a:b?secret=MZXW6".parse().unwrap())
    }

    #[test]
    fn a_long_name_is_cut_and_reported() {
        let mut uri = account().uri;
        uri.name = "é".repeat(300);
        let cut = Imported::new(1, uri);
        assert_eq!(cut.uri.name.chars().count(), MAX_NAME_CHARACTERS);
        assert_eq!(cut.lossy, [Loss::Name]);
        assert!(cut.uri.to_string().parse::<KeyUri>().is_ok());
    }

    #[test]
    fn groups_are_kept_once_each_in_their_order() {
        let grouped = account().with_groups(["Work", "Home", "", "Work"]);
        assert_eq!((grouped.groups, grouped.lossy), (vec!["Work".to_owned(), "Home".to_owned()], Vec::new()));
    }

    #[test]
    fn titles_tell_accounts_apart_that_are_named_alike() {
        let mut accounts = [account(), account().with_title("Work"), account()];
        accounts[1].uri = "otpauth://totp/a:b?secret=MZXW6YTB".parse().unwrap();
        replace_ambiguous_issuers(&mut accounts);
        assert_eq!(accounts.map(|account| account.uri.issuer), ["a", "Work", "a"]);
    }

    #[test]
    fn an_icon_that_is_not_base64_is_left_out_and_reported() {
        assert_eq!(account().with_icon(Some("%%"), None).lossy, [Loss::Icon]);
        assert_eq!(account().with_icon(Some("PHA+"), Some("text/html")).lossy, [Loss::Icon]);
        let icon = account().with_icon(Some("iVBORw0KGgo="), None).icon.unwrap();
        assert_eq!(icon.media_type, "image/png");
    }
}

//! The icon that the user has chosen for an account, in place of the one that its service determines.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::label::{clean, is_emoji, is_mark};

/// Maximum length of a typed icon, in bytes. The longest emoji of Unicode, a family with skin tones, has 41.
const MAX_TEXT_BYTES: usize = 64;
/// Maximum number of letters.
const MAX_LETTERS: usize = 2;
/// Maximum length of a service's name in the icon set, in bytes.
const MAX_SERVICE_BYTES: usize = 64;

/// An icon that the user has chosen. It never leaves the device, except in backups.
///
/// ```
/// use casdoor_authenticator::vault::ChosenIcon;
///
/// let icon: Option<ChosenIcon> = "text:🏦".parse().ok();
/// assert_eq!(icon, ChosenIcon::text(" 🏦 "));
/// assert_eq!(ChosenIcon::text("Bank"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ChosenIcon {
    /// One emoji, or one or two letters.
    Text(String),
    /// The icon of a service, by its name in the icon set. If a build does not have the icon, the account is shown as
    /// if none were chosen.
    Service(String),
}

/// The text is not one emoji, and not one or two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no icon")]
pub struct NotAnIcon;

impl ChosenIcon {
    const TEXT: &str = "text:";
    const SERVICE: &str = "service:";

    /// Returns the icon that a user has typed, without invisible characters. `None` if it is not one emoji, and not one
    /// or two letters.
    pub fn text(typed: &str) -> Option<Self> {
        let text = clean(typed);
        let text = text.trim();
        let (symbols, has_emoji) = symbols(text);
        let most = if has_emoji { 1 } else { MAX_LETTERS };
        let is_icon = (1..=most).contains(&symbols)
            && text.len() <= MAX_TEXT_BYTES
            && !text.chars().any(char::is_whitespace)
            && !text.starts_with(is_mark);
        is_icon.then(|| Self::Text(text.to_owned()))
    }

    /// Returns the icon of a service. `None` if the name cannot be one of the icon set.
    pub fn service(name: &str) -> Option<Self> {
        let is_name = (1..=MAX_SERVICE_BYTES).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        is_name.then(|| Self::Service(name.to_owned()))
    }

    /// Returns `true` for an emoji, which is drawn larger than letters.
    pub fn is_emoji(&self) -> bool {
        matches!(self, Self::Text(text) if symbols(text).1)
    }

    /// Splits the `icon` of an account's imported data, as it is stored, into the user's choice and the picture.
    pub(super) fn split(stored: &str) -> (Option<Self>, &str) {
        let (first, rest) = stored.split_once(' ').unwrap_or((stored, ""));
        let is_choice = first.starts_with(Self::TEXT) || first.starts_with(Self::SERVICE);
        if is_choice { (first.parse().ok(), rest) } else { (None, stored) }
    }

    /// Joins what [`ChosenIcon::split`] has split.
    pub(super) fn join(chosen: Option<&Self>, picture: String) -> String {
        match chosen {
            Some(chosen) if picture.is_empty() => chosen.to_string(),
            Some(chosen) => format!("{chosen} {picture}"),
            None => picture,
        }
    }
}

impl fmt::Display for ChosenIcon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{}{text}", Self::TEXT),
            Self::Service(name) => write!(f, "{}{name}", Self::SERVICE),
        }
    }
}

impl FromStr for ChosenIcon {
    type Err = NotAnIcon;

    fn from_str(stored: &str) -> Result<Self, NotAnIcon> {
        let text = || stored.strip_prefix(Self::TEXT).and_then(Self::text);
        let service = || stored.strip_prefix(Self::SERVICE).and_then(Self::service);
        text().or_else(service).ok_or(NotAnIcon)
    }
}

impl TryFrom<String> for ChosenIcon {
    type Error = NotAnIcon;

    fn try_from(stored: String) -> Result<Self, NotAnIcon> {
        stored.parse()
    }
}

impl From<ChosenIcon> for String {
    fn from(icon: ChosenIcon) -> Self {
        icon.to_string()
    }
}

/// Returns the number of characters as a reader counts them, and `true` if one of them is an emoji. Marks, skin tones,
/// joined emoji and the second letter of a flag belong to the character before them.
fn symbols(text: &str) -> (usize, bool) {
    const ZWJ: char = '\u{200d}';
    let (mut count, mut has_emoji) = (0_usize, false);
    let (mut before, mut is_half_flag) = (' ', false);
    for c in text.chars() {
        let is_flag_letter = matches!(c, '\u{1f1e6}'..='\u{1f1ff}');
        let continues = is_mark(c)
            || matches!(c, ZWJ | '\u{180b}'..='\u{180f}' | '\u{200c}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
            || before == ZWJ
            || (is_flag_letter && is_half_flag);
        is_half_flag = is_flag_letter && !is_half_flag;
        has_emoji |= is_emoji(c) || matches!(c, '\u{fe0f}' | '\u{20e3}');
        if !continues || count == 0 {
            count = count.saturating_add(1);
        }
        before = c;
    }
    (count, has_emoji)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_emoji_or_two_letters_are_an_icon() {
        for text in ["🏦", "👩🏽‍💻", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪", "❤️", "❤️‍🔥", "1️⃣", "👍🏿", "A", "ab", "€", "7", "東京", "ẹ́x", "ש", "क्"]
        {
            assert_eq!(ChosenIcon::text(text), Some(ChosenIcon::Text(text.into())), "{text}");
        }
        assert_eq!(ChosenIcon::text(" W\u{202e}x\u{200b} "), Some(ChosenIcon::Text("Wx".into())));
        for text in
            ["", " ", "abc", "a b", "🏦🏦", "🏦a", "🇩🇪🇫🇷", "🇩🇪🇫", "\u{301}", "\u{202e}", "a\nb", &"👨‍".repeat(40)]
        {
            assert_eq!(ChosenIcon::text(text), None, "{text:?}");
        }
        let pile = format!("e{}", "\u{301}".repeat(500));
        assert_eq!(ChosenIcon::text(&pile), ChosenIcon::text("e\u{301}\u{301}\u{301}\u{301}"));
        let is_emoji = |text| ChosenIcon::text(text).unwrap().is_emoji();
        assert!(is_emoji("🏦") && is_emoji("1️⃣") && is_emoji("🇩🇪") && !is_emoji("ab"));
    }

    #[test]
    fn a_service_is_a_name_of_the_icon_set() {
        assert_eq!(ChosenIcon::service("1password"), Some(ChosenIcon::Service("1password".into())));
        for name in ["", "Git Hub", "github.com", "../github", "github\"", "gïthub", &"a".repeat(65)] {
            assert_eq!(ChosenIcon::service(name), None, "{name}");
        }
        assert!(!ChosenIcon::Service("github".into()).is_emoji());
    }

    #[test]
    fn a_choice_and_an_imported_picture_are_stored_together() {
        let picture = "data:image/png;base64,iVBORw0=";
        for (chosen, stored) in [("text:🏦", "text:🏦"), ("service:github", "service:github")] {
            let chosen: ChosenIcon = chosen.parse().unwrap();
            assert_eq!(ChosenIcon::join(Some(&chosen), String::new()), stored);
            assert_eq!(ChosenIcon::split(stored), (Some(chosen.clone()), ""));
            let both = ChosenIcon::join(Some(&chosen), picture.into());
            assert_eq!(ChosenIcon::split(&both), (Some(chosen), picture));
        }
        assert_eq!(ChosenIcon::split(picture), (None, picture));
        // A choice that is not understood is dropped, and the picture stays.
        assert_eq!(ChosenIcon::split(&format!("text:hostile {picture}")), (None, picture));
    }

    proptest! {
        #[test]
        fn any_text_is_bounded_clean_and_stored_unchanged(text in "\\PC{0,6}|.{0,6}|[🏦👩\u{200d}💻🇩❤\u{fe0f}a1\u{301}]{0,6}") {
            if let Some(icon) = ChosenIcon::text(&text) {
                let ChosenIcon::Text(kept) = &icon else { panic!("{icon:?}") };
                prop_assert!(kept.len() <= MAX_TEXT_BYTES && !kept.contains(char::is_whitespace));
                prop_assert_eq!(clean(kept), kept.as_str());
                prop_assert_eq!(icon.to_string().parse::<ChosenIcon>(), Ok(icon.clone()));
                let stored = ChosenIcon::join(Some(&icon), "x y".into());
                prop_assert_eq!(ChosenIcon::split(&stored), (Some(icon), "x y"));
            }
        }
    }
}

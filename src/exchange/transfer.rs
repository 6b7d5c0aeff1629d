//! An account in the form in which threads, pages and the vault exchange it: plain data, including its secret.

use serde::{Deserialize, Serialize};

use super::{Icon, Imported, MAX_ICON_BYTES, encoding};
use crate::otp::{KeyUri, OtpError};
use crate::vault::{ChosenIcon, RecoveryCode};

/// An [`Imported`] account as data to send between threads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortableAccount {
    /// The row's position in the file, from 1.
    #[serde(default)]
    pub row: usize,
    /// The key URI: names and one-time password, including the secret.
    pub uri: String,
    /// Groups; the first one is the account's main group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The user's note.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The account is pinned, or a favorite.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// The icon as a `data:` URL; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub icon: String,
    /// The icon that the user has chosen in this extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_icon: Option<ChosenIcon>,
    /// URLs of the account's sites: suggestions, not permissions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<String>,
    /// The number of uses.
    #[serde(default)]
    pub used: u64,
    /// The time of the last use, in seconds since 1970.
    #[serde(default)]
    pub last_used: Option<u64>,
    /// Recovery codes of the site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recovery_codes: Vec<RecoveryCode>,
}

impl From<&Imported> for PortableAccount {
    fn from(account: &Imported) -> Self {
        Self {
            row: account.row,
            uri: account.uri.to_string(),
            groups: account.groups.clone(),
            note: account.note.clone(),
            pinned: account.pinned,
            icon: account.icon.as_ref().map(Icon::to_data_url).unwrap_or_default(),
            chosen_icon: account.chosen_icon.clone(),
            sites: account.sites.clone(),
            used: account.usage.count,
            last_used: account.usage.last_seconds,
            recovery_codes: account.recovery_codes.clone(),
        }
    }
}

impl TryFrom<&PortableAccount> for Imported {
    type Error = OtpError;

    fn try_from(portable: &PortableAccount) -> Result<Self, OtpError> {
        let uri: KeyUri = portable.uri.parse()?;
        let mut account = Self::new(portable.row, uri)
            .with_note(Some(&portable.note))
            .with_groups(&portable.groups)
            .with_pin(portable.pinned)
            .with_usage(portable.used, portable.last_used);
        account.icon = Icon::from_data_url(&portable.icon);
        account.chosen_icon.clone_from(&portable.chosen_icon);
        account.recovery_codes.clone_from(&portable.recovery_codes);
        Ok(portable.sites.iter().fold(account, |account, site| account.with_site(Some(site))))
    }
}

impl Icon {
    /// Returns the icon as a `data:` URL that a page can show.
    pub fn to_data_url(&self) -> String {
        format!("data:{};base64,{}", self.media_type, encoding::to_base64(&self.bytes))
    }

    /// Parses the result of [`Icon::to_data_url`]. Returns `None` for any other text, and above [`MAX_ICON_BYTES`].
    pub fn from_data_url(address: &str) -> Option<Self> {
        let (media_type, text) = address.strip_prefix("data:")?.split_once(";base64,")?;
        let bytes = encoding::base64(text).filter(|bytes| bytes.len() <= MAX_ICON_BYTES)?;
        Some(Self { media_type: media_type.to_owned(), bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_arrives_as_it_was_sent() {
        let uri = "otpauth://hotp/Acme:a?secret=MZXW6&counter=7&algorithm=SHA512&digits=8".parse().unwrap();
        let mut account = Imported::new(3, uri)
            .with_note(Some("second phone"))
            .with_groups(["Work", "Shared"])
            .with_pin(true)
            .with_usage(4, Some(9))
            .with_site(Some("https://acme.example"));
        account.icon = Some(Icon { media_type: "image/png".into(), bytes: vec![0x89, b'P', b'N', b'G'] });
        account.chosen_icon = ChosenIcon::text("🏦");
        let text = serde_json::to_string(&PortableAccount::from(&account)).unwrap();
        let arrived = Imported::try_from(&serde_json::from_str::<PortableAccount>(&text).unwrap()).unwrap();
        assert_eq!(format!("{arrived:?}"), format!("{account:?}"));
        assert_eq!(PortableAccount::from(&arrived), PortableAccount::from(&account));
    }

    #[test]
    fn an_icon_that_is_not_a_picture_is_dropped() {
        assert_eq!(Icon::from_data_url(""), None);
        assert_eq!(Icon::from_data_url("data:image/png;base64,%"), None);
    }
}

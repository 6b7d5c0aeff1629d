//! The sites where an account's code may be filled.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A site where an account's code may be filled, approved or entered by the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Value", rename_all = "snake_case")]
pub enum Site {
    /// Exactly this origin, for example `https://id.example.com`.
    Origin(String),
    /// Every https page under this registrable domain, for example `example.com`.
    Domain(String),
    /// The pages of one origin at this path and below it, for example `https://example.com/team`, which includes
    /// `/team` and `/team/login` but not `/teammates`.
    StartsWith(String),
    /// A rule that a newer version stored, as JSON. It is kept, and covers no page.
    #[serde(untagged)]
    Unknown(Value),
}

impl From<Value> for Site {
    fn from(value: Value) -> Self {
        let only = value.as_object().filter(|rule| rule.len() == 1).and_then(|rule| rule.iter().next());
        match only.and_then(|(name, text)| Some((name.as_str(), text.as_str()?.to_owned()))) {
            Some(("origin", origin)) => Self::Origin(origin),
            Some(("domain", domain)) => Self::Domain(domain),
            Some(("starts_with", address)) => Self::StartsWith(address),
            _ => Self::Unknown(value),
        }
    }
}

impl Site {
    /// Maximum number of sites of an account that the user can enter.
    pub const MAX_SITES: usize = 100;

    /// Returns the stored text: an origin, a domain or an address. A rule of a newer version has none.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Origin(text) | Self::Domain(text) | Self::StartsWith(text) => Some(text),
            Self::Unknown(_) => None,
        }
    }

    /// Returns the only origin that the rule covers, or `None` if it covers a domain.
    pub fn origin(&self) -> Option<&str> {
        match self {
            Self::Origin(origin) => Some(origin),
            Self::StartsWith(address) => {
                let host = address.find("://")?.checked_add(3)?;
                let length = address.get(host..)?.find('/').and_then(|length| length.checked_add(host));
                address.get(..length.unwrap_or(address.len()))
            }
            Self::Domain(_) | Self::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Account, Vault};
    use super::*;

    #[test]
    fn rules_are_stored_under_their_names_and_an_unknown_one_is_kept() {
        for (text, site) in [
            (r#"{"origin":"https://id.example.com"}"#, Site::Origin("https://id.example.com".into())),
            (r#"{"domain":"example.com"}"#, Site::Domain("example.com".into())),
            (r#"{"starts_with":"https://example.com/team"}"#, Site::StartsWith("https://example.com/team".into())),
        ] {
            assert_eq!(serde_json::from_str::<Site>(text).unwrap(), site);
            assert_eq!(serde_json::to_string(&site).unwrap(), text);
        }
        for text in [r#"{"pattern":{"host":"*.example.com","ports":[443]}}"#, r#"{"origin":["https://a.example"]}"#] {
            let site: Site = serde_json::from_str(text).unwrap();
            assert!(matches!(site, Site::Unknown(_)), "{site:?}");
            assert_eq!(serde_json::to_string(&site).unwrap(), text);
            assert_eq!((site.text(), site.origin()), (None, None));
        }
    }

    #[test]
    fn a_rule_for_a_path_has_one_origin() {
        for (address, origin) in [
            ("https://example.com/team", Some("https://example.com")),
            ("http://nas.local:8080/a/b", Some("http://nas.local:8080")),
            ("https://example.com", Some("https://example.com")),
            ("example.com/team", None),
        ] {
            assert_eq!(Site::StartsWith(address.into()).origin(), origin, "{address}");
        }
        assert_eq!(Site::Domain("example.com".into()).origin(), None);
    }

    #[test]
    fn accounts_of_older_and_newer_versions_keep_their_sites() {
        let text = |sites: &str| {
            format!(
                r#"{{"id":"00000000-0000-4000-8000-000000000001","uri":"otpauth://totp/A:a?secret=JBSWY3DPEHPK3PXP&issuer=A","sites":{sites},"keep":"device","created_at":1,"changed_at":1}}"#
            )
        };
        for sites in [
            r#"[{"origin":"https://id.example.com"},{"domain":"example.com"}]"#,
            r#"[{"starts_with":"https://example.com/team"}]"#,
            r#"[{"domain":"example.com"},{"pattern":{"host":"*.example.com"}},"anything",null]"#,
        ] {
            let account: Account = serde_json::from_str(&text(sites)).unwrap();
            assert_eq!(serde_json::to_string(&account).unwrap(), text(sites));
        }
    }

    #[test]
    fn an_account_for_a_path_of_a_server_belongs_to_the_server() {
        let mut vault = Vault::default();
        for (number, site) in [(1, "https://id.example.com/login/acme"), (2, "https://id.example.com.evil.example/")] {
            let account = format!(
                r#"{{"id":"00000000-0000-4000-8000-00000000000{number}","uri":"otpauth://totp/A:a?secret=JBSWY3DPEHPK3PXP","sites":[{{"starts_with":"{site}"}}],"keep":"device","created_at":1,"changed_at":1}}"#
            );
            vault.accounts.push(serde_json::from_str(&account).unwrap());
        }
        let mut new = vault.accounts[0].clone();
        new.id = "00000000-0000-4000-8000-000000000003".parse().unwrap();
        (new.unconfirmed, new.sites) = (true, vec![Site::Origin("https://id.example.com".into())]);
        let id = new.id;
        vault.accounts.push(new);
        // The server accepted a newer secret of the same user, so the older account is not offered there anymore.
        assert!(vault.confirm_enrolled(id, "https://id.example.com"));
        assert!(vault.accounts[0].sites.is_empty() && vault.accounts[1].sites.len() == 1);
    }
}

//! Parses the address of a site that the user enters for an account.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::PageAddress;
use super::page_address::is_ambiguous;
use super::site::{is_public_suffix, registrable_domain};
use crate::message;
use crate::message::Message;
use crate::vault::Site;

/// Maximum length of an address, in bytes.
const MAX_ADDRESS_BYTES: usize = 2_000;
/// Maximum length of a host name and of one of its labels, in bytes (RFC 1035, section 2.3.4).
const MAX_HOST_BYTES: usize = 253;
const MAX_LABEL_BYTES: usize = 63;

/// How the pages of a site are recognized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteRule {
    /// Exactly the host, with its scheme and port.
    #[default]
    Host,
    /// The host's registrable domain with all its subdomains, over https.
    Domain,
    /// The pages of the host at a path and below it.
    StartsWith,
}

impl SiteRule {
    /// All rules, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Host, Self::Domain, Self::StartsWith];

    /// Returns the name used in pages and texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Domain => "domain",
            Self::StartsWith => "starts_with",
        }
    }

    /// Returns the rule of a site, or `None` for a rule that a newer version of the extension introduced.
    pub fn of(site: &Site) -> Option<Self> {
        match site {
            Site::Origin(_) => Some(Self::Host),
            Site::Domain(_) => Some(Self::Domain),
            Site::StartsWith(_) => Some(Self::StartsWith),
            Site::Unknown(_) => None,
        }
    }
}

/// A site that the user entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedSite {
    /// The site to store.
    pub site: Site,
    /// The origin of the address, for the checks before a site's first use.
    pub origin: String,
}

/// Why an address cannot be stored as a site.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum TypedSiteError {
    /// The text is not the address of a web page.
    NotAnAddress,
    /// The address has a scheme other than http and https.
    Scheme,
    /// Each subdomain of this host belongs to someone else, so it cannot be a domain of one owner.
    PublicSuffix(String),
    /// This host has no registrable domain.
    NoDomain(String),
}

impl TypedSiteError {
    /// Returns the message for the user.
    pub fn message(&self) -> Message {
        match self {
            Self::NotAnAddress => message!("site_not_an_address"),
            Self::Scheme => message!("site_scheme"),
            Self::PublicSuffix(host) => message!("site_public_suffix", host.as_str()),
            Self::NoDomain(host) => message!("site_no_domain", host.as_str()),
        }
    }
}

/// Parses an address such as `example.com`, `nas.local:8080` or `https://example.com/team`. If the scheme is missing,
/// https is assumed. International host names must be given in the form that browsers use (`xn--…`).
///
/// A path counts only for [`SiteRule::StartsWith`], which behaves like [`SiteRule::Host`] if there is no path. A query
/// and a fragment are dropped.
///
/// # Errors
/// [`TypedSiteError`], with a message for the user.
pub fn typed_site(text: &str, rule: SiteRule) -> Result<TypedSite, TypedSiteError> {
    let text = text.trim();
    // A browser treats a backslash as a slash, which the user may not expect.
    let is_wrong = |letter: char| letter.is_control() || letter.is_whitespace() || letter == '\\';
    if text.len() > MAX_ADDRESS_BYTES || text.contains(is_wrong) {
        return Err(TypedSiteError::NotAnAddress);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("https".into(), text),
    };
    if !matches!(scheme.as_str(), "https" | "http") {
        return Err(TypedSiteError::Scheme);
    }
    // Users may write `*.example.com` for a domain and its subdomains.
    let rest = rest.strip_prefix("*.").filter(|_| rule == SiteRule::Domain).unwrap_or(rest);
    let address = format!("{scheme}://{rest}");
    let PageAddress { origin, path } = PageAddress::from(&address);
    let (host, port) = host_and_port(origin).ok_or(TypedSiteError::NotAnAddress)?;
    let is_usual = matches!((scheme.as_str(), port), ("https", Some(443)) | ("http", Some(80)));
    let port = port.filter(|_| !is_usual).map(|port| format!(":{port}")).unwrap_or_default();
    let origin = format!("{scheme}://{host}{port}");
    let site = match rule {
        SiteRule::Host => Site::Origin(origin.clone()),
        SiteRule::Domain => Site::Domain(domain(&host)?),
        SiteRule::StartsWith => match checked_path(path)? {
            "" => Site::Origin(origin.clone()),
            path => Site::StartsWith(format!("{origin}{path}")),
        },
    };
    Ok(TypedSite { site, origin })
}

/// Returns the host in lower case, and the port if there is one.
fn host_and_port(origin: &str) -> Option<(String, Option<u16>)> {
    let (_, authority) = origin.split_once("://")?;
    let authority = authority.to_ascii_lowercase();
    // The last colon of an IPv6 address belongs to the address, which is in brackets.
    let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        Some((host, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => (host, Some(port.parse().ok()?)),
        Some(_) => return None,
        None => (authority.as_str(), None),
    };
    is_host(host).then(|| (host.to_owned(), port))
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.len() <= MAX_LABEL_BYTES && label.bytes().all(is_letter)
    };
    // Browsers read a host whose last label is a number as an IPv4 address.
    let last = host.rsplit('.').next().unwrap_or(host);
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    host.len() <= MAX_HOST_BYTES && host.split('.').all(is_label) && (!is_number || host.parse::<Ipv4Addr>().is_ok())
}

fn domain(host: &str) -> Result<String, TypedSiteError> {
    registrable_domain(host).ok_or_else(|| match is_public_suffix(host) {
        true => TypedSiteError::PublicSuffix(host.to_owned()),
        false => TypedSiteError::NoDomain(host.to_owned()),
    })
}

/// Returns the path without slashes at its end.
fn checked_path(path: &str) -> Result<&str, TypedSiteError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte);
    if !path.bytes().all(is_allowed) || is_ambiguous(path) {
        return Err(TypedSiteError::NotAnAddress);
    }
    Ok(path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::super::allows;
    use super::*;
    use proptest::prelude::*;

    fn stored(text: &str, rule: SiteRule) -> Result<String, TypedSiteError> {
        typed_site(text, rule).map(|typed| serde_json::to_string(&typed.site).unwrap())
    }

    #[test]
    fn an_address_is_stored_by_its_rule() {
        for (text, rule, expected) in [
            ("example.com", SiteRule::Host, r#"{"origin":"https://example.com"}"#),
            (" HTTPS://Login.Example.com:443/a?b#c ", SiteRule::Host, r#"{"origin":"https://login.example.com"}"#),
            ("nas.local:8080", SiteRule::Host, r#"{"origin":"https://nas.local:8080"}"#),
            ("http://192.168.1.7:80/x", SiteRule::Host, r#"{"origin":"http://192.168.1.7"}"#),
            ("https://[2001:DB8::1]:8443", SiteRule::Host, r#"{"origin":"https://[2001:db8::1]:8443"}"#),
            ("[::1]", SiteRule::Host, r#"{"origin":"https://[::1]"}"#),
            ("xn--mller-kva.de", SiteRule::Host, r#"{"origin":"https://xn--mller-kva.de"}"#),
            ("login.example.co.uk", SiteRule::Domain, r#"{"domain":"example.co.uk"}"#),
            ("*.example.com", SiteRule::Domain, r#"{"domain":"example.com"}"#),
            ("alice.github.io", SiteRule::Domain, r#"{"domain":"alice.github.io"}"#),
            ("example.com/team/?x", SiteRule::StartsWith, r#"{"starts_with":"https://example.com/team"}"#),
            ("http://nas.lan/~alice/a", SiteRule::StartsWith, r#"{"starts_with":"http://nas.lan/~alice/a"}"#),
            ("example.com/", SiteRule::StartsWith, r#"{"origin":"https://example.com"}"#),
        ] {
            assert_eq!(stored(text, rule).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_the_address_of_a_web_page_is_rejected() {
        for text in [
            "",
            "example com",
            "https://",
            "https://:443",
            "https://alice@example.com",
            "alice:pw@example.com",
            "https://example.com:99999",
            "https://example.com:x",
            "*.example.com",
            "exa%6dple.com",
            "müller.de",
            "example..com",
            ".example.com",
            "example.com.",
            "1.2.3",
            "0x7f.1",
            "https://[::1",
            "https://example.com\\@evil.example",
            "example.com/a b",
            &"a".repeat(3000),
        ] {
            assert_eq!(stored(text, SiteRule::Host), Err(TypedSiteError::NotAnAddress), "{text}");
        }
        for text in ["ftp://example.com", "chrome://settings", "javascript://example.com", "file:///etc/passwd"] {
            assert_eq!(stored(text, SiteRule::Host), Err(TypedSiteError::Scheme), "{text}");
        }
        for text in ["example.com/a/../b", "example.com/%2e%2e/b", "example.com/a%2Fb", "example.com/a<b"] {
            assert_eq!(stored(text, SiteRule::StartsWith), Err(TypedSiteError::NotAnAddress), "{text}");
        }
    }

    #[test]
    fn a_public_suffix_and_a_host_without_a_domain_are_not_domains() {
        for host in ["com", "co.uk", "github.io", "*.github.io", "https://s3.amazonaws.com", "any.ck"] {
            let stored = stored(host, SiteRule::Domain);
            assert!(matches!(stored, Err(TypedSiteError::PublicSuffix(_))), "{host}: {stored:?}");
        }
        for host in ["localhost", "nas", "192.168.1.7", "[::1]", "wiki.corp", "nas.local"] {
            let stored = stored(host, SiteRule::Domain);
            assert!(matches!(stored, Err(TypedSiteError::NoDomain(_))), "{host}: {stored:?}");
        }
    }

    /// Returns the site for an address under a rule.
    fn site(address: &str, rule: SiteRule) -> Site {
        typed_site(address, rule).unwrap().site
    }

    proptest! {
        #[test]
        fn no_input_panics(text in ".{0,60}") {
            for rule in SiteRule::ALL {
                let _ = typed_site(&text, rule);
            }
        }

        #[test]
        fn a_host_covers_every_path_of_its_own_and_no_other_host(
            (host, sub) in ("[a-z]{1,9}", "[a-z]{1,9}"), path in "(/[a-z.%0-9]{0,5}){0,3}",
        ) {
            let own = format!("https://{host}.example.com");
            let site = site(&own, SiteRule::Host);
            let page = format!("{own}{path}");
            prop_assert!(allows(&site, &page));
            for other in [
                format!("http://{host}.example.com{path}"),
                format!("https://{host}.example.com:8443{path}"),
                format!("https://{sub}.{host}.example.com{path}"),
                format!("https://{host}.example.com.{sub}.net{path}"),
                format!("https://example.com{path}"),
                format!("https://{sub}x.example.org/{host}.example.com"),
            ] {
                prop_assert!(!allows(&site, &other), "{other}");
            }
        }

        #[test]
        fn a_domain_covers_its_subdomains_over_https_and_nothing_else(
            // Some short names below `com` are public suffixes, such as `uk.com`.
            name in "own[a-z]{1,9}", sub in "([a-z]{1,5}\\.){0,3}", path in "(/[a-z]{0,5}){0,3}",
        ) {
            for suffix in ["com", "co.uk", "github.io"] {
                let site = site(&format!("login.{name}.{suffix}"), SiteRule::Domain);
                let page = format!("https://{sub}{name}.{suffix}{path}");
            prop_assert!(allows(&site, &page));
                for other in [
                    format!("http://{sub}{name}.{suffix}{path}"),
                    format!("https://{sub}x{name}.{suffix}{path}"),
                    format!("https://{suffix}{path}"),
                    format!("https://{sub}{name}.{suffix}.evil.example{path}"),
                    format!("https://other.example/{name}.{suffix}"),
                ] {
                    prop_assert!(!allows(&site, &other), "{other}");
                }
            }
        }

        #[test]
        fn a_path_covers_itself_and_what_is_below_it(
            name in "[a-z]{1,9}", path in "(/[a-z]{1,5}){1,3}", more in "[a-z]{1,5}",
        ) {
            let own = format!("https://{name}.example.com");
            let site = site(&format!("{own}{path}/?q=1#f"), SiteRule::StartsWith);
            for end in ["", "/", "?next=/", "#top"] {
                let page = format!("{own}{path}{end}");
                prop_assert!(allows(&site, &page), "{page}");
            }
            let below = format!("{own}{path}/{more}");
            prop_assert!(allows(&site, &below));
            for other in [
                own.clone(),
                format!("{own}/"),
                format!("{own}/0{more}{path}"),
                format!("{own}{path}{more}"),
                format!("{own}{path}/../{more}"),
                format!("{own}{path}/..%2F{more}"),
                format!("{own}{path}/%2e%2e/{more}"),
                format!("http://{name}.example.com{path}"),
                format!("https://{name}.example.com:8443{path}"),
                format!("https://{more}.{name}.example.com{path}"),
                format!("https://{name}.example.com.evil.example{path}"),
                format!("https://evil.example/{own}{path}"),
            ] {
                prop_assert!(!allows(&site, &other), "{other}");
            }
        }

        #[test]
        fn a_rule_of_a_newer_version_covers_nothing(host in "[a-z]{1,9}", path in "(/[a-z]{0,5}){0,3}") {
            let page = format!("https://{host}.example.com{path}");
            let rule = serde_json::json!({ "host_and_subdomains": format!("{host}.example.com") });
            prop_assert!(!allows(&Site::Unknown(rule), &page));
        }
    }
}

//! Parses origins and decides whether a site of an account covers a page.

use super::PageAddress;
use crate::vault::Site;

/// Returns the origin of an address: its scheme, host and port in lower case, without the scheme's default port.
///
/// Returns `None` for schemes other than http and https, for addresses that contain a user name, and for an empty host.
/// A path is ignored: the origin of `https://id.example.com/casdoor` is `https://id.example.com`.
pub fn origin_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let own_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or(rest).to_ascii_lowercase();
    let authority = authority.strip_suffix(own_port).unwrap_or(&authority);
    if authority.is_empty() || authority.starts_with(':') || authority.contains(['@', ' ', '%']) {
        return None;
    }
    Some(format!("{scheme}://{authority}"))
}

/// Returns true if a site of an account covers a page, so that the account's code may be filled there.
///
/// The address comes from the browser, such as `https://id.example.com` or `https://id.example.com/login`. A domain
/// covers only https pages, on the domain itself and its subdomains. A public suffix covers nothing, even if it was
/// stored as a domain before it became a public suffix.
///
/// ```
/// use casdoor_authenticator::autofill::allows;
/// use casdoor_authenticator::vault::Site;
///
/// let site = Site::StartsWith("https://example.com/team".into());
/// assert!(allows(&site, "https://example.com/team/login"));
/// assert!(!allows(&site, "https://example.com/teammates"));
/// ```
pub fn allows<'a>(site: &Site, page: impl Into<PageAddress<'a>>) -> bool {
    covers(site, page) && !matches!(site, Site::Domain(domain) if is_public_suffix(domain))
}

/// Returns true if the rule covers a page. Unlike [`allows`], it does not look up public suffixes: an organization may
/// limit filling to one, such as `gov.uk`.
pub fn covers<'a>(site: &Site, page: impl Into<PageAddress<'a>>) -> bool {
    let page = page.into();
    match site {
        Site::Origin(own) => origin_of(own).is_some_and(|own| own == page.origin),
        Site::Domain(domain) => host_of(page.origin).is_some_and(|host| is_under(host, domain)),
        Site::StartsWith(address) => {
            let own = PageAddress::from(address);
            origin_of(own.origin).is_some_and(|origin| origin == page.origin) && page.is_at_or_below(own.path)
        }
        Site::Unknown(_) => false,
    }
}

/// Returns the site that the user is asked to confirm for a page: its registrable domain, or exactly this origin if it
/// has none (IP addresses, host names without a dot, pages over http).
///
/// Returns `None` if `origin` is not an origin.
pub fn site_for(origin: &str) -> Option<Site> {
    let own = origin_of(origin).filter(|own| own == origin)?;
    Some(host_of(&own).and_then(registrable_domain).map_or_else(|| Site::Origin(own.clone()), Site::Domain))
}

/// Returns the registrable domain of a host: its public suffix and one more label.
///
/// Returns `None` for a public suffix itself, such as `github.io`, under which each subdomain belongs to someone else,
/// for IP addresses, and for hosts whose last label is not on the Public Suffix List. Internationalized names must be
/// given in the form that browsers use (`xn--…`); in any other form they have no registrable domain.
///
/// ```
/// use casdoor_authenticator::autofill::registrable_domain;
///
/// assert_eq!(registrable_domain("login.example.co.uk").as_deref(), Some("example.co.uk"));
/// assert_eq!(registrable_domain("alice.github.io").as_deref(), Some("alice.github.io"));
/// assert_eq!(registrable_domain("github.io"), None);
/// ```
pub fn registrable_domain(host: &str) -> Option<String> {
    let domain = psl2::lookup(host).filter(psl2::Domain::is_known)?;
    // The list ignores the final dot of a fully qualified name. Browsers treat such a name as a different host with its
    // own cookies, so it gets no domain here.
    domain.registrable_domain().filter(|domain| host.ends_with(domain)).map(str::to_owned)
}

/// Returns true if each subdomain of this host belongs to someone else.
pub(super) fn is_public_suffix(host: &str) -> bool {
    psl2::lookup(host).is_some_and(|domain| domain.is_known() && domain.is_public_suffix())
}

/// Returns the host of an https origin, without its port.
pub(super) fn host_of(origin: &str) -> Option<&str> {
    let authority = origin.strip_prefix("https://")?;
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
    if port.bytes().all(|byte| byte.is_ascii_digit()) { Some(host) } else { None }
}

fn is_under(host: &str, domain: &str) -> bool {
    let Some(head) = host.strip_suffix(domain) else { return false };
    !domain.is_empty() && (head.is_empty() || head.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_reduced_to_its_origin() {
        for (address, origin) in [
            ("https://id.example.com", Some("https://id.example.com")),
            ("https://ID.Example.com/casdoor/", Some("https://id.example.com")),
            ("https://id.example.com:443", Some("https://id.example.com")),
            ("https://id.example.com:8443/x", Some("https://id.example.com:8443")),
            ("http://id.acme.test:8000", Some("http://id.acme.test:8000")),
            ("http://localhost:80", Some("http://localhost")),
            ("https://[::1]:8443/", Some("https://[::1]:8443")),
            ("https://good.example@evil.example/", None),
            ("https://", None),
            ("https://:8443", None),
            ("chrome-extension://abc", None),
            ("null", None),
            ("", None),
        ] {
            assert_eq!(origin_of(address).as_deref(), origin, "{address}");
        }
    }

    #[test]
    fn an_origin_covers_itself_only() {
        let site = Site::Origin("https://id.example.com".into());
        assert!(allows(&site, "https://id.example.com"));
        for other in [
            "http://id.example.com",
            "https://id.example.com:8443",
            "https://id.example.com.evil.example",
            "https://x.id.example.com",
            "https://example.com",
            "null",
            "",
        ] {
            assert!(!allows(&site, other), "{other}");
        }
    }

    #[test]
    fn the_site_of_a_page_is_its_registrable_domain_or_else_its_origin() {
        let domain = |text: &str| Some(Site::Domain(text.into()));
        let origin = |text: &str| Some(Site::Origin(text.into()));
        for (page, site) in [
            ("https://login.example.com", domain("example.com")),
            ("https://a.b.example.co.uk:8443", domain("example.co.uk")),
            ("https://alice.github.io", domain("alice.github.io")),
            ("https://github.io", origin("https://github.io")),
            ("https://192.168.0.7", origin("https://192.168.0.7")),
            ("https://[::1]", origin("https://[::1]")),
            ("https://intranet", origin("https://intranet")),
            ("https://wiki.corp", origin("https://wiki.corp")),
            ("https://login.example.com.", origin("https://login.example.com.")),
            ("https://xn--85x722f.xn--55qx5d.cn", domain("xn--85x722f.xn--55qx5d.cn")),
            ("http://login.example.com", origin("http://login.example.com")),
            ("null", None),
            ("https://login.example.com/", None),
        ] {
            assert_eq!(site_for(page), site, "{page}");
        }
    }

    #[test]
    fn a_confirmed_site_covers_the_page_it_was_confirmed_on() {
        for page in [
            "https://login.example.com",
            "https://192.168.0.7:8443",
            "http://localhost:8000",
            "https://alice.github.io",
        ] {
            assert!(allows(&site_for(page).unwrap(), page), "{page}");
        }
        assert!(!allows(&site_for("https://alice.github.io").unwrap(), "https://mallory.github.io"));
    }

    #[test]
    fn a_domain_covers_https_pages_under_it_only() {
        let site = Site::Domain("example.com".into());
        for page in ["https://example.com", "https://login.example.com", "https://a.b.example.com:8443"] {
            assert!(allows(&site, page), "{page}");
        }
        for page in
            ["http://example.com", "https://notexample.com", "https://example.com.evil.example", "https://com", "null"]
        {
            assert!(!allows(&site, page), "{page}");
        }
        assert!(!allows(&Site::Domain(String::new()), "https://example.com"));
    }
}

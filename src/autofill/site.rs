//! Origins and sites: where an account's code may be filled.

use crate::vault::Site;

/// The origin of an address: scheme, host and port, in lower case, without the scheme's own port.
///
/// `None` for anything but http and https, for addresses with a user name in them, and for an empty host. A server's
/// address may have a path, an origin has none: `https://id.example.com/casdoor` is at `https://id.example.com`.
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

/// Whether a site that the person confirmed covers a page of this origin.
///
/// `origin` is the browser's: `https://id.example.com`. A domain covers https pages only, itself and what is under it.
pub fn allows(site: &Site, origin: &str) -> bool {
    match site {
        Site::Origin(own) => origin_of(own).is_some_and(|own| own == origin),
        Site::Domain(domain) => host_of(origin).is_some_and(|host| is_under(host, domain)),
    }
}

/// The host of an https origin, without its port.
fn host_of(origin: &str) -> Option<&str> {
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

//! Casdoor's Origin check, which accepts or rejects a request by its `Origin` header, regardless of its method.
//!
//! It is the only defense of Casdoor's pages against cross-site request forgery, and the reason why the extension must
//! remove the header from its own POST requests.

use std::net::IpAddr;

use url::Url;

/// The result of the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The request is processed, and the response has no CORS headers.
    WithoutCors,
    /// The request is processed, and the response allows this origin, which may be the empty string.
    Allowed(String),
    /// The request is rejected: 403 with an empty body.
    Rejected,
}

/// The parts of a request that the check uses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OriginCheck<'a> {
    /// The `Origin` header.
    pub origin: Option<&'a str>,
    /// The request's method.
    pub method: &'a str,
    /// The path and query as sent. An exempt path is exempt only without a query string.
    pub target: &'a str,
    /// The `Host` header.
    pub host: &'a str,
}

/// Checks a request against the redirect URIs of all applications.
pub(crate) fn check_origin<'a>(asked: OriginCheck<'_>, mut redirect_uris: impl Iterator<Item = &'a str>) -> Verdict {
    let origin = asked.origin.filter(|origin| *origin != "null").unwrap_or("");
    if is_always_accepted(origin) || is_exempt(asked.method, asked.target) {
        return Verdict::Allowed(origin.to_owned());
    }
    if origin.is_empty() {
        return Verdict::WithoutCors;
    }
    let host = host_name(asked.host);
    let same_host = Url::parse(origin).is_ok_and(|url| url.host_str() == Some(host));
    if same_host || is_private_address(host) || redirect_uris.any(|uri| same_site(origin, uri)) {
        Verdict::Allowed(origin.to_owned())
    } else {
        Verdict::Rejected
    }
}

/// Returns true for the origins and redirect URIs that every application accepts.
pub(crate) fn is_always_accepted(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let plain = matches!(
        (url.scheme(), host),
        ("http" | "https", "localhost") | ("http", "127.0.0.1" | "casdoor-authenticator")
    );
    plain || host.ends_with(".chromiumapp.org")
}

/// Returns true if an application with these redirect URIs sends its users to `uri`.
pub(crate) fn redirects_to<'a>(uri: &str, mut listed: impl Iterator<Item = &'a str>) -> bool {
    is_always_accepted(uri) || listed.any(|entry| uri == entry || same_page(uri, entry))
}

fn is_exempt(method: &str, target: &str) -> bool {
    target == "/api/userinfo" || (method == "POST" && matches!(target, "/api/login/oauth/access_token" | "/api/acs"))
}

/// Returns the host name of a `Host` header, without the port and without IPv6 brackets.
fn host_name(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    host.split(':').next().unwrap_or(host)
}

fn is_private_address(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_private() || address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => false,
    }
}

/// Returns true if scheme and port are equal and the host is the entry's host or a subdomain of it.
fn same_site(uri: &str, entry: &str) -> bool {
    let (Ok(uri), Ok(entry)) = (Url::parse(uri), Url::parse(entry)) else {
        return false;
    };
    let (Some(host), Some(listed)) = (uri.host_str(), entry.host_str()) else {
        return false;
    };
    let below = host.strip_suffix(listed).is_some_and(|rest| rest.ends_with('.'));
    uri.scheme() == entry.scheme() && uri.port() == entry.port() && (host == listed || below)
}

fn same_page(uri: &str, entry: &str) -> bool {
    let paths = (Url::parse(uri), Url::parse(entry));
    same_site(uri, entry) && matches!(paths, (Ok(uri), Ok(entry)) if uri.path() == entry.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(origin: &str, host: &str) -> Verdict {
        let asked = OriginCheck { origin: Some(origin), method: "POST", target: "/api/update-user", host };
        check_origin(asked, ["https://rp.example/callback"].into_iter())
    }

    #[test]
    fn an_extension_origin_is_rejected_for_public_names_and_localhost() {
        let extension = "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        assert_eq!(verdict(extension, "id.acme.test"), Verdict::Rejected);
        assert_eq!(verdict(extension, "localhost:8000"), Verdict::Rejected);
        for private in ["127.0.0.1:8000", "10.1.2.3", "[::1]:8000"] {
            assert_eq!(verdict(extension, private), Verdict::Allowed(extension.to_owned()), "{private}");
        }
    }

    #[test]
    fn the_servers_own_pages_are_accepted_on_every_port() {
        assert!(matches!(verdict("http://id.acme.test:9", "id.acme.test:8000"), Verdict::Allowed(_)));
        assert!(matches!(verdict("https://sub.rp.example", "id.acme.test"), Verdict::Allowed(_)));
        assert_eq!(verdict("https://xrp.example", "id.acme.test"), Verdict::Rejected);
        assert_eq!(verdict("null", "id.acme.test"), Verdict::WithoutCors);
    }

    #[test]
    fn a_redirect_uri_is_accepted_if_listed_or_of_a_chrome_extension() {
        let listed = || ["https://rp.example/callback"].into_iter();
        assert!(redirects_to("https://abc.chromiumapp.org/x?y=1", listed()));
        assert!(redirects_to("https://rp.example/callback", listed()));
        assert!(!redirects_to("https://rp.example/other", listed()));
        assert!(!redirects_to("https://abc.extensions.allizom.org/", listed()));
    }
}

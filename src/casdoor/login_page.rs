//! Recognizes the server and the organization in the address of a Casdoor page.

use crate::otp::percent_decode;

/// The first path segments of Casdoor's pages for signing in.
const PAGES: [&str; 3] = ["login", "signup", "forget"];

/// Maximum length of an address, in bytes: that of a server, and an organization whose characters are all encoded.
const MAX_ADDRESS_BYTES: usize = 4 * 1024;

/// The server and the organization of a page on which users sign in to Casdoor.
///
/// ```
/// use casdoor_authenticator::casdoor::LoginPage;
///
/// let page = LoginPage::parse("https://example.com/sso/login/acme").expect("a page of Casdoor");
/// assert_eq!((page.server.as_str(), page.organization.as_str()), ("https://example.com/sso", "acme"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginPage {
    /// The address of the server: the part in front of the page's path.
    pub server: String,
    /// The organization; empty if the address does not contain it.
    pub organization: String,
}

impl LoginPage {
    /// Maximum length of an organization's name, in characters, as in Casdoor's own database.
    pub const MAX_ORGANIZATION_CHARS: usize = 100;

    /// Parses an address that consists of an origin and a path. Returns `None` if its path is not that of a sign-in
    /// page, or if it is too long.
    ///
    /// Anyone can choose the address of a page, so a name that is too long for an organization is ignored.
    pub fn parse(address: &str) -> Option<Self> {
        if address.len() > MAX_ADDRESS_BYTES {
            return None;
        }
        let (scheme, rest) = address.split_once("://")?;
        let mut segments = rest.split('/');
        let mut server = format!("{scheme}://{}", segments.next()?);
        while let Some(segment) = segments.next() {
            if PAGES.contains(&segment) {
                let rest: Vec<&str> = segments.filter(|part| !part.is_empty()).collect();
                // Longer paths belong to protocols: `/login/oauth/authorize`, `/login/saml/authorize/acme/app`.
                let organization = match rest.as_slice() {
                    [one] if segment == "login" => percent_decode(one).map(|name| name.to_string()).unwrap_or_default(),
                    _ => String::new(),
                };
                let organization = Self::organization(&organization).unwrap_or_default();
                return Some(Self { server, organization });
            }
            if !segment.is_empty() {
                server.push('/');
                server.push_str(segment);
            }
        }
        None
    }

    /// Returns the text if an organization can have this name.
    pub fn organization(name: &str) -> Option<String> {
        let is_name = !name.is_empty() && name.chars().nth(Self::MAX_ORGANIZATION_CHARS).is_none();
        is_name.then(|| name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_organization_is_the_only_segment_after_login() {
        for (address, server, organization) in [
            ("https://id.example.com/login/acme", "https://id.example.com", "acme"),
            ("https://id.example.com/login/acme/", "https://id.example.com", "acme"),
            ("http://10.0.0.5:8000/login/built-in", "http://10.0.0.5:8000", "built-in"),
            ("https://example.com/apps/sso/login/acme%20works", "https://example.com/apps/sso", "acme works"),
            ("https://id.example.com/login/%E4%B8%AD%E6%96%87", "https://id.example.com", "中文"),
            ("https://id.example.com/login", "https://id.example.com", ""),
            ("https://id.example.com/login/oauth/authorize", "https://id.example.com", ""),
            ("https://id.example.com/login/saml/authorize/admin/app", "https://id.example.com", ""),
            ("https://id.example.com/signup/app-acme", "https://id.example.com", ""),
            ("https://id.example.com/forget/app-acme", "https://id.example.com", ""),
            ("https://id.example.com/login/%ff", "https://id.example.com", ""),
        ] {
            let expected = LoginPage { server: server.to_owned(), organization: organization.to_owned() };
            assert_eq!(LoginPage::parse(address), Some(expected), "{address}");
        }
    }

    #[test]
    fn a_name_that_is_too_long_for_an_organization_is_ignored() {
        let page = |name: &str| LoginPage::parse(&format!("https://id.example.com/login/{name}"));
        let organization = |name: &str| page(name).unwrap().organization;
        assert_eq!(organization(&"a".repeat(100)).len(), 100);
        assert_eq!(organization(&"%E4%B8%AD".repeat(100)).chars().count(), 100);
        assert_eq!(organization(&"a".repeat(101)), "");
        assert_eq!(organization(&"%E4%B8%AD".repeat(101)), "");
        assert_eq!(page(&"a".repeat(1 << 21)), None);
        assert_eq!(LoginPage::parse(&format!("https://id.example.com{}/login/acme", "/a".repeat(1 << 20))), None);
    }

    #[test]
    fn other_pages_say_nothing_about_an_organization() {
        for address in
            ["https://id.example.com/", "https://id.example.com/account", "https://login/acme", "login/acme", ""]
        {
            assert_eq!(LoginPage::parse(address), None, "{address}");
        }
    }
}

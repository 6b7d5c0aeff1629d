//! The parts of a page's address that the sites of accounts are compared with: its origin and its path.

/// A document's origin and path, as the browser reports them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageAddress<'a> {
    /// The origin, for example `https://id.example.com`, or `null` for a sandboxed document.
    pub origin: &'a str,
    /// The path with its leading slash; empty if it is not known, in which case no path rule covers the page.
    pub path: &'a str,
}

impl<'a> PageAddress<'a> {
    /// Returns the address of a page at this origin and path.
    pub fn new(origin: &'a str, path: &'a str) -> Self {
        Self { origin, path }
    }

    /// Returns true if the page's path is this path or below it: `/team` covers `/team/login`, but not `/teammates`.
    ///
    /// A path with an encoded slash, backslash or dot never matches, because servers disagree about its meaning.
    pub(super) fn is_at_or_below(&self, path: &str) -> bool {
        let Some(rest) = self.path.strip_prefix(path) else { return false };
        let ends_there = rest.is_empty() || rest.starts_with('/') || path.ends_with('/');
        path.starts_with('/') && ends_there && !is_ambiguous(self.path)
    }
}

/// Returns true if a server may interpret the path as a different one.
pub(super) fn is_ambiguous(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ["%2e", "%2f", "%5c", "\\"].iter().any(|part| lower.contains(part))
        || lower.split('/').any(|segment| segment == "." || segment == "..")
}

impl<'a> From<&'a str> for PageAddress<'a> {
    /// Splits an origin, with or without a path. A query and a fragment are ignored.
    fn from(address: &'a str) -> Self {
        let host = address.find("://").map_or(0, |scheme| scheme.saturating_add(3));
        let rest = address.get(host..).unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let origin = address.get(..host.saturating_add(authority.len())).unwrap_or(address);
        Self { origin, path }
    }
}

impl<'a> From<&'a String> for PageAddress<'a> {
    fn from(address: &'a String) -> Self {
        address.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split_into_origin_and_path() {
        for (address, origin, path) in [
            ("https://id.example.com", "https://id.example.com", ""),
            ("https://id.example.com:8443/a/b?c=/d#/e", "https://id.example.com:8443", "/a/b"),
            ("https://id.example.com?next=/a", "https://id.example.com", ""),
            ("https://id.example.com\\@evil.example/a", "https://id.example.com", "\\@evil.example/a"),
            ("null", "null", ""),
            ("", "", ""),
        ] {
            assert_eq!(PageAddress::from(address), PageAddress::new(origin, path), "{address}");
        }
    }
}

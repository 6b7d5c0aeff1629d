//! Server addresses: parsing what the user types, and building the addresses of pages and API endpoints.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::message;
use crate::message::Message;

/// Maximum length of an address, in bytes.
const MAX_ADDRESS_BYTES: usize = 2048;

/// First path segments of Casdoor's own pages. An address that was copied from the address bar is cut off before them.
const PAGES: [&str; 8] = ["login", "signup", "account", "api", ".well-known", "mfa", "forget", "callback"];

/// The address of a Casdoor server: scheme, host, port and base path.
///
/// ```
/// use casdoor_authenticator::casdoor::ServerAddress;
///
/// let server = ServerAddress::parse("id.example.com/casdoor/", false)?;
/// assert_eq!(server.to_string(), "https://id.example.com/casdoor");
/// assert_eq!(server.origin(), "https://id.example.com");
/// assert_eq!(server.url("/api/get-user"), "https://id.example.com/casdoor/api/get-user");
/// # Ok::<(), casdoor_authenticator::casdoor::AddressError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerAddress {
    secure: bool,
    host: String,
    port: Option<u16>,
    path: String,
}

/// The reason why a text is not a usable server address. It contains no part of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
#[non_exhaustive]
pub enum AddressError {
    /// The text is empty.
    Empty,
    /// The text is longer than 2,048 bytes.
    TooLong,
    /// The text is not an http or https address.
    NotAnAddress,
    /// The address contains a user name or a password.
    HasCredentials,
    /// The address is an http address of a server on the public network.
    Insecure,
    /// The address is an http address of a server on a private network, which requires the user's consent.
    NeedsConsent,
}

impl AddressError {
    /// Returns the key of the message for the user.
    pub fn message(self) -> Message {
        match self {
            Self::Empty => message!("address_empty"),
            Self::TooLong => message!("address_too_long"),
            Self::NotAnAddress => message!("address_not_an_address"),
            Self::HasCredentials => message!("address_has_credentials"),
            Self::Insecure => message!("address_insecure"),
            Self::NeedsConsent => message!("address_needs_consent"),
        }
    }
}

/// The network that a host belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Loopback,
    Private,
    Public,
}

impl ServerAddress {
    /// Parses what the user typed, or the text of another `ServerAddress`.
    ///
    /// The scheme is optional: the default is https, or http for this device. `private_http` is the user's consent to
    /// http in a private network.
    ///
    /// # Errors
    /// An [`AddressError`] that names the reason.
    pub fn parse(text: &str, private_http: bool) -> Result<Self, AddressError> {
        if text.len() > MAX_ADDRESS_BYTES {
            return Err(AddressError::TooLong);
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        let (authority, path) = rest
            .split_once(['/', '?', '#', '\\'])
            .map_or((rest, ""), |(head, _)| (head, rest.get(head.len()..).unwrap_or("")));
        if authority.contains('@') {
            return Err(AddressError::HasCredentials);
        }
        let (host, port) = split_port(authority)?;
        let host = normal_host(host)?;
        let reach = reach(&host);
        let secure = match scheme.as_deref() {
            Some("https") => true,
            Some("http") => false,
            None => reach != Reach::Loopback,
            Some(_) => return Err(AddressError::NotAnAddress),
        };
        match (secure, reach) {
            (false, Reach::Public) => return Err(AddressError::Insecure),
            (false, Reach::Private) if !private_http => return Err(AddressError::NeedsConsent),
            _ => {}
        }
        let port = port.filter(|port| *port != if secure { 443 } else { 80 });
        Ok(Self { secure, host, port, path: normal_path(path)? })
    }

    /// Returns the host: a name in lower case or an IP address, with IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port, unless it is the scheme's default.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Returns `true` for https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Returns the server's origin as browsers write it: scheme, host, and any port that is not the default.
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        match self.port {
            Some(port) => format!("{scheme}://{}:{port}", self.host),
            None => format!("{scheme}://{}", self.host),
        }
    }

    /// Returns the match patterns for the server's own pages, which contain its scheme, host, port and path. The
    /// default port is written out, because a pattern without a port matches every port. An asterisk in the path is
    /// encoded, because it would match anything.
    pub fn page_patterns(&self) -> Vec<String> {
        let (scheme, standard) = if self.secure { ("https", 443) } else { ("http", 80) };
        let base =
            format!("{scheme}://{}:{}{}", self.host, self.port.unwrap_or(standard), self.path.replace('*', "%2A"));
        if self.path.is_empty() {
            return vec![format!("{base}/*")];
        }
        // A path matches as a prefix only up to a slash: `/casdoor` must not match `/casdoor-admin`.
        vec![base.clone(), format!("{base}/*"), format!("{base}?*")]
    }

    /// Returns the address of a path on the server; `path` starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

impl fmt::Display for ServerAddress {
    /// Writes the address without a trailing slash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)
    }
}

/// Returns `true` if an address in the browser's form matches a pattern of [`ServerAddress::page_patterns`].
pub fn matches_page(pattern: &str, url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let rest = rest.split('#').next().unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let has_port = authority.rsplit(']').next().unwrap_or_default().contains(':');
    let port = match scheme {
        _ if has_port => "",
        "https" => ":443",
        _ => ":80",
    };
    let written_out = format!("{scheme}://{authority}{port}{path}");
    match pattern.strip_suffix('*') {
        Some(prefix) => written_out.starts_with(prefix),
        None => written_out == pattern,
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), AddressError> {
    let colon = match authority.rfind(']') {
        Some(bracket) => authority.get(bracket..).and_then(|tail| tail.find(':')).map(|at| bracket.saturating_add(at)),
        // More than one colon without brackets means an IPv6 address without a port.
        None if authority.matches(':').count() > 1 => None,
        None => authority.find(':'),
    };
    let Some(colon) = colon else { return Ok((authority, None)) };
    let (host, port) = authority.split_at_checked(colon).ok_or(AddressError::NotAnAddress)?;
    match port.trim_start_matches(':') {
        "" => Ok((host, None)),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => match digits.parse::<u16>() {
            Ok(port) if port > 0 => Ok((host, Some(port))),
            _ => Err(AddressError::NotAnAddress),
        },
        _ => Err(AddressError::NotAnAddress),
    }
}

fn normal_host(host: &str) -> Result<String, AddressError> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    if bare.is_some() || host.contains(':') {
        let address: Ipv6Addr = bare.unwrap_or(host).parse().map_err(|_| AddressError::NotAnAddress)?;
        return Ok(format!("[{address}]"));
    }
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let labels_fit = host.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    let known = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if host.is_empty() || host.len() > 253 || !labels_fit || !known {
        return Err(AddressError::NotAnAddress);
    }
    // Browsers read 127.1 and 0x7f.1 as IP addresses, so reject names that look like one.
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    if numeric && host.parse::<Ipv4Addr>().is_err() {
        return Err(AddressError::NotAnAddress);
    }
    Ok(host)
}

fn normal_path(path: &str) -> Result<String, AddressError> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut normal = String::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if PAGES.contains(&segment.to_ascii_lowercase().as_str()) {
            break;
        }
        let known = segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:@".contains(&b));
        if !known || segment == "." || segment == ".." {
            return Err(AddressError::NotAnAddress);
        }
        normal.push('/');
        normal.push_str(segment);
    }
    Ok(normal)
}

fn reach(host: &str) -> Reach {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse().map_or(Reach::Public, reach_v6);
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return reach_v4(address);
    }
    // Domains that RFC 6761, 6762, 8375 and 9476 exclude from the public network. Names without a dot are private, too.
    const PRIVATE: [&str; 6] = [".test", ".local", ".internal", ".lan", ".home.arpa", ".alt"];
    if host == "localhost" || host.ends_with(".localhost") {
        Reach::Loopback
    } else if !host.contains('.') || PRIVATE.iter().any(|ending| host.ends_with(ending)) {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    if address.is_loopback() {
        Reach::Loopback
    } else if address.is_private() || address.is_link_local() {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    match address.to_ipv4_mapped() {
        Some(address) => reach_v4(address),
        None if address.is_loopback() => Reach::Loopback,
        None if address.is_unique_local() || address.is_unicast_link_local() => Reach::Private,
        None => Reach::Public,
    }
}

#[cfg(test)]
mod tests;

//! The connection code that Casdoor shows on the account page under "MFA accounts", as a QR code or as text.

use std::fmt;

use super::super::{CasdoorError, ServerAddress};
use crate::secret::Secret;

/// Maximum length of a token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A server and a token for one of its users. Anyone can create a connection code, so only the server can tell who the
/// user is.
///
/// The text form of a connection code is `casdoor-authenticator://login?serverUrl=…&accessToken=…` (before 2025
/// `casdoor-app://`), a plain concatenation without any encoding.
pub struct ConnectionCode {
    /// The server.
    pub server: ServerAddress,
    /// The access token. It cannot be refreshed.
    pub token: Secret<String>,
}

impl fmt::Debug for ConnectionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionCode").field("server", &self.server).finish_non_exhaustive()
    }
}

impl ConnectionCode {
    /// Returns `true` if a text looks like a connection code, for example to distinguish it from a scanned account.
    pub fn is_one(text: &str) -> bool {
        query(text).is_some()
    }

    /// Parses a connection code. `private_http` is the user's consent to http in a private network.
    ///
    /// # Errors
    /// [`CasdoorError::NotAConnectionCode`], [`CasdoorError::ConnectionCodeTooLong`],
    /// [`CasdoorError::ConnectionCodeServer`].
    pub fn parse(text: &str, private_http: bool) -> Result<Self, CasdoorError> {
        if text.len() > MAX_TOKEN_BYTES.saturating_add(4096) {
            return Err(CasdoorError::ConnectionCodeTooLong);
        }
        let query = query(text).ok_or(CasdoorError::NotAConnectionCode)?;
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let server = value("serverUrl").ok_or(CasdoorError::NotAConnectionCode)?;
        let token = value("accessToken").filter(|token| is_token(token)).ok_or(CasdoorError::NotAConnectionCode)?;
        if token.len() > MAX_TOKEN_BYTES {
            return Err(CasdoorError::ConnectionCodeTooLong);
        }
        // Some programs percent-encode the address when they copy the text.
        let server = crate::otp::percent_decode(server).map_err(|_| CasdoorError::NotAConnectionCode)?;
        let server = ServerAddress::parse(&server, private_http).map_err(CasdoorError::ConnectionCodeServer)?;
        Ok(Self { server, token: Secret::new(token.into()) })
    }
}

fn query(text: &str) -> Option<&str> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let known = ["casdoor-authenticator", "casdoor-app"].iter().any(|name| scheme.eq_ignore_ascii_case(name));
    let (path, query) = rest.split_once('?')?;
    (known && path.trim_end_matches('/') == "login").then_some(query)
}

/// Returns `true` if a text contains only the characters that RFC 6750 allows in a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_schemes_are_parsed_without_any_encoding() {
        for scheme in ["casdoor-authenticator", "casdoor-app", "Casdoor-Authenticator"] {
            let text = format!("{scheme}://login?serverUrl=https://id.example.com:8443/sso&accessToken=aa.bb-_.cc");
            let code = ConnectionCode::parse(&text, false).unwrap();
            assert_eq!(code.server.to_string(), "https://id.example.com:8443/sso");
            assert_eq!(code.token.expose(), "aa.bb-_.cc");
        }
    }

    #[test]
    fn a_token_of_8_kib_is_accepted_and_a_longer_one_rejected() {
        let text =
            |n| format!("casdoor-authenticator://login?serverUrl=https://a.example&accessToken={}", "a".repeat(n));
        assert!(ConnectionCode::parse(&text(MAX_TOKEN_BYTES), false).is_ok());
        assert_eq!(
            ConnectionCode::parse(&text(MAX_TOKEN_BYTES + 1), false).unwrap_err(),
            CasdoorError::ConnectionCodeTooLong
        );
        assert_eq!(ConnectionCode::parse(&text(1 << 20), false).unwrap_err(), CasdoorError::ConnectionCodeTooLong);
    }

    #[test]
    fn other_texts_are_rejected_and_never_shown() {
        for text in [
            "",
            "otpauth://totp/a?secret=MZXW6YTB",
            "casdoor-authenticator://logout?serverUrl=https://a.example&accessToken=a",
            "casdoor-authenticator://login?serverUrl=https://a.example",
            "casdoor-authenticator://login?accessToken=a",
            "casdoor-authenticator://login?serverUrl=https://a.example&accessToken=a b",
            "casdoor-authenticator://login?serverUrl=https://a.example&accessToken=a\r\nX-Evil: 1",
        ] {
            assert_eq!(ConnectionCode::parse(text, false).unwrap_err(), CasdoorError::NotAConnectionCode, "{text}");
        }
        let insecure = "casdoor-authenticator://login?serverUrl=http://id.example.com&accessToken=a";
        assert!(matches!(ConnectionCode::parse(insecure, false), Err(CasdoorError::ConnectionCodeServer(_))));
    }

    proptest! {
        #[test]
        fn parsing_a_text_never_panics(text in ".*") {
            let _ = ConnectionCode::parse(&text, true);
            let _ = ConnectionCode::parse(&format!("casdoor-app://login?{text}"), true);
        }
    }
}

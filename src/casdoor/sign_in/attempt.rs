//! One sign-in: the address to open and the check of what comes back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::api::with_query;
use super::super::{CasdoorError, ServerAddress};
use super::Offer;
use crate::otp::percent_decode;
use crate::secret::{Entropy, Secret};

/// The longest redirect that is looked at, in bytes.
const MAX_REDIRECT_BYTES: usize = 16 * 1024;

/// What the sign-in page shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Prompt {
    /// The page, or nothing where the application signs a signed-in browser in by itself.
    #[default]
    Any,
    /// The page with this user name filled in.
    User(String),
    /// Nothing if it can be helped: a browser that is signed in gets its code at once.
    Silent,
}

/// One sign-in by authorization code with PKCE (RFC 6749, RFC 7636). All its values are URL-safe: Casdoor's page passes
/// `state` and `nonce` on unencoded.
///
/// It can be put away while the window is open, by its serialized form; that holds the verifier, which is a secret.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    server: String,
    private_http: bool,
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: String,
    nonce: String,
    verifier: String,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").finish_non_exhaustive()
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.verifier.zeroize();
    }
}

impl Attempt {
    /// Begins a sign-in. `redirect_uri` is where the browser catches the answer: `https://ID.chromiumapp.org/` needs no
    /// entry on the server.
    ///
    /// # Errors
    /// [`CasdoorError::ChoiceNeeded`] if the offer has no client id yet.
    pub fn new(offer: &Offer, redirect_uri: &str, entropy: &mut impl Entropy) -> Result<Self, CasdoorError> {
        Ok(Self {
            server: offer.server.to_string(),
            private_http: !offer.server.is_secure(),
            client_id: offer.client_id.clone().ok_or(CasdoorError::ChoiceNeeded)?,
            redirect_uri: redirect_uri.into(),
            scope: "openid profile".into(),
            state: URL_SAFE_NO_PAD.encode(entropy.generate::<24>()),
            nonce: URL_SAFE_NO_PAD.encode(entropy.generate::<24>()),
            verifier: URL_SAFE_NO_PAD.encode(entropy.generate::<48>()),
        })
    }

    /// The same without a scope, for an application that allows only scopes of its own
    /// ([`CasdoorError::ScopeRefused`]).
    #[must_use]
    pub fn without_scope(mut self) -> Self {
        self.scope.clear();
        self
    }

    /// The server to sign in to.
    ///
    /// # Errors
    /// [`CasdoorError::BadServer`] if the attempt was put away by another version.
    pub fn server(&self) -> Result<ServerAddress, CasdoorError> {
        ServerAddress::parse(&self.server, self.private_http).map_err(|_| CasdoorError::BadServer)
    }

    /// The client id that is signed in to.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The address to open in the browser.
    pub fn authorize_url(&self, prompt: &Prompt) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()));
        let mut query = vec![
            ("client_id", self.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge_method", "S256"),
            ("code_challenge", &challenge),
        ];
        match prompt {
            Prompt::Any => {}
            Prompt::User(name) => query.push(("login_hint", name)),
            Prompt::Silent => query.push(("silentSignin", "1")),
        }
        format!("{}{}", self.server, with_query("/login/oauth/authorize", &query))
    }

    /// Takes the code out of the address that the browser was redirected to.
    ///
    /// # Errors
    /// [`CasdoorError::StateMismatch`] for an answer to another sign-in, [`CasdoorError::Cancelled`],
    /// [`CasdoorError::ScopeRefused`] and [`CasdoorError::SignInRefused`] for what the server answers instead of a code.
    pub fn parse_redirect(&self, url: &str) -> Result<Secret<String>, CasdoorError> {
        if url.len() > MAX_REDIRECT_BYTES {
            return Err(CasdoorError::StateMismatch);
        }
        let rest = url.strip_prefix(&self.redirect_uri).ok_or(CasdoorError::StateMismatch)?;
        let answer = Answer::read(rest.trim_start_matches(['/', '?', '&', '#']));
        let ours = answer.state.as_deref().is_some_and(|state| same(state, &self.state));
        match (answer.error.as_deref(), ours, answer.code) {
            (_, false, _) => Err(CasdoorError::StateMismatch),
            (Some("access_denied"), ..) => Err(CasdoorError::Cancelled),
            (Some("invalid_scope"), ..) => Err(CasdoorError::ScopeRefused),
            (Some(_), ..) | (None, true, None) => Err(CasdoorError::SignInRefused),
            (None, true, Some(code)) => Ok(code),
        }
    }

    /// The PKCE verifier, for the token endpoint.
    pub(super) fn verifier(&self) -> &str {
        &self.verifier
    }

    /// Whether a token's nonce is this sign-in's. Formats that leave the nonce out are bound to it by PKCE alone.
    pub(super) fn accepts_nonce(&self, nonce: Option<&str>) -> bool {
        nonce.is_none_or(|nonce| nonce.is_empty() || same(nonce, &self.nonce))
    }
}

/// Compares in time that depends on the lengths only.
fn same(a: &str, b: &str) -> bool {
    Secret::new(String::from(a)) == Secret::new(String::from(b))
}

/// The parameters of a redirect; of one named twice the first counts.
#[derive(Default)]
struct Answer {
    code: Option<Secret<String>>,
    state: Option<String>,
    error: Option<String>,
}

impl Answer {
    fn read(query: &str) -> Self {
        let mut answer = Self::default();
        for pair in query.split('#').next().unwrap_or(query).split('&').take(64) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Ok(value) = percent_decode(value) else { continue };
            match name {
                "code" if answer.code.is_none() && !value.is_empty() => answer.code = Some(Secret::new(value)),
                "state" if answer.state.is_none() => answer.state = Some(value),
                "error" if answer.error.is_none() => answer.error = Some(value),
                _ => {}
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Counter(u8);

    impl Entropy for Counter {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill_with(|| {
                self.0 = self.0.wrapping_add(1);
                self.0
            });
        }
    }

    const REDIRECT: &str = "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/";

    fn attempt() -> Attempt {
        let offer = Offer {
            server: ServerAddress::parse("id.example.com/sso", false).unwrap(),
            organizations: Vec::new(),
            organization: None,
            application: None,
            client_id: Some("client".into()),
        };
        Attempt::new(&offer, REDIRECT, &mut Counter(0)).unwrap()
    }

    #[test]
    fn the_challenge_is_the_hash_of_the_verifier_as_in_rfc_7636() {
        let mut attempt = attempt();
        attempt.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into();
        let url = attempt.authorize_url(&Prompt::Any);
        assert!(url.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        assert!(
            url.starts_with("https://id.example.com/sso/login/oauth/authorize?client_id=client&response_type=code&")
        );
        assert!(!url.contains(&attempt.verifier));
    }

    #[test]
    fn state_nonce_and_verifier_are_url_safe_and_differ() {
        let attempt = attempt();
        for value in [&attempt.state, &attempt.nonce, &attempt.verifier] {
            assert!(value.len() >= 32 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        }
        assert!(attempt.state != attempt.nonce && attempt.nonce != attempt.verifier);
    }

    #[test]
    fn a_code_with_our_state_is_taken_and_nothing_else() {
        let attempt = attempt();
        let state = &attempt.state;
        let parse = |rest: &str| attempt.parse_redirect(&format!("{REDIRECT}{rest}")).map(|code| code.expose().clone());
        assert_eq!(parse(&format!("?code=0123456789abcdef0123&state={state}")), Ok("0123456789abcdef0123".into()));
        assert_eq!(parse("?code=x&state=other"), Err(CasdoorError::StateMismatch));
        assert_eq!(parse("?code=x"), Err(CasdoorError::StateMismatch));
        assert_eq!(parse(&format!("?error=access_denied&state={state}")), Err(CasdoorError::Cancelled));
        assert_eq!(parse(&format!("?error=server_error&code=x&state={state}")), Err(CasdoorError::SignInRefused));
        assert_eq!(parse(&format!("?state={state}")), Err(CasdoorError::SignInRefused));
        let elsewhere = format!("https://evil.example/?code=x&state={state}");
        assert_eq!(attempt.parse_redirect(&elsewhere).unwrap_err(), CasdoorError::StateMismatch);
    }

    #[test]
    fn another_nonce_is_refused_and_a_missing_one_is_not() {
        let attempt = attempt();
        assert!(attempt.accepts_nonce(Some(&attempt.nonce)) && attempt.accepts_nonce(None));
        assert!(!attempt.accepts_nonce(Some("other")));
    }

    proptest! {
        #[test]
        fn no_redirect_panics(rest in ".*") {
            let _ = attempt().parse_redirect(&format!("{REDIRECT}{rest}"));
        }
    }
}

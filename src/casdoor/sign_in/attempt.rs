//! A sign-in in progress: its random values, and the pages that the user has to complete.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::api::with_query;
use super::super::{CasdoorError, ServerAddress};
use super::SignInOptions;
use crate::otp::percent_encode;
use crate::secret::{Entropy, Secret};

/// A sign-in with an authorization code and PKCE (RFC 6749, RFC 7636), before the code is issued. [`request_code`]
/// requests the code; on the pages that an attempt returns, the user only signs in or consents.
///
/// All values are URL-safe, because Casdoor's page forwards `state` and `nonce` without encoding them. An attempt can
/// be serialized and stored while the sign-in window is open. It contains the PKCE verifier, which is a secret.
///
/// [`request_code`]: super::request_code
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    server: String,
    private_http: bool,
    client_id: String,
    application: String,
    organization: String,
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
    /// Starts a sign-in. `redirect_uri` is the redirect URI that the server issues codes for. Casdoor accepts
    /// `https://ID.chromiumapp.org/` without registration.
    ///
    /// # Errors
    /// [`CasdoorError::ChoiceNeeded`] if the offer has no client id yet, [`CasdoorError::UnknownApplication`] if it
    /// does not name the application and its organization; see [`complete`](super::complete).
    pub fn new(offer: &SignInOptions, redirect_uri: &str, entropy: &mut impl Entropy) -> Result<Self, CasdoorError> {
        Ok(Self {
            server: offer.server.to_string(),
            private_http: !offer.server.is_secure(),
            client_id: offer.client_id.clone().ok_or(CasdoorError::ChoiceNeeded)?,
            application: offer.application.clone().ok_or(CasdoorError::UnknownApplication)?,
            organization: offer.organization.clone().ok_or(CasdoorError::UnknownApplication)?,
            redirect_uri: redirect_uri.into(),
            scope: "openid profile".into(),
            state: URL_SAFE_NO_PAD.encode(entropy.generate::<24>()),
            nonce: URL_SAFE_NO_PAD.encode(entropy.generate::<24>()),
            verifier: URL_SAFE_NO_PAD.encode(entropy.generate::<48>()),
        })
    }

    /// Omits the scope from now on, for an application that allows only its own scopes
    /// ([`CasdoorError::ScopeRejected`]). Returns `false` if it was already omitted.
    pub(super) fn drop_scope(&mut self) -> bool {
        !std::mem::take(&mut self.scope).is_empty()
    }

    /// Returns the server.
    ///
    /// # Errors
    /// [`CasdoorError::BadServer`] if the attempt was stored by another version.
    pub fn server(&self) -> Result<ServerAddress, CasdoorError> {
        ServerAddress::parse(&self.server, self.private_http).map_err(|_| CasdoorError::BadServer)
    }

    /// Returns a value that distinguishes this sign-in from every other. The server knows it, too.
    pub fn id(&self) -> &str {
        &self.state
    }

    /// Returns the client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the name of the application.
    pub fn application(&self) -> &str {
        &self.application
    }

    /// Returns the organization whose users sign in.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    /// Returns the page on which a user of the organization signs in to the server itself, with a user name prefilled
    /// if there is one. An application's own sign-in page is unsuitable: by default, it issues a code and leaves the
    /// browser signed out.
    pub fn login_page(&self, user: Option<&str>) -> String {
        let query: Vec<_> = user.map(|name| ("login_hint", name)).into_iter().collect();
        format!("{}{}", self.server, with_query(&format!("/login/{}", percent_encode(&self.organization)), &query))
    }

    /// Returns the application's sign-in page, for a signed-in user who still has to consent to something. When the
    /// user is done, the page redirects to the redirect URI with a code, which is not used.
    pub fn authorize_page(&self) -> String {
        let challenge = self.challenge();
        let query = [
            ("client_id", self.client_id.as_str()),
            ("response_type", "code"),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge_method", "S256"),
            ("code_challenge", &challenge),
        ];
        format!("{}{}", self.server, with_query("/login/oauth/authorize", &query))
    }

    /// Returns the query that Casdoor's own page uses to request a code.
    pub(super) fn code_query(&self) -> Vec<(&'static str, String)> {
        let pairs: [(&str, &str); 9] = [
            ("clientId", &self.client_id),
            ("responseType", "code"),
            ("redirectUri", &self.redirect_uri),
            ("type", "code"),
            ("scope", &self.scope),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge_method", "S256"),
            ("code_challenge", &self.challenge()),
        ];
        pairs.map(|(name, value)| (name, String::from(value))).into()
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }

    /// Returns the PKCE verifier, for the token endpoint.
    pub(super) fn verifier(&self) -> &str {
        &self.verifier
    }

    /// Returns `true` if a token's nonce matches this sign-in. Token formats without a nonce are bound to it by PKCE
    /// alone.
    pub(super) fn accepts_nonce(&self, nonce: Option<&str>) -> bool {
        nonce.is_none_or(|nonce| nonce.is_empty() || same(nonce, &self.nonce))
    }
}

/// Compares two texts in a time that depends only on their lengths.
fn same(a: &str, b: &str) -> bool {
    Secret::new(String::from(a)) == Secret::new(String::from(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::test_entropy::CountingEntropy;

    const REDIRECT: &str = "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/";

    fn attempt() -> Attempt {
        let offer = SignInOptions {
            server: ServerAddress::parse("id.example.com/sso", false).unwrap(),
            organizations: Vec::new(),
            organization: Some("acme works".into()),
            application: Some("app-acme".into()),
            client_id: Some("client".into()),
        };
        Attempt::new(&offer, REDIRECT, &mut CountingEntropy(0)).unwrap()
    }

    #[test]
    fn the_challenge_is_the_hash_of_the_verifier_as_in_rfc_7636() {
        let mut attempt = attempt();
        attempt.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into();
        let url = attempt.authorize_page();
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
    fn sign_in_opens_the_login_page_of_the_organization() {
        let attempt = attempt();
        assert_eq!(attempt.login_page(None), "https://id.example.com/sso/login/acme%20works");
        assert_eq!(
            attempt.login_page(Some("al&ice")),
            "https://id.example.com/sso/login/acme%20works?login_hint=al%26ice"
        );
    }

    #[test]
    fn an_offer_without_client_application_or_organization_cannot_be_used() {
        let offer = |client_id: Option<&str>, application: Option<&str>, organization: Option<&str>| SignInOptions {
            server: ServerAddress::parse("id.example.com", false).unwrap(),
            organizations: Vec::new(),
            organization: organization.map(String::from),
            application: application.map(String::from),
            client_id: client_id.map(String::from),
        };
        let begin = |offer: &SignInOptions| Attempt::new(offer, REDIRECT, &mut CountingEntropy(0)).unwrap_err();
        assert_eq!(begin(&offer(None, Some("app"), Some("acme"))), CasdoorError::ChoiceNeeded);
        assert_eq!(begin(&offer(Some("client"), None, Some("acme"))), CasdoorError::UnknownApplication);
        assert_eq!(begin(&offer(Some("client"), Some("app"), None)), CasdoorError::UnknownApplication);
    }

    #[test]
    fn a_different_nonce_is_rejected_and_a_missing_one_accepted() {
        let attempt = attempt();
        assert!(attempt.accepts_nonce(Some(&attempt.nonce)) && attempt.accepts_nonce(None));
        assert!(!attempt.accepts_nonce(Some("other")));
    }
}

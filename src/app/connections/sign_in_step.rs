//! The steps of a sign-in, which alternate between the worker and the server's pages.

use crate::app::protocol::Message;
use crate::app::{App, AppError, Platform};
use crate::casdoor::sign_in::{self, Attempt, CodeResponse, SignedIn};
use crate::label::clean;
use crate::message;
use crate::message::Argument;

/// Paths of pages on which a user is still signing in. Any other page of the server means that the user has signed in.
const SIGN_IN_PAGES: [&str; 14] = [
    "api",
    "auto-signup",
    "buy-plan",
    "callback",
    "cas",
    "consent",
    "forget",
    "login",
    "mfa",
    "prompt",
    "result",
    "select-plan",
    "signup",
    "update-password",
];

/// The next step of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInStep<T> {
    /// The sign-in is complete.
    Finished(T),
    /// The user has to act on a page of the server.
    Page(SignInPage),
}

/// A page of a server on which the user signs in or agrees to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInPage {
    /// The address to open.
    pub url: String,
    /// `true` if the page redirects to the redirect address when the user is done; otherwise it stays on the server.
    pub redirects: bool,
    server: String,
}

impl SignInPage {
    /// Returns `true` if a window that shows this address has left the sign-in, so that the user is signed in.
    pub fn is_left_at(&self, url: &str) -> bool {
        let Some(rest) = url.strip_prefix(&self.server) else { return false };
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let Some(path) = path.strip_prefix('/') else { return path.is_empty() && rest.is_empty() };
        !SIGN_IN_PAGES.contains(&path.split('/').next().unwrap_or_default())
    }
}

impl<P: Platform> App<P> {
    /// Requests an authorization code from the server and redeems it, or returns the page that the user has to see
    /// first. `user` is the name to prefill on the login page.
    pub(in crate::app) async fn advance(
        &self,
        attempt: &mut Attempt,
        user: Option<&str>,
        now: u64,
    ) -> Result<SignInStep<SignedIn>, AppError> {
        // The policy may have changed while the user was on the server's pages.
        self.policy().await.check_server(&attempt.server()?.to_string())?;
        let page = match sign_in::request_code(&self.http, attempt).await? {
            CodeResponse::Code(code) => {
                return Ok(SignInStep::Finished(sign_in::exchange(&self.http, attempt, &code, now).await?));
            }
            CodeResponse::SignInNeeded => (attempt.login_page(user), false),
            CodeResponse::PageNeeded => (attempt.authorize_page(), true),
        };
        let (url, redirects) = page;
        Ok(SignInStep::Page(SignInPage { url, redirects, server: attempt.server()?.to_string() }))
    }
}

/// Returns the message for a browser that is signed in as a different user than required.
pub(in crate::app) fn signed_in_as_another(host: &str, wanted: impl Into<Argument>, signed_in: &SignedIn) -> Message {
    let name = if signed_in.display_name.is_empty() { &signed_in.name } else { &signed_in.display_name };
    let found = format!("{name} ({})", signed_in.owner);
    message!("connect_different_user", host, clean(&found).as_ref(), wanted.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_other_page_of_the_same_server_ends_the_sign_in() {
        let page = |server: &str| SignInPage { url: String::new(), redirects: false, server: server.into() };
        let at_root = page("https://id.example.com:8443");
        for left in ["", "/", "/account", "/?a=b", "/apps#x", "/loginx", "/organizations/acme"] {
            assert!(at_root.is_left_at(&format!("https://id.example.com:8443{left}")), "{left}");
        }
        for not_left in [
            "/login/acme",
            "/login",
            "/login?x",
            "/forget/app",
            "/mfa/setup?mfaType=app",
            "/prompt/app",
            "/api/logout",
            "/consent/app",
        ] {
            assert!(!at_root.is_left_at(&format!("https://id.example.com:8443{not_left}")), "{not_left}");
        }
        for elsewhere in [
            "about:blank",
            "https://id.example.com/",
            "https://id.example.com:84433/",
            "https://id.example.com:8443.evil.example/",
            "https://id.example.com:8443@evil.example/",
            "http://id.example.com:8443/",
            "https://idp.example/callback",
        ] {
            assert!(!at_root.is_left_at(elsewhere), "{elsewhere}");
        }
        let under_path = page("https://example.com/sso");
        assert!(under_path.is_left_at("https://example.com/sso/account"));
        assert!(!under_path.is_left_at("https://example.com/sso/login/acme"));
        assert!(!under_path.is_left_at("https://example.com/"));
        assert!(!under_path.is_left_at("https://example.com/sso2/"));
    }
}

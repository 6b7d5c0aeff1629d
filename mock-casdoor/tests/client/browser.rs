//! A browser for sign-in tests: stores one server's session cookie, and sends it with requests that ask for it.

use std::cell::RefCell;

use casdoor_authenticator::casdoor::sign_in::{Attempt, CodeResponse, request_code};
use casdoor_authenticator::casdoor::{CasdoorError, Http, HttpError, HttpRequest, HttpResponse};
use casdoor_authenticator::secret::Secret;
use futures_lite::future::block_on;
use mock_casdoor::PASSWORD;
use serde_json::{Value, json};

use super::http::Network;

/// A network client with a session cookie.
pub struct Browser {
    network: Network,
    agent: ureq::Agent,
    cookie: RefCell<String>,
}

impl Browser {
    /// Creates a browser that is not signed in.
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { network: Network::new(), agent: config.into(), cookie: RefCell::default() }
    }

    /// Signs in to the server like its login page `/login/ORGANIZATION`, and returns the response's `status` field.
    pub fn sign_in(&self, server: &str, user: &str) -> String {
        let (organization, name) = user.split_once('/').unwrap();
        let body = json!({
            "type": "login", "application": format!("app-{organization}"), "organization": organization,
            "username": name, "password": PASSWORD, "autoSignin": true, "signinMethod": "Password", "language": "",
        });
        let mut response = self.agent.post(format!("{server}/api/login")).send(body.to_string()).unwrap();
        let cookies = response.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let session =
            cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.starts_with("casdoor_session_id="));
        if let Some(session) = session {
            *self.cookie.borrow_mut() = session.to_owned();
        }
        let reply: Value = serde_json::from_str(&response.body_mut().read_to_string().unwrap()).unwrap();
        reply["status"].as_str().unwrap_or_default().to_owned()
    }

    /// Requests the code of an attempt. Panics if the server requires a page to be shown first.
    pub fn code(&self, attempt: &mut Attempt) -> Result<Secret<String>, CasdoorError> {
        match block_on(request_code(self, attempt))? {
            CodeResponse::Code(code) => Ok(code),
            other => panic!("{other:?} instead of a code"),
        }
    }
}

impl Http for Browser {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if !request.with_session {
            return self.network.send(request).await;
        }
        assert!(request.bearer.is_none(), "no request carries both cookies and a token");
        let body = request.body.as_ref().unwrap();
        let sent = self
            .agent
            .post(&request.url)
            .header("Cookie", self.cookie.borrow().as_str())
            .header("Accept-Language", "en")
            .content_type(body.content_type())
            .send(body.text());
        let mut response = sent.map_err(|_| HttpError::Unreachable)?;
        if response.status().is_redirection() {
            // Fails like `fetch` with `redirect: "error"`.
            return Err(HttpError::Unreachable);
        }
        let status = response.status().as_u16();
        let body = Secret::new(response.body_mut().read_to_vec().map_err(|_| HttpError::Unreachable)?);
        Ok(HttpResponse { status, content_type: String::new(), date: None, body })
    }
}

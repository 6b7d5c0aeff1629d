//! The responses of a sign-in: `login` with the browser's session, `get-app-login` and `userinfo`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Claims, ResponseEnvelope, check_status};
use crate::casdoor::{CasdoorError, HttpResponse};
use crate::json;
use crate::secret::Secret;

impl ResponseEnvelope<'_> {
    /// Returns the error for an unsuccessful sign-in, by the message of the server.
    fn sign_in_error(&self) -> CasdoorError {
        if self.msg.contains("nvalid scope") || self.msg.contains("invalid_scope") {
            CasdoorError::ScopeRejected
        } else if self.msg.starts_with("Invalid client_id") {
            CasdoorError::UnknownClient
        } else {
            match self.error() {
                CasdoorError::Rejected => CasdoorError::SignInRejected,
                other => other,
            }
        }
    }
}

/// The response of `login` to a browser that requests an authorization code.
#[derive(Debug)]
pub(in crate::casdoor) enum LoginResponse {
    /// The authorization code.
    Code(Secret<String>),
    /// The browser is not signed in, or the second factor is still missing.
    SignedOut,
    /// The server first requires an action by the user: consent, a new password, a second factor, or a plan.
    PageNeeded,
}

/// Values that `login` returns in place of a code if a page has to be shown first.
const PAGES_NEEDED: [&str; 5] = ["RequiredMfa", "RequiredUpdatePassword", "NextMfa", "SelectPlan", "BuyPlanResult"];

/// Errors of `login` that only mean that the user is not signed in, or not completely.
const NOT_SIGNED_IN: [&str; 3] = ["Unknown authentication type", "missing passcode", "expired user session"];

/// Maximum length of an authorization code, in bytes; Casdoor's have 20.
const MAX_CODE_BYTES: usize = 512;

impl LoginResponse {
    /// Parses the response to a `login` without a user name.
    pub(in crate::casdoor) fn read(response: &HttpResponse) -> Result<Self, CasdoorError> {
        let envelope = ResponseEnvelope::parse(response)?;
        if envelope.is_error() {
            let is_signed_out = NOT_SIGNED_IN.iter().any(|text| envelope.msg.starts_with(text));
            return match envelope.sign_in_error() {
                _ if is_signed_out => Ok(Self::SignedOut),
                CasdoorError::SignedOut => Ok(Self::SignedOut),
                error => Err(error),
            };
        }
        // Older servers return a valid code together with the information that the password has to be changed.
        let is_true = |part: Option<&RawValue>| part.is_some_and(|part| part.get() == "true");
        let needs_password = is_true(envelope.data2) || is_true(envelope.data3);
        let consent = envelope.data.filter(|data| data.get().starts_with('{'));
        let consent = consent.and_then(|data| serde_json::from_str::<Consent>(data.get()).ok());
        if needs_password || consent.is_some_and(|consent| consent.required) {
            return Ok(Self::PageNeeded);
        }
        let text = envelope.data.and_then(|data| serde_json::from_str::<String>(data.get()).ok()).map(Secret::new);
        match text {
            Some(text) if PAGES_NEEDED.contains(&text.expose().as_str()) => Ok(Self::PageNeeded),
            Some(code) if (1..=MAX_CODE_BYTES).contains(&code.expose().len()) => Ok(Self::Code(code)),
            _ => Err(CasdoorError::SignInRejected),
        }
    }
}

/// The response of `login` if the user has not consented to the application yet.
#[derive(Deserialize)]
struct Consent {
    #[serde(default)]
    required: bool,
}

/// Parses the response of `get-app-login`, which is the application's record.
pub(in crate::casdoor) fn read_sign_in_check(response: &HttpResponse) -> Result<Option<&RawValue>, CasdoorError> {
    let envelope = ResponseEnvelope::parse(response)?;
    if envelope.is_error() { Err(envelope.sign_in_error()) } else { Ok(envelope.data) }
}

/// Parses the response of `userinfo`, a plain object or an envelope with an error. The user's id is never empty.
pub(in crate::casdoor) fn read_subject(response: &HttpResponse) -> Result<Claims, CasdoorError> {
    check_status(response)?;
    let claims: Claims = json::from_bytes(response.body.expose()).ok_or(CasdoorError::NotCasdoor)?;
    if claims.sub.is_empty() {
        return Err(ResponseEnvelope::read(response).err().unwrap_or(CasdoorError::NoSubject));
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn response(status: u16, body: Vec<u8>) -> HttpResponse {
        HttpResponse { status, content_type: String::new(), date: None, body: Secret::new(body) }
    }

    #[test]
    fn the_responses_of_a_sign_in_with_a_session_are_distinguished() {
        let read = |body: Value| match LoginResponse::read(&response(200, body.to_string().into_bytes())) {
            Ok(LoginResponse::Code(code)) => code.expose().clone(),
            Ok(other) => format!("{other:?}"),
            Err(error) => format!("{error:?}"),
        };
        let ok = |data: Value| json!({ "status": "ok", "data": data });
        let error = |msg: &str| json!({ "status": "error", "msg": msg });
        for (body, wanted) in [
            (ok(json!("0123456789abcdef0123")), "0123456789abcdef0123"),
            (
                json!({ "status": "ok", "data": "0123456789abcdef0123", "data2": false, "data3": null }),
                "0123456789abcdef0123",
            ),
            (json!({ "status": "ok", "data": "0123456789abcdef0123", "data3": true }), "PageNeeded"),
            (json!({ "status": "ok", "data": "0123456789abcdef0123", "data2": true }), "PageNeeded"),
            (ok(json!({ "required": true })), "PageNeeded"),
            (ok(json!("RequiredMfa")), "PageNeeded"),
            (error("Unknown authentication type (not password or provider), form = {}"), "SignedOut"),
            (error("missing passcode or recovery code"), "SignedOut"),
            (error("Please login first"), "SignedOut"),
            (error("Invalid scope"), "ScopeRejected"),
            (error("Invalid client_id"), "UnknownClient"),
            (error("The user is forbidden to sign in"), "UserForbidden"),
            (error("something else"), "SignInRejected"),
            (ok(json!("")), "SignInRejected"),
            (ok(json!("c".repeat(600))), "SignInRejected"),
            (json!([]), "NotCasdoor"),
        ] {
            assert_eq!(read(body.clone()), wanted, "{body}");
        }
    }

    proptest! {
        #[test]
        fn parsing_a_response_never_panics(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
            let response = response(status, body);
            let _ = (LoginResponse::read(&response), read_subject(&response), read_sign_in_check(&response));
        }
    }
}

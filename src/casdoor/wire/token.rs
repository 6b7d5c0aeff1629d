//! The response of the token endpoints, which is a plain object.

use serde::Deserialize;

use super::skipping::number_or_nothing;
use super::{ResponseEnvelope, check_status};
use crate::casdoor::{CasdoorError, HttpResponse};
use crate::json;
use crate::secret::Secret;

/// Maximum length of a token that is stored, in bytes. Casdoor's longest tokens contain the whole user.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// A response of the token endpoints.
#[derive(Deserialize)]
pub(in crate::casdoor) struct TokenResponse {
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    refresh_token: String,
    #[serde(default, deserialize_with = "number_or_nothing")]
    expires_in: Option<u64>,
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

/// Tokens as the server issued them.
pub(in crate::casdoor) struct IssuedTokens {
    pub(in crate::casdoor) access: Secret<String>,
    pub(in crate::casdoor) refresh: Secret<String>,
    /// The lifetime in seconds; `None` if the server did not report it.
    pub(in crate::casdoor) lifetime: Option<u64>,
}

impl TokenResponse {
    /// Parses a response of a token endpoint. Errors have status 400 or 401; internal errors are in an envelope.
    pub(in crate::casdoor) fn read(response: &HttpResponse) -> Result<IssuedTokens, CasdoorError> {
        if !matches!(response.status, 400 | 401) {
            check_status(response)?;
        }
        let body = response.body.expose();
        let reply: Self = json::from_bytes(body).ok_or(CasdoorError::NotCasdoor)?;
        if !reply.error.is_empty() {
            return Err(reply.error());
        }
        if reply.access_token.is_empty() {
            return Err(ResponseEnvelope::read(response).err().unwrap_or(CasdoorError::NotCasdoor));
        }
        // Tokens are stored together with those of other servers, and each sync writes them again.
        if [&reply.access_token, &reply.refresh_token].iter().any(|token| token.len() > MAX_TOKEN_BYTES) {
            return Err(CasdoorError::TooLarge);
        }
        Ok(IssuedTokens {
            access: Secret::new(reply.access_token),
            refresh: Secret::new(reply.refresh_token),
            lifetime: reply.expires_in,
        })
    }

    fn error(&self) -> CasdoorError {
        let about = |text: &str| self.error_description.contains(text);
        match self.error.as_str() {
            "invalid_client" => CasdoorError::UnknownClient,
            "unsupported_grant_type" | "unauthorized_client" => CasdoorError::GrantRejected,
            "invalid_scope" => CasdoorError::ScopeRejected,
            "invalid_grant" if about("forbidden") => CasdoorError::UserForbidden,
            "invalid_grant" if about("refresh token") => CasdoorError::SignedOut,
            "invalid_grant" if about("password") || about("the user does not exist") => CasdoorError::WrongPassword,
            "invalid_grant" => CasdoorError::CodeRejected,
            _ => CasdoorError::Rejected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(body: Vec<u8>) -> HttpResponse {
        HttpResponse { status: 200, content_type: String::new(), date: None, body: Secret::new(body) }
    }

    #[test]
    fn a_token_that_is_too_long_to_store_is_rejected() {
        let read = |access: usize, refresh: usize| {
            let body = serde_json::json!({ "access_token": "a".repeat(access), "refresh_token": "r".repeat(refresh) });
            TokenResponse::read(&response(body.to_string().into_bytes())).err()
        };
        assert_eq!(read(64 * 1024, 64 * 1024), None);
        assert_eq!(read(64 * 1024 + 1, 1), Some(CasdoorError::TooLarge));
        assert_eq!(read(1, 4 * 1024 * 1024), Some(CasdoorError::TooLarge));
    }
}

//! Casdoor's JSON as it is on the wire, and nothing of it outside this module's parent.
//!
//! Errors come with HTTP 200; `status` decides. Filters answer with a shorter envelope than controllers, so every
//! field is optional. The token endpoints answer with bare objects.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{CasdoorError, Response};
use crate::secret::Secret;

/// What every API but the token endpoints answers.
#[derive(Deserialize)]
pub(super) struct Envelope {
    status: Option<String>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    msg: String,
    #[serde(default)]
    pub(super) data: Value,
    #[serde(default)]
    pub(super) data2: Value,
}

/// A string, or nothing where there is anything else.
fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        _ => String::new(),
    })
}

/// What an HTTP status says before the body is looked at.
pub(super) fn check_status(response: &Response) -> Result<(), CasdoorError> {
    match response.status {
        200..=299 => Ok(()),
        403 => Err(CasdoorError::Forbidden),
        429 => Err(CasdoorError::TooManyRequests),
        408 => Err(CasdoorError::TimedOut),
        status @ 500..=599 => Err(CasdoorError::ServerFault { status }),
        status => Err(CasdoorError::Status { status }),
    }
}

impl Envelope {
    /// Reads the envelope of a reply.
    pub(super) fn read(response: &Response) -> Result<Self, CasdoorError> {
        check_status(response)?;
        let envelope: Self = serde_json::from_slice(response.body.expose()).map_err(|_| CasdoorError::NotCasdoor)?;
        match envelope.status.as_deref() {
            Some("ok") => Ok(envelope),
            Some("error") => Err(Self::error(&envelope)),
            _ => Err(CasdoorError::NotCasdoor),
        }
    }

    /// What an error text means. Matched in English, which `Accept-Language: en` asks for; `data` is never translated.
    fn error(&self) -> CasdoorError {
        let begins = |text: &str| self.msg.starts_with(text);
        if self.data.as_str() == Some("Please login first")
            || begins("Please login first")
            || begins("Access token doesn't exist")
            || begins("Access token has expired")
        {
            CasdoorError::SignedOut
        } else if begins("The user is forbidden") {
            CasdoorError::UserForbidden
        } else if begins("Unauthorized operation") {
            CasdoorError::Unauthorized
        } else if begins("The organization") && self.msg.contains("does not exist") {
            CasdoorError::UnknownOrganization
        } else if begins("The application") || begins("The default application") {
            CasdoorError::UnknownApplication
        } else if begins("Field 'name' contains") || self.msg.contains("contains forbidden character") {
            CasdoorError::NameRefused
        } else {
            CasdoorError::Refused
        }
    }
}

/// What the token endpoints answer.
#[derive(Deserialize)]
pub(super) struct TokenReply {
    #[serde(default)]
    access_token: String,
    #[serde(default)]
    refresh_token: String,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

/// Tokens as the server gave them.
pub(super) struct GivenTokens {
    pub(super) access: Secret<String>,
    pub(super) refresh: Secret<String>,
    /// Seconds from now; `None` if the server did not say.
    pub(super) lifetime: Option<u64>,
}

impl TokenReply {
    /// Reads a reply of a token endpoint. Errors come with 400 or 401, and from inside the server as an envelope.
    pub(super) fn read(response: &Response) -> Result<GivenTokens, CasdoorError> {
        if !matches!(response.status, 400 | 401) {
            check_status(response)?;
        }
        let body = response.body.expose();
        let reply: Self = serde_json::from_slice(body).map_err(|_| CasdoorError::NotCasdoor)?;
        if !reply.error.is_empty() {
            return Err(reply.error());
        }
        if reply.access_token.is_empty() {
            return Err(Envelope::read(response).err().unwrap_or(CasdoorError::NotCasdoor));
        }
        Ok(GivenTokens {
            access: Secret::new(reply.access_token),
            refresh: Secret::new(reply.refresh_token),
            lifetime: reply.expires_in.as_u64(),
        })
    }

    fn error(&self) -> CasdoorError {
        let about = |text: &str| self.error_description.contains(text);
        match self.error.as_str() {
            "invalid_client" => CasdoorError::UnknownClient,
            "unsupported_grant_type" | "unauthorized_client" => CasdoorError::GrantRefused,
            "invalid_scope" => CasdoorError::ScopeRefused,
            "invalid_grant" if about("forbidden") => CasdoorError::UserForbidden,
            "invalid_grant" if about("refresh token") => CasdoorError::SignedOut,
            "invalid_grant" if about("password") || about("the user does not exist") => CasdoorError::WrongPassword,
            "invalid_grant" => CasdoorError::CodeRefused,
            _ => CasdoorError::Refused,
        }
    }
}

/// What is read of an organization.
#[derive(Deserialize)]
pub(super) struct OrganizationRecord {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default, rename = "displayName")]
    pub(super) display_name: String,
    #[serde(default, rename = "isProfilePublic")]
    pub(super) is_profile_public: bool,
    #[serde(default, rename = "accountItems")]
    pub(super) account_items: Option<Vec<AccountItemRecord>>,
}

/// A row of an organization's account items.
#[derive(Deserialize)]
pub(super) struct AccountItemRecord {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default, rename = "viewRule")]
    pub(super) view_rule: String,
}

/// What is read of an application.
#[derive(Deserialize)]
pub(super) struct ApplicationRecord {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) organization: String,
    #[serde(default, rename = "clientId")]
    pub(super) client_id: String,
    #[serde(default, rename = "organizationObj")]
    pub(super) organization_record: Option<OrganizationRecord>,
}

/// What is read of a user, besides the list.
#[derive(Deserialize)]
pub(super) struct UserRecord {
    #[serde(default)]
    pub(super) owner: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) id: String,
    #[serde(default, rename = "displayName")]
    pub(super) display_name: String,
    #[serde(default, rename = "isAdmin")]
    pub(super) is_admin: bool,
}

/// The claims of a token that are read; a token is opaque to the server's authorization, and ours is told from
/// another's by `nonce` and `sub` alone, so its signature is not looked at.
#[derive(Default, Deserialize)]
pub(super) struct Claims {
    #[serde(default)]
    pub(super) sub: String,
    #[serde(default)]
    pub(super) nonce: Option<String>,
    #[serde(default)]
    pub(super) exp: Option<u64>,
}

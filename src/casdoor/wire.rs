//! Casdoor's JSON format. Only the parent module uses it.
//!
//! Errors also have HTTP status 200, and are recognized by the field `status`. Casdoor's filters return a shorter
//! envelope than its controllers, so every field is optional. The token endpoints return plain objects.

mod login;
mod skipping;
mod token;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{CasdoorError, HttpResponse};
use crate::json;

pub(super) use login::{LoginResponse, read_sign_in_check, read_subject};
use skipping::{at_most, present, text_or_nothing};
pub(super) use skipping::{elements, replace_field};
pub(super) use token::{IssuedTokens, TokenResponse};

/// The envelope of all responses except those of the token endpoints. Only the fields in use are parsed; the rest is
/// skipped, because the server determines its size.
#[derive(Deserialize)]
pub(super) struct ResponseEnvelope<'a> {
    status: Option<String>,
    #[serde(default, deserialize_with = "text_or_nothing")]
    msg: String,
    #[serde(default, borrow)]
    pub(super) data: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub(super) data2: Option<&'a RawValue>,
    #[serde(default, borrow)]
    data3: Option<&'a RawValue>,
}

/// A response whose envelope reports success.
pub(super) struct SuccessResponse(HttpResponse);

impl SuccessResponse {
    /// Parses the envelope.
    pub(super) fn read(response: HttpResponse) -> Result<Self, CasdoorError> {
        ResponseEnvelope::read(&response)?;
        Ok(Self(response))
    }

    /// Returns the server's time, in seconds since 1970.
    pub(super) fn date(&self) -> Option<u64> {
        self.0.date
    }

    /// Returns `data` and `data2` as text.
    pub(super) fn parts(&self) -> Result<(Option<&RawValue>, Option<&RawValue>), CasdoorError> {
        ResponseEnvelope::read(&self.0).map(|envelope| (envelope.data, envelope.data2))
    }

    /// Parses `data`; returns `None` if it is `null` or missing.
    pub(super) fn data<'a, T: Deserialize<'a>>(&'a self) -> Result<Option<T>, CasdoorError> {
        self.parts()?.0.map(read_raw).transpose()
    }

    /// Returns `data` as text if it is an object, and `None` otherwise.
    pub(super) fn object(&self) -> Result<Option<&RawValue>, CasdoorError> {
        Ok(self.parts()?.0.filter(|data| data.get().starts_with('{')))
    }
}

/// Parses a part of a response.
pub(super) fn read_raw<'a, T: Deserialize<'a>>(text: &'a RawValue) -> Result<T, CasdoorError> {
    serde_json::from_str(text.get()).map_err(|_| CasdoorError::NotCasdoor)
}

/// Returns the error that an HTTP status indicates, before the body is read.
pub(super) fn check_status(response: &HttpResponse) -> Result<(), CasdoorError> {
    match response.status {
        200..=299 => Ok(()),
        403 => Err(CasdoorError::Forbidden),
        429 => Err(CasdoorError::TooManyRequests),
        408 => Err(CasdoorError::TimedOut),
        status @ 500..=599 => Err(CasdoorError::ServerFault { status }),
        status => Err(CasdoorError::Status { status }),
    }
}

impl<'a> ResponseEnvelope<'a> {
    /// Parses the envelope of a response, and returns its error if it reports one.
    pub(super) fn read(response: &'a HttpResponse) -> Result<Self, CasdoorError> {
        let envelope = Self::parse(response)?;
        if envelope.is_error() { Err(envelope.error()) } else { Ok(envelope) }
    }

    /// Parses the envelope of a response, which may report an error.
    fn parse(response: &'a HttpResponse) -> Result<Self, CasdoorError> {
        check_status(response)?;
        let envelope: Self = json::from_bytes(response.body.expose()).ok_or(CasdoorError::NotCasdoor)?;
        match envelope.status.as_deref() {
            Some("ok" | "error") => Ok(envelope),
            _ => Err(CasdoorError::NotCasdoor),
        }
    }

    fn is_error(&self) -> bool {
        self.status.as_deref() == Some("error")
    }

    /// Converts the server's error text to an error. The texts are in English because of `Accept-Language: en`; `data`
    /// is never translated.
    fn error(&self) -> CasdoorError {
        let begins = |text: &str| self.msg.starts_with(text);
        if self.data.is_some_and(|data| data.get() == r#""Please login first""#)
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
            CasdoorError::NameRejected
        } else {
            CasdoorError::Rejected
        }
    }
}

/// The fields of an organization that are used.
#[derive(Deserialize)]
pub(super) struct OrganizationRecord {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default, rename = "displayName")]
    pub(super) display_name: String,
    #[serde(default, rename = "isProfilePublic")]
    pub(super) is_profile_public: bool,
    #[serde(default, rename = "accountItems", deserialize_with = "at_most::<_, _, 2000>")]
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

/// The fields of an application that are used.
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

/// The fields of a user that are used, apart from the list.
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

/// One of a user's second factors. `secret` is the masked address that its codes are sent to.
#[derive(Deserialize)]
pub(super) struct FactorRecord {
    #[serde(rename = "mfaType")]
    pub(super) kind: String,
    #[serde(default, rename = "enabled")]
    pub(super) is_on: bool,
    #[serde(default, rename = "isPreferred")]
    pub(super) is_preferred: bool,
    #[serde(default, rename = "secret", deserialize_with = "text_or_nothing")]
    pub(super) destination: String,
}

/// The rules for second factors of a user or an organization.
#[derive(Deserialize)]
pub(super) struct FactorRules<'a> {
    #[serde(default, borrow, rename = "mfaItems")]
    pub(super) items: Option<&'a RawValue>,
}

/// A rule for one method.
#[derive(Deserialize)]
pub(super) struct FactorRuleRecord {
    /// The method, as [`FactorRecord::kind`].
    pub(super) name: String,
    /// `Optional`, `Prompted` or `Required`.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) rule: String,
}

/// The server's proposal for a new factor.
#[derive(Deserialize)]
pub(super) struct FactorSetupRecord {
    pub(super) secret: String,
    #[serde(default)]
    pub(super) url: String,
    #[serde(default, rename = "recoveryCodes", deserialize_with = "at_most::<_, _, 100>")]
    pub(super) recovery_codes: Option<Vec<String>>,
}

/// The fields of the user's own record that are used.
#[derive(Deserialize)]
pub(super) struct OwnUserRecord<'a> {
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) id: String,
    /// `None` if the field is missing, `Some(None)` if it is `null`.
    #[serde(default, borrow, rename = "mfaAccounts", deserialize_with = "present")]
    pub(super) list: Option<Option<&'a RawValue>>,
    #[serde(default, borrow, rename = "multiFactorAuths")]
    pub(super) factors: Option<&'a RawValue>,
    #[serde(default, rename = "mfaRememberDeadline", deserialize_with = "text_or_nothing")]
    pub(super) remember_deadline: String,
}

/// The organizations in the response of `get-organization-names`.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct OrganizationList(
    #[serde(deserialize_with = "at_most::<_, _, 20000>")] pub(super) Option<Vec<OrganizationRecord>>,
);

/// The claims that are used, of a token or of the response of `userinfo`. The signature of a token is not verified,
/// because the token is only used with the server that issued it, which is asked who the token belongs to.
#[derive(Default, Deserialize)]
pub(super) struct Claims {
    #[serde(default)]
    pub(super) sub: String,
    /// The user's organization; empty in some token formats.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) owner: String,
    /// The user's login name; empty in some token formats. `name` is the display name in one of them.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) preferred_username: String,
    /// The server that issued the token. This is the address that its administrator has configured, which can differ
    /// from the one that the user entered.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub(super) iss: String,
    #[serde(default)]
    pub(super) nonce: Option<String>,
    #[serde(default)]
    pub(super) exp: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;
    use serde_json::Value;

    fn response(status: u16, body: Vec<u8>) -> HttpResponse {
        HttpResponse { status, content_type: String::new(), date: None, body: Secret::new(body) }
    }

    /// Returns all recorded responses to `path`, each with its note.
    fn recorded(file: &str, path: &str) -> Vec<(HttpResponse, String)> {
        let file = format!("{}/tests/fixtures/casdoor/{file}.json", env!("CARGO_MANIFEST_DIR"));
        let recording: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let steps = recording["steps"].as_array().unwrap().iter();
        let reply = |step: &Value| {
            let status = u16::try_from(step["response"]["status"].as_u64().unwrap()).unwrap();
            let body = step["response"].get("json").map_or(Vec::new(), |json| json.to_string().into_bytes());
            (response(status, body), step["note"].as_str().unwrap_or_default().to_owned())
        };
        steps.filter(|step| step["request"]["path"] == path).map(reply).collect()
    }

    fn errors(file: &str, path: &str) -> Vec<Option<CasdoorError>> {
        recorded(file, path).iter().map(|(response, _)| ResponseEnvelope::read(response).err()).collect()
    }

    #[test]
    fn recorded_token_endpoint_errors_are_distinguished() {
        use CasdoorError::{CodeRejected, GrantRejected, SignedOut, UnknownClient};
        let read = |path: &str| -> Vec<_> {
            recorded("sign-in", path).iter().map(|(response, _)| TokenResponse::read(response).err()).collect()
        };
        let rejected = [Some(CodeRejected), None, Some(CodeRejected), Some(UnknownClient), Some(CodeRejected)];
        let rest = [Some(GrantRejected), None, None, Some(GrantRejected)];
        assert_eq!(read("/api/login/oauth/access_token"), [&rejected[..], &rest[..]].concat());
        assert_eq!(read("/api/login/oauth/refresh_token"), [None, Some(SignedOut), Some(SignedOut), None]);
    }

    #[test]
    fn an_expired_and_a_missing_token_are_reported_as_signed_out() {
        let signed_out = Some(CasdoorError::SignedOut);
        assert_eq!(errors("sign-in", "/api/get-account"), [signed_out, signed_out]);
        let userinfo = recorded("sign-in", "/api/userinfo");
        assert_eq!(ResponseEnvelope::read(&userinfo.last().unwrap().0).err(), signed_out);
    }

    #[test]
    fn a_rejected_origin_differs_from_a_rejected_write() {
        let answers = errors("origin-header", "/api/update-user");
        assert!(answers.contains(&Some(CasdoorError::Forbidden)) && answers.contains(&None));
        let old = errors("write-shapes-v1.783.0", "/api/update-user");
        assert_eq!(old[..3], [Some(CasdoorError::Unauthorized); 3]);
        assert_eq!(old[3..6], [Some(CasdoorError::Rejected); 3]);
        assert_eq!(old[6..], [None; 4]);
    }

    #[test]
    fn every_recorded_list_is_parsed() {
        let mut read = 0;
        for file in ["mfa-accounts", "visibility", "write-shapes", "write-shapes-v1.783.0"] {
            for (response, note) in recorded(file, "/api/get-user") {
                let Ok(envelope) = ResponseEnvelope::read(&response) else { continue };
                let Some(record) = envelope.data.map(|data| read_raw::<OwnUserRecord<'_>>(data).unwrap()) else {
                    continue;
                };
                if let Some(list) = record.list.flatten().filter(|list| list.get().starts_with('[')) {
                    assert!(crate::casdoor::ListRow::read_list(list).is_ok(), "{file}: {note}");
                    read += 1;
                }
            }
        }
        assert!(read > 15, "{read}");
    }

    #[test]
    fn a_web_page_and_other_json_are_not_casdoor() {
        for body in ["<!doctype html><html>", "", "[]", "{}", r#"{"status":200}"#, "null", r#"{"data":{}}"#] {
            let error = ResponseEnvelope::read(&response(200, body.into())).err();
            assert_eq!(error, Some(CasdoorError::NotCasdoor), "{body}");
        }
    }

    proptest! {
        #[test]
        fn parsing_a_response_never_panics(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
            let response = response(status, body);
            let _ = (ResponseEnvelope::read(&response), TokenResponse::read(&response));
        }
    }
}

//! The server's data: organizations, applications, users, tokens, sessions and device codes, all in memory.

mod mfa;
mod record;
mod seed;
mod token;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use self::mfa::SecondFactorError;
pub(crate) use self::record::{Columns, Viewer, filtered, masked, zeroed};
pub use self::seed::PASSWORD;
pub(crate) use self::seed::user;
pub(crate) use self::token::{Grant, Token, TokenError, expiry_message};
use crate::release::Release;

/// An organization, which decides who may see its users' data.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    /// The name, which is the owner of its users.
    pub name: String,
    /// The display name, which is also the issuer of its enrollments.
    pub display_name: String,
    /// True if anyone may call `get-user` for its users.
    pub is_profile_public: bool,
    /// Account items: `{name, visible, viewRule, modifyRule, …}`.
    pub account_items: Vec<Value>,
    /// The application for users who did not choose one.
    pub default_application: String,
    /// The types of second factor that each user must enroll before signing in.
    pub required_factors: Vec<String>,
}

/// An application, which is an OAuth client.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    /// The application's name.
    pub name: String,
    /// The name of the organization that the application belongs to.
    pub organization: String,
    /// The public client id.
    pub client_id: String,
    /// `JWT`, `JWT-Empty` or `JWT-Standard`.
    pub token_format: &'static str,
    /// The allowed grants, which always include `authorization_code`.
    pub grants: Vec<&'static str>,
    /// Registered redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Lifetime of an access token, in seconds.
    pub token_seconds: i64,
    /// Lifetime of a refresh token, in seconds.
    pub refresh_seconds: i64,
    /// True if a signed-in browser is redirected with a code immediately.
    pub auto_signin: bool,
    /// True if signing in to it also signs the browser in to Casdoor.
    pub signin_session: bool,
    /// The scopes that a user has to consent to.
    pub custom_scopes: Vec<String>,
}

/// A user: the record that the API returns, and internal data.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// Every field of `get-user`, with its real value.
    pub record: Map<String, Value>,
    /// In plain text; this is a test server.
    pub password: String,
    /// Number of wrong passwords since the last correct one.
    pub wrong_times: u32,
    /// Unix seconds until which every password is rejected.
    pub frozen_until: i64,
    /// Unix seconds until which the second factor is not required.
    pub remembered_until: i64,
}

/// A browser's session, by its cookie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// `owner/name` of the signed-in user.
    pub user: Option<String>,
    /// `owner/name` of a user who still has to verify a second factor.
    pub pending: Option<String>,
    /// The token that `get-account` returns.
    pub token: Option<String>,
    /// The scope and client of the last bearer token.
    pub oidc: (String, String),
}

/// A device-code flow.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    /// The code that the device polls with.
    pub device_code: String,
    /// The code that the user types; removed once used.
    pub user_code: Option<String>,
    /// The id of the client that the device uses.
    pub client_id: String,
    /// The requested scope.
    pub scope: String,
    /// Time of the request, in Unix seconds.
    pub requested: i64,
    /// `owner/name` of the user who approved it.
    pub approved_by: Option<String>,
    /// True if the token was issued.
    pub is_used: bool,
}

/// All data of the server.
#[derive(Debug)]
pub(crate) struct World {
    /// The release it imitates.
    pub release: Release,
    /// Organizations, newest first, as the server lists them.
    pub organizations: Vec<Organization>,
    /// Applications.
    pub applications: Vec<Application>,
    /// Users.
    pub users: Vec<User>,
    /// Tokens, including expired and revoked ones.
    pub tokens: Vec<Token>,
    /// Sessions by cookie value.
    pub sessions: BTreeMap<String, Session>,
    /// Device flows.
    pub devices: Vec<Device>,
}

impl World {
    /// Returns the organization with this name.
    pub fn organization(&self, name: &str) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.name == name)
    }

    /// Returns the application with this name.
    pub fn application(&self, name: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.name == name)
    }

    /// Returns the application with this client id.
    pub fn client(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }

    /// Returns the user `owner/name`.
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id() == id)
    }

    /// Returns the user `owner/name` for modification.
    pub fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id() == id)
    }

    /// Returns the user with this UUID.
    pub fn user_by_uuid(&self, uuid: &str) -> Option<&User> {
        self.users.iter().find(|user| user.text("id") == uuid)
    }
}

impl User {
    /// Returns `owner/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.text("owner"), self.text("name"))
    }

    /// Returns a text field of the record; empty if it is missing.
    pub fn text(&self, field: &str) -> &str {
        self.record.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns a Boolean field of the record.
    pub fn is(&self, field: &str) -> bool {
        self.record.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Sets a field of the record.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.record.insert(field.to_owned(), value.into());
    }
}

/// Sets the record's time of last change.
pub(crate) fn touch(user: &mut User, now: i64) {
    user.set("updatedTime", crate::clock::rfc3339(now));
}

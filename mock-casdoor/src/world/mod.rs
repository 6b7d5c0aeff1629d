//! What the server knows: organizations, applications, users, tokens, sessions and device codes, all in memory.

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
use crate::age::Age;

/// An organization: who may see what of its users.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    /// Its name, the owner of its users.
    pub name: String,
    /// What people read, and the issuer of its enrolments.
    pub display_name: String,
    /// Whether anybody may call `get-user` on its users.
    pub is_profile_public: bool,
    /// `{name, visible, viewRule, modifyRule, …}` each.
    pub account_items: Vec<Value>,
    /// Where a user without a wish signs in.
    pub default_application: String,
}

/// An application: a client of the sign-in.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    /// Its name.
    pub name: String,
    /// Its organization's name.
    pub organization: String,
    /// The public client id.
    pub client_id: String,
    /// `JWT`, `JWT-Empty` or `JWT-Standard`.
    pub token_format: &'static str,
    /// The grants of the token endpoint; `authorization_code` is always one.
    pub grants: Vec<&'static str>,
    /// Listed redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Seconds that an access token lives.
    pub token_seconds: i64,
    /// Seconds that a refresh token lives.
    pub refresh_seconds: i64,
    /// Whether a signed-in browser is sent back with a code at once.
    pub auto_signin: bool,
    /// Whether signing in to it also signs the browser in to Casdoor.
    pub signin_session: bool,
}

/// A user: the record as the API shows it, and what it does not show.
#[derive(Clone, Debug)]
pub(crate) struct User {
    /// Every field of `get-user`, with its true values.
    pub record: Map<String, Value>,
    /// In plain text: this server protects nothing.
    pub password: String,
    /// Wrong passwords since the last right one.
    pub wrong_times: u32,
    /// Unix seconds until which no password is accepted.
    pub frozen_until: i64,
    /// Unix seconds until which the second factor is not asked for.
    pub remembered_until: i64,
}

/// A browser's session, by its cookie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// `owner/name` of who is signed in.
    pub user: Option<String>,
    /// `owner/name` of who has still to prove a second factor.
    pub pending: Option<String>,
    /// The token that `get-account` shows.
    pub token: Option<String>,
    /// The scope and client of the bearer token last seen.
    pub oidc: (String, String),
}

/// A device-code flow.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    /// What the device polls with.
    pub device_code: String,
    /// What the person types; gone once used.
    pub user_code: Option<String>,
    /// Its client.
    pub client_id: String,
    /// The scope asked for.
    pub scope: String,
    /// Unix seconds of the request.
    pub requested: i64,
    /// Who approved.
    pub approved_by: Option<String>,
    /// Whether its token was handed out.
    pub spent: bool,
}

/// Everything that the server remembers.
#[derive(Debug)]
pub(crate) struct World {
    /// Which Casdoor it is.
    pub age: Age,
    /// Organizations, the newest first as the server lists them.
    pub organizations: Vec<Organization>,
    /// Applications.
    pub applications: Vec<Application>,
    /// Users.
    pub users: Vec<User>,
    /// Tokens, also those expired or revoked.
    pub tokens: Vec<Token>,
    /// Sessions by the cookie's value.
    pub sessions: BTreeMap<String, Session>,
    /// Device flows.
    pub devices: Vec<Device>,
}

impl World {
    /// The organization of that name.
    pub fn organization(&self, name: &str) -> Option<&Organization> {
        self.organizations.iter().find(|organization| organization.name == name)
    }

    /// The application of that name.
    pub fn application(&self, name: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.name == name)
    }

    /// The application of that client id.
    pub fn client(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|application| application.client_id == client_id)
    }

    /// The user `owner/name`.
    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id() == id)
    }

    /// The user `owner/name`, to change.
    pub fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id() == id)
    }

    /// The user of that UUID.
    pub fn user_by_uuid(&self, uuid: &str) -> Option<&User> {
        self.users.iter().find(|user| user.text("id") == uuid)
    }
}

impl User {
    /// `owner/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.text("owner"), self.text("name"))
    }

    /// A text field of the record, empty when there is none.
    pub fn text(&self, field: &str) -> &str {
        self.record.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// A switch of the record.
    pub fn is(&self, field: &str) -> bool {
        self.record.get(field).and_then(Value::as_bool).unwrap_or_default()
    }

    /// Sets a field of the record.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.record.insert(field.to_owned(), value.into());
    }
}

/// The time at which what a user record says last changed.
pub(crate) fn touch(user: &mut User, now: i64) {
    user.set("updatedTime", crate::clock::rfc3339(now));
}

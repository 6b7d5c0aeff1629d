//! The initial data: the organizations, applications and users of the recordings.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Application, Organization, User, World};
use crate::release::Release;
use crate::{clock, random};

/// Every user's password.
pub const PASSWORD: &str = "pass-word-1";

/// A new user of the newest release.
const USER: &str = include_str!("../../data/user.json");
/// The default account items of an organization.
const ACCOUNT_ITEMS: &str = include_str!("../../data/account_items.json");

/// Lifetime of an access token: 168 hours, in seconds.
const TOKEN_SECONDS: i64 = 604_800;
/// Lifetime of a refresh token: 720 hours, in seconds.
const REFRESH_SECONDS: i64 = 2_592_000;

const CODE_AND_REFRESH: [&str; 2] = ["authorization_code", "refresh_token"];
const WITH_PASSWORD: [&str; 3] = ["authorization_code", "refresh_token", "password"];
const WITH_DEVICE: [&str; 4] =
    ["authorization_code", "refresh_token", "password", "urn:ietf:params:oauth:grant-type:device_code"];

impl World {
    /// Creates a server of this release.
    pub fn new(release: Release, now: i64) -> Self {
        Self {
            release,
            organizations: organizations(),
            applications: applications(),
            users: users(now),
            tokens: Vec::new(),
            sessions: BTreeMap::new(),
            devices: Vec::new(),
        }
    }
}

fn organizations() -> Vec<Organization> {
    [
        ("acme", "Acme Works", Some("Self"), true),
        ("bare", "Bare Org", None, true),
        ("hidden", "Hidden Org", Some("Admin"), true),
        ("private", "Private Org", Some("Self"), false),
    ]
    .into_iter()
    .map(|(name, display_name, view_rule, is_profile_public)| Organization {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        is_profile_public,
        account_items: account_items(view_rule),
        default_application: format!("app-{name}"),
        required_factors: Vec::new(),
    })
    .collect()
}

/// Returns the default account items, with this view rule for "MFA accounts", or without that item.
fn account_items(view_rule: Option<&str>) -> Vec<Value> {
    let items: Vec<Value> = serde_json::from_str(ACCOUNT_ITEMS).unwrap_or_default();
    let of_accounts = |item: &Value| item.get("name").and_then(Value::as_str) == Some("MFA accounts");
    let ruled = |mut item: Value| {
        if let (true, Some(object), Some(rule)) = (of_accounts(&item.clone()), item.as_object_mut(), view_rule) {
            object.insert("viewRule".to_owned(), rule.into());
        }
        item
    };
    items.into_iter().filter(|item| view_rule.is_some() || !of_accounts(item)).map(ruled).collect()
}

fn applications() -> Vec<Application> {
    let acme = |name, client_id, format, grants: &[&'static str]| application(name, "acme", client_id, format, grants);
    let plain = Application {
        refresh_seconds: 0,
        ..acme("app-acme-plain", "acme-plain-client", "JWT-Empty", &["authorization_code"])
    };
    vec![
        acme("app-acme", "acme-client", "JWT-Empty", &WITH_DEVICE),
        plain,
        acme("app-jwt", "acme-jwt-client", "JWT", &CODE_AND_REFRESH),
        acme("app-std", "acme-std-client", "JWT-Standard", &CODE_AND_REFRESH),
        application("app-hidden", "hidden", "hidden-client", "JWT-Empty", &WITH_PASSWORD),
        application("app-bare", "bare", "bare-client", "JWT-Empty", &WITH_PASSWORD),
        application("app-private", "private", "private-client", "JWT-Empty", &WITH_PASSWORD),
    ]
}

fn application(
    name: &str,
    organization: &str,
    client_id: &str,
    token_format: &'static str,
    grants: &[&'static str],
) -> Application {
    Application {
        name: name.to_owned(),
        organization: organization.to_owned(),
        client_id: client_id.to_owned(),
        token_format,
        grants: grants.to_vec(),
        redirect_uris: vec!["https://rp.example/callback".to_owned()],
        token_seconds: TOKEN_SECONDS,
        refresh_seconds: REFRESH_SECONDS,
        auto_signin: false,
        signin_session: false,
        custom_scopes: Vec::new(),
    }
}

fn users(now: i64) -> Vec<User> {
    [
        ("acme", "alice"),
        ("acme", "bob"),
        ("acme", "eve"),
        ("hidden", "hana"),
        ("bare", "bert"),
        ("private", "pia"),
        ("private", "pete"),
    ]
    .into_iter()
    .map(|(owner, name)| user(owner, name, now))
    .collect()
}

/// Returns a user of this organization right after signing up.
pub(crate) fn user(owner: &str, name: &str, now: i64) -> User {
    let mut record: Map<String, Value> = serde_json::from_str(USER).unwrap_or_default();
    let (head, tail) = name.split_at_checked(1).unwrap_or_default();
    let values = json!({
        "owner": owner, "name": name, "id": random::uuid(), "type": "normal-user",
        "createdTime": clock::rfc3339(now), "updatedTime": clock::rfc3339(now), "passwordType": "bcrypt", "passwordSalt": random::authorization_code(),
        "displayName": format!("{}{tail} Doe", head.to_uppercase()), "email": format!("{}@acme.example", name.replace('+', ".")), "countryCode": "US",
        "address": [], "addresses": [], "tag": "staff", "score": 2000, "ranking": 1, "signupApplication": format!("app-{owner}"),
        "properties": {}, "roles": [], "permissions": [], "groups": [],
    });
    record.extend(values.as_object().cloned().unwrap_or_default());
    User { record, password: PASSWORD.to_owned(), wrong_times: 0, frozen_until: 0, remembered_until: 0 }
}

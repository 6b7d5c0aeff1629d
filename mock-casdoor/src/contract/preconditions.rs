//! The state that recordings assume: tokens that were requested before the recording began, and users right after
//! setup.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::ContractError;
use super::http::{self, Request};
use crate::world::PASSWORD;

/// The host name in requests.
const HOST: &str = "id.acme.test";
/// The content type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// The owners of the tokens in recordings: scenario, placeholder, client, user.
const OWNERS: [(&str, &str, &str, &str); 11] = [
    ("edges", "access_token_1", "private-client", "pia"),
    ("origin-header", "access_token_1", "acme-client", "eve"),
    ("mfa-accounts", "access_token_1", "acme-client", "bob"),
    ("write-shapes", "access_token_1", "private-client", "pia"),
    ("mfa-login", "access_token_1", "private-client", "pete"),
    ("mfa-login", "access_token_2", "private-client", "pete"),
    ("visibility", "access_token_hana", "hidden-client", "hana"),
    ("visibility", "access_token_bert", "bare-client", "bert"),
    ("visibility", "access_token_pia", "private-client", "pia"),
    ("visibility", "access_token_pete", "private-client", "pete"),
    ("visibility", "access_token_eve", "acme-client", "eve"),
];

/// Requests the token for a placeholder that a scenario uses without requesting it. Returns `None` for other
/// placeholders.
pub(super) fn token(server: SocketAddr, scenario: &str, blank: &str) -> Result<Option<String>, ContractError> {
    let owner = OWNERS.iter().find(|(in_scenario, name, _, _)| *in_scenario == scenario && *name == blank);
    match owner {
        Some((_, _, client, user)) => password_grant(server, client, user).map(Some),
        None => Ok(None),
    }
}

/// Requests an access token for a user with the password grant.
pub(super) fn password_grant(server: SocketAddr, client: &str, user: &str) -> Result<String, ContractError> {
    let form = [
        ("grant_type", "password"),
        ("client_id", client),
        ("username", user),
        ("password", PASSWORD),
        ("scope", "openid profile"),
    ];
    let body = http::encoded(form.into_iter().map(|(name, value)| (name, value.to_owned())));
    let request = post("/api/login/oauth/access_token", FORM, body, None);
    let answer = http::send(server, &request)?.json().unwrap_or_default();
    let token = answer.get("access_token").and_then(Value::as_str);
    token.map(str::to_owned).ok_or_else(|| ContractError::Precondition(format!("no token for {user}")))
}

/// Resets the users that the recordings change, on a server that was already used.
pub(super) fn prepare(server: SocketAddr) -> Result<(), ContractError> {
    let bob = password_grant(server, "acme-client", "bob")?;
    store(server, &bob, "acme/bob", &json!({ "mfaAccounts": null, "displayName": "Bob Doe" }))?;
    sign_in_without_factors(server, "private-client", "private", "pete")?;
    // The end-to-end tests may have changed alice on the same server.
    let alice = sign_in_without_factors(server, "acme-client", "acme", "alice")?;
    store(server, &alice, "acme/alice", &json!({ "mfaAccounts": null }))
}

/// Returns a user's record, or null if the server returned none.
pub(super) fn record(server: SocketAddr, token: &str, id: &str) -> Result<Value, ContractError> {
    let answer = http::send(server, &get(&format!("/api/get-user?id={id}"), token))?.json().unwrap_or_default();
    Ok(answer.get("data").cloned().unwrap_or_default())
}

/// Stores some fields of a user. Releases before v3.40.0 identify the user by the body, so the whole record is sent;
/// `columns` limits what is written.
pub(super) fn store(server: SocketAddr, token: &str, id: &str, fields: &Value) -> Result<(), ContractError> {
    let mut record = record(server, token, id)?;
    let (Some(record), Some(fields)) = (record.as_object_mut(), fields.as_object()) else {
        return Err(ContractError::Precondition(format!("{id} cannot be read")));
    };
    record.extend(fields.clone());
    let column = |name: &String| if name == "mfaAccounts" { "mfaaccounts".to_owned() } else { name.clone() };
    let columns = fields.keys().map(column).collect::<Vec<_>>().join(",");
    let target = format!("/api/update-user?id={id}&columns={columns}");
    let body = Value::Object(record.clone()).to_string();
    http::send(server, &post(&target, "application/json", body, Some(token)))?;
    Ok(())
}

/// Signs a user in, removes all of the user's second factors, and returns the token.
fn sign_in_without_factors(server: SocketAddr, client: &str, owner: &str, name: &str) -> Result<String, ContractError> {
    let token = password_grant(server, client, name)?;
    remove_factors(server, &token, owner, name)?;
    Ok(token)
}

/// Removes all of a user's second factors, with a token of that user. Releases before v3.40.0 reject changes of second
/// factors by token, so there the administrator who exists in every new Casdoor removes them.
pub(super) fn remove_factors(server: SocketAddr, token: &str, owner: &str, name: &str) -> Result<(), ContractError> {
    let form = http::encoded([("owner", owner.to_owned()), ("name", name.to_owned())].into_iter());
    let request = post("/api/delete-mfa", FORM, form.clone(), Some(token));
    if is_ok(&http::send(server, &request)?) {
        return Ok(());
    }
    let mut request = post("/api/delete-mfa", FORM, form, None);
    request.headers.push(("Cookie".to_owned(), administrator_session(server)?));
    let answer = http::send(server, &request)?;
    let failed = || ContractError::Precondition(format!("the second factors of {owner}/{name} were not removed"));
    if is_ok(&answer) { Ok(()) } else { Err(failed()) }
}

fn is_ok(response: &http::Response) -> bool {
    response.json().is_some_and(|body| body.get("status").is_some_and(|status| status == "ok"))
}

/// Signs in the administrator of a new Casdoor, and returns the session's cookie.
fn administrator_session(server: SocketAddr) -> Result<String, ContractError> {
    let sign_in = json!({
        "application": "app-built-in", "organization": "built-in", "username": "admin", "password": "123",
        "type": "login", "signinMethod": "Password",
    });
    let response = http::send(server, &post("/api/login", "application/json", sign_in.to_string(), None))?;
    let cookie = response.header("set-cookie").and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
    let failed = || ContractError::Precondition("the administrator cannot sign in".to_owned());
    cookie.filter(|_| is_ok(&response)).ok_or_else(failed)
}

/// Returns an authenticated GET request.
pub(super) fn get(target: &str, token: &str) -> Request {
    Request { method: "GET".to_owned(), target: target.to_owned(), headers: headers(Some(token)), body: Vec::new() }
}

/// Returns a POST request, with or without a token.
pub(super) fn post(target: &str, content_type: &str, body: String, token: Option<&str>) -> Request {
    let mut headers = headers(token);
    headers.push(("Content-Type".to_owned(), content_type.to_owned()));
    Request { method: "POST".to_owned(), target: target.to_owned(), headers, body: body.into_bytes() }
}

fn headers(token: Option<&str>) -> Vec<(String, String)> {
    let mut headers = vec![("Host".to_owned(), HOST.to_owned()), ("Accept-Language".to_owned(), "en".to_owned())];
    headers.extend(token.map(|token| ("Authorization".to_owned(), format!("Bearer {token}"))));
    headers
}

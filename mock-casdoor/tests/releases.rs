//! Checks each row of `versions.md` against each release: the differences that a client can detect from responses.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "test helpers, which must stop the test on failure"
)]

use std::io::{Read, Write};
use std::net::TcpStream;

use mock_casdoor::{Fault, MockServer, Options, Release};
use serde_json::{Value, json};

fn start(release: Release) -> MockServer {
    MockServer::start(Options { release, ..Options::default() }).expect("a free port")
}

/// Sends a request with the public host name and returns the status (0 if the connection was closed) and the body.
fn ask(server: &MockServer, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: id.acme.test\r\nConnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
    let mut answer = String::new();
    let _closed = stream.read_to_string(&mut answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    (head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(), body.to_owned())
}

struct Pia<'a> {
    server: &'a MockServer,
    bearer: String,
}

impl<'a> Pia<'a> {
    fn of(server: &'a MockServer) -> Self {
        let token = server.token("private-client", "private/pia", "id.acme.test").unwrap();
        Self { server, bearer: format!("Bearer {token}") }
    }

    fn get(&self, target: &str) -> Value {
        let (_, body) = ask(self.server, "GET", target, &[("Authorization", &self.bearer)], "");
        serde_json::from_str(&body).unwrap()
    }

    fn post(&self, target: &str, kind: &str, body: &str) -> Value {
        let headers = [("Authorization", self.bearer.as_str()), ("Content-Type", kind)];
        serde_json::from_str(&ask(self.server, "POST", target, &headers, body).1).unwrap()
    }

    /// Writes a list in one of the request formats. Returns the response, and true if the list was stored.
    fn write(&self, shape: &str, columns: &str) -> (String, bool) {
        let rows = json!([{"accountName": format!("{shape} {columns}"), "issuer": "I", "secretKey": "JBSWY3DPEHPK3PXP", "origin": "o"}]);
        let body = match shape {
            "short" => json!({"mfaAccounts": rows}),
            "named" => json!({"owner": "private", "name": "pia", "mfaAccounts": rows}),
            _ => {
                let mut user = self.get("/api/get-user?id=private/pia").get("data").cloned().unwrap();
                user.as_object_mut().unwrap().insert("mfaAccounts".to_owned(), rows.clone());
                user
            }
        };
        let columns = if columns.is_empty() { String::new() } else { format!("&columns={columns}") };
        let answer =
            self.post(&format!("/api/update-user?id=private/pia{columns}"), "application/json", &body.to_string());
        let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let said = if text("status") == "ok" { text("data") } else { text("msg") };
        (said, self.server.user("private/pia").unwrap().mfa_accounts == rows)
    }
}

#[test]
fn each_release_accepts_its_own_list_formats() {
    for release in Release::ALL {
        let (server, is_new) = (start(release), release >= Release::V3_48);
        let pia = Pia::of(&server);
        let said = |text: &str, written| (text.to_owned(), written);
        let short = if is_new { said("Affected", true) } else { said("Unauthorized operation", false) };
        let named = if is_new { said("Affected", true) } else { said("Display name cannot be empty", false) };
        assert_eq!(pia.write("short", "mfaaccounts"), short, "{release:?}");
        assert_eq!(pia.write("named", "mfaaccounts"), named, "{release:?}");
        assert_eq!(pia.write("whole", "mfaaccounts"), said("Affected", true), "{release:?}");
        assert_eq!(pia.write("whole", "mfaAccounts"), said("Affected", !is_new), "{release:?}");
        assert_eq!(pia.write("whole", "mfa_accounts"), said("Affected", false), "{release:?}");
        assert_eq!(pia.write("whole", ""), said("Affected", true), "{release:?}");
    }
}

#[test]
fn the_oldest_release_shows_every_list_to_everyone() {
    for release in Release::ALL {
        let server = start(release);
        let rows = json!([{"accountName": "a", "issuer": "", "secretKey": "JBSWY3DPEHPK3PXP", "origin": ""}]);
        server.set_mfa_accounts("hidden/hana", rows.clone());
        server.set_mfa_accounts("acme/eve", rows.clone());
        let token = server.token("hidden-client", "hidden/hana", "id.acme.test").unwrap();
        let bearer = format!("Bearer {token}");
        let own = ask(&server, "GET", "/api/get-user?id=hidden/hana", &[("Authorization", &bearer)], "").1;
        let strangers = ask(&server, "GET", "/api/get-user?id=acme/eve", &[], "").1;
        for body in [own, strangers] {
            let answer: Value = serde_json::from_str(&body).unwrap();
            let shown = answer.pointer("/data/mfaAccounts") == Some(&rows);
            assert_eq!(shown, release == Release::V1_783, "{release:?}");
        }
    }
}

#[test]
fn older_releases_lack_device_codes_and_enrollment_by_token() {
    for release in Release::ALL {
        let server = start(release);
        let pia = Pia::of(&server);
        let form = "application/x-www-form-urlencoded";
        let device = pia.post("/api/device-auth", form, "client_id=acme-client&scope=openid");
        assert_eq!(device.get("device_code").is_some(), release >= Release::V1_953, "{release:?}");
        let begun = pia.post("/api/mfa/setup/initiate", form, "owner=private&name=pia&mfaType=app");
        let url = begun.pointer("/data/url").and_then(Value::as_str).unwrap_or_default();
        assert_eq!(
            url.starts_with("otpauth://totp/Private%20Org:private/pia?"),
            release >= Release::V3_40,
            "{release:?}"
        );
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"owner\"\r\n\r\nprivate\r\n--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\npia\r\n--b\r\nContent-Disposition: form-data; name=\"mfaType\"\r\n\r\napp\r\n--b--\r\n";
        let begun = pia.post("/api/mfa/setup/initiate", "multipart/form-data; boundary=b", multipart);
        let url = begun.pointer("/data/url").and_then(Value::as_str).unwrap_or_default();
        assert_eq!(
            url.contains("issuer=Casdoor&"),
            release < Release::V2_211,
            "{release:?}: pages send forms that every release reads"
        );
    }
}

#[test]
fn every_release_rejects_an_extension_origin() {
    for release in Release::ALL {
        let server = start(release);
        let extension = [("Origin", "chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")];
        assert_eq!(ask(&server, "POST", "/api/login", &extension, "{}"), (403, String::new()), "{release:?}");
        let line = server.requests().pop().unwrap();
        assert_eq!((line.origin.as_deref(), line.status), (Some(extension[0].1), Some(403)));
    }
}

#[test]
fn injected_faults_apply_and_end() {
    let server = start(Release::default());
    let pia = Pia::of(&server);
    let health = || ask(&server, "GET", "/api/health", &[], "");
    server.fail(Fault::Unreachable, "");
    assert_eq!(health().0, 0);
    server.clear_faults();
    for (fault, status) in
        [(Fault::Html, 200), (Fault::Status(403), 403), (Fault::Status(429), 429), (Fault::Status(503), 503)]
    {
        server.fail_times(fault, "/api/health", 1);
        let (found, body) = health();
        assert_eq!((found, body.contains("\"status\"")), (status, false), "{fault:?}");
    }
    assert!(health().1.contains("\"ok\""));
    server.fail_times(Fault::ClaimAffected, "/api/update-user", 1);
    assert_eq!(pia.write("short", "mfaaccounts"), ("Affected".to_owned(), false));
    assert_eq!(pia.write("short", "mfaaccounts"), ("Affected".to_owned(), true));
    server.fail_times(Fault::MaskSecrets, "/api/get-user", 1);
    let secret = || pia.get("/api/get-user?id=private/pia").pointer("/data/mfaAccounts/0/secretKey").cloned();
    assert_eq!((secret(), secret()), (Some(json!("***")), Some(json!("JBSWY3DPEHPK3PXP"))));
    let started = std::time::Instant::now();
    server.fail_times(Fault::Slow(200), "/api/health", 1);
    assert!(health().1.contains("\"ok\"") && started.elapsed().as_millis() >= 200);
}

#[test]
fn a_lost_refresh_reply_leaves_an_invalid_token() {
    let server = start(Release::default());
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let grant = "grant_type=password&client_id=acme-client&username=bob&password=pass-word-1&scope=openid";
    let token: Value =
        serde_json::from_str(&ask(&server, "POST", "/api/login/oauth/access_token", &form, grant).1).unwrap();
    let refresh = format!(
        "grant_type=refresh_token&client_id=acme-client&refresh_token={}",
        token.get("refresh_token").unwrap().as_str().unwrap()
    );
    server.fail_times(Fault::LoseReply, "/api/login/oauth/refresh_token", 1);
    assert_eq!(ask(&server, "POST", "/api/login/oauth/refresh_token", &form, &refresh).0, 0);
    let (status, body) = ask(&server, "POST", "/api/login/oauth/refresh_token", &form, &refresh);
    assert_eq!(status, 400);
    assert!(body.contains("refresh token is invalid or revoked"), "{body}");
}

#[test]
fn tokens_expire_on_request() {
    let server = start(Release::default());
    let pia = Pia::of(&server);
    let message =
        || pia.get("/api/get-user?id=private/pia").get("msg").and_then(Value::as_str).unwrap_or_default().to_owned();
    assert_eq!(message(), "");
    server.forbid("private/pia", true);
    assert!(message().contains("forbidden"));
    server.forbid("private/pia", false);
    server.expire_access_tokens("private/pia");
    assert!(message().starts_with("Access token has expired"));
    server.set_skew(86_400 * 30);
    let pia = Pia::of(&server);
    assert_eq!(pia.get("/api/get-user?id=private/pia").get("msg"), Some(&json!("")));
    server.expire_tokens("private/pia");
    assert!(pia.get("/api/userinfo").to_string().contains("has expired"));
}

#[test]
fn a_cookie_sent_with_a_token_switches_the_session_user() {
    let server = start(Release::default());
    let login = json!({"type": "login", "application": "app-acme", "organization": "acme", "username": "bob", "password": "pass-word-1"});
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let body = login.to_string();
    let head = format!(
        "POST /api/login HTTP/1.1\r\nHost: id.acme.test\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, rest) = answer.split_once("casdoor_session_id=").unwrap();
    let cookie = format!("casdoor_session_id={}", rest.split(';').next().unwrap());
    let name = || {
        let account: Value =
            serde_json::from_str(&ask(&server, "GET", "/api/get-account", &[("Cookie", &cookie)], "").1).unwrap();
        account.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    assert_eq!(name(), "bob");
    let bearer = format!("Bearer {}", server.token("acme-client", "acme/eve", "id.acme.test").unwrap());
    ask(&server, "GET", "/api/userinfo", &[("Cookie", &cookie), ("Authorization", &bearer)], "");
    assert_eq!(name(), "eve");
}

#[test]
fn remote_control_requires_the_control_option() {
    let closed = start(Release::default());
    assert!(
        ask(&closed, "GET", "/control/requests", &[], "").1.contains("<!DOCTYPE html>"),
        "without the option, the path is served like any other page"
    );
    let server = MockServer::start(Options { control: true, ..Options::default() }).expect("a free port");
    let fault = json!({"fault": {"status": 429}, "on": "/api/health", "times": 1}).to_string();
    assert_eq!(ask(&server, "POST", "/control/fault", &[], &fault).0, 200);
    assert_eq!(ask(&server, "GET", "/api/health", &[], "").0, 429);
    assert_eq!(ask(&server, "GET", "/api/health", &[], "").0, 200);
    assert_eq!(ask(&server, "POST", "/control/fault", &[], "{}").0, 400);
    assert_eq!(ask(&server, "POST", "/control/release?name=v1.783.0", &[], "").0, 200);
    assert!(ask(&server, "GET", "/login", &[], "").1.contains("/static/antd-5.2/"));
    assert_eq!(ask(&server, "POST", "/control/skew?seconds=600", &[], "").0, 200);
    let user: Value = serde_json::from_str(&ask(&server, "GET", "/control/user?id=acme/alice", &[], "").1).unwrap();
    assert_eq!(user.get("id"), Some(&json!("acme/alice")));
    let requests: Value = serde_json::from_str(&ask(&server, "GET", "/control/requests", &[], "").1).unwrap();
    let paths: Vec<_> = requests.as_array().unwrap().iter().filter_map(|line| line.get("path")?.as_str()).collect();
    assert_eq!(paths, ["/api/health", "/api/health", "/login"]);
}

#[test]
fn the_server_clock_is_independent() {
    let server = MockServer::start(Options { skew_seconds: 600, ..Options::default() }).expect("a free port");
    let ahead = server.now();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(b"GET /api/health HTTP/1.1\r\nHost: id.acme.test\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let date = |answer: &str| answer.lines().find(|line| line.starts_with("Date: ")).map(str::to_owned).unwrap();
    server.set_skew(0);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(b"GET /api/health HTTP/1.1\r\nHost: id.acme.test\r\nConnection: close\r\n\r\n").unwrap();
    let mut later = String::new();
    stream.read_to_string(&mut later).unwrap();
    assert_ne!(date(&answer), date(&later), "the Date header shows the server's clock");
    assert!((599..=601).contains(&ahead.saturating_sub(server.now())));
}

//! Parsing a server's response of 8 MB needs only a small multiple of its size in memory, whatever JSON it contains,
//! because unused members are skipped.

#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test that cannot continue should fail")]

use std::cell::RefCell;

use casdoor_authenticator::casdoor::{
    ChangedPart, Http, HttpError, HttpRequest, HttpResponse, MAX_RESPONSE_BYTES, VaultAccess, as_user, factors, sync,
};
use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{Connection, ConnectionId, State, Tokens, Vault};
use futures_lite::future::block_on;
use peak_alloc::PeakAlloc;

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

const NOW: u64 = 1_790_000_000;

struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// Answers each request with the next prepared body, which is moved and not copied.
struct Server(RefCell<Vec<Vec<u8>>>);

impl Http for Server {
    async fn send(&self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
        let body = self.0.borrow_mut().pop().ok_or(HttpError::Unreachable)?;
        Ok(HttpResponse { status: 200, content_type: String::new(), date: Some(NOW), body: Secret::new(body) })
    }
}

struct Book(RefCell<(Vault, State)>);

impl VaultAccess for Book {
    type Error = ();

    async fn transact<T>(&self, change: impl FnOnce(&mut Vault, &mut State) -> (T, ChangedPart)) -> Result<T, ()> {
        let mut book = self.0.borrow_mut();
        let (vault, state) = &mut *book;
        Ok(change(vault, state).0)
    }
}

fn connected() -> (Book, ConnectionId) {
    let id = ConnectionId::generate(&mut Seeded(1));
    let text = |text: &str| Secret::new(text.to_owned());
    let connection = Connection {
        id,
        server: "https://evil.example".into(),
        owner: "acme".into(),
        name: "alice".into(),
        user_id: "uuid".into(),
        display_name: String::new(),
        client_id: String::new(),
        new_accounts: None,
        fills_automatically: false,
        follows_deletions: false,
        receives_only: true,
        is_demo: false,
    };
    let (mut vault, mut state) = (Vault::default(), State::default());
    vault.connections.push(connection);
    let tokens = Tokens { access: text("a.b.c"), refresh: text(""), received_at: NOW, expires_at: NOW + 9_999_999 };
    state.tokens.insert(id, tokens);
    (Book(RefCell::new((vault, state))), id)
}

/// Returns a user's record in which `filler` is repeated up to the maximum size of a response.
fn user(before: &str, filler: &str, after: &str) -> Vec<u8> {
    let head = format!(r#"{{"status":"ok","msg":"","data":{{"id":"uuid","owner":"acme","name":"alice",{before}"#);
    let tail = format!("{after}}}}}");
    let times = (MAX_RESPONSE_BYTES - head.len() - tail.len()) / filler.len();
    let mut text = head;
    text.reserve_exact(MAX_RESPONSE_BYTES - text.len());
    if filler == "[" {
        text.push_str(&"[".repeat(times / 2));
        text.push_str(&"]".repeat(times / 2));
    } else {
        (0..times).for_each(|_| text.push_str(filler));
    }
    text.push_str(&tail);
    text.into_bytes()
}

/// Returns the peak of the memory that `act` needed in addition to the response, as a multiple of its size.
fn cost(answer: Vec<u8>, act: impl FnOnce(&Server, &Book, ConnectionId)) -> f64 {
    let length = answer.len();
    let (server, (book, id)) = (Server(RefCell::new(vec![answer])), connected());
    let before = PEAK.current_usage();
    PEAK.reset_peak_usage();
    act(&server, &book, id);
    PEAK.peak_usage().saturating_sub(before) as f64 / length as f64
}

fn synced(server: &Server, book: &Book, id: ConnectionId) {
    let _ = block_on(sync(server, book, id, &|| UnixMilliseconds::of_seconds(NOW), &mut Seeded(2)));
}

fn factors_read(server: &Server, book: &Book, id: ConnectionId) {
    let question = async |user: &casdoor_authenticator::casdoor::SignedInUser<'_, &Server>| factors::read(user).await;
    let _ = block_on(as_user(&server, book, id, &|| UnixMilliseconds::of_seconds(NOW), question));
}

#[test]
fn a_response_of_eight_megabytes_costs_at_most_a_small_multiple_of_its_size() {
    let row = r#"{"accountName":"a","issuer":"b","secretKey":"JBSWY3DPEHPK3PXP","origin":"c"},"#;
    let long = format!(r#"{{"accountName":"{}","issuer":"b","secretKey":"JBSWY3DPEHPK3PXP"}},"#, "n".repeat(380));
    let texts = [
        ("deep nesting", r#""x":"#, "[", ""),
        ("small keys", r#""x":{"#, r#""a":0,"#, r#""b":0},"mfaAccounts":[]"#),
        ("small numbers", r#""x":["#, "1,", r#"1],"mfaAccounts":[]"#),
        ("unknown fields", "", r#""f":{},"#, r#""mfaAccounts":[]"#),
        ("many rows", r#""mfaAccounts":["#, row, r#"{}]"#),
        ("long rows", r#""mfaAccounts":["#, long.as_str(), r#"{}]"#),
        ("empty rows", r#""mfaAccounts":["#, "{},", r#"{}]"#),
        ("rows of other kinds", r#""mfaAccounts":["#, "0,", "0]"),
        ("many factors", r#""mfaAccounts":[],"multiFactorAuths":["#, r#"{"mfaType":"app"},"#, "{}]"),
        ("a long text", r#""mfaAccounts":[],"displayName":""#, "name", "\""),
        ("a long id", r#""mfaAccounts":[],"mfaRememberDeadline":""#, "2026", "\""),
    ];
    let mut most = 0.0_f64;
    for (what, before, filler, after) in texts {
        for (way, act) in [("sync", synced as fn(&Server, &Book, ConnectionId)), ("factors", factors_read)] {
            let cost = cost(user(before, filler, after), act);
            println!("{what}, {way}: {cost:.2} times the response");
            assert!(cost < 4.0, "{what}, {way}: {cost:.2} times the response");
            most = most.max(cost);
        }
    }
    assert!(most > 0.0, "memory was not measured");
}

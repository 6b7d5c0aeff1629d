//! Servers that store as much as they can on this device. Each is limited by its own budget, and nothing else is
//! affected.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use casdoor_authenticator::app::App;
use casdoor_authenticator::app::protocol::{
    AddAccount, ChangeConnection, ConnectByCode, ConnectionCard, EmptyTrash, ListConnections, ListTrash, Message,
    MoveToTrash, ReadScreen, Request, SelectAccounts, SyncNow, TypedRequest, UnlockVault,
};
use casdoor_authenticator::casdoor::{
    ChangedPart, Http, HttpError, HttpRequest, HttpResponse, MAX_CONNECTION_ACCOUNTS, MAX_OLD_VERSIONS, MAX_TRASHED,
    VaultAccess,
};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{Area, ConnectionId, Envelope, State, Vault, VaultKey};
use futures_lite::future::block_on;
use serde_json::{Value, json};

use super::worker::{Disk, NOW, Quick, Seeded, account_list, form, with_vault};

/// A day in seconds. Syncs are this far apart, so that no missing row is mistaken for a race.
const DAY: u64 = 86_400;

/// Returns a row as a server stores it.
pub fn row(name: &str, issuer: &str, secret: &str, origin: &str) -> Value {
    json!({ "accountName": name, "issuer": issuer, "secretKey": secret, "origin": origin })
}

/// Returns a secret of 20 bytes for each number.
pub fn secret(number: usize) -> String {
    data_encoding::BASE32.encode(format!("{number:020}").as_bytes())
}

/// All servers. Each has one user, whose list the test sets.
#[derive(Default)]
pub struct Servers {
    pub lists: RefCell<BTreeMap<String, Vec<Value>>>,
    /// The number of seconds by which their clocks are ahead.
    pub ahead: RefCell<BTreeMap<String, i64>>,
    /// Fields of every user that differ from the usual.
    pub user: RefCell<serde_json::Map<String, Value>>,
    pub now: Cell<u64>,
}

impl Servers {
    pub fn new() -> Self {
        Self { now: Cell::new(NOW), ..Self::default() }
    }

    pub fn set(&self, host: &str, list: Vec<Value>) {
        self.lists.borrow_mut().insert(host.into(), list);
    }
}

impl Http for Servers {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let rest = request.url.strip_prefix("https://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let list = || self.lists.borrow().get(host).cloned().unwrap_or_default();
        let user = || {
            let mut user = json!({ "owner": "acme", "name": "alice", "id": format!("alice at {host}"),
                                   "displayName": "Alice", "mfaAccounts": list() });
            user.as_object_mut().unwrap().extend(self.user.borrow().clone());
            user
        };
        let organization = json!({ "name": "acme", "accountItems": [{ "name": "MFA accounts", "viewRule": "Self" }] });
        let data = match path.split('?').next().unwrap() {
            "api/userinfo" | "api/get-account" | "api/logout" => Value::Null,
            "api/get-user" if request.bearer.is_none() => Value::Null,
            "api/get-user" => user(),
            "api/get-default-application" => json!({ "name": "app", "organizationObj": organization }),
            "api/update-user" => {
                let body: Value = serde_json::from_str(request.body.as_ref().unwrap().text()).unwrap();
                self.set(host, body["mfaAccounts"].as_array().unwrap().clone());
                json!("Affected")
            }
            other => panic!("no {other}"),
        };
        let body = match path.starts_with("api/userinfo") {
            true => json!({ "sub": format!("alice at {host}") }),
            false => json!({ "status": "ok", "msg": "", "data": data }),
        };
        let body = body.to_string().into_bytes();
        let ahead = self.ahead.borrow().get(host).copied().unwrap_or(0);
        let date = Some(self.now.get().saturating_add_signed(ahead));
        Ok(HttpResponse { status: 200, content_type: "application/json".into(), date, body: Secret::new(body) })
    }
}

pub type Browser<'a> = App<(&'a Disk, &'a Servers, Quick, Seeded)>;

pub fn browser<'a>(disk: &'a Disk, servers: &'a Servers) -> Browser<'a> {
    App::new(disk, servers, Quick, Seeded(77))
}

pub fn ask<R: TypedRequest + Into<Request>>(app: &Browser<'_>, request: R) -> Result<R::Answer, Message> {
    let now = app.http().now.get();
    block_on(app.ask(request, now))
}

/// Returns a connection code for the user of a server.
pub fn connection_code(host: &str) -> String {
    let claims = json!({ "sub": format!("alice at {host}"), "exp": NOW + 4000 * DAY }).to_string();
    let token = format!("aa.{}.cc", URL_SAFE_NO_PAD.encode(claims));
    format!("casdoor-authenticator://login?serverUrl=https://{host}&accessToken={token}")
}

pub fn connect(app: &Browser<'_>, host: &str) -> ConnectionId {
    match ask(app, ConnectByCode { code: connection_code(host), allow_http: false }) {
        Ok(connected) => connected.connection.id,
        other => panic!("not connected: {other:?}"),
    }
}

/// Advances the time by a day, and syncs all connections.
pub fn sync(app: &Browser<'_>) {
    let now = app.http().now.get() + DAY;
    app.http().now.set(now);
    let unlock = UnlockVault { password: "one".into() };
    account_list(ask(app, unlock));
    let reply = ask(app, SyncNow);
    assert!(reply.is_ok(), "{reply:?}");
}

fn card(app: &Browser<'_>, id: ConnectionId) -> ConnectionCard {
    let Ok(connections) = ask(app, ListConnections) else { panic!("no connections") };
    connections.into_iter().find(|card| card.connection.id == id).expect("the connection")
}

fn trash(app: &Browser<'_>) -> usize {
    let Ok(rows) = ask(app, ListTrash) else { panic!("no trash") };
    rows.len()
}

/// Returns the sizes of the newest document and of the state, in bytes.
fn stored(disk: &Disk) -> (usize, usize) {
    let length = |key| disk.memory.value(Area::Local, key).map_or(0, |text| text.len());
    (length("vault.last"), length("state"))
}

fn secrets(app: &Browser<'_>) -> BTreeSet<String> {
    let now = app.http().now.get();
    let all = [false, true].map(|trashed| block_on(app.key_uris(trashed, now)).unwrap()).concat();
    all.iter().map(|row| row.uri.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned()).collect()
}

#[test]
fn a_server_that_changes_its_keys_at_each_sync_fills_neither_the_trash_nor_the_vault() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    let keys =
        |round: usize| (0..300).map(|n| row(&format!("user {n}"), "Acme", &secret(round * 1000 + n), "")).collect();
    servers.set("evil.example", keys(0));
    let id = connect(&app, "evil.example");
    let first = stored(&disk);
    // Every row is matched by its origin, but its secret changes.
    let owned = |round: usize| -> Vec<Value> {
        let uuid = |n: usize| format!("cab1:00000000-0000-4000-8000-{n:012}");
        (0..300).map(|n| row(&format!("user {n}"), "Acme", &secret(round * 1000 + n), &uuid(n))).collect()
    };
    for round in 0..7 {
        servers.set("evil.example", owned(round));
        sync(&app);
    }
    let (document, state) = stored(&disk);
    assert!(trash(&app) <= MAX_TRASHED, "{} entries", trash(&app));
    assert!(document < first.0 + 700_000 && state < first.1 + 700_000, "{first:?} became {document}, {state}");
    assert!(card(&app, id).left_on_server.unwrap() > 0, "the user must be told about the rows");
    // What was stored first is still stored, because later rows do not replace it.
    let held = secrets(&app);
    assert!((0..300).all(|n| held.contains(&secret(n))));
    account_list(ask(&app, AddAccount { form: form("mine") }));
}

type List = Box<dyn Fn(usize) -> Vec<Value>>;

/// Returns the ways in which a server can fill a list: a name, and the list that it returns in each sync.
fn server_lists() -> Vec<(&'static str, List)> {
    let uuid = |n: usize| format!("cab1:00000000-0000-4000-8000-{n:012}");
    let list = |count: usize, row: &dyn Fn(usize) -> Value| (0..count).map(row).collect::<Vec<_>>();
    vec![
        (
            "growing names",
            Box::new(move |round| {
                let name = "n".repeat(600 * (round + 1));
                list(300, &|n| row(&format!("{n} {name}"), "Acme", &secret(n), &uuid(n)))
            }),
        ),
        ("many rows", Box::new(move |_| list(2_500, &|n| row(&format!("{n}"), "Acme", &secret(n), "")))),
        (
            "other rows at each sync",
            Box::new(move |round| list(400, &|n| row(&format!("{round} {n}"), "Acme", &secret(round * 1000 + n), ""))),
        ),
        (
            "other ids at each sync",
            Box::new(move |round| list(400, &|n| row("a", "Acme", &secret(round * 1000 + n), &uuid(round * 1000 + n)))),
        ),
        (
            "rows that come and go",
            Box::new(move |round| {
                list(1_000 * (round % 2), &|n| row(&format!("{n}"), "Acme", &secret(n + round * 1_000), ""))
            }),
        ),
        (
            "a huge issuer",
            Box::new(move |round| list(300, &|n| row(&format!("{n}"), &"%E4".repeat(2_000 + round), &secret(n), ""))),
        ),
        (
            "the same origin in every row",
            Box::new(move |round| list(400, &|n| row(&format!("{n}"), "Acme", &secret(round * 1000 + n), &uuid(7)))),
        ),
        (
            "rows that cannot be read",
            Box::new(move |round| list(400, &|n| row(&format!("{round} {n}"), &"i".repeat(3_000), "not base32!", ""))),
        ),
    ]
}

/// The open vault without encryption, which would take most of the test's time.
struct Book(RefCell<(Vault, State)>);

impl VaultAccess for Book {
    type Error = ();

    async fn transact<T>(&self, change: impl FnOnce(&mut Vault, &mut State) -> (T, ChangedPart)) -> Result<T, ()> {
        let mut book = self.0.borrow_mut();
        let (vault, state) = &mut *book;
        Ok(change(vault, state).0)
    }
}

impl Book {
    fn connected(follows_deletions: bool) -> (Self, ConnectionId) {
        let (disk, servers) = (with_vault(), Servers::new());
        let app = browser(&disk, &servers);
        let id = connect(&app, "evil.example");
        let key = disk.memory.value(Area::Session, "unlocked").unwrap();
        let key: Value = serde_json::from_str(&key).unwrap();
        let key = VaultKey::from_text(key["key"].as_str().unwrap()).unwrap();
        let open = |name| disk.memory.value(Area::Local, name).unwrap();
        let mut vault = Envelope::from_text(&open("vault.last")).unwrap().open(&key).unwrap();
        vault.connections[0].follows_deletions = follows_deletions;
        (Self(RefCell::new((vault, State::open(&open("state"), &key).unwrap()))), id)
    }

    /// Returns the sizes of the document and of the state, in bytes.
    fn size(&self) -> (usize, usize) {
        let book = self.0.borrow();
        (serde_json::to_vec(&book.0).unwrap().len(), serde_json::to_vec(&book.1).unwrap().len())
    }
}

/// Syncs nine times with a server that fills its list in the given way, and checks how much was stored.
fn assert_bounded(way: &str, list: &List, follows: bool) {
    let servers = Servers::new();
    let (book, id) = Book::connected(follows);
    let mut halfway = (0, 0);
    for round in 0..9 {
        servers.set("evil.example", list(round));
        let now = NOW + u64::try_from(round).unwrap() * DAY;
        let outcome = block_on(casdoor_authenticator::casdoor::sync(
            &servers,
            &book,
            id,
            &|| UnixMilliseconds::of_seconds(now),
            &mut Seeded(5),
        ));
        assert!(outcome.is_ok(), "{way}: {outcome:?}");
        if round == 6 {
            halfway = book.size();
        }
    }
    let (document, state) = book.size();
    println!("{way}, follows deletions {follows}: {document} and {state} bytes");
    assert!(document < 3_000_000 && state < 3_000_000, "{way}: {document} and {state} bytes");
    let growth = document.saturating_sub(halfway.0) + state.saturating_sub(halfway.1);
    assert!(growth < 100_000, "{way}, {follows}: {halfway:?} became {:?}", (document, state));
    let book = book.0.borrow();
    let counts = (book.0.accounts.len(), book.0.trash.len());
    assert!(counts.0 <= MAX_CONNECTION_ACCOUNTS && counts.1 <= MAX_TRASHED, "{way}: {counts:?} accounts and trashed");
}

#[test]
fn no_list_stores_more_than_a_connection_may() {
    for (way, list) in server_lists() {
        assert_bounded(way, &list, false);
    }
}

#[test]
fn no_list_stores_more_if_deletions_are_followed() {
    for (way, list) in server_lists() {
        assert_bounded(way, &list, true);
    }
}

#[test]
fn a_full_connection_leaves_room_for_other_connections_and_the_user() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    let many = |host: &str| (0..2_300).map(|n| row(&format!("{host} {n}"), "Acme", &secret(n), "")).collect();
    servers.set("one.example", many("one.example"));
    let full = connect(&app, "one.example");
    assert_eq!((card(&app, full).accounts, card(&app, full).left_on_server), (MAX_CONNECTION_ACCOUNTS, Some(300)));
    servers.set("good.example", vec![row("me", "Good", &secret(1), "")]);
    let good = connect(&app, "good.example");
    assert_eq!((card(&app, good).accounts, card(&app, good).left_on_server), (1, None));
    account_list(ask(&app, AddAccount { form: form("mine") }));
}

#[test]
fn rows_over_the_limit_stay_unchanged_on_the_server_when_something_is_sent() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    let list: Vec<Value> =
        (0..MAX_CONNECTION_ACCOUNTS + 7).map(|n| row(&format!("{n}"), "A", &secret(n), "x")).collect();
    servers.set("id.example", list.clone());
    let id = connect(&app, "id.example");
    let rows = account_list(ask(&app, ReadScreen { origin: None })).rows;
    let receives = SelectAccounts {
        connection: id,
        accounts: vec![rows[0].id],
        new_accounts: casdoor_authenticator::vault::NewAccounts::Server,
    };
    let _ = ask(&app, receives);
    let _ = ask(&app, MoveToTrash { id: rows[0].id });
    sync(&app);
    let after = servers.lists.borrow()["id.example"].clone();
    assert_eq!(after.len(), list.len() - 1);
    assert!(after.iter().all(|row| list.contains(row)), "another row was changed");
    assert_eq!(card(&app, id).accounts, MAX_CONNECTION_ACCOUNTS, "the free place was not used");
}

#[test]
fn old_versions_are_limited_expire_after_30_days_and_are_emptied_together() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    let origin = "cab1:00000000-0000-4000-8000-000000000001";
    servers.set("id.example", vec![row("a", "Acme", &secret(0), origin)]);
    let id = connect(&app, "id.example");
    for round in 1..12 {
        servers.set("id.example", vec![row("a", "Acme", &secret(round), origin)]);
        sync(&app);
    }
    assert_eq!(trash(&app), MAX_OLD_VERSIONS);
    assert_eq!(card(&app, id).left_on_server, Some(1));
    assert!(secrets(&app).contains(&secret(0)) && !secrets(&app).contains(&secret(11)));

    // After emptying the trash, the account gets the server's version again, and nothing is restored from the trash.
    let Ok(rows) = ask(&app, EmptyTrash) else { panic!("no trash") };
    assert!(rows.is_empty());
    sync(&app);
    assert_eq!((trash(&app), card(&app, id).left_on_server), (1, None));
    assert!(secrets(&app).contains(&secret(11)) && !secrets(&app).contains(&secret(0)));

    // After 30 days and two saves it has expired, although a sync moved it to the trash.
    for day in 0..32 {
        sync(&app);
        account_list(ask(&app, AddAccount { form: form(&format!("day {day}")) }));
    }
    assert_eq!(trash(&app), 0);
}

#[test]
fn an_account_that_a_sync_trashed_does_not_come_back_after_it_expired() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    servers.set("id.example", vec![row("a", "Acme", &secret(0), ""), row("b", "Acme", &secret(1), "")]);
    let id = connect(&app, "id.example");
    let _ = ask(
        &app,
        ChangeConnection {
            connection: id,
            fills_automatically: None,
            follows_deletions: Some(true),
            new_accounts: None,
        },
    );
    servers.set("id.example", vec![row("b", "Acme", &secret(1), "")]);
    sync(&app);
    assert_eq!((trash(&app), card(&app, id).accounts), (1, 1));
    for day in 0..34 {
        sync(&app);
        account_list(ask(&app, AddAccount { form: form(&format!("day {day}")) }));
    }
    assert_eq!((trash(&app), card(&app, id).accounts), (0, 1));
    assert!(!secrets(&app).contains(&secret(0)));
}

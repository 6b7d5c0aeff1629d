//! A worker that is restarted for every request, with persistent storage and without a network.

use std::cell::Cell;
use std::fmt::Debug;

use casdoor_authenticator::app::protocol::{
    AccountForm, AccountList, AddAccount, CreateVault, Message, Request, ScanResults, Screen, TypedRequest,
};
use casdoor_authenticator::app::{App, Platform};
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{
    AccountId, Area, Change, Connection, ConnectionId, Envelope, MemoryStore, Store, StoreError, Vault, VaultKey,
};
use futures_lite::future::block_on;

pub use super::offline::Offline;
pub use super::quick_keys::{Quick, quick};
pub use super::seeded::Seeded;

pub const NOW: u64 = 1_790_000_000;
pub const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// Storage that outlives the worker, counts persistent writes, and can be made to reject them.
#[derive(Default)]
pub struct Disk {
    pub memory: MemoryStore,
    pub full: Cell<bool>,
    pub writes: Cell<usize>,
}

impl Store for &Disk {
    async fn load(&self, area: Area, keys: &[&'static str]) -> Result<Vec<Option<String>>, StoreError> {
        self.memory.load(area, keys).await
    }

    async fn managed_names(&self) -> Result<Vec<String>, StoreError> {
        self.memory.managed_names().await
    }

    async fn commit(&self, area: Area, changes: Vec<Change>) -> Result<(), StoreError> {
        if area == Area::Local {
            if self.full.get() {
                return Err(StoreError::Full);
            }
            self.writes.set(self.writes.get().saturating_add(1));
        }
        self.memory.commit(area, changes).await
    }
}

/// Returns a worker that has just started.
pub fn app(disk: &Disk) -> App<(&Disk, Offline, Quick, Seeded)> {
    let seed = disk.memory.value(Area::Local, "vault.last").map_or(7, |text| u64::try_from(text.len()).unwrap());
    App::new(disk, Offline, Quick, Seeded(seed))
}

/// Sends a request to a worker that has just started.
pub fn ask_at<R: TypedRequest + Into<Request>>(disk: &Disk, request: R, now: u64) -> Result<R::Answer, Message> {
    block_on(app(disk).ask(request, now))
}

/// Sends a request to a worker that keeps running.
pub fn ask_app<P: Platform, R: TypedRequest + Into<Request>>(app: &App<P>, request: R) -> Result<R::Answer, Message> {
    block_on(app.ask(request, NOW))
}

pub fn ask<R: TypedRequest + Into<Request>>(disk: &Disk, request: R) -> Result<R::Answer, Message> {
    ask_at(disk, request, NOW)
}

/// Sends a request whose type is not known, and returns the message if it fails.
pub fn ask_any(disk: &Disk, request: Request) -> Result<(), Message> {
    let reply = block_on(app(disk).handle(request, &|| UnixMilliseconds::of_seconds(NOW)));
    reply.failure().map_or(Ok(()), |message| Err(message.clone()))
}

pub fn account_list(reply: Result<Screen, Message>) -> AccountList {
    match reply {
        Ok(Screen::AccountList(account_list)) => account_list,
        other => panic!("expected an account list, got {other:?}"),
    }
}

pub fn failure<A: Debug>(reply: Result<A, Message>) -> String {
    match reply {
        Err(message) => message.key.as_str().to_owned(),
        other => panic!("expected a failure, got {other:?}"),
    }
}

pub fn found(reply: Result<ScanResults, Message>) -> ScanResults {
    match reply {
        Ok(found) => found,
        other => panic!("expected what was found, got {other:?}"),
    }
}

pub fn with_vault() -> Disk {
    let disk = Disk::default();
    account_list(ask(&disk, CreateVault { password: "one".into(), pbkdf2: true }));
    disk
}

pub fn form(name: &str) -> AccountForm {
    AccountForm { secret: SECRET.into(), name: name.into(), issuer: "Acme".into(), ..AccountForm::default() }
}

pub fn add(disk: &Disk, form: AccountForm) -> AccountId {
    account_list(ask(disk, AddAccount { form })).rows.last().expect("the added row").id
}

/// Changes the stored document without the worker, for example as an older version could have left it.
pub fn change(disk: &Disk, change: impl FnOnce(&mut Vault)) {
    let unlocked: serde_json::Value =
        serde_json::from_str(&disk.memory.value(Area::Session, "unlocked").unwrap()).unwrap();
    let key = VaultKey::from_text(unlocked.get("key").and_then(|key| key.as_str()).unwrap()).unwrap();
    let sealed = Envelope::from_text(&disk.memory.value(Area::Local, "vault.last").unwrap()).unwrap();
    let mut vault = sealed.open(&key).unwrap();
    change(&mut vault);
    let slots = sealed.slots().to_vec();
    let sealed = Envelope::seal(&vault, &key, slots, sealed.revision().saturating_add(1), NOW, &mut Seeded(9)).unwrap();
    disk.memory.set(Area::Local, "vault.last", Some(sealed.to_text().unwrap()));
}

/// Returns the vault that a restarted worker would open.
pub fn stored_vault(disk: &Disk) -> Vault {
    let mut stored = Vault::default();
    change(disk, |vault| stored = vault.clone());
    stored
}

/// Connects user `acme/alice` of `server` without sending a request. New accounts are stored there if `accepts_new` is
/// set.
pub fn connect(disk: &Disk, number: u8, server: &str, accepts_new: bool) -> ConnectionId {
    let connection: Connection = serde_json::from_value(serde_json::json!({
        "id": format!("00000000-0000-4000-8000-0000000000{number:02}"), "server": server, "owner": "acme", "name": "alice",
        "user_id": format!("alice-{number}"), "display_name": "Alice",
        "new_accounts": accepts_new.then_some("server"),
    }))
    .unwrap();
    let id = connection.id;
    change(disk, |vault| vault.connections.push(connection));
    id
}

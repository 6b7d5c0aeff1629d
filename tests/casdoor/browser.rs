//! A client in the model: a stored vault, a worker that may be killed, and a network that `World` controls.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use casdoor_authenticator::casdoor::{
    CasdoorError, ChangedPart, Http, HttpError, HttpRequest, HttpResponse, SyncError, SyncOutcome, SyncState,
    VaultAccess, forget, sync,
};
use casdoor_authenticator::otp::KeyUri;
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{
    Account, AccountId, Connection, ConnectionId, Presence, State, StorageLocation, Tokens, Vault,
};

use super::seeded_random::SeededRandom;

/// The stored data.
#[derive(Clone, Default)]
pub struct Disk {
    pub vault: Vault,
    pub state: State,
    /// Every secret that was ever stored, except those that the user deleted in this browser.
    pub ever: BTreeSet<String>,
}

type Shared<T> = Rc<RefCell<T>>;

/// The client's side of the network. Requests wait here until `World` delivers them.
#[derive(Clone, Default)]
pub struct Wire(pub Shared<Flights>);

/// Requests and responses in transit.
#[derive(Default)]
pub struct Flights {
    pub sent: Vec<(u64, HttpRequest)>,
    pub replies: BTreeMap<u64, Result<HttpResponse, HttpError>>,
    next: u64,
}

impl Http for Wire {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let number = {
            let mut flights = self.0.borrow_mut();
            flights.next += 1;
            let number = flights.next;
            flights.sent.push((number, request));
            number
        };
        std::future::poll_fn(|_| match self.0.borrow_mut().replies.remove(&number) {
            Some(reply) => Poll::Ready(reply),
            None => Poll::Pending,
        })
        .await
    }
}

/// The ledger that the sync writes to. The worker may be killed before and after each write.
struct DiskLedger {
    disk: Shared<Disk>,
    now: Shared<u64>,
}

impl VaultAccess for DiskLedger {
    type Error = ();

    async fn transact<T>(&self, change: impl FnOnce(&mut Vault, &mut State) -> (T, ChangedPart)) -> Result<T, ()> {
        pause().await;
        let said = {
            let mut disk = self.disk.borrow_mut();
            let Disk { vault, state, .. } = &mut *disk;
            let (before, before_state) = (vault.clone(), state.clone());
            let (said, touched) = change(vault, state);
            match touched {
                ChangedPart::Nothing => assert!(*vault == before && *state == before_state, "a change was not stored"),
                ChangedPart::State => assert!(*vault == before, "a change of the document was not stored"),
                ChangedPart::Document => {
                    for id in vault.remove_expired(*self.now.borrow() / 1000) {
                        forget(state, id);
                    }
                }
            }
            disk.note();
            said
        };
        pause().await;
        Ok(said)
    }
}

/// Yields once, so that `World` can run another event first.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

impl Disk {
    fn note(&mut self) {
        self.ever.extend(self.vault.accounts.iter().map(secret_of));
    }

    /// Returns true if an account with this secret is in the list or in the trash.
    pub fn holds(&self, secret: &str) -> bool {
        let mut all = self.vault.accounts.iter().chain(self.vault.trash.iter().map(|trashed| &trashed.account));
        all.any(|account| secret_of(account) == secret)
    }
}

/// Returns the account's secret in base32.
pub fn secret_of(account: &Account) -> String {
    account.otp.key.to_base32().expose().clone()
}

type Running = Pin<Box<dyn Future<Output = Result<SyncOutcome, SyncError<()>>>>>;

/// A browser with the extension installed.
pub struct Browser {
    pub disk: Shared<Disk>,
    pub wire: Wire,
    pub id: ConnectionId,
    /// The browser's clock, in milliseconds since 1970.
    pub clock: Shared<u64>,
    pub running: Option<Running>,
    pub chance: SeededRandom,
    pub last: Option<Result<SyncOutcome, CasdoorError>>,
}

impl Browser {
    pub fn new(seed: u64, follows_deletions: bool) -> Self {
        let mut chance = SeededRandom(seed);
        let id = ConnectionId::generate(&mut chance);
        let mut disk = Disk::default();
        disk.vault.connections.push(Connection {
            id,
            server: "https://id.example.com".into(),
            owner: "acme".into(),
            name: "alice".into(),
            user_id: "alice-uuid".into(),
            display_name: "Alice Doe".into(),
            client_id: "client".into(),
            new_accounts: None,
            fills_automatically: false,
            follows_deletions,
            receives_only: false,
            is_demo: false,
        });
        let tokens = Tokens {
            access: Secret::new("token".into()),
            refresh: Secret::default(),
            received_at: 0,
            expires_at: u64::MAX,
        };
        disk.state.tokens.insert(id, tokens);
        Self {
            disk: Rc::new(RefCell::new(disk)),
            wire: Wire::default(),
            id,
            clock: Rc::default(),
            running: None,
            chance,
            last: None,
        }
    }

    /// Starts a sync unless one is running.
    pub fn start(&mut self) {
        if self.running.is_some() {
            return;
        }
        let pen = DiskLedger { disk: self.disk.clone(), now: self.clock.clone() };
        let (wire, id, clock) = (self.wire.clone(), self.id, self.clock.clone());
        let mut chance = SeededRandom(self.chance.next());
        self.running =
            Some(Box::pin(
                async move { sync(&wire, &pen, id, &|| UnixMilliseconds(*clock.borrow()), &mut chance).await },
            ));
    }

    /// Lets the worker run until it waits for something.
    pub fn poll(&mut self) {
        let Some(running) = &mut self.running else { return };
        if let Poll::Ready(ended) = running.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.running = None;
            self.last = Some(ended.map_err(|error| match error {
                SyncError::Casdoor(error) => error,
                SyncError::Vault(()) => panic!("writing to the disk never fails"),
            }));
        }
    }

    /// Kills the worker at the current point. Its requests stay in transit.
    pub fn kill(&mut self) {
        self.running = None;
    }

    pub fn add(&mut self, text: &str, is_sent: bool) -> AccountId {
        let uri: KeyUri = text.parse().unwrap();
        let mut account = Account::new(uri, *self.clock.borrow() / 1000, &mut self.chance);
        if is_sent {
            account.location = StorageLocation::Connection(self.id);
        }
        let id = account.id;
        let mut disk = self.disk.borrow_mut();
        disk.vault.add(account).unwrap();
        disk.note();
        id
    }

    /// Confirms, as the user, that the server's missing list is empty.
    pub fn accepts_null(&mut self) {
        let mut disk = self.disk.borrow_mut();
        let memory = SyncState { accepts_null: true, ..SyncState::from_state(&disk.state, self.id) };
        memory.store(&mut disk.state, self.id);
    }

    /// Returns the ids of the accounts in the list.
    pub fn ids(&self) -> Vec<AccountId> {
        self.disk.borrow().vault.accounts.iter().map(|account| account.id).collect()
    }

    pub fn change(&mut self, id: AccountId, change: impl FnOnce(&mut Account)) {
        change(self.disk.borrow_mut().vault.account_mut(id).unwrap());
    }

    /// Deletes an account, as the user of this browser.
    pub fn delete(&mut self, id: AccountId) {
        let mut disk = self.disk.borrow_mut();
        let secret = secret_of(disk.vault.account(id).unwrap());
        disk.vault.move_to_trash(id, *self.clock.borrow() / 1000, false).unwrap();
        forget(&mut disk.state, id);
        if !disk.vault.accounts.iter().any(|account| secret_of(account) == secret) {
            disk.ever.remove(&secret);
        }
    }

    /// Returns the raw rows that this browser believes are on the server.
    pub fn rows(&self) -> Vec<[String; 4]> {
        let disk = self.disk.borrow();
        let base = disk.state.bases.get(&self.id).into_iter().flatten();
        base.filter(|row| row.presence == Presence::Present)
            .map(|row| {
                [row.account_name.clone(), row.issuer.clone(), row.secret_key.expose().clone(), row.origin.clone()]
            })
            .collect()
    }
}

//! A device for tests: an in-memory vault that is connected to the server by the client.

use std::cell::{Cell, RefCell};

use casdoor_authenticator::casdoor::sign_in::{SignedIn, with_token};
use casdoor_authenticator::casdoor::{
    CasdoorError, ChangedPart, ServerAddress, SyncError, SyncOutcome, SyncState, VaultAccess, forget, sync,
};
use casdoor_authenticator::otp::KeyUri;
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{Account, AccountId, Connection, ConnectionId, State, StorageLocation, Vault};
use futures_lite::future::block_on;
use mock_casdoor::MockServer;

use super::http::Network;

pub use super::seeded::Seeded;

/// An in-memory vault.
pub struct OpenVault(RefCell<(Vault, State)>);

impl VaultAccess for OpenVault {
    type Error = ();

    async fn transact<T>(&self, change: impl FnOnce(&mut Vault, &mut State) -> (T, ChangedPart)) -> Result<T, ()> {
        let mut open_vault = self.0.borrow_mut();
        let (vault, state) = &mut *open_vault;
        Ok(change(vault, state).0)
    }
}

/// A device with one connection.
pub struct Device {
    pub open_vault: OpenVault,
    pub id: ConnectionId,
    pub network: Network,
    pub rng: RefCell<Seeded>,
    /// The number of seconds by which this device's clock is ahead of the server's.
    pub ahead: Cell<u64>,
}

/// The server's address for the client.
pub fn address(server: &MockServer) -> ServerAddress {
    ServerAddress::parse(&server.url("127.0.0.1"), false).unwrap()
}

/// Signs a user in with a token, as the password grant would issue it.
pub fn signed_in(server: &MockServer, client_id: &str, user: &str) -> SignedIn {
    let token = server.token(client_id, user, "127.0.0.1").unwrap();
    block_on(with_token(&Network::new(), &address(server), Secret::new(token), server.now() as u64)).unwrap()
}

impl Device {
    /// Creates a device that is signed in with a token.
    pub fn new(server: &MockServer, client_id: &str, user: &str, seed: u64) -> Self {
        Self::of(server, signed_in(server, client_id, user), client_id, seed)
    }

    pub fn of(server: &MockServer, signed_in: SignedIn, client_id: &str, seed: u64) -> Self {
        let mut rng = Seeded(seed);
        let id = ConnectionId::generate(&mut rng);
        let (mut vault, mut state) = (Vault::default(), State::default());
        vault.connections.push(Connection {
            id,
            server: address(server).to_string(),
            owner: signed_in.owner,
            name: signed_in.name,
            user_id: signed_in.user_id,
            display_name: signed_in.display_name,
            client_id: client_id.into(),
            new_accounts: None,
            fills_automatically: false,
            follows_deletions: false,
            receives_only: false,
            is_demo: false,
        });
        state.tokens.insert(id, signed_in.tokens);
        let open_vault = OpenVault(RefCell::new((vault, state)));
        Self { open_vault, id, network: Network::new(), rng: RefCell::new(rng), ahead: Cell::new(0) }
    }

    #[expect(clippy::disallowed_methods, reason = "a native test uses the machine's clock")]
    pub fn clock(&self) -> UnixMilliseconds {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        UnixMilliseconds(since.as_millis() as u64 + self.ahead.get() * 1000)
    }

    pub fn sync(&self) -> Result<SyncOutcome, CasdoorError> {
        let mut rng = self.rng.borrow_mut();
        block_on(sync(&self.network, &self.open_vault, self.id, &|| self.clock(), &mut *rng)).map_err(|error| {
            match error {
                SyncError::Casdoor(error) => error,
                SyncError::Vault(()) => panic!("the in-memory vault never fails"),
            }
        })
    }

    pub fn add(&self, name: &str, secret: &str) -> AccountId {
        let uri: KeyUri = format!("otpauth://totp/X:{name}?secret={secret}&issuer=X").parse().unwrap();
        let mut account = Account::new(uri, 1, &mut *self.rng.borrow_mut());
        account.location = StorageLocation::Connection(self.id);
        let id = account.id;
        self.open_vault.0.borrow_mut().0.add(account).unwrap();
        id
    }

    pub fn rename(&self, id: AccountId, name: &str) {
        self.open_vault.0.borrow_mut().0.account_mut(id).unwrap().name = name.into();
    }

    pub fn delete(&self, id: AccountId) {
        let (vault, state) = &mut *self.open_vault.0.borrow_mut();
        vault.move_to_trash(id, 1, false).unwrap();
        forget(state, id);
    }

    /// Returns the names of the accounts, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            self.open_vault.0.borrow().0.accounts.iter().map(|account| account.name.clone()).collect();
        names.sort();
        names
    }

    pub fn with<T>(&self, use_state: impl FnOnce(&mut Vault, &mut State) -> T) -> T {
        let (vault, state) = &mut *self.open_vault.0.borrow_mut();
        use_state(vault, state)
    }

    pub fn remember(&self, change: impl FnOnce(&mut SyncState)) {
        self.with(|_, state| {
            let mut memory = SyncState::from_state(state, self.id);
            change(&mut memory);
            memory.store(state, self.id);
        });
    }
}

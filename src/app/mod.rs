//! The use cases of the authenticator, and the protocol between the extension's pages and the worker.
//!
//! [`App`] is the only owner of the vault: it reads and writes the vault, holds its key while it is unlocked, and makes
//! changes one at a time. The worker that runs it can be stopped at any moment, so it keeps nothing in memory that it
//! cannot load again. It is independent of the platform: storage, network and key derivation are interfaces, and time
//! and randomness are arguments.
//!
//! ```
//! use casdoor_authenticator::app::protocol::{ReadScreen, Screen};
//! use casdoor_authenticator::app::{App, SameThread};
//! use casdoor_authenticator::vault::MemoryStore;
//! # use casdoor_authenticator::casdoor;
//! # use casdoor_authenticator::secret::Entropy;
//! # struct Rng(u8);
//! # impl Entropy for Rng {
//! #     fn fill(&mut self, bytes: &mut [u8]) {
//! #         bytes.fill_with(|| {
//! #             self.0 = self.0.wrapping_add(1);
//! #             self.0
//! #         })
//! #     }
//! # }
//! # struct Offline;
//! # impl casdoor::Http for Offline {
//! #     async fn send(&self, _: casdoor::HttpRequest) -> Result<casdoor::HttpResponse, casdoor::HttpError> {
//! #         Err(casdoor::HttpError::Unreachable)
//! #     }
//! # }
//! # futures_lite::future::block_on(async {
//! let app = App::new(MemoryStore::default(), Offline, SameThread, Rng(0));
//! let screen = app.ask(ReadScreen { origin: None }, 1_790_000_000).await;
//! assert!(matches!(screen, Ok(Screen::FirstRun)));
//! # });
//! ```

mod account_list;
pub mod accounts;
mod autofill;
mod connections;
mod dispatch;
pub mod effects;
mod error;
pub mod exchange;
pub mod policy;
pub mod protocol;
mod scan;
pub mod search;
pub mod service_icons;
mod session;
mod settings;
mod storage_keys;
mod transaction;
pub mod vault;

use std::cell::{Cell, RefCell};
use std::future::{Future, ready};

use async_lock::Mutex;

use self::session::Session;
use crate::casdoor::{Http, ServerAddress};
use crate::secret::{Entropy, Secret};
use crate::vault::{Kdf, Store, VaultError};

/// The version of the extension, such as `1.2.0`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub use accounts::{look_alike, released_permissions};
pub use connections::{SignInPage, SignInStep, permission_pattern, unused_permissions};
pub use dispatch::expected_effects;
pub use error::AppError;
pub use settings::language::LANGUAGES;
pub use storage_keys::{IndexedDbKey, LocalKey, ManagedKey, SessionKey};
pub use vault::{BackupFile, DeviceKey};

/// The interface to key derivation. In the extension, keys are derived in a separate wasm instance that is discarded
/// afterwards.
pub trait DeriveKey: DeviceKey {
    /// Derives a key from the password and the salt; see [`Kdf::derive`].
    fn derive_key(
        &self,
        kdf: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> impl Future<Output = Result<Secret<[u8; 32]>, VaultError>>;
}

/// Derives keys in the calling thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct SameThread;

impl DeriveKey for SameThread {
    fn derive_key(
        &self,
        kdf: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> impl Future<Output = Result<Secret<[u8; 32]>, VaultError>> {
        ready(kdf.derive(password, salt))
    }
}

/// A native program, such as a test, has no device key.
impl DeviceKey for SameThread {}

/// The environment of the authenticator: one type each for storage, network, key derivation and randomness.
///
/// A tuple of the four types is also a platform, so that tests can combine them freely with [`App::new`].
pub trait Platform {
    /// Storage for the sealed vault and for session values.
    type Store: Store;
    /// The network.
    type Http: Http;
    /// Key derivation, and the key that the device stores.
    type Keys: DeriveKey;
    /// The generator of random bytes.
    type Entropy: Entropy;
}

impl<S: Store, H: Http, K: DeriveKey, E: Entropy> Platform for (S, H, K, E) {
    type Store = S;
    type Http = H;
    type Keys = K;
    type Entropy = E;
}

/// The authenticator: every use case is a method or a [request](protocol::requests).
pub struct App<P: Platform> {
    store: P::Store,
    http: P::Http,
    keys: P::Keys,
    entropy: RefCell<P::Entropy>,
    /// The unlocked vault, if it is loaded. The mutex is locked only while the vault is read or written, never while
    /// waiting for the network or the user.
    session: Mutex<Option<Session>>,
    /// Incremented on every lock, so that an unlock in progress can detect that it was overtaken.
    locks: Cell<u64>,
    /// When the computer was last known to be awake, in seconds since 1970; `None` if that is unknown.
    awake_at: Cell<Option<u64>>,
    /// Locked during a sync, so that only one runs at a time.
    syncing: Mutex<()>,
    /// Locked while the last scan result is read, saved and discarded, so that it is saved only once.
    saving_scan_results: Mutex<()>,
    recent_syncs: RefCell<connections::sync::RecentSyncs>,
    /// The address of the public demo server, once the platform has set it.
    demo: RefCell<Option<ServerAddress>>,
}

impl<S: Store, H: Http, K: DeriveKey, E: Entropy> App<(S, H, K, E)> {
    /// Creates an authenticator from the four parts of a platform, without reading from storage.
    pub fn new(store: S, http: H, keys: K, entropy: E) -> Self {
        Self::on(store, http, keys, entropy)
    }
}

impl<P: Platform> App<P> {
    /// Creates an authenticator for a named platform type, without reading from storage.
    pub fn on(store: P::Store, http: P::Http, keys: P::Keys, entropy: P::Entropy) -> Self {
        Self {
            store,
            http,
            keys,
            entropy: RefCell::new(entropy),
            session: Mutex::new(None),
            locks: Cell::new(0),
            awake_at: Cell::new(None),
            syncing: Mutex::new(()),
            saving_scan_results: Mutex::new(()),
            recent_syncs: RefCell::default(),
            demo: RefCell::new(None),
        }
    }

    /// Sets the address of the public demo server. A connection to it only receives, and new accounts are never stored
    /// there automatically.
    pub fn set_demo_server(&self, server: ServerAddress) {
        *self.demo.borrow_mut() = Some(server);
    }

    /// Returns the storage.
    pub fn store(&self) -> &P::Store {
        &self.store
    }

    /// Returns the network.
    pub fn http(&self) -> &P::Http {
        &self.http
    }
}

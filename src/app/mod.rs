//! The use cases, and the one protocol between pages and worker.
//!
//! [`App`] is the only owner of the vault: it reads and writes it, holds the key while it is unlocked, and serialises
//! every change. It keeps nothing that it could not load again, since the worker that runs it can be stopped at any
//! moment. It knows no platform: storage, network and key derivation are ports, time and randomness come in.
//!
//! ```
//! use casdoor_authenticator::app::protocol::{Reply, Request, Screen};
//! use casdoor_authenticator::app::{App, InPlace};
//! use casdoor_authenticator::vault::MemoryStore;
//! # use casdoor_authenticator::secret::Entropy;
//! # struct Rng(u8);
//! # impl Entropy for Rng { fn fill(&mut self, bytes: &mut [u8]) { bytes.fill_with(|| { self.0 = self.0.wrapping_add(1); self.0 }) } }
//! # struct Offline;
//! # impl casdoor_authenticator::casdoor::Http for Offline {
//! #     async fn send(&self, _: casdoor_authenticator::casdoor::Request) -> Result<casdoor_authenticator::casdoor::Response, casdoor_authenticator::casdoor::HttpError> {
//! #         Err(casdoor_authenticator::casdoor::HttpError::Unreachable)
//! #     }
//! # }
//! # futures_lite::future::block_on(async {
//! let app = App::new(MemoryStore::default(), Offline, InPlace, Rng(0));
//! let reply = app.handle(Request::Open { origin: None }, 1_790_000_000).await;
//! assert!(matches!(reply, Reply::Screen { screen: Screen::FirstRun }));
//! # });
//! ```

pub mod accounts;
mod autofill;
mod board;
mod connections;
mod dispatch;
pub mod effects;
mod error;
pub mod exchange;
pub mod protocol;
mod scan;
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

pub use accounts::look_alike;
pub use connections::{SignInPage, SignInStep, permission_pattern, unused_permissions};
pub use error::AppError;
pub use storage_keys::{ApartKey, LocalKey, ManagedKey, SessionKey};
pub use vault::{BackupFile, DeviceKey};

/// The port to wherever keys are derived: in the extension, a wasm instance of its own that is dropped afterwards.
pub trait DeriveKey: DeviceKey {
    /// Runs `kdf` on the password and the salt; see [`Kdf::derive`].
    fn derive_key(
        &self,
        kdf: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> impl Future<Output = Result<Secret<[u8; 32]>, VaultError>>;
}

/// Derives keys where the caller runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct InPlace;

impl DeriveKey for InPlace {
    fn derive_key(
        &self,
        kdf: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> impl Future<Output = Result<Secret<[u8; 32]>, VaultError>> {
        ready(kdf.derive(password, salt))
    }
}

/// There is no such key where a program without a device of its own runs.
impl DeviceKey for InPlace {}

/// What the authenticator runs on: one type each for storage, network, key derivation and randomness.
///
/// A tuple of the four is a platform, so that a test combines what it needs with [`App::new`].
pub trait Platform {
    /// Where sealed bytes and session values are stored.
    type Store: Store;
    /// The network.
    type Http: Http;
    /// Where keys are derived, and the key that the device keeps.
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

/// The authenticator: every use case is a method or a [`Request`](protocol::Request).
pub struct App<P: Platform> {
    store: P::Store,
    http: P::Http,
    keys: P::Keys,
    entropy: RefCell<P::Entropy>,
    /// Held while the vault is read and written, never while the network or the user is waited for.
    session: Mutex<Option<Session>>,
    /// Incremented on every lock, so that an unlock in progress can detect that it was overtaken.
    locks: Cell<u64>,
    /// Held by the one sync that is in progress.
    syncing: Mutex<()>,
    /// Held from reading what was found last to forgetting it, so that it is saved once.
    saving_found: Mutex<()>,
    turns: RefCell<connections::sync::Turns>,
    /// The public demo server's address, once the platform has named it.
    demo: RefCell<Option<ServerAddress>>,
}

impl<S: Store, H: Http, K: DeriveKey, E: Entropy> App<(S, H, K, E)> {
    /// An authenticator on these four. Nothing is read yet.
    pub fn new(store: S, http: H, keys: K, entropy: E) -> Self {
        Self::on(store, http, keys, entropy)
    }
}

impl<P: Platform> App<P> {
    /// An authenticator on a platform that has a name of its own. Nothing is read yet.
    pub fn on(store: P::Store, http: P::Http, keys: P::Keys, entropy: P::Entropy) -> Self {
        Self {
            store,
            http,
            keys,
            entropy: RefCell::new(entropy),
            session: Mutex::new(None),
            locks: Cell::new(0),
            syncing: Mutex::new(()),
            saving_found: Mutex::new(()),
            turns: RefCell::default(),
            demo: RefCell::new(None),
        }
    }

    /// Says which server is the public demo: a connection to it only receives, and new accounts never go there by
    /// themselves.
    pub fn set_demo_server(&self, server: ServerAddress) {
        *self.demo.borrow_mut() = Some(server);
    }

    /// The port to storage.
    pub fn store(&self) -> &P::Store {
        &self.store
    }

    /// The port to the network.
    pub fn http(&self) -> &P::Http {
        &self.http
    }
}

/// The seconds of a clock that returns milliseconds since 1970.
fn seconds(clock: &impl Fn() -> u64) -> u64 {
    clock().div_euclid(1000)
}

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
mod error;
pub mod exchange;
pub mod protocol;
mod scan;
mod session;
mod settings;
pub mod vault;

use std::cell::{Cell, RefCell};
use std::future::{Future, ready};

use async_lock::Mutex;

use self::connections::sync::seconds;
use self::session::Session;
use crate::casdoor::sign_in::Choice;
use crate::casdoor::{Http, ServerAddress};
use crate::secret::{Entropy, Secret};
use crate::vault::{Kdf, Store, VaultError};
use protocol::{Reply, Request};

pub use accounts::look_alike;
pub use connections::permission_pattern;
pub use error::AppError;
pub use session::WISH;
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

/// The authenticator: every use case is a method or a [`Request`].
pub struct App<S, H, D, E> {
    store: S,
    http: H,
    derive: D,
    entropy: RefCell<E>,
    /// Held while the vault is read and written, never while the network or a person is waited for.
    session: Mutex<Option<Session>>,
    /// How often the vault was told to lock: who unlocks it learns that meanwhile it was.
    locks: Cell<u64>,
    /// Held by the one sync that is under way.
    syncing: Mutex<()>,
    turns: RefCell<connections::sync::Turns>,
    /// The public demo server's address, once the platform has said it.
    demo: RefCell<Option<ServerAddress>>,
}

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    /// An authenticator on these ports. Nothing is read yet.
    pub fn new(store: S, http: H, derive: D, entropy: E) -> Self {
        Self {
            store,
            http,
            derive,
            entropy: RefCell::new(entropy),
            session: Mutex::new(None),
            locks: Cell::new(0),
            syncing: Mutex::new(()),
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
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The port to the network.
    pub fn http(&self) -> &H {
        &self.http
    }

    /// Does what a page asks for. `now` is in seconds since 1970. A failure is a reply too.
    pub async fn handle(&self, request: Request, now: u64) -> Reply {
        match self.dispatch(request, now).await {
            Ok(reply) => reply,
            Err(error) => error.into(),
        }
    }

    async fn dispatch(&self, request: Request, now: u64) -> Result<Reply, AppError> {
        match request {
            Request::Open { origin } => self.screen(origin.as_deref(), now).await,
            Request::KeepLook { html } => self.keep_look(html, now).await,
            Request::Create { password, pbkdf2 } => self.create(password.into(), kdf(pbkdf2), now).await,
            Request::CreateWithoutPassword => self.create_without_password(now).await,
            Request::Unlock { password } => self.unlock(password.into(), now).await,
            Request::Lock => self.lock().await,
            Request::ChangePassword { old, new, pbkdf2 } => {
                self.change_password(old.into(), new.into(), kdf(pbkdf2), now).await
            }
            Request::SealedFile => self.sealed_file().await,
            Request::BeginAnew => self.begin_anew(now).await,
            Request::OpenGeneration { generation, password } => {
                self.open_generation(generation, password.into(), now).await
            }
            Request::ListGenerations => self.list_generations(now).await,
            Request::ChangeMany { accounts, change } => self.change_many(&accounts, &change, now).await,
            Request::Diagnose => self.diagnose(now).await,
            other => self.dispatch_accounts(other, now).await,
        }
    }

    async fn dispatch_accounts(&self, request: Request, now: u64) -> Result<Reply, AppError> {
        match request {
            Request::Add { form } => self.add(form, now).await,
            Request::ReadText { text } => self.found(&[text], None, now).await,
            Request::Edit { id, form } => self.edit(id, form, now).await,
            Request::Form { id } => self.form(id, now).await,
            Request::Pin { id, pinned } => self.pin(id, pinned, now).await,
            Request::Move { id, before } => self.move_before(id, before, now).await,
            Request::Bin { id } => self.bin(id, now).await,
            Request::Restore { id } => self.restore(id, now).await,
            Request::RemoveForGood { id } => self.remove_for_good(id, now).await,
            Request::ListBin => self.list_bin(now).await,
            Request::NextCode { id } => self.next_code(id, now).await,
            Request::ShowSecret { id, password } => self.show_secret(id, password.into(), now).await,
            Request::ShowRecovery { id, password } => self.show_recovery(id, password.into(), now).await,
            Request::RemoveRecovery { id, code } => self.remove_recovery(id, code.into(), now).await,
            Request::KeepFound { id, cards, update, keep } => self.keep_found(&id, &cards, &update, keep, now).await,
            Request::ListBatches => self.list_batches(now).await,
            Request::OpenBatch { batch } => self.open_batch(&batch, now).await,
            Request::DropBatch { batch } => self.drop_batch(&batch, now).await,
            Request::AllowSite { id, origin, allowed } => self.allow_site(id, &origin, allowed, now).await,
            Request::SetSettings { settings } => self.set_settings(settings, now).await,
            Request::ReadSettings => self.read_settings(now).await,
            Request::CorrectClock { seconds } => self.correct_clock(seconds, now).await,
            Request::Discover { server, organization, application, client_id, allow_http } => {
                let choice = Choice { organization, application, client_id };
                self.discover(&server, choice, allow_http, now).await
            }
            Request::LookAtCode { code, allow_http } => self.look_at_code(code.into(), allow_http, now).await,
            Request::Choose { connection, fills_by_itself, follows_deletions, new_accounts } => {
                self.choose(connection, fills_by_itself, follows_deletions, new_accounts, now).await
            }
            Request::ListConnections => self.list_connections(now).await,
            Request::Disconnect { connection, forget } => self.disconnect(connection, forget, now).await,
            other => self.dispatch_exchange(other, now).await,
        }
    }

    async fn dispatch_exchange(&self, request: Request, now: u64) -> Result<Reply, AppError> {
        match request {
            Request::CompareRows { uris } => self.compare_rows(uris, now).await,
            Request::Import { rows, keep } => self.import(&rows, keep, now).await,
            Request::UndoImport { accounts } => self.undo_import(&accounts, now).await,
            Request::PlanExport { format } => self.plan_export(&format, now).await,
            Request::Export { password } => self.export(&password.into(), now).await,
            Request::ReadBackups => self.read_backups(now).await,
            Request::BackUp { own, password } => self.back_up(own.map(Secret::new), &password.into(), now).await,
            Request::ScheduleBackups { every_days, own, password } => {
                self.schedule_backups(every_days, own.map(Secret::new), &password.into(), now).await
            }
            other => self.dispatch_timed(other, now).await,
        }
    }

    /// What talks to a server and is timed by a running clock there; here the clock stands still.
    async fn dispatch_timed(&self, request: Request, now: u64) -> Result<Reply, AppError> {
        self.handle_timed(request, &|| now.saturating_mul(1000)).await
    }

    /// Does what a page asks for that takes its time: signing in, syncing. `clock` gives milliseconds since 1970.
    ///
    /// # Errors
    /// Why it was not done; nothing was lost.
    pub async fn handle_timed(&self, request: Request, clock: &impl Fn() -> u64) -> Result<Reply, AppError> {
        match request {
            Request::ConnectByCode { code, allow_http } => self.connect_by_code(code.into(), allow_http, clock).await,
            Request::Accept { connection, acceptance } => {
                let now = seconds(clock);
                self.accept(connection, acceptance, now).await?;
                // What the server says now is on the connection's card.
                let _ = self.sync_one(connection, clock).await;
                self.list_connections(now).await
            }
            Request::Join { connection, accounts, new_accounts } => {
                self.join(connection, &accounts, new_accounts, seconds(clock)).await?;
                self.sync(clock).await
            }
            Request::KeepOn { id, keep } => self.keep_on(id, keep, clock).await,
            Request::KeepManyOn { accounts, keep } => self.keep_many_on(&accounts, keep, clock).await,
            Request::Sync => self.sync(clock).await,
            Request::LookAtFactors { connection } => self.look_at_factors(connection, clock).await,
            Request::ChangeFactors { connection, change, password } => {
                self.change_factors(connection, change, &password.into(), clock).await
            }
            _ => Err(AppError::Said(protocol::Message::new("error_not_here", "This cannot be done from here."))),
        }
    }
}

fn kdf(pbkdf2: bool) -> Kdf {
    if pbkdf2 { Kdf::PBKDF2 } else { Kdf::ARGON2ID }
}

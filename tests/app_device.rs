//! A vault without a password: the device key opens it automatically, and a password can replace that key.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot continue should fail")]

#[path = "support/offline.rs"]
mod offline;
#[path = "support/seeded.rs"]
mod seeded;

use std::cell::RefCell;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use casdoor_authenticator::app::protocol::{
    AccountForm, AccountList, AddAccount, Backups, ChangePassword, CreateVault, CreateVaultWithoutPassword,
    ExportAccounts, ListConnections, ListTrash, LockVault, MakeBackup, Message, ReadScreen, ReadSealedFile, Request,
    RestoreCopy, ScheduleBackups, Screen, ShowKeyUri, StartNewVault, TypedRequest, UnlockVault,
};
use casdoor_authenticator::app::{App, DeriveKey, DeviceKey};
use casdoor_authenticator::exchange::{self, ExchangeError, Format};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::{
    AccountId, Area, DeviceWrap, Envelope, Kdf, MemoryStore, StoreError, VaultCopy, VaultError,
};
use futures_lite::future::block_on;
use offline::Offline;
use seeded::Seeded;
use sha2::{Digest, Sha256};

const NOW: u64 = 1_790_000_000;
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// A device: its storage, and its only non-extractable key with the key's id.
#[derive(Default)]
struct Device {
    memory: MemoryStore,
    key: RefCell<Option<([u8; 16], [u8; 32])>>,
}

struct Platform<'a>(&'a Device);

impl DeriveKey for Platform<'_> {
    async fn derive_key(
        &self,
        _: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> Result<Secret<[u8; 32]>, VaultError> {
        Ok(Secret::new(Sha256::new().chain_update(salt).chain_update(password.expose()).finalize().into()))
    }
}

impl DeviceKey for Platform<'_> {
    async fn wrap(&self, wrap: &DeviceWrap, vault_key: &Secret<[u8; 32]>) -> Result<Vec<u8>, StoreError> {
        let key = Sha256::digest(wrap.nonce).into();
        *self.0.key.borrow_mut() = Some((wrap.key, key));
        let payload = Payload { msg: vault_key.expose(), aad: wrap.label.as_bytes() };
        Ok(Aes256Gcm::new(&Key::<Aes256Gcm>::from(key)).encrypt(&Nonce::from(wrap.nonce), payload).unwrap())
    }

    async fn unwrap(&self, wrap: &DeviceWrap, wrapped: &[u8]) -> Result<Option<Secret<[u8; 32]>>, StoreError> {
        let Some((id, key)) = *self.0.key.borrow() else { return Ok(None) };
        let payload = Payload { msg: wrapped, aad: wrap.label.as_bytes() };
        let bytes = Aes256Gcm::new(&Key::<Aes256Gcm>::from(key)).decrypt(&Nonce::from(wrap.nonce), payload).ok();
        Ok(bytes.filter(|_| id == wrap.key).map(|bytes| Secret::new(bytes.try_into().unwrap())))
    }

    async fn forget(&self) -> Result<(), StoreError> {
        *self.0.key.borrow_mut() = None;
        Ok(())
    }
}

impl Device {
    /// Sends a request to a service worker that has just started.
    fn ask_at<R: TypedRequest + Into<Request>>(&self, request: R, now: u64) -> Result<R::Answer, Message> {
        let seed = self.memory.value(Area::Local, "vault.last").map_or(7, |text| u64::try_from(text.len()).unwrap());
        let store = &self.memory;
        block_on(App::new(Borrowed(store), Offline, Platform(self), Seeded(seed)).ask(request, now))
    }

    fn ask<R: TypedRequest + Into<Request>>(&self, request: R) -> Result<R::Answer, Message> {
        self.ask_at(request, NOW)
    }

    fn open(&self) -> Result<Screen, Message> {
        self.ask(ReadScreen { origin: None })
    }

    fn add(&self, name: &str) -> AccountId {
        let form =
            AccountForm { secret: SECRET.into(), name: name.into(), issuer: "Acme".into(), ..AccountForm::default() };
        account_list(self.ask(AddAccount { form })).rows.last().expect("the added row").id
    }

    /// Restarts the browser.
    fn restart(&self) {
        self.memory.end_session();
    }
}

struct Borrowed<'a>(&'a MemoryStore);

impl casdoor_authenticator::vault::Store for Borrowed<'_> {
    async fn load(&self, area: Area, keys: &[&'static str]) -> Result<Vec<Option<String>>, StoreError> {
        self.0.load(area, keys).await
    }

    async fn commit(&self, area: Area, changes: Vec<casdoor_authenticator::vault::Change>) -> Result<(), StoreError> {
        self.0.commit(area, changes).await
    }
}

fn account_list(reply: Result<Screen, Message>) -> AccountList {
    match reply {
        Ok(Screen::AccountList(account_list)) => account_list,
        other => panic!("expected an account list, got {other:?}"),
    }
}

fn failure<A: std::fmt::Debug>(reply: Result<A, Message>) -> String {
    match reply {
        Err(message) => message.key.as_str().to_owned(),
        other => panic!("expected a failure, got {other:?}"),
    }
}

fn with_vault() -> Device {
    let device = Device::default();
    assert!(account_list(device.ask(CreateVaultWithoutPassword)).device_only);
    device
}

#[test]
fn a_vault_without_a_password_opens_automatically_after_a_restart_and_never_locks() {
    let device = with_vault();
    device.add("alice");
    device.restart();
    let shown = account_list(device.ask_at(ReadScreen { origin: None }, NOW + 400 * 86_400));
    assert_eq!((shown.rows.len(), shown.device_only), (1, true));
    assert_eq!(failure(device.ask(LockVault)), "error_nothing_to_lock");
    assert_eq!(account_list(device.open()).rows.len(), 1);
    assert_eq!(device.memory.value(Area::Local, "phase").as_deref(), Some("device"));
    let stored = device.memory.value(Area::Local, "vault.last").unwrap();
    assert!(!stored.contains("alice") && !stored.contains(SECRET));
}

#[test]
fn a_vault_without_a_password_also_opens_for_an_alarm_and_a_pages_request() {
    let device = with_vault();
    device.add("alice");
    device.restart();
    let app = App::new(Borrowed(&device.memory), Offline, Platform(&device), Seeded(1));
    block_on(app.tick(NOW)).expect("painted");
    assert_eq!(
        block_on(app.record_awake(NOW)).expect("readable"),
        None,
        "there is nothing to lock when the user is away"
    );
    assert!(device.memory.value(Area::Session, "board").is_some_and(|painted| painted.contains("alice")));
}

#[test]
fn the_device_key_slot_follows_the_documented_format_and_opens_only_with_its_key_id() {
    let device = with_vault();
    let text = device.memory.value(Area::Local, "vault.last").unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let slot = &json["slots"][0];
    assert_eq!((slot["kind"].as_str(), slot.as_object().unwrap().len()), (Some("device"), 4));
    let envelope = Envelope::from_text(&text).unwrap();
    let (wrap, wrapped) = envelope.slots()[0].to_unwrap().unwrap().expect("a device's slot");
    assert_eq!(wrap.label, format!("casdoor-authenticator-vault slot 1 device {}", slot["key"].as_str().unwrap()));
    assert_eq!(wrapped.len(), 48);
    assert!(!envelope.has_password());
    // With another id, the label is different, so the slot cannot be opened.
    device.restart();
    let other = text.replace(slot["key"].as_str().unwrap(), "AAAAAAAAAAAAAAAAAAAAAA==");
    device.memory.set(Area::Local, "vault.last", Some(other));
    assert!(matches!(device.open(), Ok(Screen::KeyGone)));
}

#[test]
fn a_lost_device_key_is_reported_and_offers_the_same_as_a_forgotten_password() {
    let device = with_vault();
    device.add("alice");
    device.restart();
    *device.key.borrow_mut() = None;
    assert!(matches!(device.open(), Ok(Screen::KeyGone)));
    assert_eq!(failure(device.ask(AddAccount { form: AccountForm::default() })), "otp_secret_length");
    assert_eq!(failure(device.ask(ListTrash)), "vault_no_device_key");
    let Ok(text) = device.ask(ReadSealedFile) else { panic!("no file") };
    assert!(matches!(device.ask(StartNewVault), Ok(Screen::FirstRun)));
    assert_eq!(device.memory.value(Area::Local, "vault.forgotten"), Some(text));
    assert!(account_list(device.ask(CreateVaultWithoutPassword)).rows.is_empty());
}

#[test]
fn a_damaged_vault_offers_its_older_copies_without_a_password() {
    let device = with_vault();
    device.add("alice");
    device.add("bob");
    device.restart();
    let good = device.memory.value(Area::Local, "vault.last").unwrap();
    device.memory.set(Area::Local, "vault.last", Some(good[..good.len() / 2].to_owned()));
    let screen = device.open();
    let Ok(Screen::Damaged(copies)) = screen else { panic!("{screen:?}") };
    assert!(copies[0].device_only);
    let open = RestoreCopy { copy: VaultCopy::Previous, password: String::new() };
    assert_eq!(account_list(device.ask(open)).rows.len(), 1);
    device.restart();
    assert_eq!(account_list(device.open()).rows.len(), 1);
}

#[test]
fn a_vault_without_a_password_shows_secrets_for_an_empty_password() {
    let device = with_vault();
    let id = device.add("alice");
    let show = |password: &str| device.ask(ShowKeyUri { id, password: password.into() });
    assert_eq!(failure(show("anything")), "vault_wrong_password");
    assert!(show("").is_ok());
    assert!(device.ask(ExportAccounts { password: String::new() }).is_ok());
    assert_eq!(failure(device.ask(ExportAccounts { password: "x".into() })), "vault_wrong_password");
    device.memory.set(Area::Managed, "forbidExports", Some("true".into()));
    assert_eq!(failure(show("")), "exchange_managed");
}

#[test]
fn an_empty_password_opens_nothing_in_a_vault_with_a_password() {
    let device = Device::default();
    account_list(device.ask(CreateVault { password: "one".into(), pbkdf2: true }));
    let id = device.add("alice");
    let change = ChangePassword { old: String::new(), new: "two".into(), pbkdf2: true };
    let failures = [
        failure(device.ask(ShowKeyUri { id, password: String::new() })),
        failure(device.ask(ExportAccounts { password: String::new() })),
        failure(device.ask(change)),
        failure(device.ask(UnlockVault { password: String::new() })),
    ];
    assert_eq!(failures, ["vault_wrong_password"; 4]);
    device.restart();
    assert!(matches!(device.open(), Ok(Screen::Locked)));
}

#[test]
fn backups_of_a_vault_without_a_password_require_a_separate_password() {
    let device = with_vault();
    device.add("alice");
    assert_eq!(account_list(device.open()).notices[0].key, "notice_no_backup");
    let back_up = |own: Option<&str>| device.ask(MakeBackup { own: own.map(str::to_owned), password: String::new() });
    assert_eq!(failure(back_up(None)), "error_backup_without_password");
    let schedule = ScheduleBackups { every_days: 1, own: None, password: String::new() };
    assert_eq!(failure(device.ask(schedule)), "error_backup_without_password");
    let Ok(text) = back_up(Some("own")) else { panic!("no backup") };
    assert!(account_list(device.open()).notices.is_empty());
    let envelope = Envelope::from_text(&text).unwrap();
    assert!(envelope.has_password() && envelope.slots().len() == 1);
    let plan = ScheduleBackups { every_days: 7, own: Some("own".into()), password: String::new() };
    let Ok(backups) = device.ask(plan) else { panic!("no plan") };
    assert!(matches!(backups, Backups { every_days: 7, own_password: true, .. }));

    // The sealed vault is not a backup, and the error says why it cannot be opened elsewhere.
    let sealed = device.memory.value(Area::Local, "vault.last").unwrap();
    let password = Secret::new("own".to_owned());
    let read = exchange::read(sealed.as_bytes(), Some(Format::Backup), Some(&password));
    assert_eq!(read.unwrap_err(), ExchangeError::DeviceBound);
}

#[test]
fn a_password_that_is_set_later_replaces_the_device_key_in_every_copy() {
    let device = with_vault();
    for day in 0..40 {
        let form = AccountForm { secret: SECRET.into(), name: format!("day {day}"), ..AccountForm::default() };
        account_list(device.ask_at(AddAccount { form }, NOW + day * 86_400));
    }
    let now = NOW + 40 * 86_400;
    let set = ChangePassword { old: String::new(), new: "one".into(), pbkdf2: true };
    let Ok(message) = device.ask_at(set, now) else { panic!("not set") };
    assert_eq!(message.key, "done_password_set");
    let shown = account_list(device.ask_at(ReadScreen { origin: None }, now));
    assert_eq!((shown.device_only, shown.lock_at, shown.rows.len()), (false, now + 8 * 3600, 40));
    for copy in VaultCopy::ALL {
        let text = device.memory.value(Area::Local, copy.key()).expect("after 40 days, all four copies exist");
        let envelope = Envelope::from_text(&text).unwrap();
        assert!(envelope.has_password() && envelope.slots().len() == 1, "{copy:?}");
        assert!(!text.contains("device"), "{copy:?}");
    }
    assert!(device.key.borrow().is_none(), "the device key was not deleted");
    device.restart();
    assert!(matches!(device.ask_at(ReadScreen { origin: None }, now), Ok(Screen::Locked)));
    assert_eq!(account_list(device.ask_at(UnlockVault { password: "one".into() }, now)).rows.len(), 40);
}

#[test]
fn a_vault_without_a_password_is_not_created_if_the_device_key_cannot_be_stored() {
    struct Keyless;
    impl DeviceKey for Keyless {}
    impl DeriveKey for Keyless {
        async fn derive_key(
            &self,
            kdf: Kdf,
            password: &Secret<String>,
            salt: &[u8; 16],
        ) -> Result<Secret<[u8; 32]>, VaultError> {
            kdf.derive(password, salt)
        }
    }
    let store = MemoryStore::default();
    let app = App::new(Borrowed(&store), Offline, Keyless, Seeded(1));
    assert_eq!(failure(block_on(app.ask(CreateVaultWithoutPassword, NOW))), "store_unavailable");
    assert!(store.value(Area::Local, "vault.last").is_none());
}

#[test]
fn if_two_pages_create_a_vault_at_the_same_time_the_stored_one_opens() {
    let device = Device::default();
    let app = App::new(YieldingStore(&device.memory), Offline, Platform(&device), Seeded(1));
    let make = || app.ask(CreateVaultWithoutPassword, NOW);
    let (first, second) = block_on(futures_lite::future::zip(make(), make()));
    assert_eq!([&first, &second].iter().filter(|reply| reply.is_err()).count(), 1);
    device.restart();
    assert!(account_list(device.open()).device_only, "the key of the stored vault was replaced");
}

/// Storage that lets other requests continue before each access.
struct YieldingStore<'a>(&'a MemoryStore);

impl casdoor_authenticator::vault::Store for YieldingStore<'_> {
    async fn load(&self, area: Area, keys: &[&'static str]) -> Result<Vec<Option<String>>, StoreError> {
        futures_lite::future::yield_now().await;
        self.0.load(area, keys).await
    }

    async fn commit(&self, area: Area, changes: Vec<casdoor_authenticator::vault::Change>) -> Result<(), StoreError> {
        futures_lite::future::yield_now().await;
        self.0.commit(area, changes).await
    }
}

#[test]
fn a_policy_that_requires_a_password_asks_for_it_before_any_code_is_shown() {
    let device = Device::default();
    account_list(device.ask(CreateVaultWithoutPassword));
    device.add("alice");
    device.memory.set(Area::Managed, "requirePassword", Some("true".into()));
    let opened = device.open();
    assert!(matches!(opened, Ok(Screen::SetPassword)), "{opened:?}");
    assert!(
        device.memory.value(Area::Session, "board").is_none_or(|board| board.is_empty()),
        "codes are stored although the password is not set"
    );
    let failures = [
        failure(device.ask(ExportAccounts { password: String::new() })),
        failure(device.ask(ListConnections)),
        failure(device.ask(ListTrash)),
    ];
    assert_eq!(failures, ["policy_password"; 3]);
    let set = ChangePassword { old: String::new(), new: "one".into(), pbkdf2: true };
    assert!(device.ask(set).is_ok());
    assert_eq!(account_list(device.open()).rows.len(), 1);
    let other = Device::default();
    other.memory.set(Area::Managed, "requirePassword", Some("true".into()));
    assert_eq!(failure(other.ask(CreateVaultWithoutPassword)), "policy_password");
}

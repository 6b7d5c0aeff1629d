//! Changes the connected user's second factors with the app on every release, including lost replies.

use casdoor_authenticator::app::protocol::{
    AccountList, ChangeFactors, CreateVault, FactorChange, FactorsCard, ReadFactors, ReadScreen, Request, Row, RowMark,
    Screen, TypedRequest,
};
use casdoor_authenticator::app::{App, DeriveKey, DeviceKey};
use casdoor_authenticator::casdoor::factors::FactorMethod;
use casdoor_authenticator::casdoor::sign_in::SignedIn;
use casdoor_authenticator::otp::KeyUri;
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{ConnectionId, Kdf, MemoryStore, Site, VaultError};
use futures_lite::future::block_on;
use mock_casdoor::{Fault, MockServer, Options, Release};

use super::device::{Seeded, signed_in};
use super::http::Network;

pub(super) const PIA: &str = "private/pia";
pub(super) const PASSWORD: &str = "correct horse battery";

/// A trivial key derivation, because the real ones are slow and tested elsewhere.
pub(super) struct Quick;

impl DeviceKey for Quick {}

impl DeriveKey for Quick {
    async fn derive_key(
        &self,
        _: Kdf,
        password: &Secret<String>,
        salt: &[u8; 16],
    ) -> Result<Secret<[u8; 32]>, VaultError> {
        let mut key = [0; 32];
        let bytes = password.expose().bytes().chain(*salt).enumerate();
        bytes.for_each(|(index, byte)| key[index % 32] ^= byte);
        Ok(Secret::new(key))
    }
}

/// A vault with pia's connection.
pub(super) struct ConnectedApp {
    pub(super) server: MockServer,
    pub(super) app: App<(MemoryStore, Network, Quick, Seeded)>,
    pub(super) id: ConnectionId,
}

impl ConnectedApp {
    pub(super) fn new(release: Release) -> Self {
        let server = MockServer::start(Options { release, ..Options::default() }).expect("a free port");
        let pia = signed_in(&server, "private-client", PIA);
        Self::of(server, pia)
    }

    fn of(server: MockServer, user: SignedIn) -> Self {
        let app = App::new(MemoryStore::default(), Network::new(), Quick, Seeded(7));
        let create = CreateVault { password: PASSWORD.into(), pbkdf2: false };
        assert!(block_on(app.ask(create, server.now() as u64)).is_ok());
        let clock = || UnixMilliseconds::of_seconds(server.now() as u64);
        let connected = block_on(app.connect(user, &clock)).expect("connected");
        Self { id: connected.connection.id, server, app }
    }

    fn ask(&self, request: impl TypedRequest<Answer = FactorsCard> + Into<Request>) -> Result<FactorsCard, String> {
        let clock = || UnixMilliseconds::of_seconds(self.server.now() as u64);
        block_on(self.app.ask_timed(request, &clock)).map_err(|message| message.key.as_str().to_owned())
    }

    fn read_factors(&self) -> Result<FactorsCard, String> {
        self.ask(ReadFactors { connection: self.id })
    }

    fn change(&self, change: FactorChange) -> Result<FactorsCard, String> {
        self.change_with(change, PASSWORD)
    }

    fn change_with(&self, change: FactorChange, password: &str) -> Result<FactorsCard, String> {
        self.ask(ChangeFactors { connection: self.id, change, password: password.into() })
    }

    pub(super) fn account_list(&self) -> AccountList {
        let open = ReadScreen { origin: None };
        match block_on(self.app.ask(open, self.server.now() as u64)) {
            Ok(Screen::AccountList(account_list)) => account_list,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn only_row(&self) -> Row {
        let account_list = self.account_list();
        assert_eq!(account_list.rows.len(), 1);
        account_list.rows[0].clone()
    }

    /// Returns the secrets of the accounts in base32.
    fn secrets(&self) -> Vec<String> {
        let rows = block_on(self.app.key_uris(false, self.server.now() as u64)).unwrap();
        let key = |uri: &str| uri.parse::<KeyUri>().unwrap().otp.key.to_base32().expose().clone();
        rows.iter().map(|row| key(&row.uri)).collect()
    }

    fn field(&self, name: &str) -> String {
        self.server.user(PIA).unwrap().record[name].as_str().unwrap_or_default().to_owned()
    }

    fn count_requests(&self, path: &str) -> usize {
        self.server.requests().iter().filter(|line| line.path.starts_with(path)).count()
    }
}

#[test]
fn turning_on_the_app_saves_its_account_and_recovery_code() {
    for release in Release::ALL.into_iter().filter(|release| *release >= Release::V3_40) {
        let connected = ConnectedApp::new(release);
        assert!(!connected.read_factors().unwrap().factors.has(FactorMethod::App), "{}", release.name());
        let card = connected.change(FactorChange::SwitchOnApp).unwrap();
        assert!(card.factors.has(FactorMethod::App) && card.factors.methods.iter().any(|factor| factor.is_preferred));
        assert_eq!(connected.secrets(), [connected.field("totpSecret")], "{}", release.name());
        let row = connected.only_row();
        assert_eq!(row.name, PIA);
        let server = super::device::address(&connected.server);
        assert_eq!(row.sites, [Site::Origin(server.origin())]);
        assert!(row.marks.is_empty(), "the server has it: {:?}", row.marks);
        let codes = connected.server.user(PIA).unwrap().record["recoveryCodes"].clone();
        assert_eq!(codes, serde_json::json!([card.recovery_code.unwrap()]));
        assert!(
            connected.server.user(PIA).unwrap().mfa_accounts.as_array().is_none_or(Vec::is_empty),
            "the account is not uploaded"
        );
    }
}

#[test]
fn releases_before_april_2026_require_their_own_page_for_changes() {
    for release in Release::ALL.into_iter().filter(|release| *release < Release::V3_40) {
        let connected = ConnectedApp::new(release);
        let error = connected.change(FactorChange::SwitchOnApp).unwrap_err();
        assert_eq!(error, "casdoor_factors_on_page_only", "{}", release.name());
        assert!(connected.account_list().rows.is_empty() && connected.field("totpSecret").is_empty());
    }
}

#[test]
fn nothing_is_sent_without_the_vault_password() {
    let connected = ConnectedApp::new(Release::default());
    connected.server.clear_requests();
    for change in [FactorChange::SwitchOnApp, FactorChange::Prefer(FactorMethod::App), FactorChange::SwitchOff] {
        assert_eq!(connected.change_with(change, "another").unwrap_err(), "vault_wrong_password");
    }
    assert_eq!(connected.server.requests().len(), 0);
}

#[test]
fn a_lost_enable_reply_is_recovered() {
    let connected = ConnectedApp::new(Release::default());
    connected.server.fail_times(Fault::LoseReply, "/api/mfa/setup/enable", 1);
    assert!(connected.change(FactorChange::SwitchOnApp).unwrap().factors.has(FactorMethod::App));
    assert_eq!(connected.secrets(), [connected.field("totpSecret")]);
    assert!(connected.only_row().marks.is_empty());
}

#[test]
fn a_lost_enable_request_leaves_the_account_unconfirmed() {
    let connected = ConnectedApp::new(Release::default());
    connected.server.fail_times(Fault::Unreachable, "/api/mfa/setup/enable", 1);
    assert_eq!(connected.change(FactorChange::SwitchOnApp).unwrap_err(), "casdoor_unreachable");
    assert!(connected.field("totpSecret").is_empty());
    assert_eq!(connected.only_row().marks, [RowMark::Unconfirmed]);
}

#[test]
fn a_sync_confirms_only_accounts_enrolled_while_no_app_was_on() {
    let connected = ConnectedApp::new(Release::default());
    let sync = || {
        let clock = || UnixMilliseconds::of_seconds(connected.server.now() as u64);
        block_on(connected.app.sync(&clock)).unwrap();
    };
    sync();
    connected.server.fail_times(Fault::Unreachable, "/api/mfa/setup/enable", 1);
    connected.change(FactorChange::SwitchOnApp).unwrap_err();
    sync();
    assert_eq!(connected.only_row().marks, [RowMark::Unconfirmed], "no app is enabled");
    connected.server.enroll(PIA, &connected.secrets()[0], "code");
    sync();
    assert!(connected.only_row().marks.is_empty(), "an app is enabled now, and it can only be this one");
    // Two accounts match, so only a sign-in can tell which one it is.
    connected.change(FactorChange::SwitchOff).unwrap();
    sync();
    for _ in 0..2 {
        connected.server.fail_times(Fault::Unreachable, "/api/mfa/setup/enable", 1);
        connected.change(FactorChange::SwitchOnApp).unwrap_err();
    }
    connected.server.enroll(PIA, "GEZDGNBVGY3TQOJQ", "code");
    sync();
    let marked = connected.account_list().rows.iter().filter(|row| !row.marks.is_empty()).count();
    assert_eq!(marked, 2);
}

#[test]
fn a_lost_reply_confirms_nothing_if_an_app_was_on_before() {
    let connected = ConnectedApp::new(Release::default());
    connected.change(FactorChange::SwitchOnApp).unwrap();
    let first = connected.field("totpSecret");
    connected.server.fail_times(Fault::LoseReply, "/api/mfa/setup/enable", 1);
    assert_eq!(connected.change(FactorChange::SwitchOnApp).unwrap_err(), "casdoor_unreachable");
    let second = connected.field("totpSecret");
    assert_eq!(connected.secrets(), [first, second], "both secrets are stored, because either may be valid");
    let rows = connected.account_list().rows;
    assert_eq!((rows[0].marks.len(), rows[1].marks.as_slice()), (0, &[RowMark::Unconfirmed][..]));
    assert!(rows.iter().all(|row| row.sites.len() == 1), "both accounts are offered until the new one is confirmed");
}

#[test]
fn a_new_app_replaces_the_old_one_which_stays_listed() {
    let connected = ConnectedApp::new(Release::default());
    connected.change(FactorChange::SwitchOnApp).unwrap();
    connected.change(FactorChange::SwitchOnApp).unwrap();
    assert_eq!(connected.secrets()[1], connected.field("totpSecret"));
    let sites: Vec<_> = connected.account_list().rows.iter().map(|row| row.sites.len()).collect();
    assert_eq!(sites, [0, 1]);
}

#[test]
fn turning_on_the_app_tolerates_a_wrong_clock() {
    let connected = ConnectedApp::new(Release::default());
    let there = connected.server.now() as u64;
    // This device's clock is four minutes behind the server's.
    let clock = move || UnixMilliseconds::of_seconds(there.saturating_sub(240));
    let request =
        ChangeFactors { connection: connected.id, change: FactorChange::SwitchOnApp, password: PASSWORD.into() };
    assert!(block_on(connected.app.ask_timed(request, &clock)).is_ok());
    assert_eq!(connected.secrets(), [connected.field("totpSecret")]);
}

#[test]
fn a_method_can_be_preferred_and_all_turned_off() {
    let connected = ConnectedApp::new(Release::default());
    connected.server.enroll_other(PIA, "email", "code-1");
    connected.change(FactorChange::SwitchOnApp).unwrap();
    assert_eq!(connected.field("preferredMfaType"), "email");
    let card = connected.change(FactorChange::Prefer(FactorMethod::App)).unwrap();
    let preferred: Vec<_> = card.factors.methods.iter().filter(|factor| factor.is_preferred).collect();
    assert_eq!((preferred.len(), preferred[0].method), (1, FactorMethod::App));
    let card = connected.change(FactorChange::SwitchOff).unwrap();
    assert!(card.factors.methods.iter().all(|factor| !factor.is_on));
    assert_eq!(connected.field("preferredMfaType"), "");
    assert_eq!(connected.account_list().rows.len(), 1, "the account is kept on this device");
}

#[test]
fn an_expired_token_is_refreshed_once_before_the_change() {
    let server = MockServer::start(Options::default()).expect("a free port");
    let alice = super::sign_in::by_password(&server, "acme-client", "alice");
    let connected = ConnectedApp::of(server, alice);
    connected.server.expire_access_tokens("acme/alice");
    connected.server.clear_requests();
    let later = || UnixMilliseconds::of_seconds(connected.server.now() as u64 + 5);
    let request =
        ChangeFactors { connection: connected.id, change: FactorChange::SwitchOnApp, password: PASSWORD.into() };
    assert!(block_on(connected.app.ask_timed(request, &later)).is_ok());
    assert_eq!(connected.count_requests("/api/login/oauth/refresh_token"), 1);
    assert_eq!(connected.count_requests("/api/mfa/setup/enable"), 1);
}

#[test]
fn another_user_with_the_same_name_is_not_changed() {
    let connected = ConnectedApp::new(Release::default());
    connected.server.set_field(PIA, "id", "another-user".into());
    assert_eq!(connected.change(FactorChange::SwitchOff).unwrap_err(), "casdoor_user_gone");
    assert_eq!(connected.count_requests("/api/delete-mfa"), 0);
}

//! Restores an earlier version of the vault while a server is connected.

use casdoor_authenticator::app::protocol::{
    AccountForm, AddAccount, PinAccount, Request, RestoreCopy, Screen, StoreAccountsOn, TypedRequest, UnlockVault,
};
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{StorageLocation, VaultCopy};
use futures_lite::future::block_on;
use mock_casdoor::Release;

use super::factors::{ConnectedApp, PASSWORD, PIA};

impl ConnectedApp {
    fn request(&self, request: impl TypedRequest<Answer = Screen> + Into<Request>, now: u64) {
        let answer = block_on(self.app.ask(request, now));
        assert!(answer.is_ok(), "{answer:?}");
    }

    fn sync(&self, now: u64) {
        block_on(self.app.sync(&|| UnixMilliseconds::of_seconds(now))).expect("the sync succeeds");
    }

    fn count_on_server(&self) -> usize {
        self.server.user(PIA).expect("pia").mfa_accounts.as_array().map_or(0, Vec::len)
    }
}

fn form(name: &str, secret: &str, location: StorageLocation) -> AddAccount {
    let (name, secret) = (name.into(), secret.into());
    AddAccount { form: AccountForm { name, secret, location: Some(location), ..AccountForm::default() } }
}

#[test]
fn restoring_an_earlier_version_deletes_nothing_on_the_server() {
    let connected = ConnectedApp::new(Release::default());
    let (now, there) = (connected.server.now() as u64, StorageLocation::Connection(connected.id));
    connected.request(form("early", "GEZDGNBVGY3TQOJQ", there), now);
    connected.sync(now);
    connected.request(form("late", "MZXW6YTBOI", StorageLocation::Device), now);
    let late = connected.account_list().rows.iter().find(|row| row.name == "late").expect("the account exists").id;
    // Three days later, the latest version becomes the daily copy.
    let now = now + 3 * 86_400;
    connected.request(UnlockVault { password: PASSWORD.into() }, now);
    connected.request(PinAccount { id: late, pinned: true }, now);
    let store = StoreAccountsOn { accounts: vec![late], location: there };
    block_on(connected.app.ask_timed(store, &|| UnixMilliseconds::of_seconds(now))).expect("the account is moved");
    connected.sync(now);
    assert_eq!(connected.count_on_server(), 2);

    let day = RestoreCopy { copy: VaultCopy::Day, password: PASSWORD.into() };
    connected.request(day, now);
    connected.sync(now);
    assert_eq!(connected.count_on_server(), 2, "restoring deletes nothing on the server");
}

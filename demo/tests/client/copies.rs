//! Going back to an older copy of the vault while a server is connected.

use casdoor_authenticator::app::protocol::{AccountForm, Reply, Request};
use casdoor_authenticator::vault::{Generation, Keep};
use futures_lite::future::block_on;
use stand_in::Age;

use super::factors::{Desk, PASSWORD, PIA};

impl Desk {
    fn act(&self, request: Request) {
        let reply = block_on(self.app.handle(request, self.server.now() as u64));
        assert!(!matches!(reply, Reply::Failed { .. }), "{reply:?}");
    }

    fn sync(&self) {
        let clock = || self.server.now() as u64 * 1000;
        block_on(self.app.sync(&clock)).expect("it is in step");
    }

    fn on_the_server(&self) -> usize {
        self.server.user(PIA).expect("pia").mfa_accounts.as_array().map_or(0, Vec::len)
    }
}

#[test]
fn an_older_copy_in_which_an_account_was_not_on_the_server_yet_deletes_nothing_there() {
    let desk = Desk::new(Age::default());
    let form = AccountForm { secret: "MZXW6YTBOI".into(), name: "pia".into(), ..AccountForm::default() };
    let keep = Keep::Connection(desk.id);
    desk.act(Request::Add { form: AccountForm { keep: Some(Keep::Device), ..form } });
    let account = desk.only_row().id;
    desk.act(Request::KeepManyOn { accounts: vec![account], keep });
    desk.sync();
    assert_eq!(desk.on_the_server(), 1);
    desk.act(Request::OpenGeneration { generation: Generation::Previous, password: PASSWORD.into() });
    desk.sync();
    assert_eq!((desk.on_the_server(), desk.board().rows.len()), (1, 1));
}

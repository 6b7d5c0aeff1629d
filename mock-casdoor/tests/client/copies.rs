//! Restoring an earlier version of the vault while a server is connected.

use casdoor_authenticator::app::protocol::{AccountForm, Reply, Request};
use casdoor_authenticator::vault::{Generation, Keep};
use futures_lite::future::block_on;
use mock_casdoor::Age;

use super::factors::{Desk, PASSWORD, PIA};

impl Desk {
    fn act(&self, request: Request, now: u64) -> Reply {
        let reply = block_on(self.app.handle(request, now));
        assert!(!matches!(reply, Reply::Failed { .. }), "{reply:?}");
        reply
    }

    fn sync(&self, now: u64) {
        block_on(self.app.sync(&|| now * 1000)).expect("it is in sync");
    }

    fn on_the_server(&self) -> usize {
        self.server.user(PIA).expect("pia").mfa_accounts.as_array().map_or(0, Vec::len)
    }
}

fn form(name: &str, secret: &str, keep: Keep) -> Request {
    let (name, secret) = (name.into(), secret.into());
    Request::Add { form: AccountForm { name, secret, keep: Some(keep), ..AccountForm::default() } }
}

#[test]
fn restoring_an_earlier_version_deletes_nothing_on_the_server() {
    let desk = Desk::new(Age::default());
    let (now, there) = (desk.server.now() as u64, Keep::Connection(desk.id));
    desk.act(form("early", "GEZDGNBVGY3TQOJQ", there), now);
    desk.sync(now);
    desk.act(form("late", "MZXW6YTBOI", Keep::Device), now);
    let late = desk.board().rows.iter().find(|row| row.name == "late").expect("it is there").id;
    // Three days later, the latest version becomes the daily copy.
    let now = now + 3 * 86_400;
    desk.act(Request::Unlock { password: PASSWORD.into() }, now);
    desk.act(Request::Pin { id: late, pinned: true }, now);
    let keep = Request::KeepManyOn { accounts: vec![late], keep: there };
    block_on(desk.app.handle_timed(keep, &|| now * 1000)).expect("it is kept there");
    desk.sync(now);
    assert_eq!(desk.on_the_server(), 2);

    let day = Request::OpenGeneration { generation: Generation::Day, password: PASSWORD.into() };
    let Reply::Screen { .. } = desk.act(day, now) else { panic!("no screen") };
    desk.sync(now);
    assert_eq!(desk.on_the_server(), 2, "nobody deleted it");
}

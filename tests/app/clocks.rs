//! Clock correction: if several servers agree that this device's clock is wrong, all codes are corrected. A single
//! server affects only the codes of its own accounts.

use casdoor_authenticator::app::protocol::{
    AccountList, AddAccount, AllowSite, ClockCorrection, CorrectClock, ReadScreen, Row,
};
use casdoor_authenticator::otp::{Key, Otp};
use casdoor_authenticator::vault::StorageLocation;

use super::hostile::{Servers, ask, browser, connect, sync};
use super::worker::{SECRET, account_list, form, with_vault};

/// Connects to servers whose clocks are this many seconds ahead, and returns the account list.
fn with_clocks(clocks: &[(&str, i64)]) -> AccountList {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    for (host, ahead) in clocks {
        servers.ahead.borrow_mut().insert((*host).into(), *ahead);
        connect(&app, host);
    }
    sync(&app);
    account_list(ask(&app, ReadScreen { origin: None }))
}

fn offer(clocks: &[(&str, i64)]) -> Option<(ClockCorrection, i64)> {
    with_clocks(clocks).clock.map(|clock| (clock.offer, clock.ahead_seconds))
}

#[test]
fn one_servers_wrong_clock_is_never_offered_as_a_correction_for_all_codes() {
    let hour = 3600;
    for (clocks, offered) in [
        (&[("evil.example", hour)][..], Some((ClockCorrection::Nothing, hour))),
        (&[("evil.example", -hour)], Some((ClockCorrection::Nothing, -hour))),
        (&[("evil.example", hour), ("good.example", 0)], Some((ClockCorrection::Nothing, hour))),
        (&[("good.example", 0), ("evil.example", hour), ("fair.example", 2)], Some((ClockCorrection::Nothing, hour))),
        (&[("evil.example", hour), ("bad.example", 2 * hour)], Some((ClockCorrection::Nothing, 2 * hour))),
        // Ports, subdomains and addresses can belong to one server.
        (&[("evil.example", hour), ("evil.example:8443", hour)], Some((ClockCorrection::Nothing, hour))),
        (&[("evil.example", hour), ("other.evil.example", hour)], Some((ClockCorrection::Nothing, hour))),
        (&[("a.evil.co.uk", hour), ("b.evil.co.uk", hour)], Some((ClockCorrection::Nothing, hour))),
        (&[("id.evil.test", hour), ("sso.evil.test", hour)], Some((ClockCorrection::Nothing, hour))),
        (&[("evil.example", hour), ("192.0.2.1", hour)], Some((ClockCorrection::Nothing, hour))),
        (&[("[2001:db8::1]", hour), ("[2001:db8::2]:8443", hour)], Some((ClockCorrection::Nothing, hour))),
        // All servers agree, so this device's clock is wrong.
        (&[("one.example", hour), ("two.example", hour + 3)], Some((ClockCorrection::All, hour + 3))),
        (&[("id.one.co.uk", hour), ("id.two.co.uk:8443", hour)], Some((ClockCorrection::All, hour))),
        (&[("casdoor", hour), ("id.two.example", hour)], Some((ClockCorrection::All, hour))),
        (&[("one.example", 4), ("two.example", 0)], None),
        (&[("one.example", 0)], None),
    ] {
        assert_eq!(offer(clocks), offered, "{clocks:?}");
    }
}

fn code(row: &Row, now: u64) -> &str {
    row.code_at(now).expect("a code").0
}

#[test]
fn one_server_alone_corrects_only_the_codes_of_accounts_enrolled_there() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    servers.ahead.borrow_mut().insert("evil.example".into(), 3600);
    let id = connect(&app, "evil.example");
    for name in ["theirs", "mine", "acme/alice"] {
        let _ = ask(
            &app,
            AddAccount {
                form: casdoor_authenticator::app::protocol::AccountForm {
                    location: Some(StorageLocation::Device),
                    ..form(name)
                },
            },
        );
    }
    let rows = account_list(ask(&app, ReadScreen { origin: None })).rows;
    let theirs = rows.iter().find(|row| row.name == "theirs").unwrap().id;
    let allow =
        AllowSite { id: theirs, origin: "https://evil.example".into(), allowed: true, accepts_look_alike: false };
    account_list(ask(&app, allow));
    sync(&app);
    let clock = account_list(ask(&app, ReadScreen { origin: None })).clock.expect("a difference");
    assert_eq!((clock.offer, clock.ahead_seconds), (ClockCorrection::Own(id), 3600));

    let reply = ask(&app, CorrectClock { seconds: 3600, connection: Some(id) });
    let shown = account_list(reply);
    assert_eq!(shown.clock, None, "the correction is still offered");
    let otp = Otp::standard(Key::from_base32(SECRET).unwrap());
    let now = servers.now.get();
    for row in &shown.rows {
        // An account belongs to the server because of its site, not because of the name that the server chose.
        let at = if row.id == theirs { now + 3600 } else { now };
        assert_eq!(code(row, now), otp.code_at(at).expose(), "{}", row.name);
    }
    account_list(ask(&app, CorrectClock { seconds: 0, connection: Some(id) }));
    let rows = account_list(ask(&app, ReadScreen { origin: None })).rows;
    assert!(rows.iter().all(|row| code(row, now) == otp.code_at(now).expose()));
}

#[test]
fn one_server_is_enough_to_undo_an_outdated_correction() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    connect(&app, "one.example");
    account_list(ask(&app, CorrectClock { seconds: 3600, connection: None }));
    sync(&app);
    let clock = account_list(ask(&app, ReadScreen { origin: None })).clock.expect("a difference");
    assert_eq!((clock.offer, clock.ahead_seconds), (ClockCorrection::All, 0));
    let reply = ask(&app, CorrectClock { seconds: 0, connection: None });
    assert!(reply.is_ok());
}

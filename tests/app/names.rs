//! Invisible characters are removed from names of servers, QR codes, files and the form, and do not make two names
//! different.

use casdoor_authenticator::app::protocol::{
    AccountForm, CompareRows, ConnectByCode, DuplicateKind, EditAccount, ListConnections, ReadAccountForm,
    ReadConnectionCode, ReadScreen, ReadText, SaveScanResults, SelectAccounts,
};
use serde_json::{Value, json};

use super::hostile::{Servers, ask as ask_app, browser, connect, connection_code, row, secret, sync};
use super::worker::{SECRET, account_list, add, ask, form, found, with_vault};

/// One character of each kind, to be placed at both ends and inside a name.
const HIDDEN: [&str; 8] = ["\u{200b}", "\u{202e}", "\u{2067}", "\u{feff}", "\u{ad}", "\u{e0041}", "\u{9f}", "\u{34f}"];
const OTHER: &str = "MZXW6YTBOIMZXW6Y";

fn uri(issuer: &str, name: &str, secret: &str) -> String {
    let encode = casdoor_authenticator::otp::percent_encode;
    format!("otpauth://totp/{}?secret={secret}&issuer={}", encode(&format!("{issuer}:{name}")), encode(issuer))
}

#[test]
fn a_code_with_invisible_characters_is_shown_and_compared_without_them() {
    let disk = with_vault();
    add(&disk, form("alice"));
    for hidden in HIDDEN {
        for (issuer, name) in
            [(format!("Ac{hidden}me"), format!("alice{hidden}")), ("Acme".into(), format!("{hidden}al{hidden}ice"))]
        {
            let card = found(ask(&disk, ReadText { text: uri(&issuer, &name, OTHER) })).cards.remove(0);
            assert_eq!((card.issuer.as_str(), card.name.as_str()), ("Acme", "alice"), "{hidden:?}");
            assert_eq!(card.known.map(|known| known.how), Some(DuplicateKind::SameName), "{hidden:?}");
            let card = found(ask(&disk, ReadText { text: uri(&issuer, &name, SECRET) })).cards.remove(0);
            assert_eq!(card.known.map(|known| known.how), Some(DuplicateKind::Same), "{hidden:?}");
            let Ok(known) = ask(&disk, CompareRows { uris: vec![uri(&issuer, &name, OTHER)] }) else {
                panic!("not compared")
            };
            assert_eq!(known[0].as_ref().unwrap().how, DuplicateKind::SameName, "{hidden:?}");
        }
    }
}

#[test]
fn names_are_stored_without_invisible_characters() {
    for hidden in HIDDEN {
        let disk = with_vault();
        let read = found(ask(&disk, ReadText { text: uri(&format!("A{hidden}cme"), &format!("bob{hidden}"), OTHER) }));
        let rows =
            account_list(ask(&disk, SaveScanResults { id: read.id, cards: vec![0], update: vec![], location: None }))
                .rows;
        assert_eq!((rows[0].issuer.as_str(), rows[0].name.as_str()), ("Acme", "bob"), "{hidden:?}");
        let typed = AccountForm {
            group: format!("Wo{hidden}rk"),
            note: format!("a{hidden}\nb"),
            ..form(&format!("{hidden}carol"))
        };
        let id = add(&disk, typed);
        let Ok(form) = ask(&disk, ReadAccountForm { id }) else { panic!("no form") };
        assert_eq!(
            (form.name.as_str(), form.group.as_str(), form.note.as_str()),
            ("carol", "Work", "a\nb"),
            "{hidden:?}"
        );
    }
}

#[test]
fn a_servers_rows_are_shown_clean_but_not_rewritten_for_that() {
    let own = "cab1:00000000-0000-4000-8000-000000000001";
    for hidden in HIDDEN {
        let (disk, servers) = (with_vault(), Servers::new());
        let app = browser(&disk, &servers);
        let list: Vec<Value> = vec![
            row(&format!("al{hidden}ice"), &format!("{hidden}Acme"), &secret(1), own),
            row(&format!("bob{hidden}"), "Acme", &secret(2), "phone"),
            row("%E2%80%AEcarol", "Ac%E2%80%8Bme", &secret(3), "phone"),
        ];
        servers.set("id.example", list.clone());
        let id = connect(&app, "id.example");
        // From now on, the connection also uploads.
        let new_accounts = casdoor_authenticator::vault::NewAccounts::Server;
        let _ = ask_app(&app, SelectAccounts { connection: id, accounts: vec![], new_accounts });
        for _ in 0..3 {
            sync(&app);
            assert_eq!(servers.lists.borrow()["id.example"], list, "{hidden:?}");
        }
        let rows = account_list(ask_app(&app, ReadScreen { origin: None })).rows;
        let names: Vec<_> = rows.iter().map(|row| (row.issuer.as_str(), row.name.as_str())).collect();
        assert_eq!(names, [("Acme", "alice"), ("Acme", "bob"), ("Acme", "carol")], "{hidden:?}");
        // A rename is uploaded, and changes only its own row.
        let Ok(form) = ask_app(&app, ReadAccountForm { id: rows[1].id }) else { panic!("no form") };
        account_list(ask_app(
            &app,
            EditAccount { id: rows[1].id, form: AccountForm { name: "robert".into(), ..form } },
        ));
        sync(&app);
        let after = servers.lists.borrow()["id.example"].clone();
        assert_eq!((&after[0], &after[2]), (&list[0], &list[2]));
        assert_eq!(after[1]["accountName"], "robert");
        sync(&app);
        assert_eq!(servers.lists.borrow()["id.example"], after);
    }
}

#[test]
fn joiners_are_preserved_for_languages_that_need_them() {
    let disk = with_vault();
    for name in ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}💻"] {
        add(&disk, form(name));
    }
    let names: Vec<_> =
        account_list(ask(&disk, ReadScreen { origin: None })).rows.into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}💻"]);
}

#[test]
fn the_user_and_organization_of_a_connection_are_shown_without_invisible_characters() {
    for hidden in HIDDEN {
        let (disk, servers) = (with_vault(), Servers::new());
        let app = browser(&disk, &servers);
        let user = json!({ "owner": format!("ac{hidden}me"), "name": format!("{hidden}alice"), "displayName": hidden });
        *servers.user.borrow_mut() = user.as_object().unwrap().clone();
        let code = connection_code("id.example");
        let Ok(owner) = ask_app(&app, ReadConnectionCode { code, allow_http: false }) else { panic!("no owner") };
        let shown = (owner.owner.as_str(), owner.name.as_str(), owner.display_name.as_str());
        assert_eq!(shown, ("acme", "alice", ""), "{hidden:?}");
        let code = connection_code("id.example");
        let reply = ask_app(&app, ConnectByCode { code, allow_http: false });
        let Ok(connected) = reply else { panic!("{reply:?}") };
        assert_eq!((connected.owner.as_str(), connected.name.as_str()), ("acme", "alice"), "{hidden:?}");
        assert_eq!(connected.connection.label, "alice (acme)", "{hidden:?}");
        let Ok(connections) = ask_app(&app, ListConnections) else { panic!("none") };
        assert_eq!((connections[0].owner.as_str(), connections[0].name.as_str()), ("acme", "alice"), "{hidden:?}");
    }
}

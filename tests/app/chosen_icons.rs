//! The icon that a user has chosen for an account: bounded, kept on the device, and not lost by a sync, an import or
//! the trash.

use casdoor_authenticator::app::protocol::{
    AccountForm, EditAccount, ExportAccounts, ImportRows, MoveToTrash, PlanExport, ReadAccountForm, ReadScreen,
    RestoreAccount, Row, SelectAccounts,
};
use casdoor_authenticator::exchange::{Imported, PortableAccount};
use casdoor_authenticator::vault::{AccountId, ChosenIcon, NewAccounts};
use serde_json::Value;

use super::hostile::{Servers, ask as ask_app, browser, connect, row, secret, sync};
use super::worker::{Disk, account_list, add, ask, change, failure, form, stored_vault, with_vault};

fn rows(disk: &Disk) -> Vec<Row> {
    account_list(ask(disk, ReadScreen { origin: None })).rows
}

/// Chooses an icon in the account's form.
fn choose(disk: &Disk, id: AccountId, icon: &str) -> Result<(), String> {
    let Ok(form) = ask(disk, ReadAccountForm { id }) else { panic!("no form") };
    let form = AccountForm { icon: icon.into(), ..form };
    match ask(disk, EditAccount { id, form }) {
        Ok(_) => Ok(()),
        rejected @ Err(_) => Err(failure(rejected)),
    }
}

#[test]
fn an_icon_is_chosen_changed_and_automatic_again() {
    let disk = with_vault();
    let id = add(&disk, AccountForm { icon: "text:🏦".into(), ..form("alice") });
    assert_eq!(rows(&disk)[0].icon, ChosenIcon::text("🏦"));
    for (icon, shown) in
        [("service:github", ChosenIcon::service("github")), ("text:Wk", ChosenIcon::text("Wk")), ("", None)]
    {
        choose(&disk, id, icon).unwrap();
        assert_eq!(rows(&disk)[0].icon, shown);
        let Ok(form) = ask(&disk, ReadAccountForm { id }) else { panic!("no form") };
        assert_eq!(form.icon, icon);
    }
}

#[test]
fn what_is_not_an_icon_is_rejected_and_changes_nothing() {
    let disk = with_vault();
    let id = add(&disk, AccountForm { icon: "text:🏦".into(), ..form("alice") });
    let long = format!("text:{}", "👨\u{200d}".repeat(9999));
    for icon in
        ["text:", "text:three", "text:🏦🏦", "text:a b", "service:", "service:../x", "data:image/png", "x", &long]
    {
        assert_eq!(choose(&disk, id, icon), Err("form_wrong_icon".into()), "{icon}");
    }
    assert_eq!(rows(&disk)[0].icon, ChosenIcon::text("🏦"));
    // Invisible characters are removed, as from names.
    choose(&disk, id, "text:\u{202e}W\u{200b}k\u{e0041}").unwrap();
    assert_eq!(rows(&disk)[0].icon, ChosenIcon::text("Wk"));
}

#[test]
fn a_sync_neither_sends_nor_loses_an_icon() {
    let (disk, servers) = (with_vault(), Servers::new());
    let app = browser(&disk, &servers);
    servers.set("id.example", vec![row("alice", "Acme", &secret(1), "phone")]);
    let connection = connect(&app, "id.example");
    let _ = ask_app(&app, SelectAccounts { connection, accounts: vec![], new_accounts: NewAccounts::Server });
    let shown = || account_list(ask_app(&app, ReadScreen { origin: None })).rows.remove(0);
    let id = shown().id;
    let Ok(form) = ask_app(&app, ReadAccountForm { id }) else { panic!("no form") };
    account_list(ask_app(&app, EditAccount { id, form: AccountForm { icon: "text:🏦".into(), ..form } }));
    sync(&app);
    // The server renames the account.
    let mut list: Vec<Value> = servers.lists.borrow()["id.example"].clone();
    assert!(!Value::from(list.clone()).to_string().contains('🏦'));
    list[0]["accountName"] = "alice.doe".into();
    servers.set("id.example", list);
    sync(&app);
    let row = shown();
    assert_eq!((row.id, row.name.as_str(), row.icon), (id, "alice.doe", ChosenIcon::text("🏦")));
}

#[test]
fn the_trash_and_an_import_keep_an_icon_and_the_imported_picture() {
    let disk = with_vault();
    let picture = "data:image/png;base64,iVBORw0KGgo=";
    let uri = "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQ&issuer=Acme".to_owned();
    let account = PortableAccount { uri, icon: picture.into(), ..PortableAccount::default() };
    assert!(ask(&disk, ImportRows { rows: vec![account], location: None }).is_ok());
    let id = rows(&disk)[0].id;
    choose(&disk, id, "service:github").unwrap();
    account_list(ask(&disk, MoveToTrash { id }));
    account_list(ask(&disk, RestoreAccount { id }));

    let backup = Imported::from(&stored_vault(&disk).accounts[0]);
    let other = with_vault();
    assert!(ask(&other, ImportRows { rows: vec![PortableAccount::from(&backup)], location: None }).is_ok());
    for disk in [&disk, &other] {
        assert_eq!(rows(disk)[0].icon, ChosenIcon::service("github"));
        assert_eq!(stored_vault(disk).accounts[0].imported_extras.icon, picture);
        let Ok(exported) = ask(disk, ExportAccounts { password: "one".into() }) else { panic!("no export") };
        assert_eq!(
            (exported[0].icon.as_str(), exported[0].chosen_icon.clone()),
            (picture, ChosenIcon::service("github"))
        );
    }
    // Other formats have no place for it, which is said before.
    choose(&disk, id, "").unwrap();
    let omitted = |disk: &Disk, format: &str| {
        let Ok(rows) = ask(disk, PlanExport { format: format.into() }) else { panic!("{format}") };
        rows[0].omissions.iter().any(|omission| omission.key.as_str() == "omission_icon")
    };
    assert_eq!([omitted(&disk, "aegis"), omitted(&other, "aegis")], [false, true]);
    assert!(!omitted(&other, "casdoor-authenticator"));
}

#[test]
fn a_stored_icon_that_is_damaged_is_automatic_and_keeps_the_account() {
    let disk = with_vault();
    add(&disk, form("alice"));
    change(&disk, |vault| vault.accounts[0].icon = Some(ChosenIcon::Text("\u{202e}not an icon".into())));
    let row = rows(&disk).remove(0);
    assert_eq!((row.name.as_str(), row.icon), ("alice", None));
}

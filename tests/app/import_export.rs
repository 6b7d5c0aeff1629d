//! Importing and exporting accounts with the requests of the pages.

use casdoor_authenticator::app::protocol::{
    Backups, CompareRows, DuplicateKind, EditAccount, ExportAccounts, GenerateNextCode, ImportRows, ImportedAccounts,
    ListTrash, LockVault, MakeBackup, Message, PlanExport, ReadAccountForm, ReadBackups, ReadScreen, Request,
    ScheduleBackups, ShowKeyUri, UndoImport, UnlockVault,
};
use casdoor_authenticator::exchange::{self, Format, PortableAccount};
use casdoor_authenticator::secret::Secret;
use casdoor_authenticator::vault::{AccountId, Area};
use futures_lite::future::block_on;

use super::worker::{Disk, NOW, account_list, app, ask, ask_any, ask_at, failure, with_vault};

const DAY: u64 = 86_400;

fn names(disk: &Disk) -> Vec<String> {
    account_list(ask(disk, ReadScreen { origin: None })).rows.into_iter().map(|row| row.name).collect()
}

fn parcel(name: &str, secret: &str) -> PortableAccount {
    PortableAccount {
        uri: format!("otpauth://totp/Acme:{name}?secret={secret}&issuer=Acme"),
        ..PortableAccount::default()
    }
}

fn import(disk: &Disk, rows: Vec<PortableAccount>) -> Vec<AccountId> {
    let reply = ask(disk, ImportRows { rows, location: None });
    let Ok(ImportedAccounts { accounts, .. }) = reply else { panic!("not imported: {reply:?}") };
    accounts
}

fn backups(reply: Result<Backups, Message>) -> Backups {
    let Ok(backups) = reply else { panic!("expected backups, got {reply:?}") };
    backups
}

#[test]
fn rows_are_imported_in_one_write_and_exported_again_with_all_their_data() {
    let disk = with_vault();
    let full = PortableAccount {
        row: 1,
        uri: "otpauth://hotp/Acme:alice?secret=GEZDGNBVGY3TQOJQ&issuer=Acme&counter=7".into(),
        groups: vec!["Work".into(), "Shared".into()],
        note: "second phone".into(),
        pinned: true,
        icon: "data:image/png;base64,iVBORw0KGgo=".into(),
        chosen_icon: casdoor_authenticator::vault::ChosenIcon::service("github"),
        sites: vec!["https://acme.example".into()],
        used: 3,
        last_used: Some(9),
        recovery_codes: vec![Secret::new("11111111-1111-4111-8111-111111111111".to_owned()).into()],
    };
    let before = disk.writes.get();
    import(&disk, vec![full.clone(), parcel("bob", "MFRGGZDFMZTWQ2LK")]);
    assert_eq!(disk.writes.get(), before + 1);
    let rows = account_list(ask(&disk, ReadScreen { origin: None })).rows;
    assert!(rows.iter().all(|row| row.sites.is_empty()), "the sites in a file must not become permissions to fill");

    let id = rows.iter().find(|row| row.name == "alice").expect("kept").id;
    let _ = ask(&disk, GenerateNextCode { id });
    assert_eq!(failure(ask(&disk, ExportAccounts { password: "two".into() })), "vault_wrong_password");
    let Ok(rows) = ask(&disk, ExportAccounts { password: "one".into() }) else { panic!("no rows") };
    let uri = full.uri.replace("counter=7", "counter=8");
    let alike = |uri: &str| uri.parse::<casdoor_authenticator::otp::KeyUri>().unwrap();
    assert_eq!(alike(&rows[0].uri), alike(&uri));
    assert_eq!(rows[0], PortableAccount { uri: rows[0].uri.clone(), ..full });
}

#[test]
fn if_one_row_cannot_be_imported_none_is() {
    let disk = with_vault();
    let rows = vec![parcel("alice", "GEZDGNBVGY3TQOJQ"), parcel("bob", "1")];
    assert_eq!(failure(ask(&disk, ImportRows { rows, location: None })), "otp_secret_character");
    let many = vec![parcel("alice", "GEZDGNBVGY3TQOJQ"); 20_001];
    assert_eq!(failure(ask(&disk, ImportRows { rows: many, location: None })), "vault_full");
    assert!(names(&disk).is_empty());
}

#[test]
fn each_row_reports_its_duplicate_in_the_vault() {
    let disk = with_vault();
    import(&disk, vec![parcel("alice", "GEZDGNBVGY3TQOJQ")]);
    let rows = [
        ("alice", "GEZDGNBVGY3TQOJQ"),
        ("carol", "GEZDGNBVGY3TQOJQ"),
        ("alice", "MFRGGZDFMZTWQ2LK"),
        ("new", "MZXW6YTBOI"),
        ("new", "MZXW6YTBOI"),
    ];
    let uris = rows.map(|(name, secret)| parcel(name, secret).uri).to_vec();
    let Ok(known) = ask(&disk, CompareRows { uris }) else { panic!("not compared") };
    let how: Vec<_> = known.iter().map(|known| known.as_ref().map(|known| known.how)).collect();
    assert_eq!(
        how,
        [
            Some(DuplicateKind::Same),
            Some(DuplicateKind::SameSecret),
            Some(DuplicateKind::SameName),
            None,
            Some(DuplicateKind::Twice)
        ]
    );
}

#[test]
fn undoing_an_import_keeps_previous_and_changed_accounts() {
    let disk = with_vault();
    import(&disk, vec![parcel("old", "GEZDGNBVGY3TQOJQ")]);
    let accounts = import(&disk, vec![parcel("alice", "MFRGGZDFMZTWQ2LK"), parcel("bob", "MZXW6YTBOI")]);
    let Ok(form) = ask(&disk, ReadAccountForm { id: accounts[1] }) else { panic!("no form") };
    let form = casdoor_authenticator::app::protocol::AccountForm { name: "robert".into(), ..form };
    let _ = ask_at(&disk, EditAccount { id: accounts[1], form }, NOW + 5);
    let Ok(message) = ask(&disk, UndoImport { accounts }) else { panic!("not undone") };
    assert_eq!(message.key, "done_import_undone_trash");
    assert_eq!(names(&disk), ["old"]);
    let Ok(rows) = ask(&disk, ListTrash) else { panic!("no trash") };
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["robert"]);
}

#[test]
fn omissions_are_reported_before_an_export() {
    let disk = with_vault();
    import(&disk, vec![PortableAccount { note: "n".into(), pinned: true, ..parcel("alice", "GEZDGNBVGY3TQOJQ") }]);
    let omissions = |format: &str| {
        let Ok(rows) = ask(&disk, PlanExport { format: format.into() }) else { panic!("{format}") };
        rows[0].omissions.iter().map(|message| message.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(omissions("otpauth"), ["omission_note", "omission_pin"]);
    assert_eq!(omissions("google-migration-codes"), ["omission_note", "omission_pin"]);
    assert_eq!(omissions("page"), ["omission_pin"]);
    assert!(omissions("aegis").is_empty());
    assert_eq!(failure(ask(&disk, PlanExport { format: "raivo".into() })), "exchange_not_writable");
}

#[test]
fn a_backup_opens_with_the_vaults_or_its_own_password_and_ends_the_reminder() {
    let disk = with_vault();
    let notices = || account_list(ask(&disk, ReadScreen { origin: None })).notices;
    assert!(notices().is_empty(), "an empty vault needs no backup");
    import(&disk, vec![parcel("alice", "GEZDGNBVGY3TQOJQ")]);
    assert_eq!(notices()[0].key, "notice_no_backup");
    let own = |password: &str| MakeBackup { own: Some("own".into()), password: password.into() };
    assert_eq!(failure(ask(&disk, own("two"))), "vault_wrong_password");
    assert_eq!(notices().len(), 1);
    for request in [own("one"), MakeBackup { own: None, password: String::new() }] {
        let Ok(text) = ask(&disk, request) else { panic!("no file") };
        assert_eq!(exchange::sniff(text.as_bytes()), Some(Format::Backup));
        assert!(!text.contains("GEZDGNBVGY3TQOJQ") && !text.contains("alice"));
    }
    assert!(notices().is_empty());
    assert_eq!(backups(ask(&disk, ReadBackups)).made_at, Some(NOW));
}

#[test]
fn a_backup_is_due_by_the_schedule_after_a_change_and_its_failure_is_reported() {
    let disk = with_vault();
    import(&disk, vec![parcel("alice", "GEZDGNBVGY3TQOJQ")]);
    let due = |now: u64| block_on(app(&disk).due_backup(now)).unwrap();
    assert!(due(NOW).is_none(), "no backup is scheduled");
    let plan = ScheduleBackups { every_days: 7, own: Some("own".into()), password: "one".into() };
    assert!(backups(ask(&disk, plan)).own_password);
    let file = due(NOW).expect("the first backup is due immediately");
    block_on(app(&disk).backed_up(file.revision, NOW)).unwrap();
    assert!(due(NOW + 600).is_none());
    let later = NOW + 8 * DAY;
    let _ = ask_at(&disk, UnlockVault { password: "one".into() }, later);
    assert!(due(later).is_none(), "nothing has changed since the last backup");
    let _ = ask_at(&disk, ImportRows { rows: vec![parcel("bob", "MZXW6YTBOI")], location: None }, later);
    assert!(due(later).is_some());
    block_on(app(&disk).backup_failed(later)).unwrap();
    assert_eq!(account_list(ask_at(&disk, ReadScreen { origin: None }, later)).notices[0].key, "notice_backup_failed");
    let _ = ask_at(&disk, ScheduleBackups { every_days: 0, own: None, password: String::new() }, later);
    assert!(due(later).is_none());
    let _ = ask(&disk, LockVault);
    assert!(due(later).is_none());
}

#[test]
fn an_administrator_can_forbid_exports() {
    let disk = with_vault();
    let accounts = import(&disk, vec![parcel("alice", "GEZDGNBVGY3TQOJQ")]);
    disk.memory.set(Area::Managed, "forbidExports", Some("true".into()));
    let one = || "one".to_owned();
    let requests: [Request; 6] = [
        PlanExport { format: "aegis".into() }.into(),
        ExportAccounts { password: one() }.into(),
        MakeBackup { own: None, password: String::new() }.into(),
        MakeBackup { own: Some("own".into()), password: one() }.into(),
        ScheduleBackups { every_days: 1, own: None, password: String::new() }.into(),
        ShowKeyUri { id: accounts[0], password: one() }.into(),
    ];
    for request in requests {
        let shown = format!("{request:?}");
        assert_eq!(failure(ask_any(&disk, request)), "exchange_managed", "{shown}");
    }
    assert!(backups(ask(&disk, ReadBackups)).forbidden);
    assert!(
        account_list(ask(&disk, ReadScreen { origin: None })).notices.is_empty(),
        "a forbidden backup must not be suggested"
    );
    disk.memory.set(Area::Managed, "forbidExports", Some("false".into()));
    assert!(ask(&disk, ExportAccounts { password: one() }).is_ok());
}

//! The data for the popup's first frame, which is shown before the worker responds.

use casdoor_authenticator::app::protocol::{
    CreateVault, FirstRead, LockVault, Phase, ReadScreen, Screen, StartNewVault,
};
use casdoor_authenticator::vault::Area;
use futures_lite::future::block_on;

use super::with_vault;
use super::worker::{Disk, NOW, add, app, ask, form};

/// Returns what the popup's script reads. A deleted value may be stored as `null`, or be missing.
fn first_read(disk: &Disk, deleted_is_null: bool) -> FirstRead {
    let mut read = serde_json::Map::new();
    for (area, key, name) in [
        (Area::Session, "board", "account_list"),
        (Area::Session, "pending_action", "pending_action"),
        (Area::Local, "phase", "phase"),
    ] {
        match disk.memory.value(area, key) {
            Some(text) => drop(read.insert(name.into(), text.into())),
            None if deleted_is_null => drop(read.insert(name.into(), serde_json::Value::Null)),
            None => {}
        }
    }
    read.insert("url".into(), "https://id.example.com/login".into());
    FirstRead::parse(&serde_json::Value::Object(read).to_string())
}

#[test]
fn a_deleted_value_does_not_affect_the_rest_of_the_first_read() {
    let whole = serde_json::json!({
        "account_list": null, "phase": "locked", "url": "https://a.example", "pending_action": "w",
    });
    let keys = ["account_list", "phase", "url", "pending_action"];
    for key in keys {
        let mut read = whole.clone();
        read[key] = serde_json::Value::Null;
        let first = FirstRead::parse(&read.to_string());
        assert_eq!(first.phase.is_some(), key != "phase", "{key}");
        assert_eq!(first.url.is_some(), key != "url", "{key}");
        assert_eq!(first.has_pending_action, key != "pending_action", "{key}");
    }
    assert_eq!(FirstRead::parse("undefined"), FirstRead::default());
    assert_eq!(FirstRead::parse(r#"{"phase":"another","url":"u"}"#).url.as_deref(), Some("u"));
}

#[test]
fn after_starting_with_an_empty_vault_the_popup_knows_the_tab_and_the_phase() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let _ = ask(&disk, LockVault);
    assert_eq!(first_read(&disk, true).phase, Some(Phase::Locked));
    assert!(matches!(ask(&disk, StartNewVault), Ok(Screen::FirstRun)));
    for deleted_is_null in [true, false] {
        let first = first_read(&disk, deleted_is_null);
        assert_eq!((first.phase, first.url.as_deref()), (Some(Phase::New), Some("https://id.example.com/login")));
    }
}

#[test]
fn every_phase_that_the_popup_waits_for_is_written() {
    let disk = Disk::default();
    block_on(app(&disk).tick(NOW)).unwrap();
    assert_eq!(first_read(&disk, false).phase, Some(Phase::New), "the extension was just installed");
    let writes = disk.writes.get();
    let _ = ask(&disk, ReadScreen { origin: None });
    assert_eq!(disk.writes.get(), writes, "the phase is written only once");
    let _ = ask(&disk, CreateVault { password: "one".into(), pbkdf2: true });
    assert_eq!(first_read(&disk, false).phase, Some(Phase::Locked));
    for phase in Phase::ALL {
        let json = serde_json::json!({ "phase": phase.name() }).to_string();
        assert_eq!(FirstRead::parse(&json).phase, Some(phase));
    }
}

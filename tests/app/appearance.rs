//! Text size and density are readable while the vault is locked, like the theme, and fit the stored first frame.

use casdoor_authenticator::app::protocol::{LockVault, ReadScreen, SetSettings, StartNewVault, StoreFirstFrame};
use casdoor_authenticator::vault::{Area, Density, Settings};

use crate::worker::{Disk, account_list, add, ask, form, with_vault};

fn set(disk: &Disk, settings: Settings) -> Settings {
    let Ok(settings) = ask(disk, SetSettings { settings }) else { panic!("no settings") };
    settings
}

#[test]
fn text_size_and_density_are_readable_while_locked_and_end_with_the_vault() {
    let disk = with_vault();
    set(&disk, Settings { text_size_percent: 125, density: Density::Compact, ..Settings::default() });
    let _ = ask(&disk, LockVault);
    let stored = |key| disk.memory.value(Area::Local, key);
    assert_eq!((stored("text_size").as_deref(), stored("density").as_deref()), (Some("125"), Some("compact")));
    let _ = ask(&disk, StartNewVault);
    assert_eq!((stored("text_size"), stored("density")), (None, None));
}

#[test]
fn a_text_size_that_cannot_be_read_or_fills_the_screen_is_limited() {
    let disk = with_vault();
    for (asked, stored) in [(0, 90), (89, 90), (90, 90), (150, 150), (151, 150), (u16::MAX, 150)] {
        let settings = set(&disk, Settings { text_size_percent: asked, ..Settings::default() });
        assert_eq!(settings.text_size_percent, stored, "{asked}");
    }
}

#[test]
fn a_vault_from_before_these_settings_has_the_usual_size() {
    let settings: Settings = serde_json::from_str(r#"{"lock_after_seconds":900}"#).unwrap();
    assert_eq!((settings.text_size_percent, settings.density), (100, Density::Comfortable));
    // Usual values are not written, so that older versions read the same document.
    let text = serde_json::to_string(&settings).unwrap();
    assert!(!text.contains("text_size") && !text.contains("density"), "{text}");
}

#[test]
fn the_first_frame_with_the_former_row_heights_is_dropped() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let keep = || drop(ask(&disk, StoreFirstFrame { html: "<ul></ul>".into() }));
    let look = || disk.memory.value(Area::Session, "first_frame");
    keep();
    set(&disk, Settings { density: Density::Compact, ..Settings::default() });
    assert_eq!(look(), None);
    assert_eq!(account_list(ask(&disk, ReadScreen { origin: None })).density, Density::Compact);
    // Everything in it is relative to the text size, so it stays.
    keep();
    set(&disk, Settings { density: Density::Compact, text_size_percent: 150, ..Settings::default() });
    assert!(look().is_some());
}

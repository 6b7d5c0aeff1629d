//! The chosen language is stored on the device, even before a vault exists. It also applies to the context menu and the
//! first frame.

use casdoor_authenticator::app::effects::{Effect, after};
use casdoor_authenticator::app::expected_effects;
use casdoor_authenticator::app::protocol::{
    AnyRequest, CreateVaultWithoutPassword, Request, SetLanguage, StartNewVault, StoreFirstFrame,
};
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::Area;
use futures_lite::future::block_on;

use crate::worker::{Disk, NOW, app, ask, with_vault};

fn choose(disk: &Disk, language: &str) {
    let request = Request::from(SetLanguage { language: language.into() });
    let effects = expected_effects(&AnyRequest::Core(request.clone()));
    let mut reply = block_on(app(disk).handle(request, &|| UnixMilliseconds::of_seconds(NOW)));
    assert_eq!(reply.failure(), None);
    assert_eq!(after(effects, &mut reply).collect::<Vec<_>>(), [Effect::CreateMenu]);
}

#[test]
fn the_language_is_stored_on_the_device_and_an_unknown_one_follows_the_browser() {
    for disk in [Disk::default(), with_vault()] {
        let stored = || disk.memory.value(Area::Local, "language");
        assert_eq!((stored(), block_on(app(&disk).language())), (None, None));
        choose(&disk, "en");
        assert_eq!((stored().as_deref(), block_on(app(&disk).language()).as_deref()), (Some("en"), Some("en")));
        for unknown in ["", "xx", "../en", "en/../../vault"] {
            choose(&disk, "en");
            choose(&disk, unknown);
            assert_eq!(stored(), None, "{unknown}");
        }
    }
}

#[test]
fn a_vault_that_is_replaced_keeps_the_language() {
    let disk = with_vault();
    choose(&disk, "en");
    let _ = ask(&disk, StartNewVault);
    let _ = ask(&disk, CreateVaultWithoutPassword);
    assert_eq!(block_on(app(&disk).language()).as_deref(), Some("en"));
}

#[test]
fn the_first_frame_in_the_former_language_is_dropped() {
    let disk = with_vault();
    let _ = ask(&disk, StoreFirstFrame { html: "<ul></ul>".into() });
    assert!(disk.memory.value(Area::Session, "first_frame").is_some());
    choose(&disk, "en");
    assert_eq!(disk.memory.value(Area::Session, "first_frame"), None);
}

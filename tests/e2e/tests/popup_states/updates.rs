//! What the popup says when the extension was updated: before it is opened, and while it is open.

use casdoor_authenticator::app::VERSION;
use casdoor_authenticator::vault::{State, VaultKey};

use super::*;

#[path = "../../../support/seeded.rs"]
mod seeded;

#[test]
fn after_an_update_one_line_says_what_is_new_until_it_is_read() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    // Writes the state as an earlier version would have.
    let tab = installed.open("manifest.json").unwrap();
    let read = |area: &str, name: &str| {
        let value = tab.evaluate(&format!("chrome.storage.{area}.get({name:?}).then(found => found[{name:?}])"));
        value.unwrap().as_str().unwrap().to_owned()
    };
    let unlocked: Value = serde_json::from_str(&read("session", "unlocked")).unwrap();
    let key = VaultKey::from_text(unlocked["key"].as_str().unwrap()).unwrap();
    let mut state = State::open(&read("local", "state"), &key).unwrap();
    state.known_version = "0.0.9".to_owned();
    let earlier = state.seal(&key, &mut seeded::Seeded(7)).unwrap();
    tab.evaluate(&format!("chrome.storage.local.set({{ state: {earlier:?} }})")).unwrap();
    tab.close().unwrap();
    installed.extension.stop_worker().unwrap();

    page.activate().unwrap();
    let popup = installed.popup(&page).unwrap();
    popup.wait_for("document.querySelector('[data-notice=notice_updated]')").unwrap();
    let words = popup.text("[data-notice=notice_updated]").unwrap();
    assert!(words.contains(VERSION), "{words}");
    picture(&popup, "whats-new");
    popup.click_and_close("[data-notice=notice_updated] [data-action=open-release-notes]").unwrap();
    let changes = installed.browser.wait_for_page_ending("/changelog.html").unwrap();
    assert!(changes.text("main").unwrap().contains("Added"));
    changes.close().unwrap();
    page.activate().unwrap();
    let popup = installed.popup(&page).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(popup.evaluate("document.querySelector('[data-notice=notice_updated]')").unwrap(), Value::Null);
    assert_eq!(user::rows(&popup).unwrap().len(), 1);
}

#[test]
fn a_popup_from_before_an_update_says_so() {
    let (installed, page) = with_accounts("about:blank#page", &[ALICE]);
    let popup = installed.popup(&page).unwrap();
    // A request of another version, which the worker does not know.
    popup
        .evaluate(
            "void (chrome.runtime.sendMessage = ((send) => ({ page }) =>
                send({ page: page.do === 'PinAccount' ? { do: 'of_another_version' } : page }))(chrome.runtime.sendMessage.bind(chrome.runtime)))",
        )
        .unwrap();
    let id = user::rows(&popup).unwrap()[0].id.clone();
    user::choose_for(&popup, &id, "pin").unwrap();
    let (words, failed) = user::status_message(&popup).unwrap();
    assert!(failed && words.contains("was updated") && words.contains("open it again"), "{words}");
    picture(&popup, "updated");
    assert_eq!(user::rows(&popup).unwrap().len(), 1);
}

//! The context menu and the shortcuts.
//!
//! Each menu entry is one row of [`ENTRIES`]. Each shortcut is one row of [`SHORTCUTS`], with its name in the manifest.
//! The user's gesture grants access to the tab. The requested action is stored in the session and carried out in the
//! popup, where the vault can be unlocked first and the user sees the result. Only filling happens immediately; the
//! popup opens if there is something to choose, confirm or report.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::chrome::{self, from_js, to_js};
use super::fill::{self, OnlyMatchResult};
use super::worker::{CurrentTab, app};
use super::{chosen_language, now_seconds, scan};
use crate::app::SessionKey;
use crate::app::protocol::{FirstUse, Message, RecoveryPrompt};
use crate::vault::AccountId;

/// A pending action expires after this many seconds.
const PENDING_ACTION_SECONDS: u64 = 5 * 60;
/// Maximum length of a link or selected text, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// An action that the user requested outside the popup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingAction {
    /// Scan the tab.
    Scan,
    /// Scan one image.
    Image {
        /// The image's URL.
        address: String,
        /// The frame that contains the image.
        frame: i32,
        /// The tab's origin.
        site: Option<String>,
    },
    /// Add the account in a link or selected text.
    Text {
        /// The address of the link, or the selected text.
        text: String,
        /// The tab's origin.
        site: Option<String>,
    },
    /// Ask for the vault password before filling a recovery code that was selected on a page.
    Recovery {
        /// The account and the page.
        ask: RecoveryPrompt,
    },
    /// Ask whether an account that was picked on a page is for that site.
    FirstUse {
        /// The account and the page.
        ask: FirstUse,
    },
    /// Report why a field was not filled.
    Report {
        /// The message.
        message: Message,
    },
    /// Report why a field was not filled, and copy the account's code.
    Copy {
        /// The account.
        id: AccountId,
        /// The message.
        message: Message,
    },
}

#[derive(Serialize, Deserialize)]
struct StoredAction {
    at: u64,
    pending_action: PendingAction,
}

/// The effect of a gesture.
enum GestureEffect {
    /// Open the popup, which carries out the action.
    InPopup(PendingAction),
    /// Fill the code of the site's only account into the frame with this id, or into the focused frame.
    Fill(Option<i32>),
    /// Nothing to do.
    Nothing,
}

/// The clicked element, as reported by the browser.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Click {
    menu_item_id: String,
    src_url: String,
    link_url: String,
    selection_text: String,
    frame_id: i32,
    #[serde(skip)]
    site: Option<String>,
}

/// One entry of the context menu.
struct MenuItem {
    /// The entry's id, which is also the key of its text in `_locales`.
    id: &'static str,
    /// The contexts in which it is shown.
    contexts: &'static [&'static str],
    act: fn(Click) -> GestureEffect,
}

/// A keyboard shortcut of the extension.
struct Shortcut {
    /// The shortcut's name in the manifest's `commands`.
    name: &'static str,
    act: fn() -> GestureEffect,
}

/// An entry's properties for the browser.
#[derive(Serialize)]
struct Properties {
    id: &'static str,
    title: String,
    contexts: &'static [&'static str],
}

/// The context menu. The entry for links appears on every link: a URL pattern for the supported schemes would never
/// match, because patterns require a host and these links have none.
const ENTRIES: [MenuItem; 5] = [
    MenuItem { id: "menu_fill", contexts: &["editable"], act: |click| GestureEffect::Fill(Some(click.frame_id)) },
    MenuItem {
        id: "menu_scan_page",
        contexts: &["page", "frame", "video"],
        act: |_| GestureEffect::InPopup(PendingAction::Scan),
    },
    MenuItem { id: "menu_read_image", contexts: &["image"], act: read_image },
    MenuItem { id: "menu_add_link", contexts: &["link"], act: |click| add_text(click.link_url, click.site) },
    MenuItem {
        id: "menu_add_selection",
        contexts: &["selection"],
        act: |click| add_text(click.selection_text, click.site),
    },
];

/// The shortcuts.
const SHORTCUTS: [Shortcut; 2] = [
    Shortcut { name: "scan", act: || GestureEffect::InPopup(PendingAction::Scan) },
    Shortcut { name: "fill", act: || GestureEffect::Fill(None) },
];

fn read_image(click: Click) -> GestureEffect {
    GestureEffect::InPopup(PendingAction::Image { address: click.src_url, frame: click.frame_id, site: click.site })
}

fn add_text(text: String, site: Option<String>) -> GestureEffect {
    if text.len() > MAX_TEXT_BYTES {
        GestureEffect::Nothing
    } else {
        GestureEffect::InPopup(PendingAction::Text { text, site })
    }
}

/// Creates the menu entries.
pub(super) async fn create() {
    let _ = chrome::remove_menus().await;
    for MenuItem { id, contexts, .. } in ENTRIES {
        let properties = Properties { id, title: chosen_language::text(&app(), id).await, contexts };
        chrome::create_menu(&to_js(&properties));
    }
}

/// Handles a click on an entry.
pub async fn clicked(info: JsValue, tab: JsValue) {
    let Some(mut click) = from_js::<Click>(info) else { return };
    click.site = scan::site(from_js::<CurrentTab>(tab).as_ref());
    if let Some(entry) = ENTRIES.iter().find(|entry| entry.id == click.menu_item_id) {
        perform((entry.act)(click)).await;
    }
}

/// Handles a shortcut.
pub async fn pressed(name: String) {
    if let Some(shortcut) = SHORTCUTS.iter().find(|shortcut| shortcut.name == name) {
        perform((shortcut.act)()).await;
    }
}

async fn perform(effect: GestureEffect) {
    match effect {
        GestureEffect::InPopup(pending_action) => store_and_open_popup(pending_action).await,
        GestureEffect::Fill(frame) => match fill::fill_only_match(&app(), frame).await {
            OnlyMatchResult::Filled => {}
            // The popup lists this site's accounts first, each with a Fill button.
            OnlyMatchResult::Choose => drop(chrome::open_popup().await),
            OnlyMatchResult::Report(message) => store_and_open_popup(PendingAction::Report { message }).await,
            OnlyMatchResult::Copy(id, message) => store_and_open_popup(PendingAction::Copy { id, message }).await,
        },
        GestureEffect::Nothing => {}
    }
}

/// Stores an action for the popup and opens it.
pub(super) async fn store_and_open_popup(pending_action: PendingAction) {
    let text = serde_json::to_string(&StoredAction { at: now_seconds(), pending_action }).unwrap_or_default();
    let stored = to_js(&serde_json::json!({ (SessionKey::PendingAction.name()): text }));
    let _ = chrome::session_set(&js_sys::Object::from(stored)).await;
    // Fails in windows without a toolbar; the action then waits for a click on the icon.
    let _ = chrome::open_popup().await;
}

/// Takes the pending action.
pub(super) async fn take_pending_action() -> Option<PendingAction> {
    let stored = stored_action().await?;
    let _ = chrome::session_remove(SessionKey::PendingAction.name()).await;
    is_fresh(&stored).then_some(stored.pending_action)
}

/// Deletes an expired action.
pub(super) async fn forget_old_pending_action() {
    if stored_action().await.is_some_and(|stored| !is_fresh(&stored)) {
        let _ = chrome::session_remove(SessionKey::PendingAction.name()).await;
    }
}

async fn stored_action() -> Option<StoredAction> {
    let read = chrome::session_get(&js_sys::Array::of1(&SessionKey::PendingAction.name().into())).await.ok()?;
    let text = js_sys::Reflect::get(&read, &SessionKey::PendingAction.name().into()).ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}

fn is_fresh(stored: &StoredAction) -> bool {
    now_seconds().saturating_sub(stored.at) <= PENDING_ACTION_SECONDS
}

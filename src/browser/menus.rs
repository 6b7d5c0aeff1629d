//! The context menu and the shortcuts.
//!
//! Each entry of the menu is one row of [`ENTRIES`]; each shortcut, by its name in the manifest, one of [`SHORTCUTS`].
//! The gesture lets us see the tab. What it asks for is done in the popup, which opens: there the vault can be unlocked
//! first, and the user sees what comes of it. Until then the wish lies in the session's memory. Filling alone is done
//! at once, and the popup opens only where there is something to choose, to confirm or to say.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::chrome::{self, from_js, to_js};
use super::fill::{self, ForTheOne};
use super::worker::{Tab, app};
use super::{now_seconds, scan};
use crate::app::WISH;
use crate::app::protocol::{Message, RecoveryAsk};

/// A wish that nobody came back to is forgotten after so many seconds.
const WISH_SECONDS: u64 = 5 * 60;
/// Longer texts are no links, in bytes.
const MAX_TEXT_BYTES: usize = 64 * 1024;

/// What the user asked for outside the popup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// To read the codes on the tab.
    Scan,
    /// To read the code in one image.
    Image {
        /// Its address.
        address: String,
        /// The frame that it is in.
        frame: i32,
        /// The tab's origin.
        site: Option<String>,
    },
    /// To add what a link or a selected text holds.
    Text {
        /// The link, or the text.
        text: String,
        /// The tab's origin.
        site: Option<String>,
    },
    /// To ask for the password for a recovery code that was picked on a page.
    Recovery {
        /// Whose, and where.
        ask: RecoveryAsk,
    },
    /// To say why a field was not filled.
    Say {
        /// The sentence.
        message: Message,
    },
}

#[derive(Serialize, Deserialize)]
struct Left {
    at: u64,
    wish: Wish,
}

/// What a gesture comes to.
enum Act {
    /// The popup opens and does it.
    InPopup(Wish),
    /// The tab's one account is typed into it: into the frame that was clicked in, or the one that has the focus.
    Fill(Option<i32>),
    /// There is nothing to do.
    Nothing,
}

/// What was clicked on, as the browser says it.
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
struct Entry {
    /// Its id, and the key of its words in `_locales`.
    id: &'static str,
    /// Where it is shown.
    contexts: &'static [&'static str],
    act: fn(Click) -> Act,
}

/// One shortcut.
struct Shortcut {
    /// Its name in the manifest's `commands`.
    name: &'static str,
    act: fn() -> Act,
}

/// What the browser is told of an entry.
#[derive(Serialize)]
struct Properties {
    id: &'static str,
    title: String,
    contexts: &'static [&'static str],
}

/// The context menu. A link's entry is there on every link: the browser takes a pattern for the schemes that are read, but
/// it never matches, since their addresses have a host and such a pattern has none.
const ENTRIES: [Entry; 5] = [
    Entry { id: "menu_fill", contexts: &["editable"], act: |click| Act::Fill(Some(click.frame_id)) },
    Entry { id: "menu_scan_page", contexts: &["page", "frame", "video"], act: |_| Act::InPopup(Wish::Scan) },
    Entry { id: "menu_read_image", contexts: &["image"], act: read_image },
    Entry { id: "menu_add_link", contexts: &["link"], act: |click| add_text(click.link_url, click.site) },
    Entry {
        id: "menu_add_selection",
        contexts: &["selection"],
        act: |click| add_text(click.selection_text, click.site),
    },
];

/// The shortcuts.
const SHORTCUTS: [Shortcut; 2] =
    [Shortcut { name: "scan", act: || Act::InPopup(Wish::Scan) }, Shortcut { name: "fill", act: || Act::Fill(None) }];

fn read_image(click: Click) -> Act {
    Act::InPopup(Wish::Image { address: click.src_url, frame: click.frame_id, site: click.site })
}

fn add_text(text: String, site: Option<String>) -> Act {
    if text.len() > MAX_TEXT_BYTES { Act::Nothing } else { Act::InPopup(Wish::Text { text, site }) }
}

/// Puts the entries into the menu, again.
pub(super) async fn create() {
    let _ = chrome::remove_menus().await;
    for Entry { id, contexts, .. } in ENTRIES {
        let properties = Properties { id, title: chrome::words(id), contexts };
        chrome::create_menu(&to_js(&properties));
    }
}

/// An entry was clicked on.
pub async fn clicked(info: JsValue, tab: JsValue) {
    let Some(mut click) = from_js::<Click>(info) else { return };
    click.site = scan::site(from_js::<Tab>(tab).as_ref());
    if let Some(entry) = ENTRIES.iter().find(|entry| entry.id == click.menu_item_id) {
        perform((entry.act)(click)).await;
    }
}

/// A shortcut was pressed.
pub async fn pressed(name: String) {
    if let Some(shortcut) = SHORTCUTS.iter().find(|shortcut| shortcut.name == name) {
        perform((shortcut.act)()).await;
    }
}

async fn perform(act: Act) {
    match act {
        Act::InPopup(wish) => leave(wish).await,
        Act::Fill(frame) => match fill::fill_the_one(&app(), frame).await {
            ForTheOne::Filled => {}
            // The rows of this site stand on top there, each with its button.
            ForTheOne::Choose => drop(chrome::open_popup().await),
            ForTheOne::Say(message) => leave(Wish::Say { message }).await,
        },
        Act::Nothing => {}
    }
}

/// Leaves a wish for the popup, and opens it.
pub(super) async fn leave(wish: Wish) {
    let left = serde_json::to_string(&Left { at: now_seconds(), wish }).unwrap_or_default();
    let _ = chrome::session_set(&js_sys::Object::from(to_js(&serde_json::json!({ WISH: left })))).await;
    // Refused where the window has no toolbar: then the wish waits for a click on the icon.
    let _ = chrome::open_popup().await;
}

/// What is left to do, once.
pub(super) async fn take_wish() -> Option<Wish> {
    let left = left().await?;
    let _ = chrome::session_remove(WISH).await;
    is_fresh(&left).then_some(left.wish)
}

/// Forgets what nobody came back to.
pub(super) async fn forget_old_wish() {
    if left().await.is_some_and(|left| !is_fresh(&left)) {
        let _ = chrome::session_remove(WISH).await;
    }
}

async fn left() -> Option<Left> {
    let read = chrome::session_get(&js_sys::Array::of1(&WISH.into())).await.ok()?;
    let text = js_sys::Reflect::get(&read, &WISH.into()).ok()?.as_string()?;
    serde_json::from_str(&text).ok()
}

fn is_fresh(left: &Left) -> bool {
    now_seconds().saturating_sub(left.at) <= WISH_SECONDS
}

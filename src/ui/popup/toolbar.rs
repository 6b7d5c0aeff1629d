//! The bar above the list: search, sync status, add, and the menu.

use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::super::components::{icon, icon as drawings};
use super::super::focus;
use super::super::state::{ContextType, Ui, View};
use super::super::texts::{localize, localize_message, localize_with};
use super::groups;
use super::menu::{Entry, Menu};
use crate::app::protocol::{LockVault, ScanTab, SyncNow, SyncStatus};
use crate::browser::{page, side_panel};
use crate::casdoor::LoginPage;
use crate::vault::Sort;

/// Focuses the search field.
pub fn focus_search() {
    focus::focus_selector("[data-field=search]");
}

/// Returns the toolbar. `enter` handles Enter in the search field, with true if Ctrl or Cmd is held; `down` moves the
/// focus into the list.
pub fn toolbar(
    ui: Ui,
    menu: RwSignal<Option<Menu>>,
    enter: impl Fn(bool) + Copy + 'static,
    down: impl Fn() + Copy + 'static,
) -> AnyView {
    let node = NodeRef::<Input>::new();
    node.on_load(|input| drop(input.focus()));
    let on_key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            enter(event.ctrl_key() || event.meta_key());
        }
        "ArrowDown" => {
            event.prevent_default();
            down();
        }
        _ => {}
    };
    view! {
        <header class="bar">
            <label class="search">
                {icon(drawings::SEARCH)}
                <input
                    node_ref=node
                    type="search"
                    data-field="search"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=localize("search")
                    placeholder=localize("search")
                    prop:value=ui.query
                    on:input=move |event| ui.query.set(event_target_value(&event))
                    on:keydown=on_key
                />
            </label>
            {sync_state(ui)}
            <button
                class="square"
                type="button"
                data-action="add"
                aria-label=localize("add")
                title=localize("add")
                on:click=move |_| ui.show_view(View::Add)
            >
                {icon(drawings::ADD)}
            </button>
            <button
                class="square"
                type="button"
                data-action="menu"
                aria-label=localize("menu")
                aria-haspopup="menu"
                title=localize("menu")
                on:click=move |event| menu.set(Some(Menu::below(&event, localize("menu"), main_entries(ui))))
            >
                {icon(drawings::MORE)}
            </button>
        </header>
    }
    .into_any()
}

fn main_entries(ui: Ui) -> Vec<Entry> {
    let (connected, locks) = ui
        .account_list
        .with_untracked(|account_list| (!account_list.connections.is_empty(), !account_list.device_only));
    let mut entries = Vec::new();
    if let ContextType::Popup { window } = ui.context {
        entries.push(Entry::new("scan", localize("scan"), move || ui.send_and_render(ScanTab)));
        if side_panel::is_supported() {
            entries.push(Entry::new("side-panel", localize("side_panel"), move || open_side_panel(ui, window)));
        }
    }
    if connected {
        entries.push(Entry::new("sync", localize("sync_now"), move || ui.send_and_render(SyncNow)));
    }
    entries.push(Entry::new("connect", localize("connect"), move || open_connect(ui)));
    for connection in ui.account_list.with_untracked(|account_list| account_list.connections.clone()) {
        let words = localize_with("factors_menu", &[&connection.host]);
        entries.push(Entry::new("factors", words, move || ui.show_view(View::Factors(connection.id))));
    }
    let sort = ui.account_list.with_untracked(|account_list| account_list.sort);
    let orders = [
        ("sort-own", "sort_own", Sort::Custom),
        ("sort-name", "sort_name", Sort::Name),
        ("sort-used", "sort_used", Sort::Used),
    ];
    for (name, words, order) in orders {
        let act = move || groups::arrange(ui, |sort, _| *sort = order);
        entries.push(Entry::new(name, localize(words), act).one_of(order == sort));
    }
    entries.push(Entry::new("shortcuts", localize("shortcuts_title"), move || ui.show_view(View::Shortcuts)));
    entries.push(Entry::new("exchange", localize("section_exchange"), || page::open_tab("options.html#exchange")));
    entries.push(Entry::new("settings", localize("settings"), || page::open_tab("options.html#accounts")));
    if locks {
        entries.push(Entry::new("lock", localize("lock"), move || ui.send_and_render(LockVault)));
    }
    entries
}

/// Opens the side panel, which takes over from the popup.
fn open_side_panel(ui: Ui, window: Option<i32>) {
    let opened = side_panel::open(window);
    spawn_local(async move {
        if opened.await {
            // A popup that cannot be closed stays open, which is harmless.
            drop(leptos::prelude::window().close());
        } else {
            ui.show_status(localize("page_no_answer"), true);
        }
    });
}

/// Opens the connect section in a tab, with the server and the organization of the current tab filled in. In the popup,
/// the permission prompt would close the page.
pub fn open_connect(ui: Ui) {
    let login = ui.page.get_value().as_deref().and_then(LoginPage::parse);
    let (server, organization) = match login {
        Some(login) => (login.server, login.organization),
        None => (ui.origin.get_value().unwrap_or_default(), String::new()),
    };
    let encode = |text: &str| String::from(js_sys::encode_uri_component(text));
    let mut address = format!("options.html#connect?server={}", encode(&server));
    if !organization.is_empty() {
        address.push_str("&organization=");
        address.push_str(&encode(&organization));
    }
    page::open_tab(&address);
}

/// Shows the sync status; a click explains it.
fn sync_state(ui: Ui) -> AnyView {
    let shown = move || {
        let status = ui.account_list.with(|account_list| account_list.sync);
        let (name, sign) = match status {
            SyncStatus::None => return None,
            SyncStatus::UpToDate => ("up_to_date", drawings::CHECK_MARK),
            SyncStatus::ToSend => ("to_send", drawings::ARROW_UP),
            SyncStatus::NeedsUser => ("needs_user", drawings::WARNING),
        };
        let words = localize(&format!("sync_{name}"));
        let explain = move |_| {
            let needed = status == SyncStatus::NeedsUser;
            let (notice, last) = ui.account_list.with_untracked(|account_list| {
                (
                    account_list.notices.first().filter(|_| needed).map(localize_message),
                    account_list.last_sync.as_deref().map(localize_message),
                )
            });
            let means = localize(&format!("sync_{name}_explanation"));
            let words = notice
                .unwrap_or_else(|| last.map_or(means.clone(), |last| localize_with("sync_last", &[&means, &last])));
            ui.show_status(words, false);
        };
        Some(view! {
            <button
                class="square sync"
                type="button"
                data-action="sync-status"
                data-sync=name
                aria-label=words.clone()
                title=words
                on:click=explain
            >
                {icon(sign)}
            </button>
        })
    };
    shown.into_any()
}

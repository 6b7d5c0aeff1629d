//! Keyboard shortcuts that work regardless of the focus: typing searches, `+` adds, `?` lists the shortcuts, Ctrl/Cmd+L
//! locks, Esc goes back, clears the search or closes the popup.

use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;

use super::super::state::{ScreenKind, Ui, View};
use crate::app::protocol::LockVault;

/// Handles the shortcuts for as long as the popup is open.
pub fn listen(ui: Ui) {
    window_event_listener(ev::keydown, move |event| {
        // While a menu is open, it handles all keys.
        let in_menu = document().query_selector("[data-menu]").is_ok_and(|menu| menu.is_some());
        if event.default_prevented() || event.is_composing() || in_menu {
            return;
        }
        if ui.screen.with_untracked(|screen| *screen == ScreenKind::AccountList) && on_account_list(ui, &event) {
            event.prevent_default();
        }
    });
}

/// Handles a key that was pressed while the vault is open. Returns true if the key is a shortcut.
fn on_account_list(ui: Ui, event: &KeyboardEvent) -> bool {
    let commands = event.ctrl_key() || event.meta_key();
    let in_list = ui.view.with_untracked(|view| matches!(view, View::List));
    match event.key().as_str() {
        "l" | "L" if commands => ui.send_and_render(LockVault),
        "Escape" => escape(ui, in_list),
        // In a search that has begun, a question mark belongs to the text.
        "?" if in_list && !commands && ui.query.with_untracked(String::is_empty) => ui.show_view(View::Shortcuts),
        "+" if in_list && !commands && !event.alt_key() => ui.show_view(View::Add),
        key if in_list && !commands && !event.alt_key() && key.chars().count() == 1 && key != " " => {
            // The browser inserts the character after this handler has run, so it is inserted into the search field.
            super::toolbar::focus_search();
            return false;
        }
        _ => return false,
    }
    true
}

/// Handles Esc: leaves the current view, clears the search or dismisses the message, in this order. If there is nothing
/// to leave or clear, closes the popup.
fn escape(ui: Ui, in_list: bool) {
    if !in_list {
        ui.back();
    } else if ui.query.with_untracked(|query| !query.is_empty()) {
        ui.query.set(String::new());
    } else if ui.status.with_untracked(Option::is_some) {
        ui.status.set(None);
    } else {
        super::row_actions::close();
    }
}

//! Keyboard shortcuts that work regardless of the focus: typing searches, `+` adds, Ctrl/Cmd+L locks, Esc clears or
//! closes.

use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;

use super::super::state::{Shown, Ui, View};
use crate::app::protocol::Request;

/// Listens for as long as the popup is open.
pub fn listen(ui: Ui) {
    window_event_listener(ev::keydown, move |event| {
        // An open menu handles all keys.
        let in_menu = document().query_selector("[data-menu]").is_ok_and(|menu| menu.is_some());
        if event.default_prevented() || event.is_composing() || in_menu {
            return;
        }
        if ui.screen.with_untracked(|screen| *screen == Shown::Board) && on_board(ui, &event) {
            event.prevent_default();
        }
    });
}

/// Returns true if the key was handled.
fn on_board(ui: Ui, event: &KeyboardEvent) -> bool {
    let commands = event.ctrl_key() || event.meta_key();
    let in_list = ui.view.with_untracked(|view| matches!(view, View::List));
    match event.key().as_str() {
        "l" | "L" if commands => ui.perform(Request::Lock),
        "Escape" => escape(ui, in_list),
        "+" if in_list && !commands && !event.alt_key() => ui.show_view(View::Add),
        key if in_list && !commands && !event.alt_key() && key.chars().count() == 1 && key != " " => {
            // The typed letter ends up in the field, because the focus moves before the browser inserts it.
            super::toolbar::focus_search();
            return false;
        }
        _ => return false,
    }
    true
}

/// Clears what can be cleared; otherwise closes the popup.
fn escape(ui: Ui, in_list: bool) {
    if !in_list {
        ui.back();
    } else if ui.query.with_untracked(|query| !query.is_empty()) {
        ui.query.set(String::new());
    } else if ui.said.with_untracked(Option::is_some) {
        ui.said.set(None);
    } else {
        super::row_actions::close();
    }
}

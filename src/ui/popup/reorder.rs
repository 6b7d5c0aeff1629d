//! Reorders accounts by dragging or with the keyboard. An account can be moved only within its section: pinned
//! accounts, accounts of the current site, or all others. The list must be in the user's own order, and not filtered by
//! a search.

use std::sync::Arc;

use gloo::timers::callback::Timeout;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::super::texts::{localize_with, title};
use super::list::List;
use super::{row_actions, units};
use crate::app::protocol::{AccountList, MoveAccount};
use crate::vault::{AccountId, Sort};

/// The distance, in pixels, that the pointer must move to start a drag. A shorter movement is a click.
const THRESHOLD: i32 = 6;
/// The distance from the list's upper and lower edge, in pixels, within which a drag scrolls the list.
const EDGE: i32 = 28;
/// The distance, in pixels, by which each pointer event scrolls the list there.
const SCROLL: i32 = 14;

/// A row that is pressed or dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drag {
    /// The account.
    pub id: AccountId,
    /// The vertical position at which the pointer was pressed, in pixels from the top of the window.
    pressed_at: i32,
    /// The index in its section at which the row would be dropped; `None` until the pointer has moved far enough.
    target: Option<usize>,
    /// True once the pointer was released. The click event that follows belongs to the drag.
    released: bool,
}

impl Drag {
    /// Returns true once the pointer has moved far enough to start the drag.
    pub fn is_moving(self) -> bool {
        self.target.is_some()
    }
}

/// Returns the accounts in an account's section that are shown, in their order; empty if the list cannot be reordered.
fn section(list: List, id: AccountId) -> Vec<AccountId> {
    let is_movable = list.ui.query.with_untracked(String::is_empty);
    list.ui.account_list.with_untracked(|account_list| {
        let Some(row) = account_list.rows.iter().find(|row| row.id == id) else { return Vec::new() };
        if !is_movable || account_list.sort != Sort::Custom {
            return Vec::new();
        }
        let is_shown = |id| list.layout.with_untracked(|layout| layout.index_of(id)).is_some();
        let same = account_list.rows.iter().filter(|other| (other.fills, other.pinned) == (row.fills, row.pinned));
        same.map(|other| other.id).filter(|id| is_shown(*id)).collect()
    })
}

/// Returns true if the account can be moved up or down.
pub fn can_step(list: List, id: AccountId, is_down: bool) -> bool {
    let ids = section(list, id);
    let end = if is_down { ids.last() } else { ids.first() };
    end.is_some_and(|end| *end != id)
}

/// Moves an account up or down by one.
pub fn step(list: List, id: AccountId, is_down: bool) {
    if can_step(list, id, is_down) {
        let at = section(list, id).iter().position(|other| *other == id).unwrap_or(0);
        move_to(list, id, if is_down { at.saturating_add(1) } else { at.saturating_sub(1) });
    }
}

/// Moves an account to a position in its section.
fn move_to(list: List, id: AccountId, position: usize) {
    let ui = list.ui;
    let ids = section(list, id);
    let others: Vec<AccountId> = ids.iter().copied().filter(|other| *other != id).collect();
    if ids.get(position) == Some(&id) {
        return;
    }
    let before = others.get(position).copied();
    let who = row_actions::row_of(ui, id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default();
    let place = position.min(others.len()).saturating_add(1);
    let told = localize_with("moved_announcement", &[&who, &place.to_string(), &ids.len().to_string()]);
    // The row moves at once, without waiting until the worker has stored its new position.
    ui.account_list.update(|account_list| place_row(Arc::make_mut(account_list), id, before, others.last().copied()));
    ui.send_once(MoveAccount { id, before }, move |ui, screen| match screen {
        Ok(screen) => {
            ui.announcement.set(told);
            ui.render_screen(screen);
        }
        Err(message) => {
            ui.show_failure(&message);
            // Restores the stored order.
            ui.refresh_screen();
        }
    });
}

/// Moves a row in front of `before`, or behind `last`, the last row of its section.
fn place_row(account_list: &mut AccountList, id: AccountId, before: Option<AccountId>, last: Option<AccountId>) {
    let Some(from) = account_list.rows.iter().position(|row| row.id == id) else { return };
    let row = account_list.rows.remove(from);
    let index = |id: AccountId| account_list.rows.iter().position(|row| row.id == id);
    let to = before.and_then(index).or_else(|| last.and_then(index).map(|at| at.saturating_add(1)));
    account_list.rows.insert(to.unwrap_or(from), row);
}

/// Handles a press on a row. Only a mouse or pen can drag a row, because touch scrolls the list.
pub fn press(list: List, id: AccountId, event: &PointerEvent) {
    list.drag.set(None);
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is_on_row = target.is_some_and(|target| target.closest(".main").is_ok_and(|main| main.is_some()));
    if is_on_row && event.button() == 0 && event.pointer_type() != "touch" && section(list, id).len() > 1 {
        list.drag.set(Some(Drag { id, pressed_at: event.client_y(), target: None, released: false }));
    }
}

/// Handles pointer movement over any row, because a fast pointer may leave the pressed row before it is captured.
pub fn drag(list: List, event: &PointerEvent) {
    let Some(drag) = list.drag.get_untracked().filter(|drag| !drag.released) else { return };
    if event.buttons() & 1 == 0 {
        // The button was released outside of the list.
        return list.drag.set(None);
    }
    let has_moved = event.client_y().abs_diff(drag.pressed_at) >= THRESHOLD.unsigned_abs();
    if drag.target.is_none() {
        if !has_moved {
            return;
        }
        if let Some(row) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
            // If the capture fails, the drag is only tracked while the pointer is over a row, which is harmless.
            drop(row.set_pointer_capture(event.pointer_id()));
        }
    }
    let Some(scroller) = list.scroller.get_untracked() else { return };
    #[expect(clippy::cast_possible_truncation, reason = "the position of an element in the window")]
    let above = scroller.get_bounding_client_rect().top() as i32;
    let y = event.client_y().saturating_sub(above);
    if y < EDGE {
        scroller.set_scroll_top(scroller.scroll_top().saturating_sub(SCROLL));
    } else if y > scroller.client_height().saturating_sub(EDGE) {
        scroller.set_scroll_top(scroller.scroll_top().saturating_add(SCROLL));
    }
    let y = units::from_pixels(y.saturating_add(scroller.scroll_top()));
    let others = section(list, drag.id).into_iter().filter(|other| *other != drag.id);
    let is_above = |other: &AccountId| {
        list.layout.with_untracked(|layout| layout.middle_of(*other)).is_some_and(|middle| middle < y)
    };
    list.drag.set(Some(Drag { target: Some(others.filter(is_above).count()), ..drag }));
}

/// Handles the release of the pointer, and moves the dragged row.
pub fn release(list: List) {
    let Some(drag) = list.drag.get_untracked().filter(|drag| !drag.released) else { return };
    let Some(target) = drag.target else { return list.drag.set(None) };
    list.drag.set(Some(Drag { target: None, released: true, ..drag }));
    // The click event that belongs to the drag arrives before this timeout.
    Timeout::new(0, move || list.drag.set(None)).forget();
    move_to(list, drag.id, target);
}

/// Returns true if a drag has just ended, so that the click event that follows must be ignored.
pub fn was_drag(list: List) -> bool {
    list.drag.with_untracked(|drag| drag.is_some_and(|drag| drag.released))
}

/// Returns the line that shows where the row would be dropped.
pub fn line(list: List) -> Option<AnyView> {
    let drag = list.drag.get()?;
    let target = drag.target?;
    let others: Vec<AccountId> = section(list, drag.id).into_iter().filter(|other| *other != drag.id).collect();
    let top = match others.get(target) {
        Some(before) => list.layout.with(|layout| layout.top_of(*before))?,
        None => list.layout.with(|layout| layout.bottom_of(*others.last()?))?,
    };
    Some(view! { <li class="drop-line" aria-hidden="true" style:top=units::rem(top)></li> }.into_any())
}

//! The actions for an account in the list.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::super::large_code;
use super::super::state::{StatusMessage, Ui, Undo, View};
use super::super::texts::{localize, localize_message, localize_with, title};
use crate::app::protocol::{
    AllowSite, CountUse, CounterCode, FillAnswer, FillCode, Filled, GenerateNextCode, Message, MoveToTrash,
    RestoreAccount, Row,
};
use crate::browser::page;
use crate::vault::AccountId;

/// How long a row shows "Copied".
const COPIED_MILLISECONDS: u32 = 1_500;

/// Returns the row of an account; `None` if the account list no longer contains it.
pub fn row_of(ui: Ui, id: AccountId) -> Option<Row> {
    ui.account_list.with_untracked(|account_list| account_list.rows.iter().find(|row| row.id == id).cloned())
}

/// Returns the code to copy: the current time-based code, or the last generated counter-based one.
fn code_now(ui: Ui, row: &Row) -> Option<String> {
    let (now, _) = page::now();
    let of_time = row.code_at(now).map(|(code, _)| code.to_owned());
    of_time.or_else(|| {
        ui.counted.with_untracked(|codes| codes.iter().find(|(id, _)| *id == row.id).map(|(_, code)| code.clone()))
    })
}

/// Copies the code. For a counter-based account without a generated code, generates one first.
pub fn copy(ui: Ui, id: AccountId) {
    let Some(row) = row_of(ui, id) else { return };
    match code_now(ui, &row) {
        Some(code) => copy_text(ui, &row, code),
        None if row.period == 0 => next_code(ui, id),
        None => ui.refresh_screen(),
    }
}

/// Copies the code after the current one.
pub fn copy_next(ui: Ui, id: AccountId) {
    let Some(row) = row_of(ui, id) else { return };
    let (now, _) = page::now();
    let next = row.code_at(now).and_then(|(_, until)| row.code_at(until)).map(|(code, _)| code.to_owned());
    if let Some(code) = next {
        copy_text(ui, &row, code);
    }
}

fn copy_text(ui: Ui, row: &Row, code: String) {
    let (id, who) = (row.id, title(&row.issuer, &row.name));
    count_use(ui, id);
    spawn_local(async move {
        if !page::copy(&code).await {
            ui.show_status(localize("copy_blocked"), true);
            return;
        }
        ui.status.set(None);
        ui.copied.set(Some(id));
        ui.announcement.set(localize_with("copied_announcement", &[&who]));
        Timeout::new(COPIED_MILLISECONDS, move || {
            if ui.copied.get_untracked() == Some(id) {
                ui.copied.set(None);
                ui.announcement.set(String::new());
            }
        })
        .forget();
    });
}

/// Counts a use of the account, for sorting by use. A failure is ignored, because it affects only that order.
fn count_use(ui: Ui, id: AccountId) {
    ui.send(CountUse { id }, |_, _| ());
}

/// Opens a tab with the code in large type, which a counter-based account cannot have.
pub fn show_large(ui: Ui, id: AccountId) {
    if row_of(ui, id).is_some_and(|row| row.period > 0) {
        page::open_tab(&large_code::address(id));
    }
}

/// Generates the next code of a counter-based account and copies it.
pub fn next_code(ui: Ui, id: AccountId) {
    ui.ask_once(GenerateNextCode { id }, move |ui, CounterCode { code, .. }| {
        ui.counted.update(|codes| {
            codes.retain(|(other, _)| *other != id);
            codes.push((id, code.clone()));
        });
        if let Some(row) = row_of(ui, id) {
            copy_text(ui, &row, code);
        }
    });
}

/// Fills the code into the current tab. If that fails, copies the code instead and shows why.
pub fn fill(ui: Ui, id: AccountId) {
    count_use(ui, id);
    ui.ask_once(FillCode { id }, move |ui, answer| match answer {
        FillAnswer::Filled(Filled { filled: true, .. }) | FillAnswer::ChoosingOnPage => close(),
        FillAnswer::Filled(Filled { code: Some(code), message, .. }) => {
            spawn_local(put_on_clipboard(ui, code, message));
        }
        FillAnswer::Filled(Filled { message, .. }) => ui.show_failure(&message),
        FillAnswer::ConfirmSite(question) => ui.show_view(View::ConfirmSite(id, question)),
    });
}

/// Approves the site for this account and fills the code.
pub fn allow_and_fill(ui: Ui, id: AccountId, origin: String, accepts_look_alike: bool) {
    ui.send_once(AllowSite { id, origin, allowed: true, accepts_look_alike }, move |ui, screen| {
        let allowed = screen.is_ok();
        ui.render(screen);
        ui.back();
        if allowed {
            fill(ui, id);
        }
    });
}

/// Approves the site of a frame for this account, and fills the code once the browser has granted access to the frame.
/// The browser may close the popup when it shows the permission prompt, so the approval is sent before the user
/// answers. In that case, the user only has to click *Fill* again.
pub fn allow_frame_and_fill(
    ui: Ui,
    id: AccountId,
    origin: String,
    permission: &str,
    host: String,
    accepts_look_alike: bool,
) {
    let granted = page::request_host(permission);
    ui.ask_once(AllowSite { id, origin, allowed: true, accepts_look_alike }, move |ui, screen| {
        ui.render_screen(screen);
        ui.back();
        spawn_local(async move {
            if granted.await {
                fill(ui, id);
            } else {
                ui.show_status(localize_with("confirm_frame_not_granted", &[&host]), true);
            }
        });
    });
}

/// Copies a code that could not be filled, and says why.
pub async fn put_on_clipboard(ui: Ui, code: String, message: Message) {
    let copied = page::copy(&code).await;
    ui.show_status(if copied { localize_message(&message) } else { localize("copy_blocked") }, !copied);
}

/// Closes the popup.
pub fn close() {
    // A window that cannot be closed stays open, which is harmless.
    drop(window().close());
}

/// Moves an account to the trash, and offers to undo this.
pub fn move_to_trash(ui: Ui, id: AccountId) {
    let who = row_of(ui, id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default();
    ui.ask_once(MoveToTrash { id }, move |ui, screen| {
        ui.render_screen(screen);
        ui.status.set(Some(StatusMessage {
            text: localize_with("trashed", &[&who]),
            failed: false,
            undo: Some(Undo::by(&RestoreAccount { id })),
        }));
    });
}

/// Handles Enter: fills if the row offers it or Ctrl/Cmd is held; otherwise copies.
pub fn enter(ui: Ui, id: AccountId, commands: bool) {
    let fills = row_of(ui, id).is_some_and(|row| row.fills);
    if fills || commands { fill(ui, id) } else { copy(ui, id) }
}

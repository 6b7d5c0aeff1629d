//! The popup. To appear without delay, it first renders the account list in the session storage, and then the worker's
//! reply.

pub(super) mod confirm_site;
mod first_frame;
mod groups;
mod keyboard;
mod list;
mod menu;
mod reorder;
mod row;
pub(super) mod row_actions;
mod row_menu;
mod toolbar;
mod units;

use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::badge::Icons;
use super::state::{ContextType, ScreenKind, Ui, View};
use super::{clock, components, factors, focus, form, recovery, scan_results, shortcuts, show_qr, unlock_screens};
use crate::app::accounts::list_view;
use crate::app::protocol::{AccountList, FirstRead, Phase, RunPendingAction};
use crate::browser::page;

/// Renders the popup. `first` is a promise of the stored data that the page's script has read while this wasm was
/// compiled.
pub fn mount(first: Promise) {
    spawn_local(async move {
        let first = page::first_read(first).await;
        let icons = first_frame::take_over();
        leptos::mount::mount_to_body(move || root(first, Icons::new(icons)));
    });
}

fn root(first: FirstRead, icons: Icons) -> AnyView {
    let (now, _) = page::now();
    let place = if first.is_panel { ContextType::SidePanel } else { ContextType::Popup { window: first.window } };
    let ui = Ui::new(now, place, first.url.as_deref().and_then(page::web_page), icons);
    provide_context(ui);
    run_pending_action(ui, first.has_pending_action);
    paint_first(ui, first, now);
    clock::start(ui);
    ui.refresh_screen();
    Effect::new(move |_| {
        if ui.screen.with(|screen| *screen != ScreenKind::Nothing) {
            components::after_paint();
        }
        if ui.screen.with(|screen| *screen == ScreenKind::AccountList) {
            icons.load();
        }
    });
    focus::restore_when_lost();
    keyboard::listen(ui);
    match place {
        ContextType::SidePanel => page::on_vault_changed(move || ui.refresh_screen()),
        // The next popup starts with what this one shows.
        ContextType::Popup { .. } | ContextType::Tab => first_frame::store_after_changes(ui),
    }
    let content = move || match ui.screen.get() {
        ScreenKind::AccountList => account_list(ui),
        _ => unlock_screens::unlock_screen(ui),
    };
    view! { <main>{content}</main> {move || components::status_line(ui)} }.into_any()
}

/// Runs the action that the user started from the context menu or with a keyboard shortcut, as soon as the vault is
/// open.
fn run_pending_action(ui: Ui, pending: bool) {
    let left = StoredValue::new(pending);
    Effect::new(move |_| {
        if ui.screen.with(|screen| *screen == ScreenKind::AccountList) && left.get_value() {
            left.set_value(false);
            ui.send_and_render(RunPendingAction);
        }
    });
}

/// Renders what is known before the worker has started: an account list whose codes are still valid, or the first-run
/// or locked screen.
fn paint_first(ui: Ui, first: FirstRead, now: u64) {
    let good = |account_list: &AccountList| {
        now < account_list.lock_at && list_view::runs_out_at(account_list).is_none_or(|end| now < end)
    };
    match first.account_list.filter(good) {
        Some(mut account_list) => {
            list_view::fit_to_site(&mut account_list, ui.page.get_value().as_deref());
            ui.show_account_list(account_list);
        }
        None => match first.phase {
            Some(Phase::New) => ui.screen.set(ScreenKind::FirstRun),
            Some(Phase::Locked) => ui.screen.set(ScreenKind::Locked),
            // Nothing is shown yet, because the worker's reply decides: it contains the account list of a vault without
            // a password, or the screen that the organization's policy requires.
            Some(Phase::Device | Phase::Managed) | None => {}
        },
    }
}

/// Returns the view to show while the vault is open.
fn account_list(ui: Ui) -> AnyView {
    (move || match ui.view.get() {
        // The camera is never in the popup, because the permission prompt would close it.
        View::List | View::Camera => list::list(ui),
        View::Add => form::add(ui),
        View::Edit(id) => form::edit(ui, id),
        View::ScanResults(found) => scan_results::found(ui, &found),
        View::Shortcuts => shortcuts::screen(ui),
        View::Qr(id) => show_qr::show_qr(ui, id),
        View::Factors(id) => factors::screen(ui, id),
        View::ConfirmSite(id, question) => confirm_site::confirm_site(ui, id, question),
        View::FirstUse(ask) => confirm_site::confirm_first_use(ui, ask),
        View::Recovery(id) => recovery::recovery(ui, id),
        View::UseRecovery(ask) => recovery::use_recovery(ui, ask),
    })
    .into_any()
}

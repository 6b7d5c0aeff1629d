//! The accounts section: all accounts, adding an account, and the trash.

use leptos::prelude::*;

use super::super::components::{drawing, icon, nothing_here};
use super::super::form;
use super::super::state::{Ui, View};
use super::super::texts::{localize, localize_with, title};
use super::{accounts_table, welcome};
use crate::app::protocol::{DeleteAccount, EmptyTrash, ListTrash, RestoreAccount, TrashRow};
use crate::browser::intl;

/// The trash that the worker sent last; `None` until it has answered.
type Trash = RwSignal<Option<Vec<TrashRow>>>;

/// Returns the accounts section.
pub fn section(ui: Ui) -> AnyView {
    let trash: Trash = RwSignal::new(None);
    // Reloads the trash whenever the number of accounts changes.
    let total = Memo::new(move |_| ui.account_list.with(|account_list| account_list.total));
    Effect::new(move |_| {
        // Reading the memo subscribes this effect. A memo that is never read is not computed and notifies nothing.
        total.get();
        ui.ask(ListTrash, move |_, rows| trash.set(Some(rows)));
    });
    let rows = move || {
        trash.get().map(|rows| {
            if rows.is_empty() {
                let empty = nothing_here(icon::TRASH, localize("trash_is_empty"));
                view! { <div data-trash="empty">{empty}</div> }.into_any()
            } else {
                let lines = rows.into_iter().map(|row| trash_row(ui, trash, row)).collect_view();
                view! { {empty(ui, trash)} <ul class="list">{lines}</ul> }.into_any()
            }
        })
    };
    (move || match ui.view.get() {
        View::Edit(id) => form::edit(ui, id),
        _ => shown(ui, rows),
    })
    .into_any()
}

fn shown(ui: Ui, trash: impl Fn() -> Option<AnyView> + Copy + Send + Sync + 'static) -> AnyView {
    let is_empty = Memo::new(move |_| ui.account_list.with(|account_list| account_list.total == 0));
    view! {
        <section data-screen="accounts">
            <header class="title">
                <h1>{localize("section_accounts")}</h1>
                {move || (!is_empty.get()).then(add_button)}
            </header>
            {move || is_empty.get().then(first_account)}
            {accounts_table::table(ui)}
            <h2>{localize("trash_title")}</h2>
            <p class="quiet">{localize("trash_text")}</p>
            {trash}
        </section>
    }
    .into_any()
}

fn add_button() -> AnyView {
    view! {
        <button class="primary" type="button" data-action="add" on:click=|_| super::go_to("add")>
            {icon(icon::ADD)}
            {localize("add")}
        </button>
    }
    .into_any()
}

/// Returns the ways to add the first account, shown in place of the list.
fn first_account() -> AnyView {
    view! {
        <div class="empty">
            {drawing(icon::KEY)}
            <h2>{localize("empty_title")}</h2>
            {welcome::ways_to_start()}
        </div>
    }
    .into_any()
}

/// Returns the button that empties the trash after a second click.
fn empty(ui: Ui, trash: Trash) -> AnyView {
    let sure = RwSignal::new(false);
    let empty = move |_| {
        if sure.get_untracked() {
            ui.ask_once(EmptyTrash, move |_, rows| trash.set(Some(rows)));
        } else {
            sure.set(true);
        }
    };
    let words = move || localize(if sure.get() { "trash_empty_all_confirm" } else { "trash_empty_all" });
    view! {
        <div class="buttons">
            <button type="button" class:wrong=sure data-action="empty-trash" disabled=ui.busy on:click=empty on:blur=move |_| sure.set(false)>
                {words}
            </button>
        </div>
    }
    .into_any()
}

fn trash_row(ui: Ui, trash: Trash, row: TrashRow) -> AnyView {
    let id = row.id;
    let (sure, who) = (RwSignal::new(false), title(&row.issuer, &row.name));
    let until = localize_with("trash_deleted_on", &[&intl::date(row.until)]);
    let restore = move |_| {
        ui.send_and_render(RestoreAccount { id });
    };
    let remove = move |_| {
        if sure.get_untracked() {
            ui.ask_once(DeleteAccount { id }, move |_, rows| trash.set(Some(rows)));
        } else {
            sure.set(true);
        }
    };
    let words = move || localize(if sure.get() { "trash_delete_confirm" } else { "trash_delete" });
    view! {
        <li data-trashed=id.to_string()>
            <span><b>{who}</b><small>{until}</small></span>
            <button type="button" data-action="restore" on:click=restore>{localize("trash_restore")}</button>
            <button type="button" class:wrong=sure data-action="delete-permanently" on:click=remove on:blur=move |_| sure.set(false)>
                {words}
            </button>
        </li>
    }
    .into_any()
}

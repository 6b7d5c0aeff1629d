//! A row of the list: account, code, remaining time and menu.

use leptos::prelude::*;
use web_sys::MouseEvent;

use super::super::components::{icon, icon as drawings};
use super::super::state::{Ui, View};
use super::super::texts::{say, say_with, title};
use super::list::List;
use super::menu::{Entry, Menu};
use super::row_actions;
use crate::app::accounts::list_view;
use crate::app::protocol::{Request, Row, RowMark};
use crate::vault::{AccountId, Keep};

/// The next code appears this many seconds before the current one ends.
const NEXT_SHOWN_SECONDS: u64 = 10;

/// A row's code at the current second.
#[derive(Clone, PartialEq, Eq, Default)]
struct Present {
    code: String,
    next: String,
}

/// Draws a row. The element is reused while the account is visible, whatever changes.
pub fn row(list: List, id: AccountId) -> AnyView {
    let ui = list.ui;
    let row = Memo::new(move |_| ui.board.with(|board| board.rows.iter().find(|row| row.id == id).cloned()));
    let place = Memo::new(move |_| list.layout.with(|layout| layout.top_of(id)).unwrap_or(0));
    let present = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| present(ui, row)).unwrap_or_default()));
    let open_menu = move |event: MouseEvent| {
        event.prevent_default();
        if let Some(row) = row.get_untracked() {
            list.menu.set(Some(Menu::below(&event, title(&row.issuer, &row.name), entries(ui, &row))));
        }
    };
    let fills = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.fills)));
    let counts = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.period == 0)));
    view! {
        <li
            class="row"
            class:fills=fills
            class:hidden=move || ui.board.with(|board| board.hides_codes)
            data-row=id.to_string()
            data-copied=move || (ui.copied.get() == Some(id)).then_some("")
            style:top=move || format!("{}px", place.get())
            on:contextmenu=open_menu
        >
            {main(ui, id, row, present)}
            {move || mark(row, open_menu)}
            {move || counts.get().then(|| next_button(ui, id, present.with(|present| present.code.is_empty())))}
            <button class="square more" type="button" data-action="row-menu" aria-haspopup="menu" aria-label=move || row.with(|row| more_label(row.as_ref())) on:click=open_menu>
                {icon(drawings::MORE)}
            </button>
            {move || fills.get().then(|| fill_button(ui, id))}
        </li>
    }
    .into_any()
}

fn present(ui: Ui, row: &Row) -> Present {
    let now = ui.now.get();
    let Some((code, until)) = row.code_at(now) else {
        let counted = ui.counted.with(|codes| codes.iter().find(|(id, _)| *id == row.id).map(|(_, code)| code.clone()));
        return Present { code: counted.unwrap_or_default(), next: String::new() };
    };
    let shown = until.saturating_sub(now) <= NEXT_SHOWN_SECONDS || ui.board.with(|board| board.shows_next);
    let next = if shown { row.code_at(until).map(|(code, _)| code.to_owned()) } else { None };
    Present { code: code.to_owned(), next: next.unwrap_or_default() }
}

/// Returns the clickable part, which copies the code.
fn main(ui: Ui, id: AccountId, row: Memo<Option<Row>>, present: Memo<Present>) -> AnyView {
    let text = move |part: fn(&Row) -> String| move || row.with(|row| row.as_ref().map(part).unwrap_or_default());
    let label = move || {
        let who = row.with(|row| row.as_ref().map(|row| format!("{}, {}", row.issuer, row.name)).unwrap_or_default());
        let code = present.with(|present| list_view::spelled(&present.code));
        say_with(if code.is_empty() { "row_label_none" } else { "row_label" }, &[&who, &code])
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            row_actions::enter(ui, id, event.ctrl_key() || event.meta_key());
        }
    };
    let second = move || {
        if ui.copied.get() == Some(id) {
            say("copied")
        } else {
            row.with(|row| row.as_ref().map(second_line).unwrap_or_default())
        }
    };
    view! {
        <button class="main" type="button" data-action="copy" aria-label=label on:click=move |_| row_actions::copy(ui, id) on:keydown=on_key>
            <span class="monogram" aria-hidden="true">{text(list_view::monogram)}</span>
            <span class="who">
                <b>{text(first_line)}</b>
                <span class="second">{second}</span>
            </span>
            <span class="codes">
                <span class="code" data-code=move || present.with(|present| present.code.clone())>
                    {move || present.with(|present| list_view::grouped(&present.code))}
                </span>
                {move || present.with(|present| next_line(&present.next))}
            </span>
            {move || row.with(|row| row.as_ref().map(|row| ring(ui, row)))}
        </button>
    }
    .into_any()
}

fn first_line(row: &Row) -> String {
    if row.marks.is_empty() && !row.issuer.is_empty() { row.issuer.clone() } else { title(&row.issuer, &row.name) }
}

fn second_line(row: &Row) -> String {
    if row.marks.is_empty() && !row.issuer.is_empty() { row.name.clone() } else { String::new() }
}

fn next_line(next: &str) -> Option<AnyView> {
    (!next.is_empty()).then(|| {
        view! { <span class="next" data-next=next.to_owned()>{say_with("next_code_is", &[&list_view::grouped(next)])}</span> }.into_any()
    })
}

/// Returns the countdown ring. The style sheet rotates it based on two numbers and the page's clock.
fn ring(ui: Ui, row: &Row) -> Option<AnyView> {
    if row.period == 0 {
        return None;
    }
    let period = u64::from(row.period);
    // Any start of a period works; one before the page was opened keeps the numbers small and positive.
    let phase = ui.opened_at.get_value().saturating_sub(row.from.checked_rem(period).unwrap_or(0)).checked_rem(period);
    let (period, phase) = (period.to_string(), phase.unwrap_or(0).to_string());
    Some(
        view! { <span class="ring" aria-hidden="true" style=("--period", period) style=("--phase", phase)></span> }
            .into_any(),
    )
}

fn more_label(row: Option<&Row>) -> String {
    row.map(|row| say_with("row_menu", &[&title(&row.issuer, &row.name)])).unwrap_or_default()
}

/// Shows the account's mark; a click explains it.
fn mark(row: Memo<Option<Row>>, open_menu: impl Fn(MouseEvent) + Copy + 'static) -> Option<AnyView> {
    let mark = row.with(|row| row.as_ref()?.marks.first().copied())?.name();
    let words = say(&format!("mark_{mark}"));
    let explained = say(&format!("mark_{mark}_means"));
    Some(
        view! {
            <button class="mark-of" type="button" data-mark=mark title=explained aria-haspopup="menu" on:click=open_menu>{words}</button>
        }
        .into_any(),
    )
}

/// Generates the next code: a text button before the first code, an icon next to the code afterward.
fn next_button(ui: Ui, id: AccountId, first: bool) -> AnyView {
    let (class, content) =
        if first { ("next-button", say("next_code").into_any()) } else { ("square next-again", icon(drawings::AGAIN)) };
    view! {
        <button
            class=class
            type="button"
            data-action="next-code"
            aria-label=say("next_code")
            title=say("next_code")
            on:click=move |_| row_actions::next_code(ui, id)
        >
            {content}
        </button>
    }
    .into_any()
}

fn fill_button(ui: Ui, id: AccountId) -> AnyView {
    view! {
        <button class="primary fill" type="button" data-action="fill" on:click=move |_| row_actions::fill(ui, id)>
            {say("fill")}
        </button>
    }
    .into_any()
}

/// Returns the entries of the row's menu.
fn entries(ui: Ui, row: &Row) -> Vec<Entry> {
    let (id, pinned) = (row.id, row.pinned);
    let missing = row.marks.contains(&RowMark::Missing);
    let mut entries = Vec::new();
    if missing {
        entries.push(Entry::new("put-back", say("put_back"), move || ui.perform(Request::Restore { id })));
    }
    if row.period > 0 {
        entries.push(Entry::new("copy-next", say("copy_next"), move || row_actions::copy_next(ui, id)));
    } else {
        entries.push(Entry::new("next-code", say("next_code_copy"), move || row_actions::next_code(ui, id)));
    }
    entries.extend(site_entry(ui, row));
    let pin = say(if pinned { "unpin" } else { "pin" });
    entries.push(Entry::new("pin", pin, move || ui.perform(Request::Pin { id, pinned: !pinned })));
    entries.push(Entry::new("edit", say("edit"), move || ui.view.set(View::Edit(id))));
    entries.push(Entry::new("show-qr", say("qr_menu"), move || ui.view.set(View::Qr(id))));
    entries.extend(keep_entries(ui, row));
    entries.push(Entry::new("bin", say("move_to_trash"), move || row_actions::bin(ui, id)));
    entries
}

/// Returns the entry that fills the current tab, asking for approval on a new site, or the one that revokes the
/// approval.
fn site_entry(ui: Ui, row: &Row) -> Option<Entry> {
    let (id, origin) = (row.id, ui.origin.get_value()?);
    let host = origin.split_once("://").map(|(_, host)| host.to_owned())?;
    if row.fills {
        let request = Request::AllowSite { id, origin, allowed: false, accepts_look_alike: false };
        return Some(Entry::new("disallow-site", say_with("disallow_site", &[&host]), move || {
            ui.perform(request.clone())
        }));
    }
    Some(Entry::new("fill-here", say_with("fill_here", &[&host]), move || row_actions::fill(ui, id)))
}

/// Returns the entries that select where the account is saved, if there is a choice.
fn keep_entries(ui: Ui, row: &Row) -> Vec<Entry> {
    let (id, present) = (row.id, row.keep);
    let connections = ui.board.with_untracked(|board| board.connections.clone());
    if connections.is_empty() {
        return Vec::new();
    }
    let entry = move |keep: Keep, words: String| {
        let act = move || {
            ui.ask(Request::KeepOn { id, keep }, |ui, reply| {
                ui.take(reply);
                ui.open()
            })
        };
        Entry::new("keep-on", words, act).one_of(keep == present)
    };
    let here = entry(Keep::Device, say("keep_device"));
    let there = connections.iter().map(|connection| {
        entry(Keep::Connection(connection.id), say_with("keep_connection", &[&connection.label, &connection.host]))
    });
    std::iter::once(here).chain(there).collect()
}

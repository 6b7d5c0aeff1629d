//! A row of the list: account, code, remaining time and menu.

use std::ops::Range;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

use super::super::badge::badge;
use super::super::components::{icon, icon as drawings};
use super::super::state::Ui;
use super::super::texts::{localize, localize_with, title};
use super::list::List;
use super::menu::Menu;
use super::{reorder, row_actions, row_menu, units};
use crate::app::accounts::list_view;
use crate::app::protocol::Row;
use crate::app::search::{self, Entry, Marks};
use crate::vault::AccountId;

/// The next code appears this many seconds before the current one ends.
const NEXT_SHOWN_SECONDS: u64 = 10;

/// The current code and the next code of a row; empty if there is none to show.
#[derive(Clone, PartialEq, Eq, Default)]
struct CurrentCodes {
    code: String,
    next: String,
}

/// The signals of a row.
#[derive(Clone, Copy)]
struct RowState {
    ui: Ui,
    id: AccountId,
    row: Memo<Option<Row>>,
    codes: Memo<CurrentCodes>,
    /// True if the user's settings hide codes, and the row is neither hovered nor focused.
    hidden: Memo<bool>,
    /// True while the row's main button has the keyboard focus.
    focused: RwSignal<bool>,
    is_copied: Memo<bool>,
    /// The parts of the names that match the search; `None` without a search.
    marks: Memo<Option<Marks>>,
}

/// Returns a row. Its element is kept for as long as the account is in view, and only its content is updated.
pub fn row(list: List, id: AccountId) -> AnyView {
    let ui = list.ui;
    let row = Memo::new(move |_| {
        ui.account_list.with(|account_list| account_list.rows.iter().find(|row| row.id == id).cloned())
    });
    let place = Memo::new(move |_| list.layout.with(|layout| layout.top_of(id)).unwrap_or(0));
    let codes = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| current_codes(ui, row)).unwrap_or_default()));
    let (hovered, focused) = (RwSignal::new(false), RwSignal::new(false));
    let hides = Memo::new(move |_| ui.account_list.with(|account_list| account_list.hides_codes));
    let hidden = Memo::new(move |_| hides.get() && !hovered.get() && !focused.get());
    let is_copied = Memo::new(move |_| ui.copied.get() == Some(id));
    let marks = Memo::new(move |_| {
        let query = ui.query.get();
        let marks = |row: &Row| Entry::from_row(row).marks(&query);
        if query.is_empty() { None } else { row.with(|row| row.as_ref().map(marks)) }
    });
    let state = RowState { ui, id, row, codes, hidden, focused, is_copied, marks };
    let open_menu = move |event: MouseEvent| {
        event.prevent_default();
        if let Some(row) = row.get_untracked() {
            list.menu.set(Some(Menu::below(&event, title(&row.issuer, &row.name), row_menu::entries(list, &row))));
        }
    };
    let has = move |what: fn(&Row) -> bool| Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(what)));
    let (fills, counts, marked) = (has(|row| row.fills), has(|row| row.period == 0), has(|row| !row.marks.is_empty()));
    view! {
        <li
            class="row"
            class:fills=fills
            class:marked=marked
            class:hidden=hides
            data-row=id.to_string()
            data-copied=move || is_copied.get().then_some("")
            class:dragged=move || list.drag.with(|drag| drag.is_some_and(|drag| drag.id == id && drag.is_moving()))
            style:top=move || units::rem(place.get())
            on:pointerdown=move |event| reorder::press(list, id, &event)
            on:pointermove=move |event| reorder::drag(list, &event)
            on:pointerup=move |_| reorder::release(list)
            on:lostpointercapture=move |_| reorder::release(list)
            on:contextmenu=open_menu
            on:mouseenter=move |_| hovered.set(true)
            on:mouseleave=move |_| hovered.set(false)
        >
            {main(list, state)}
            {move || mark(row, open_menu)}
            {move || counts.get().then(|| next_button(ui, id, codes.with(|codes| codes.code.is_empty())))}
            <button class="square more" type="button" data-action="row-menu" aria-haspopup="menu" aria-label=move || row.with(|row| more_label(row.as_ref())) on:click=open_menu>
                {icon(drawings::MORE_VERTICAL)}
            </button>
            {move || fills.get().then(|| fill_button(ui, id))}
        </li>
    }
    .into_any()
}

fn current_codes(ui: Ui, row: &Row) -> CurrentCodes {
    let now = ui.now.get();
    let Some((code, until)) = row.code_at(now) else {
        let counted = ui.counted.with(|codes| codes.iter().find(|(id, _)| *id == row.id).map(|(_, code)| code.clone()));
        return CurrentCodes { code: counted.unwrap_or_default(), next: String::new() };
    };
    let shown =
        until.saturating_sub(now) <= NEXT_SHOWN_SECONDS || ui.account_list.with(|account_list| account_list.shows_next);
    let next = if shown { row.code_at(until).map(|(code, _)| code.to_owned()) } else { None };
    CurrentCodes { code: code.to_owned(), next: next.unwrap_or_default() }
}

/// Returns the row's main button, which copies the code.
fn main(list: List, state: RowState) -> AnyView {
    let RowState { ui, id, row, codes, hidden, focused, .. } = state;
    let label = move || {
        let who = row.with(|row| row.as_ref().map(|row| format!("{}, {}", row.issuer, row.name)).unwrap_or_default());
        let code = codes.with(|codes| list_view::spell_out(&codes.code));
        match (code.is_empty(), hidden.get()) {
            (true, _) => localize_with("row_label_none", &[&who]),
            (false, true) => localize_with("row_label_hidden", &[&who]),
            (false, false) => localize_with("row_label", &[&who, &code]),
        }
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            if event.alt_key() {
                row_actions::show_large(ui, id);
            } else {
                row_actions::enter(ui, id, event.ctrl_key() || event.meta_key());
            }
        }
    };
    // A click focuses the button, too, but must not keep a hidden code visible. `:focus-visible` excludes clicks.
    let on_focus = move |event: leptos::ev::FocusEvent| {
        let button = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        focused.set(button.is_some_and(|button| button.matches(":focus-visible").unwrap_or(false)));
    };
    view! {
        <button
            class="main"
            type="button"
            data-action="copy"
            aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Alt+Enter"
            on:click=move |_| {
                if !reorder::was_drag(list) {
                    row_actions::copy(ui, id);
                }
            }
            on:keydown=on_key
            on:focus=on_focus
            on:blur=move |_| focused.set(false)
        >
            // An `aria-label` is not used, because it would have to contain the code as it is drawn, in groups of
            // digits.
            <span class="visually-hidden" data-label="">{label}</span>
            {badge(ui, row)}
            <span class="who" aria-hidden="true" title=state.text(|row| title(&row.issuer, &row.name))>
                <b>{state.first_line()}</b>
                <span class="second">{state.second_line()}</span>
            </span>
            {draw_codes(state)}
            {move || row.with(|row| row.as_ref().map(|row| ring(ui, row)))}
        </button>
    }
    .into_any()
}

impl RowState {
    /// Returns a text of the account; empty once the account is gone.
    fn text(
        self,
        part: impl Fn(&Row) -> String + Copy + Send + 'static,
    ) -> impl Fn() -> String + Copy + Send + 'static {
        move || self.row.with(|row| row.as_ref().map(part).unwrap_or_default())
    }
}

impl RowState {
    /// Returns the service, or the account name if there is none.
    fn first_line(self) -> impl Fn() -> AnyView + Copy + Send {
        move || match (self.row.get(), self.marks.get()) {
            (Some(row), Some(marks)) if !row.issuer.is_empty() => marked(&row.issuer, &marks.issuer),
            (Some(row), Some(marks)) if !row.name.is_empty() => marked(&row.name, &marks.name),
            (Some(row), _) => first_line(&row).into_any(),
            (None, _) => ().into_any(),
        }
    }

    /// Returns the account name, and during a search also the group.
    fn second_line(self) -> impl Fn() -> AnyView + Copy + Send {
        move || match (self.row.get(), self.marks.get()) {
            (Some(row), Some(marks)) => {
                let name = (!row.issuer.is_empty()).then(|| marked(&row.name, &marks.name));
                let apart = if name.is_some() && !row.name.is_empty() { " · " } else { "" };
                let group =
                    (!row.group.is_empty()).then(|| view! { {apart} <span class="in-group">{row.group}</span> });
                view! { {name} {group} }.into_any()
            }
            (Some(row), None) => second_line(&row).into_any(),
            (None, _) => ().into_any(),
        }
    }
}

/// Returns a text with the matches of the search marked.
fn marked(text: &str, marks: &[Range<usize>]) -> AnyView {
    let part = |(is_marked, part): (bool, String)| {
        if is_marked { view! { <mark>{part}</mark> }.into_any() } else { part.into_any() }
    };
    search::segments(text, marks).into_iter().map(part).collect_view().into_any()
}

/// Returns the current code and the next one. The digits of a hidden code are not in the document, because high
/// contrast modes and screen readers would reveal them.
fn draw_codes(state: RowState) -> AnyView {
    let RowState { codes, hidden, is_copied, .. } = state;
    let digits = move || if hidden.get() { String::new() } else { codes.with(|codes| codes.code.clone()) };
    let shown = move || {
        let hidden = hidden.get();
        codes.with(
            |codes| if hidden { list_view::hidden_code(&codes.code) } else { list_view::group_digits(&codes.code) },
        )
    };
    let copied = move || {
        is_copied.get().then(|| view! { <span class="copied">{icon(drawings::CHECK_MARK)}{localize("copied")}</span> })
    };
    view! {
        // Hidden from screen readers, because the button's label already contains the code, digit by digit.
        <span class="codes" aria-hidden="true">
            <span class="code" class:dots=hidden data-code=digits>{shown}</span>
            {copied}
            {move || (!hidden.get()).then(|| codes.with(|codes| next_line(&codes.next)))}
        </span>
    }
    .into_any()
}

fn first_line(row: &Row) -> String {
    if row.issuer.is_empty() { title(&row.issuer, &row.name) } else { row.issuer.clone() }
}

fn second_line(row: &Row) -> String {
    if row.issuer.is_empty() { String::new() } else { row.name.clone() }
}

fn next_line(next: &str) -> Option<AnyView> {
    (!next.is_empty()).then(|| {
        view! { <span class="next" data-next=next.to_owned()>{localize_with("next_code_is", &[&list_view::group_digits(next)])}</span> }.into_any()
    })
}

/// Returns the countdown ring; `None` for a counter-based account. The style sheet draws it from the period, the phase
/// and the page's clock, `--now`.
fn ring(ui: Ui, row: &Row) -> Option<AnyView> {
    if row.period == 0 {
        return None;
    }
    let period = u64::from(row.period);
    // The seconds of the period that had passed when the page was opened, which is when `--now` starts at 0. Counting
    // from there keeps the numbers small.
    let phase = ui.opened_at.get_value().saturating_sub(row.from.checked_rem(period).unwrap_or(0)).checked_rem(period);
    let (period, phase) = (period.to_string(), phase.unwrap_or(0).to_string());
    let numbered = ui.account_list.with(|account_list| account_list.shows_seconds);
    let ring = view! {
        <span class="ring" class:numbered=numbered aria-hidden="true" style=("--period", period) style=("--phase", phase)></span>
    };
    Some(ring.into_any())
}

fn more_label(row: Option<&Row>) -> String {
    row.map(|row| localize_with("row_menu", &[&title(&row.issuer, &row.name)])).unwrap_or_default()
}

/// Shows the account's first mark with an explanation as its tooltip. A click opens the row's menu.
fn mark(row: Memo<Option<Row>>, open_menu: impl Fn(MouseEvent) + Copy + 'static) -> Option<AnyView> {
    let mark = row.with(|row| row.as_ref()?.marks.first().copied())?.name();
    let words = localize(&format!("mark_{mark}"));
    let explained = localize(&format!("mark_{mark}_explanation"));
    Some(
        view! {
            <button class="mark-of" type="button" data-mark=mark title=explained aria-haspopup="menu" on:click=open_menu>{words}</button>
        }
        .into_any(),
    )
}

/// Returns the button that generates the next code of a counter-based account: a text before the first code, an icon
/// next to the code afterward.
fn next_button(ui: Ui, id: AccountId, first: bool) -> AnyView {
    let (class, content) = if first {
        ("next-button", localize("next_code").into_any())
    } else {
        ("square next-again", icon(drawings::REFRESH))
    };
    view! {
        <button
            class=class
            type="button"
            data-action="next-code"
            aria-label=localize("next_code")
            title=localize("next_code")
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
            {localize("fill")}
        </button>
    }
    .into_any()
}

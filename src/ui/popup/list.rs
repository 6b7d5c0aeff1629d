//! The list of accounts: search, the rows in view and a few around them, and the ways to add the first account.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::super::components::{StartOption, drawing, icon, start_option};
use super::super::pin_hint::pin_hint;
use super::super::state::{Ui, View};
use super::super::texts::{localize, localize_count_with, localize_message, localize_with};
use super::menu::{self, Menu};
use super::reorder::{self, Drag};
use super::{groups, row, row_actions, toolbar, units};
use crate::app::accounts::list_view::{self, Layout, RowShape};
use crate::app::protocol::{
    ClockCorrection, ClockDifference, CorrectClock, DismissStorageProblem, DismissUpdate, Message, Row, ScanTab,
};
use crate::app::search;
use crate::browser::page;
use crate::vault::{AccountId, StorageProblem};

/// The state that the list's toolbar and rows share.
#[derive(Clone, Copy)]
pub struct List {
    /// The state of the popup.
    pub ui: Ui,
    /// The positions of the rows.
    pub layout: Memo<Arc<Layout<AccountId>>>,
    /// The open menu.
    pub menu: RwSignal<Option<Menu>>,
    /// The row that is being dragged.
    pub drag: RwSignal<Option<Drag>>,
    /// The scrolling element that contains the rows.
    pub scroller: NodeRef<Div>,
    scrolled: RwSignal<u32>,
}

/// Returns the list with its toolbar.
pub fn list(ui: Ui) -> AnyView {
    let entries = Memo::new(move |_| {
        Arc::new(
            ui.account_list
                .with(|account_list| Entries(account_list.rows.iter().map(search::Entry::from_row).collect())),
        )
    });
    let layout = Memo::new(move |_| Arc::new(lay_out(ui, entries)));
    let list = List {
        ui,
        layout,
        menu: RwSignal::new(None),
        drag: RwSignal::new(None),
        scroller: NodeRef::new(),
        scrolled: RwSignal::new(0),
    };
    let first = move |commands: bool| {
        if let Some(id) = layout.with_untracked(|layout| layout.id_at(0)) {
            row_actions::enter(ui, id, commands);
        }
    };
    let empty = Memo::new(move |_| ui.account_list.with(|account_list| account_list.total == 0));
    let content = move || if empty.get() { ways_to_add(ui) } else { rows(list) };
    view! {
        <section class="account-list" data-screen=move || if empty.get() { "empty" } else { "list" }>
            {move || (!empty.get()).then(|| view! { <h1 class="visually-hidden">{localize("extension_name")}</h1> })}
            {toolbar::toolbar(ui, list.menu, first, move || list.go_to(0))}
            {groups::chips(ui)}
            {notices(ui)}
            {content}
            {menu::menu(list.menu)}
        </section>
    }
    .into_any()
}

/// The searchable form of the account list's rows. It is computed at the first search after the account list has
/// changed.
#[derive(Clone, Debug)]
struct Entries(Vec<search::Entry>);

/// Entries are computed again only when the account list has changed. Two values are therefore not compared, but always
/// differ.
impl PartialEq for Entries {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// Lays out the rows of the selected group and those of the current site. During a search, lays out the matching rows
/// of all groups, those of the current site first.
fn lay_out(ui: Ui, entries: Memo<Arc<Entries>>) -> Layout<AccountId> {
    ui.account_list.with(|account_list| {
        ui.query.with(|query| {
            if query.trim().is_empty() {
                let is_shown =
                    |row: &&Row| row.fills || account_list.group.as_ref().is_none_or(|group| *group == row.group);
                let shown = account_list.rows.iter().filter(is_shown);
                return Layout::new(shown.map(|row| (row.id, RowShape::new(row))), account_list.density);
            }
            let hits = entries.with(|entries| search::search(&entries.0, query));
            let mut shown: Vec<&Row> = hits.iter().filter_map(|hit| account_list.rows.get(hit.index)).collect();
            shown.sort_by_key(|row| !row.fills);
            Layout::new(shown.into_iter().map(|row| (row.id, RowShape::new(row))), account_list.density)
        })
    })
}

fn notices(ui: Ui) -> AnyView {
    let notices = Memo::new(move |_| ui.account_list.with(|account_list| account_list.notices.clone()));
    let lines = move || notices.get().iter().map(|message| notice(ui, message)).collect_view();
    let clock = Memo::new(move |_| ui.account_list.with(|account_list| account_list.clock.clone()));
    let clock = move || clock.get().map(|difference| clock_notice(ui, *difference));
    view! { {lines} {clock} }.into_any()
}

/// Shows a message that needs the user's attention, with a button that opens the section where it is resolved. A
/// message about damaged or outdated stored data has a button to dismiss it instead.
fn notice(ui: Ui, message: &Message) -> AnyView {
    let problem = match message.key.as_str() {
        "notice_state_damaged" => Some(StorageProblem::StateDamaged),
        "notice_state_old" => Some(StorageProblem::StateOld),
        "notice_vault_old" => Some(StorageProblem::VaultOld),
        _ => None,
    };
    if let Some(problem) = problem {
        return view! {
            <div class="notice" role="alert" data-notice=message.key.as_str().to_owned()>
                <span>{localize_message(message)}</span>
                <button class="plain" type="button" data-action="dismiss" on:click=move |_| ui.send_and_render(DismissStorageProblem { problem })>
                    {localize("notice_dismiss")}
                </button>
            </div>
        }
        .into_any();
    }
    if message.key == "notice_updated" {
        return update_notice(ui, message);
    }
    let (action, section, words) = match message.key.as_str() {
        "notice_no_backup" | "notice_backup_failed" => ("make-backup", "backup", localize("notice_backup_make")),
        _ => ("see-connections", "connect", localize("notice_open")),
    };
    let open = move |_| page::open_tab(&format!("options.html#{section}"));
    view! {
        <div class="notice" data-notice=message.key.as_str().to_owned()>
            <span>{localize_message(message)}</span>
            <button class="plain" type="button" data-action=action on:click=open>{words}</button>
        </div>
    }
    .into_any()
}

/// Shows that the extension was updated, with a button that opens the list of changes.
fn update_notice(ui: Ui, message: &Message) -> AnyView {
    let dismiss = move || ui.send_and_render(DismissUpdate);
    let open = move |_| {
        // Opening a tab closes the popup, so the request is sent first.
        dismiss();
        page::open_tab("changelog.html");
    };
    view! {
        <div class="notice" data-notice="notice_updated">
            <span>{localize_message(message)}</span>
            <button class="plain" type="button" data-action="open-release-notes" on:click=open>{localize("notice_updated_open")}</button>
            <button class="plain" type="button" data-action="dismiss" on:click=move |_| dismiss()>{localize("notice_dismiss")}</button>
        </div>
    }
    .into_any()
}

/// Shows that this device's clock differs from a server's, and offers to correct the codes that [`ClockCorrection`]
/// names.
fn clock_notice(ui: Ui, difference: ClockDifference) -> AnyView {
    let ClockDifference { host, off_by_seconds, ahead_seconds: seconds, offer } = difference;
    let off = off_by_seconds.to_string();
    let (words, correct) = match offer {
        ClockCorrection::All => (
            localize_count_with("clock_wrong", off_by_seconds, &[&host, &off]),
            Some((localize("clock_correct"), None)),
        ),
        ClockCorrection::Own(id) => (
            localize_count_with("clock_wrong_server", off_by_seconds, &[&host, &off]),
            Some((localize_with("clock_correct_server", &[&host]), Some(id))),
        ),
        ClockCorrection::Nothing => (localize_count_with("clock_wrong_server", off_by_seconds, &[&host, &off]), None),
    };
    let button = correct.map(|(words, connection)| {
        let correct = move |_| ui.send_and_render(CorrectClock { seconds, connection });
        view! { <button class="plain" type="button" data-action="correct-clock" on:click=correct>{words}</button> }
    });
    view! {
        <div class="notice" data-notice="" data-clock="">
            <span>{words}</span>
            {button}
        </div>
    }
    .into_any()
}

/// Returns the scrolling list with the rows in view.
fn rows(list: List) -> AnyView {
    let List { ui, layout, .. } = list;
    let view_height = RwSignal::new(600_u32);
    let measure = move |scroller: &web_sys::Element| {
        // The upper limit is higher than any screen, so that an error cannot make the list draw all of its rows.
        view_height.set(units::from_pixels(scroller.client_height()).clamp(200, 4_000));
    };
    list.scroller.on_load(move |scroller| measure(&scroller));
    // The side panel is as high as the window, which users resize.
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        if let Some(scroller) = list.scroller.get_untracked() {
            measure(&scroller);
        }
    });
    on_cleanup(move || resized.remove());
    let visible = Memo::new(move |_| layout.with(|layout| layout.in_view(list.scrolled.get(), view_height.get())));
    let heading = move || {
        let site = ui.account_list.with(|account_list| account_list.site.clone())?;
        let below = layout.with(|layout| layout.id_at(0).and_then(|id| layout.top_of(id)));
        (below > Some(0)).then(|| view! { <h2 data-site="">{site}</h2> })
    };
    let divider = move || layout.with(|layout| layout.divider).map(|top| view! { <hr style:top=units::rem(top) /> });
    let no_match = move || layout.with(|layout| layout.is_empty()).then(|| no_match(ui));
    view! {
        <div class="scroller" node_ref=list.scroller on:scroll=move |_| list.scroll() on:keydown=move |event| list.on_key(&event)>
            <ul class="rows" aria-label=localize("accounts") style:height=move || units::rem(layout.with(|layout| layout.height))>
                {heading}
                {divider}
                {move || reorder::line(list)}
                <For each=move || visible.get() key=|id| *id children=move |id| row::row(list, id) />
            </ul>
            {no_match}
        </div>
    }
    .into_any()
}

fn no_match(ui: Ui) -> AnyView {
    let words = move || localize_with("no_match", &[&ui.query.get()]);
    view! {
        <div class="nothing" data-no-match="">
            {drawing(icon::SEARCH)}
            <p>{words}</p>
            <button type="button" data-action="clear-search" on:click=move |_| { ui.query.set(String::new()); toolbar::focus_search() }>
                {localize("no_match_clear")}
            </button>
        </div>
    }
    .into_any()
}

/// Returns the ways to add an account to an empty vault, as buttons of equal size.
fn ways_to_add(ui: Ui) -> AnyView {
    let way = |action, icon, title, hint| StartOption { action, icon, title, hint };
    let scan = ui
        .context
        .is_popup()
        .then(|| start_option(way("scan", icon::QR, "scan", "scan_hint"), move || ui.send_and_render(ScanTab)));
    view! {
        <div class="add-options">
            {drawing(icon::KEY)}
            <h1>{localize("empty_title")}</h1>
            <p>{localize("empty_text")}</p>
            {start_option(way("connect", icon::SERVER, "connect", "connect_hint"), move || toolbar::open_connect(ui))}
            {scan}
            {start_option(way("add-by-hand", icon::KEYBOARD, "add_by_hand", "add_by_hand_hint"), move || ui.show_view(View::Add))}
            {start_option(way("import", icon::DOWNLOAD, "import", "import_hint"), || page::open_tab("options.html#import"))}
            {pin_hint()}
        </div>
    }
    .into_any()
}

impl List {
    fn scroll(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            let scrolled = units::from_pixels(scroller.scroll_top());
            // Scroll positions are rounded to half a row, so that the visible rows are recomputed less often.
            let step = list_view::height::ROW.checked_div(2).unwrap_or(1);
            let scrolled = scrolled.saturating_sub(scrolled.checked_rem(step).unwrap_or(0));
            if self.scrolled.get_untracked() != scrolled {
                self.scrolled.set(scrolled);
            }
        }
    }

    fn on_key(self, event: &leptos::ev::KeyboardEvent) {
        let Some(current) = self.focused() else { return };
        if event.alt_key() && matches!(event.key().as_str(), "ArrowUp" | "ArrowDown") {
            event.prevent_default();
            if let Some(id) = self.layout.with_untracked(|layout| layout.id_at(current)) {
                reorder::step(self, id, event.key() == "ArrowDown");
            }
            return;
        }
        let last = self.layout.with_untracked(|layout| layout.len()).saturating_sub(1);
        let next = match event.key().as_str() {
            "ArrowUp" if current == 0 => {
                event.prevent_default();
                toolbar::focus_search();
                return;
            }
            "ArrowDown" => current.saturating_add(1).min(last),
            "ArrowUp" => current.saturating_sub(1),
            "PageDown" => current.saturating_add(8).min(last),
            "PageUp" => current.saturating_sub(8),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        self.go_to(next);
    }

    /// Returns the index of the focused row.
    fn focused(self) -> Option<usize> {
        let element = document().active_element()?.closest("[data-row]").ok()??;
        let id = element.get_attribute("data-row")?.parse().ok()?;
        self.layout.with_untracked(|layout| layout.index_of(id))
    }

    /// Scrolls a row into view and focuses it.
    fn go_to(self, index: usize) {
        let place = self.layout.with_untracked(|layout| {
            let id = layout.id_at(index)?;
            Some((id, layout.top_of(id)?))
        });
        let (Some((id, top)), Some(scroller)) = (place, self.scroller.get_untracked()) else { return };
        let (from, view) = (scroller.scroll_top(), scroller.client_height());
        let bottom = units::to_pixels(top.saturating_add(list_view::height::HIGHEST_ROW));
        let top = units::to_pixels(top);
        if index == 0 {
            scroller.set_scroll_top(0);
        } else if top < from {
            scroller.set_scroll_top(top);
        } else if bottom > from.saturating_add(view) {
            scroller.set_scroll_top(bottom.saturating_sub(view));
        }
        // A row that was out of view is not drawn until the next frame, so it cannot be focused earlier.
        request_animation_frame(move || focus_row(id));
    }
}

fn focus_row(id: AccountId) {
    let main = document().query_selector(&format!("[data-row=\"{id}\"] .main")).ok().flatten();
    if let Some(main) = main.and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
        // Failing to move the focus is harmless.
        drop(main.focus());
    }
}

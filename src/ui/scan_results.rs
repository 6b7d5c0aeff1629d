//! Shows what was found in a scan, an image or a text: accounts to select, unfinished multi-part exports, and messages.

use leptos::prelude::*;

use super::components::{choice, header, icon, icon as drawings};
use super::save_to::{location_field, location_from_value};
use super::state::{Ui, View};
use super::texts::{batch_progress, localize, localize_count, localize_message, localize_with, title};
use crate::app::protocol::{
    BatchCard, DiscardBatch, DuplicateKind, Message, OpenBatch, SaveScanResults, ScanResultCard, ScanResults, ScanTab,
};
use crate::browser::page;

/// The user's choices for one found account.
#[derive(Clone, Copy)]
struct CardChoice {
    tick: RwSignal<bool>,
    /// If the account exists with another secret, `update` to replace that secret or `both` to keep both; otherwise
    /// empty.
    how: RwSignal<String>,
}

/// Returns the screen that shows what was found and saves the selected accounts.
pub fn found(ui: Ui, found: &ScanResults) -> AnyView {
    let choices: Vec<CardChoice> = found.cards.iter().map(CardChoice::new).collect();
    let cards: Vec<_> = found.cards.iter().zip(&choices).map(|(card, choice)| card_view(card, *choice)).collect();
    let messages: Vec<_> = found
        .messages
        .iter()
        .map(|text| view! { <p class="notice" data-notice="">{localize_message(text)}</p> })
        .collect();
    let location = RwSignal::new(String::new());
    let any = !found.cards.is_empty();
    let nothing = !any && found.connection.is_none() && found.batches.is_empty();
    view! {
        <section class="sheet" data-screen="found">
            {header(heading(found), move || ui.back())}
            <div class="body">
                {messages}
                {found.connection.as_ref().map(|host| connection_card(host))}
                {batches(ui, &found.batches, true)}
                <ul class="cards">{cards}</ul>
                {any.then(|| location_field(ui, location))}
                {nothing.then(|| again(ui))}
            </div>
            {any.then(|| footer(ui, found.id.clone(), choices, location))}
        </section>
    }
    .into_any()
}

impl CardChoice {
    fn new(card: &ScanResultCard) -> Self {
        let how =
            if card.known.as_ref().is_some_and(|known| known.how == DuplicateKind::SameName) { "update" } else { "" };
        Self { tick: RwSignal::new(card.known.is_none() && !card.is_guess), how: RwSignal::new(how.to_owned()) }
    }

    fn updates(self) -> bool {
        self.how.with(|how| how == "update")
    }
}

fn heading(found: &ScanResults) -> String {
    match found.cards.len() {
        0 if found.connection.is_some() => localize("found_connection_title"),
        0 if !found.batches.is_empty() => localize("batch_title"),
        0 => localize("found_nothing"),
        several => localize_count("found", several),
    }
}

fn footer(ui: Ui, id: String, choices: Vec<CardChoice>, location: RwSignal<String>) -> AnyView {
    let counted = choices.clone();
    let count = Memo::new(move |_| {
        let ticked = || counted.iter().filter(|choice| choice.tick.get());
        (ticked().count(), ticked().filter(|choice| choice.updates()).count())
    });
    let words = move || match count.get() {
        (added, 0) => localize_count("found_add", added),
        _ => localize("found_save"),
    };
    view! {
        <footer>
            <button
                class="primary"
                type="button"
                data-action="save-accounts"
                disabled=move || count.get().0 == 0 || ui.busy.get()
                on:click=move |_| save_selected(ui, &id, &choices, location)
            >
                {words}
            </button>
        </footer>
    }
    .into_any()
}

fn save_selected(ui: Ui, id: &str, choices: &[CardChoice], location: RwSignal<String>) {
    let ticked = || choices.iter().enumerate().filter(|(_, choice)| choice.tick.get_untracked());
    let cards = ticked().map(|(index, _)| index).collect();
    let updates = ticked().filter(|(_, choice)| choice.how.with_untracked(|how| how == "update"));
    let update = updates.map(|(index, _)| index).collect();
    let location = location.with_untracked(|location| location_from_value(ui, location));
    ui.ask_once(SaveScanResults { id: id.to_owned(), cards, update, location }, |ui, screen| {
        ui.show_view(View::List);
        ui.render_screen(screen);
    });
}

fn card_view(card: &ScanResultCard, CardChoice { tick, how }: CardChoice) -> AnyView {
    let known = card.known.as_ref().map(|known| {
        let words = localize_with(&format!("found_{}", known.how.name()), &[&known.who]);
        view! { <small class="known" data-duplicate=known.how.name()>{words}</small> }
    });
    let warning = |text: &Message| view! { <small class="known" data-warning=text.key.as_str().to_owned()>{localize_message(text)}</small> };
    let warnings = card.warnings.iter().map(warning).collect_view();
    let site = (!card.site.is_empty())
        .then(|| view! { <small data-site="">{localize_with("found_site", &[&card.site])}</small> });
    let can_update = how.with_untracked(|how| !how.is_empty());
    let ways = move || {
        let ways = || ["update", "both"].map(|way| (way.to_owned(), localize(&format!("found_{way}")))).to_vec();
        (can_update && tick.get()).then(|| choice("how", "found_existing", ways(), how))
    };
    view! {
        <li class="card">
            <label class="tick" data-card="">
                <input type="checkbox" prop:checked=tick on:change=move |event| tick.set(event_target_checked(&event)) />
                <span>
                    <b>{title(&card.issuer, &card.name)}</b>
                    <small>{localize_message(&card.summary)}</small>
                    {site}
                    {known}
                    {warnings}
                </span>
            </label>
            {ways}
        </li>
    }
    .into_any()
}

/// Returns the unfinished multi-part exports. `just_read` is true right after one of their codes was scanned.
pub fn batches(ui: Ui, batches: &[BatchCard], just_read: bool) -> AnyView {
    let cards: Vec<_> = batches.iter().map(|batch| batch_card(ui, batch, just_read)).collect();
    view! { <div class="batches">{cards}</div> }.into_any()
}

fn batch_card(ui: Ui, batch: &BatchCard, just_read: bool) -> AnyView {
    let (read, size) = (batch.read.to_string(), batch.size.to_string());
    let missing = batch.missing.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
    let open = OpenBatch { batch: batch.id.clone() };
    let forget = DiscardBatch { batch: batch.id.clone() };
    let next = (just_read && ui.context.is_popup()).then(|| {
        view! {
            <button class="primary" type="button" data-action="scan" on:click=move |_| ui.send_and_render(ScanTab)>
                {localize("batch_next")}
            </button>
        }
    });
    let how = (!missing.is_empty()).then(|| view! { <small>{localize_with("batch_missing", &[&missing])}</small> });
    view! {
        <section class="batch" data-batch=batch.id.clone()>
            <p data-progress="">{batch_progress(batch)}</p>
            <progress max=size value=read aria-hidden="true"></progress>
            {how}
            <div class="buttons">
                {next}
                <button type="button" data-action="open-batch" on:click=move |_| ui.send_and_render(open.clone())>
                    {localize_count("batch_open", batch.accounts)}
                </button>
                <button class="plain" type="button" data-action="discard-batch" on:click=move |_| ui.send_and_render(forget.clone())>
                    {localize("batch_drop")}
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// Returns the card for a connection code. Connecting happens in a tab, because a permission prompt would close the
/// popup.
fn connection_card(host: &str) -> AnyView {
    let address = format!("options.html#connect?code=found&server={}", js_sys::encode_uri_component(host));
    let text =
        if host.is_empty() { localize("found_connection") } else { localize_with("found_connection_to", &[host]) };
    view! {
        <div class="choices" data-connection="">
            <p>{text}</p>
            <button class="primary" type="button" data-action="open-connection" on:click=move |_| page::open_tab(&address)>
                {localize("found_connection_open")}
            </button>
        </div>
    }
    .into_any()
}

/// Returns the buttons to show if nothing was found.
fn again(ui: Ui) -> AnyView {
    let scan = ui.context.is_popup().then(|| {
        view! {
            <button class="wide" type="button" data-action="scan" on:click=move |_| ui.send_and_render(ScanTab)>
                {icon(drawings::QR)}
                {localize("scan_again")}
            </button>
        }
    });
    view! {
        {scan}
        <button class="wide" type="button" data-action="add-by-hand" on:click=move |_| ui.show_view(View::Add)>
            {icon(drawings::KEYBOARD)}
            {localize("found_other_ways")}
        </button>
    }
    .into_any()
}

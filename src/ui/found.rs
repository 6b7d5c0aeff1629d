//! What a scan or a text held: cards with ticks, and what else there is to say.

use leptos::prelude::*;

use super::form::{keep_choice, keep_of};
use super::parts::{head, icon, icon as drawings};
use super::state::{Ui, View};
use super::words::{say, say_count, say_message, say_with, title};
use crate::app::protocol::{Found, FoundCard, Reply, Request};
use crate::browser::page;

/// The confirmation card.
pub fn found(ui: Ui, found: &Found) -> AnyView {
    let ticked: Vec<RwSignal<bool>> = found.cards.iter().map(|card| RwSignal::new(card.known.is_none())).collect();
    let cards: Vec<_> = found.cards.iter().zip(&ticked).map(|(card, tick)| card_view(card, *tick)).collect();
    let messages: Vec<_> =
        found.messages.iter().map(|text| view! { <p class="notice" data-notice="">{say_message(text)}</p> }).collect();
    let keep = RwSignal::new(String::new());
    let count = {
        let ticked = ticked.clone();
        Memo::new(move |_| ticked.iter().filter(|tick| tick.get()).count())
    };
    let heading = match found.cards.len() {
        0 => say("found_nothing"),
        several => say_count("found", several),
    };
    let any = !found.cards.is_empty();
    let keep_them = move |_| keep_ticked(ui, &ticked, keep);
    let footer = any.then(|| {
        let words = move || say_count("found_keep", count.get());
        view! {
            <footer>
                <button class="primary" type="button" data-action="keep-found" disabled=move || count.get() == 0 || ui.busy.get() on:click=keep_them>
                    {words}
                </button>
            </footer>
        }
    });
    view! {
        <section class="sheet" data-screen="found">
            {head(heading, move || ui.back())}
            <div class="body">
                {messages}
                {found.connection.as_ref().map(|host| connection_card(host))}
                <ul class="cards">{cards}</ul>
                {any.then(|| keep_choice(ui, keep))}
                {(!any).then(|| again(ui))}
            </div>
            {footer}
        </section>
    }
    .into_any()
}

fn keep_ticked(ui: Ui, ticked: &[RwSignal<bool>], keep: RwSignal<String>) {
    let cards = ticked.iter().enumerate().filter(|(_, tick)| tick.get_untracked()).map(|(index, _)| index).collect();
    let keep = keep.with_untracked(|keep| keep_of(ui, keep));
    ui.ask(Request::KeepFound { cards, keep }, |ui, reply| {
        if matches!(reply, Reply::Screen { .. }) {
            ui.view.set(View::List);
        }
        ui.take(reply);
    });
}

fn card_view(card: &FoundCard, tick: RwSignal<bool>) -> AnyView {
    let known = card.known.clone().map(|known| {
        let words = say_with(&format!("found_{known}"), &[&card.known_as]);
        view! { <small class="known" data-known=known>{words}</small> }
    });
    let site =
        (!card.site.is_empty()).then(|| view! { <small data-site="">{say_with("found_site", &[&card.site])}</small> });
    view! {
        <li>
            <label class="tick card" data-card="">
                <input type="checkbox" prop:checked=tick on:change=move |event| tick.set(event_target_checked(&event)) />
                <span>
                    <b>{title(&card.issuer, &card.name)}</b>
                    <small>{card.summary.clone()}</small>
                    {site}
                    {known}
                </span>
            </label>
        </li>
    }
    .into_any()
}

/// A connection code was in it: connecting is done in a tab, because it asks for a permission.
fn connection_card(host: &str) -> AnyView {
    let address = format!("options.html#connect?code=found&server={}", js_sys::encode_uri_component(host));
    let text = if host.is_empty() { say("found_connection") } else { say_with("found_connection_to", &[host]) };
    view! {
        <div class="choices" data-connection="">
            <p>{text}</p>
            <button class="primary" type="button" data-action="open-connection" on:click=move |_| page::open_tab(&address)>
                {say("found_connection_open")}
            </button>
        </div>
    }
    .into_any()
}

/// Nothing was found: what else can be done.
fn again(ui: Ui) -> AnyView {
    let scan = ui.in_popup.then(|| {
        view! {
            <button class="wide" type="button" data-action="scan" on:click=move |_| ui.act(Request::Scan)>
                {icon(drawings::QR)}
                {say("scan_again")}
            </button>
        }
    });
    view! {
        {scan}
        <button class="wide" type="button" data-action="add-by-hand" on:click=move |_| ui.view.set(View::Add)>
            {icon(drawings::KEYS)}
            {say("add_by_hand")}
        </button>
    }
    .into_any()
}

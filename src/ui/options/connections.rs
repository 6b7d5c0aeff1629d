//! The connections, each with its choices, and connecting another server.

use leptos::prelude::*;

use super::super::parts::tick;
use super::super::state::Ui;
use super::super::words::{say, say_count, say_message, say_with};
use super::{Route, connect};
use crate::app::protocol::{ConnectionCard, Reply, Request};
use crate::browser::page;
use crate::vault::{ConnectionId, NewAccounts};

/// The connections as last heard.
type Cards = RwSignal<Option<Vec<ConnectionCard>>>;

/// The section.
pub fn section(ui: Ui, route: Route) -> AnyView {
    let cards: Cards = RwSignal::new(None);
    let heard = move |ui: Ui, reply: Reply| hear(ui, cards, reply);
    ui.load(Request::ListConnections, heard);
    let count = Memo::new(move |_| cards.with(|cards| cards.as_ref().map(Vec::len)));
    let wanted = !route.server.is_empty() || route.found_code;
    let list =
        move || cards.get().unwrap_or_default().into_iter().map(|card| card_view(ui, cards, card)).collect_view();
    let new = move || {
        count.get().map(|count| {
            let title = say(if count == 0 { "connect_title" } else { "connect_another" });
            let flow = connect::flow(ui, route.clone(), move || ui.load(Request::ListConnections, heard));
            if count == 0 || wanted {
                view! { <h2>{title}</h2> {flow} }.into_any()
            } else {
                view! { <details class="more" data-more=""><summary>{title}</summary>{flow}</details> }.into_any()
            }
        })
    };
    view! {
        <section data-screen="connect">
            <h1>{say("section_connect")}</h1>
            <div class="connections">{list}</div>
            {new}
        </section>
    }
    .into_any()
}

fn hear(ui: Ui, cards: Cards, reply: Reply) {
    match reply {
        Reply::Connections { connections } => cards.set(Some(connections)),
        other => {
            cards.update(|cards| *cards = Some(cards.take().unwrap_or_default()));
            ui.take(other);
        }
    }
}

fn card_view(ui: Ui, cards: Cards, card: ConnectionCard) -> AnyView {
    let id = card.connection.id;
    let (server, signed_out) = (card.server.clone(), card.signed_out);
    let sign_in = move |_| {
        let server = js_sys::encode_uri_component(&server);
        super::go_to(&format!("connect?server={server}"));
    };
    let state = signed_out.then(|| {
        view! {
            <div class="notice" data-signed-out="">
                <p>{say("connection_signed_out")}</p>
                <button type="button" data-action="sign-in-again" on:click=sign_in>{say("connection_sign_in")}</button>
            </div>
        }
    });
    let last = card.last.as_ref().map(|message| {
        let when = card.last_at.map(page::written_date).unwrap_or_default();
        view! { <p class="quiet" data-last="">{say_with("connection_last", &[&when, &say_message(message)])}</p> }
    });
    let sync = move |_| {
        ui.ask(Request::Sync, move |ui, reply| {
            ui.take(reply);
            ui.load(Request::ListConnections, move |ui, reply| hear(ui, cards, reply));
        });
    };
    view! {
        <article class="panel" data-connection=id.to_string()>
            <h2>{card.connection.label.clone()}</h2>
            <p class="quiet">{say_with("connection_at", &[&card.server, &say_count("accounts_kept", card.accounts)])}</p>
            {last}
            {state}
            {choices(ui, cards, &card)}
            <div class="buttons">
                <button type="button" data-action="sync" disabled=ui.busy on:click=sync>{say("sync_now")}</button>
                {sign_out(ui, cards, id)}
            </div>
        </article>
    }
    .into_any()
}

/// A connection's choices: each is sent as soon as it is changed.
fn choices(ui: Ui, cards: Cards, card: &ConnectionCard) -> AnyView {
    let id = card.connection.id;
    let host = card.connection.host.clone();
    let (fills, follows) = (RwSignal::new(card.fills_by_itself), RwSignal::new(card.follows_deletions));
    let server = RwSignal::new(card.new_accounts == Some(NewAccounts::Server));
    let send = move |fills_by_itself, follows_deletions, new_accounts| {
        let request = Request::Choose { connection: id, fills_by_itself, follows_deletions, new_accounts };
        ui.load(request, move |ui, reply| hear(ui, cards, reply));
    };
    changed(fills, move |fills| send(Some(fills), None, None));
    changed(follows, move |follows| send(None, Some(follows), None));
    changed(server, move |server| {
        send(None, None, Some(if server { NewAccounts::Server } else { NewAccounts::Device }));
    });
    view! {
        {tick("fills-by-itself", say("choose_fills"), say_with("choose_fills_hint", &[&host]), fills)}
        {tick("new-on-server", say("choose_new"), say_with("choose_new_hint", &[&host]), server)}
        {tick("follows-deletions", say("choose_follows"), say("choose_follows_hint"), follows)}
    }
    .into_any()
}

/// Calls back with each new value, not with the first.
fn changed(value: RwSignal<bool>, then: impl Fn(bool) + 'static) {
    Effect::new(move |before: Option<bool>| {
        let value = value.get();
        if before.is_some_and(|before| before != value) {
            then(value);
        }
        value
    });
}

/// Signing out asks once what becomes of the accounts.
fn sign_out(ui: Ui, cards: Cards, id: ConnectionId) -> AnyView {
    let asking = RwSignal::new(false);
    let send = move |forget: bool| {
        asking.set(false);
        ui.ask(Request::Disconnect { connection: id, forget }, move |ui, reply| hear(ui, cards, reply));
    };
    let content = move || {
        if asking.get() {
            view! {
                <div class="choices" role="group" aria-label=say("sign_out")>
                    <p>{say("sign_out_text")}</p>
                    <button type="button" data-action="sign-out-keep" on:click=move |_| send(false)>{say("sign_out_keep")}</button>
                    <button type="button" data-action="sign-out-forget" on:click=move |_| send(true)>{say("sign_out_forget")}</button>
                    <button class="plain" type="button" data-action="cancel" on:click=move |_| asking.set(false)>{say("cancel")}</button>
                </div>
            }
            .into_any()
        } else {
            view! { <button type="button" data-action="sign-out" on:click=move |_| asking.set(true)>{say("sign_out")}</button> }.into_any()
        }
    };
    content.into_any()
}

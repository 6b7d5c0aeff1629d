//! The card of a connection: its status, a pending decision, its settings, and signing out.

use leptos::prelude::*;

use super::super::components::{checkbox, locked_checkbox, managed_reason};
use super::super::factors;
use super::super::state::Ui;
use super::super::texts::{localize, localize_count, localize_message, localize_with};
use super::connect_result;
use super::connections::{Cards, load, receive};
use crate::app::permission_pattern;
use crate::app::protocol::{
    Acceptance, ChangeConnection, ConnectionCard, Disconnect, RequiredAction, ResumeSync, SignInAgain, SyncNow,
};
use crate::browser::{intl, page};
use crate::casdoor::{MAX_LIST_BYTES, ServerAddress};
use crate::vault::{ConnectionId, NewAccounts};
use wasm_bindgen_futures::spawn_local;

/// Returns the card of a connection.
pub fn card(ui: Ui, cards: Cards, card: &ConnectionCard) -> AnyView {
    let id = card.connection.id;
    // The result of the last sync is not shown next to a pending decision, which already explains it.
    let is_said = card.required_action.is_some_and(|action| action != RequiredAction::User);
    let last = card.last.as_ref().filter(|_| !is_said).map(|message| {
        let when = card.last_at.map(intl::date).unwrap_or_default();
        view! { <p class="quiet" data-last-sync="">{localize_with("connection_last", &[&when, &localize_message(message)])}</p> }
    });
    let demo = card.is_demo.then(|| view! { <p class="notice" data-demo="">{localize("demo_banner")}</p> });
    let until = card
        .until
        .filter(|_| card.required_action != Some(RequiredAction::SignIn))
        .map(|until| connect_result::ends(until, card.server.clone()));
    let who = format!("{}/{}", card.owner, card.name);
    view! {
        <article class="panel" data-connection=id.to_string()>
            <h2>{card.connection.label.clone()}</h2>
            <p class="quiet">{localize_with("connection_at", &[&who, &card.server, &localize_count("accounts_kept", card.accounts)])}</p>
            {demo}
            {last}
            {card.required_action.map(|action| waiting(ui, cards, card, action))}
            {until}
            {facts(card)}
            {choices(ui, cards, card)}
            {second_factors(ui, id)}
            <div class="buttons">
                {sync_button(ui, cards, "sync", "sync_now")}
                {sign_out(ui, cards, id, card.connection.host.clone())}
            </div>
        </article>
    }
    .into_any()
}

/// Shows who can read the accounts that are stored on the server, how much space is left there, and limitations of the
/// connection.
fn facts(card: &ConnectionCard) -> AnyView {
    let receives =
        card.receives_only.then(|| view! { <li data-receives-only="">{localize("connection_receives_only")}</li> });
    let room = card.room_left_bytes.map(|left| {
        let tenths = left.div_euclid(100);
        let left = format!("{}.{}", tenths.div_euclid(10), tenths.rem_euclid(10));
        let all = MAX_LIST_BYTES.div_euclid(1000).to_string();
        view! { <li data-free-space="">{localize_with("connection_room", &[&left, &all])}</li> }
    });
    let left = card.left_on_server.and_then(|left| usize::try_from(left).ok());
    let left = left
        .map(|left| view! { <li class="wrong" data-left-on-server="">{localize_count("connection_left", left)}</li> });
    view! {
        <ul class="facts-list">
            {receives}
            {left}
            <li data-readers="">{localize_with("connection_readers", &[&card.owner])}</li>
            {room}
        </ul>
    }
    .into_any()
}

/// Shows a pending decision with its buttons.
fn waiting(ui: Ui, cards: Cards, card: &ConnectionCard, action: RequiredAction) -> AnyView {
    let id = card.connection.id;
    let accept = |name: &'static str, words: &str, acceptance: Acceptance| {
        let words = localize(words);
        let go = move |_| {
            ui.send_once(ResumeSync { connection: id, acceptance }, move |ui, connections| {
                receive(ui, cards, connections)
            })
        };
        view! { <button type="button" data-action=name disabled=ui.busy on:click=go>{words}</button> }.into_any()
    };
    let look = || sync_button(ui, cards, "check-again", "decision_check_again");
    let (name, words, buttons) = match action {
        RequiredAction::SignIn => ("sign_in", localize("connection_signed_out"), vec![sign_in_again(ui, cards, card)]),
        RequiredAction::EmptyList => (
            "empty_list",
            localize("decision_empty_list"),
            vec![accept("accept-empty", "decision_empty_list_accept", Acceptance::EmptyList), look()],
        ),
        RequiredAction::PublicList => (
            "public_list",
            localize_with("decision_public_list", &[&card.connection.host]),
            vec![look(), accept("accept-public", "decision_public_list_accept", Acceptance::PublicList)],
        ),
        RequiredAction::Administrator => {
            ("administrator", localize_with("decision_administrator", &[&card.owner]), vec![look()])
        }
        RequiredAction::User => return ().into_any(),
    };
    view! {
        <div class="notice" data-decision=name>
            <p>{words}</p>
            <div class="buttons">{buttons}</div>
        </div>
    }
    .into_any()
}

/// Returns the button that signs in again as the same user. It requests access to the server first, because the user
/// may have revoked it in the browser.
fn sign_in_again(ui: Ui, cards: Cards, card: &ConnectionCard) -> AnyView {
    let (id, server) = (card.connection.id, card.server.clone());
    let go = move |_| {
        let Ok(address) = ServerAddress::parse(&server, true) else { return };
        let answer = page::request_host(&permission_pattern(&address));
        spawn_local(async move {
            if answer.await {
                ui.send_once(SignInAgain { connection: id }, move |ui, connections| receive(ui, cards, connections));
            } else {
                ui.show_status(localize("connect_not_allowed"), true);
            }
        });
    };
    let words = localize_with("connection_sign_in_as", &[&card.connection.label]);
    view! { <button class="primary" type="button" data-action="sign-in-again" disabled=ui.busy on:click=go>{words}</button> }.into_any()
}

/// Returns a button that syncs all connections and shows the result.
fn sync_button(ui: Ui, cards: Cards, name: &'static str, words: &'static str) -> AnyView {
    let sync = move |_| {
        ui.send_once(SyncNow, move |ui, message| {
            ui.render(message);
            load(ui, cards);
        });
    };
    view! { <button type="button" data-action=name disabled=ui.busy on:click=sync>{localize(words)}</button> }
        .into_any()
}

/// Shows the user's second factors on request, because loading them takes a server request.
fn second_factors(ui: Ui, id: ConnectionId) -> AnyView {
    let open = RwSignal::new(false);
    let content = move || open.get().then(|| factors::panel(ui, id));
    view! {
        <details class="more" data-details="factors" on:toggle=move |_| open.set(true)>
            <summary>{localize("factors_title")}</summary>
            {content}
        </details>
    }
    .into_any()
}

/// Shows the connection's settings. Each change is saved immediately.
fn choices(ui: Ui, cards: Cards, card: &ConnectionCard) -> AnyView {
    let id = card.connection.id;
    let host = card.connection.host.clone();
    let (fills, follows) = (RwSignal::new(card.fills_automatically), RwSignal::new(card.follows_deletions));
    let server = RwSignal::new(card.new_accounts == Some(NewAccounts::Server));
    let send = move |fills_automatically, follows_deletions, new_accounts| {
        let request = ChangeConnection { connection: id, fills_automatically, follows_deletions, new_accounts };
        ui.send(request, move |ui, connections| receive(ui, cards, connections));
    };
    changed(fills, move |fills| send(Some(fills), None, None));
    changed(follows, move |follows| send(None, Some(follows), None));
    changed(server, move |server| {
        send(None, None, Some(if server { NewAccounts::Server } else { NewAccounts::Device }));
    });
    let policy = ui.policy.get_untracked();
    let new_there = (!card.is_demo).then(|| match policy.new_accounts {
        Some(_) => locked_checkbox("new-on-server", localize("choose_new"), server.get_untracked()),
        None => checkbox("new-on-server", localize("choose_new"), localize_with("choose_new_hint", &[&host]), server),
    });
    let fills = page::fills_on_server_pages().then(|| match policy.automatic_filling {
        Some(_) => locked_checkbox("fills-by-itself", localize("choose_fills"), fills.get_untracked()),
        None => {
            checkbox("fills-by-itself", localize("choose_fills"), localize_with("choose_fills_hint", &[&host]), fills)
        }
    });
    view! {
        {fills}
        {new_there}
        {checkbox("follows-deletions", localize("choose_follows"), localize("choose_follows_hint"), follows)}
    }
    .into_any()
}

/// Calls `then` with each new value, but not with the initial one.
fn changed(value: RwSignal<bool>, then: impl Fn(bool) + 'static) {
    Effect::new(move |before: Option<bool>| {
        let value = value.get();
        if before.is_some_and(|before| before != value) {
            then(value);
        }
        value
    });
}

/// Returns the button that signs out, after asking what should happen to the accounts.
fn sign_out(ui: Ui, cards: Cards, id: ConnectionId, host: String) -> AnyView {
    let asking = RwSignal::new(false);
    let send = move |forget: bool| {
        asking.set(false);
        ui.send_once(Disconnect { connection: id, forget }, move |ui, connections| receive(ui, cards, connections));
    };
    let (may_keep, may_forget) = ui.policy.with_untracked(|policy| (!policy.forgets(false), policy.forgets(true)));
    let content = move || {
        if asking.get() {
            view! {
                <div class="choices" role="group" aria-label=localize("sign_out")>
                    <p data-sign-out-warning="">{localize_with("sign_out_warning", &[&host])}</p>
                    <p>{localize("sign_out_text")}</p>
                    {may_keep.then(|| view! { <button type="button" data-action="sign-out-keep" on:click=move |_| send(false)>{localize("sign_out_keep")}</button> })}
                    {may_forget.then(|| view! { <button type="button" data-action="sign-out-forget" on:click=move |_| send(true)>{localize("sign_out_forget")}</button> })}
                    {(!may_keep || !may_forget).then(managed_reason)}
                    <button class="plain" type="button" data-action="cancel" on:click=move |_| asking.set(false)>{localize("cancel")}</button>
                </div>
            }
            .into_any()
        } else {
            view! { <button type="button" data-action="sign-out" on:click=move |_| asking.set(true)>{localize("sign_out")}</button> }.into_any()
        }
    };
    content.into_any()
}

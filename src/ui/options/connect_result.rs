//! The result of connecting: the received accounts, the selection of local accounts to upload, and where to save new
//! ones.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::components::{checkbox, locked_checkbox, submit};
use super::super::state::Ui;
use super::super::texts::{localize, localize_count, localize_message, localize_with, title};
use crate::app::protocol::{Connected, JoinableAccount, SelectAccounts};
use crate::browser::{intl, page};
use crate::vault::NewAccounts;

/// Returns the form that is shown after signing in. Local accounts are uploaded only if they are selected here.
pub fn connected(ui: Ui, connected: Connected, done: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let about = about(&connected);
    let connection = connected.connection;
    let is_demo = connected.is_demo;
    let ticks: Vec<(JoinableAccount, RwSignal<bool>)> =
        connected.local.into_iter().map(|account| (account, RwSignal::new(false))).collect();
    let lines: Vec<_> = ticks.iter().map(|(account, tick)| local(account, *tick)).collect();
    let on_server = RwSignal::new(connected.new_accounts == Some(NewAccounts::Server));
    let here = (!ticks.is_empty()).then(|| localize_count("connected_local", ticks.len()));
    let warnings: Vec<_> = connected
        .messages
        .iter()
        .map(|message| view! { <p class="notice" data-notice="">{localize_message(message)}</p> })
        .collect();
    let id = connection.id;
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let accounts = ticks.iter().filter(|(_, tick)| tick.get_untracked()).map(|(account, _)| account.id).collect();
        let new_accounts = if on_server.get_untracked() { NewAccounts::Server } else { NewAccounts::Device };
        ui.ask_once(SelectAccounts { connection: id, accounts, new_accounts }, move |ui, message| {
            ui.show_success(&message);
            super::go_to("connect");
            done();
        });
    };
    let is_decided = ui.policy.with_untracked(|policy| policy.new_accounts.is_some());
    let decided =
        is_decided.then(|| locked_checkbox("new-on-server", localize("choose_new"), on_server.get_untracked()));
    let new_accounts = (!is_demo && !is_decided).then(|| {
        view! {
            <fieldset class="choices">
                <legend>{localize("connected_new")}</legend>
                {place("device", localize("connected_new_device"), on_server, false)}
                {place("server", localize_with("connected_new_server", &[&connected.owner]), on_server, true)}
            </fieldset>
        }
    });
    view! {
        <form class="panel" data-step="connected" on:submit=send>
            <h2>{localize_with("connected_as", &[&connection.label, &connection.host])}</h2>
            {about}
            <p>{localize_count("connected_received", connected.received)}</p>
            {warnings}
            {here}
            <div class="ticks">{lines}</div>
            {new_accounts}
            {decided}
            <div class="buttons">{submit(ui, "join", || localize("connected_done"))}</div>
        </form>
    }
    .into_any()
}

/// Returns the connected user, and notices about a special connection: to a user who was connected before, to the demo
/// server, or one that expires.
fn about(connected: &Connected) -> Vec<AnyView> {
    let Connected { connection, .. } = connected;
    let who = format!("{}/{}", connected.owner, connected.name);
    let mut lines =
        vec![view! { <p class="quiet" data-fact="user">{localize_with("connected_user", &[&who])}</p> }.into_any()];
    if connected.again {
        lines.push(another_account(&connection.label, &connection.host, connected.server.clone()));
    }
    if connected.is_demo {
        lines.push(view! { <p class="notice" data-demo="">{localize("demo_banner")}</p> }.into_any());
    }
    if let Some(until) = connected.until {
        lines.push(ends(until, connected.server.clone()));
    }
    lines
}

/// Explains that this user was already connected, and how to connect a different one.
fn another_account(label: &str, host: &str, server: String) -> AnyView {
    let (page_of, again) = (format!("{server}/account"), server);
    view! {
        <div class="notice" data-reconnected="">
            <p>{localize_with("connect_again", &[label, host])}</p>
            <p>{localize_with("connect_again_how", &[host])}</p>
            <div class="buttons">
                <button type="button" data-action="open-server" on:click=move |_| page::open_tab(&page_of)>{localize("connect_again_open")}</button>
                <button type="button" data-action="use-another" on:click=move |_| super::connect_to(&again)>{localize("connect_again_another")}</button>
            </div>
        </div>
    }
    .into_any()
}

/// Explains when a connection that cannot be renewed expires, and offers a full sign-in instead.
pub fn ends(until: u64, server: String) -> AnyView {
    view! {
        <div class="notice" data-until="">
            <p>{localize_with("connection_until", &[&intl::date(until)])}</p>
            <button type="button" data-action="full-sign-in" on:click=move |_| super::connect_to(&server)>{localize("code_owner_sign_in")}</button>
        </div>
    }
    .into_any()
}

fn local(account: &JoinableAccount, ticked: RwSignal<bool>) -> AnyView {
    let hint = if account.own_factor { localize("connected_own_factor") } else { String::new() };
    view! { <div data-local=account.id.to_string()>{checkbox("join", title(&account.issuer, &account.name), hint, ticked)}</div> }.into_any()
}

fn place(name: &'static str, words: String, on_server: RwSignal<bool>, server: bool) -> AnyView {
    view! {
        <label class="tick">
            <input
                type="radio"
                name="new-accounts"
                data-new-accounts=name
                checked=on_server.get_untracked() == server
                on:change=move |_| on_server.set(server)
            />
            <span>{words}</span>
        </label>
    }
    .into_any()
}

//! What a new connection brought, which accounts join it, and where new ones go.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::parts::{submit, tick};
use super::super::state::Ui;
use super::super::words::{say, say_count, say_message, say_with, title};
use crate::app::protocol::{Connected, LocalAccount, Reply, Request};
use crate::vault::NewAccounts;

/// The card after signing in. Nothing is sent to the server unless it is ticked here.
pub fn connected(
    ui: Ui,
    connected: Connected,
    organization: String,
    done: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let connection = connected.connection;
    let ticks: Vec<(LocalAccount, RwSignal<bool>)> =
        connected.local.into_iter().map(|account| (account, RwSignal::new(false))).collect();
    let lines: Vec<_> = ticks.iter().map(|(account, tick)| local(account, *tick)).collect();
    let on_server = RwSignal::new(false);
    let here = (!ticks.is_empty()).then(|| say_count("connected_local", ticks.len()));
    let warnings: Vec<_> = connected
        .messages
        .iter()
        .map(|message| view! { <p class="notice" data-notice="">{say_message(message)}</p> })
        .collect();
    let id = connection.id;
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let accounts = ticks.iter().filter(|(_, tick)| tick.get_untracked()).map(|(account, _)| account.id).collect();
        let new_accounts = if on_server.get_untracked() { NewAccounts::Server } else { NewAccounts::Device };
        ui.ask(Request::Join { connection: id, accounts, new_accounts }, move |ui, reply| {
            let joined = !matches!(reply, Reply::Failed { .. });
            ui.take(reply);
            if joined {
                super::go_to("connect");
                done();
            }
        });
    };
    let readers = if organization.is_empty() { connection.host.clone() } else { organization };
    view! {
        <form class="panel" data-step="connected" on:submit=send>
            <h3>{say_with("connected_as", &[&connection.label, &connection.host])}</h3>
            <p>{say_count("connected_received", connected.received)}</p>
            {warnings}
            {here}
            <div class="ticks">{lines}</div>
            <fieldset class="choices">
                <legend>{say("connected_new")}</legend>
                {place("device", say("connected_new_device"), on_server, false)}
                {place("server", say_with("connected_new_server", &[&readers]), on_server, true)}
            </fieldset>
            <div class="buttons">{submit(ui, "join", || say("connected_done"))}</div>
        </form>
    }
    .into_any()
}

fn local(account: &LocalAccount, ticked: RwSignal<bool>) -> AnyView {
    let hint = if account.own_factor { say("connected_own_factor") } else { String::new() };
    view! { <div data-local=account.id.to_string()>{tick("join", title(&account.issuer, &account.name), hint, ticked)}</div> }.into_any()
}

fn place(name: &'static str, words: String, on_server: RwSignal<bool>, server: bool) -> AnyView {
    view! {
        <label class="tick">
            <input
                type="radio"
                name="new-accounts"
                data-new-accounts=name
                checked=!server
                on:change=move |_| on_server.set(server)
            />
            <span>{words}</span>
        </label>
    }
    .into_any()
}

//! The options page: accounts and trash, connections, sites, security, import and export, appearance, about.
//!
//! The URL's fragment selects the section, and contains parameters such as the server to connect to:
//! `#connect?server=https://id.example.com`.

mod about;
mod accounts;
mod appearance;
mod bulk_actions;
mod camera;
mod connect;
mod connect_other_ways;
mod connect_result;
mod connection_card;
mod connections;
mod exchange;
mod security;
mod sites;
mod version_history;

use std::collections::HashMap;

use leptos::ev;
use leptos::prelude::*;

use super::badge::Icons;
use super::state::{Place, Shown, Ui, View};
use super::texts::say;
use super::{components, focus, form, scan_results, unlock_screens};
use crate::browser::page;

/// The sections in their order.
const SECTIONS: [&str; 7] = ["accounts", "connect", "sites", "security", "exchange", "appearance", "about"];

/// The section and its parameters, as given by the URL's fragment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Route {
    section: String,
    server: String,
    /// True if a connection code was scanned. The worker keeps the code.
    found_code: bool,
    /// A value that differs each time the connect flow is restarted.
    turn: String,
}

impl Route {
    fn present() -> Self {
        let hash = window().location().hash().unwrap_or_default();
        let (section, rest) =
            hash.trim_start_matches('#').split_once('?').unwrap_or((hash.trim_start_matches('#'), ""));
        let parameters = web_sys::UrlSearchParams::new_with_str(rest).ok();
        let parameter = |name: &str| parameters.as_ref().and_then(|all| all.get(name)).unwrap_or_default();
        let section =
            if ["add", "camera"].contains(&section) || SECTIONS.contains(&section) { section } else { "accounts" };
        Self {
            section: section.to_owned(),
            server: parameter("server"),
            found_code: parameter("code") == "found",
            turn: parameter("turn"),
        }
    }
}

/// Shows a section by changing the URL's fragment.
fn go_to(section: &str) {
    // Setting the fragment fails only for a page without a location.
    drop(window().location().set_hash(section));
}

/// Shows the connect flow with this address, and restarts it if it was in progress.
fn connect_to(server: &str) {
    let (now, milliseconds) = page::now();
    go_to(&format!("connect?server={}&turn={now}.{milliseconds}", js_sys::encode_uri_component(server)));
}

/// Renders the options page.
pub fn mount() {
    leptos::mount::mount_to_body(root);
}

fn root() -> AnyView {
    let (now, _) = page::now();
    let ui = Ui::new(now, Place::Tab, None, Icons::new(HashMap::new()));
    let route = RwSignal::new(Route::present());
    window_event_listener(ev::hashchange, move |_| {
        let present = Route::present();
        if route.with_untracked(|route| route.section != present.section) {
            ui.said.set(None);
            ui.view.set(View::List);
        }
        route.set(present);
    });
    ui.load_policy();
    ui.open();
    // The vault can be locked or unlocked elsewhere: by the user in the popup, by a timer or by the screen lock.
    // Requesting the screen then also clears what this page showed of an open vault.
    page::on_lock_changed(move || ui.open());
    Effect::new(move |_| {
        if ui.screen.with(|screen| *screen != Shown::Nothing) {
            components::after_paint();
        }
    });
    focus::keep();
    Effect::new(move |_| set_title(ui, &route.with(|route| route.section.clone())));
    let links: Vec<_> = SECTIONS.iter().map(|section| link(section, route)).collect();
    let content = move || match ui.screen.get() {
        Shown::Board => section(ui, route),
        _ => unlock_screens::unlock_screen(ui),
    };
    view! {
        <nav aria-label=say("settings")>
            <p class="brand"><img src="icons/mark.svg" alt="" width="28" height="28" />{say("extension_name")}</p>
            {links}
        </nav>
        <main>
            {move || components::status_line(ui)}
            {content}
        </main>
    }
    .into_any()
}

/// Puts the section's name in the tab's title, because it distinguishes tabs and screen readers announce it first.
fn set_title(ui: Ui, section: &str) {
    let name = say("extension_name");
    let title = match section {
        _ if ui.screen.with(|screen| *screen != Shown::Board) => return document().set_title(&name),
        "add" => say("add_title"),
        "camera" => say("camera_title"),
        section => say(&format!("section_{section}")),
    };
    document().set_title(&format!("{title} · {name}"));
}

fn link(section: &'static str, route: RwSignal<Route>) -> AnyView {
    let present = move || route.with(|route| route.section == section).then_some("page");
    view! {
        <a href=format!("#{section}") data-section=section aria-current=present>
            {say(&format!("section_{section}"))}
        </a>
    }
    .into_any()
}

fn section(ui: Ui, route: RwSignal<Route>) -> AnyView {
    let route = Memo::new(move |_| route.get());
    (move || match route.with(|route| route.section.clone()).as_str() {
        "connect" => connections::section(ui, route.get()),
        "exchange" => exchange::section(ui),
        "security" => security::section(ui),
        "sites" => sites::section(ui),
        "appearance" => appearance::section(ui),
        "about" => about::section(ui),
        "add" => add(ui),
        "camera" => camera(ui),
        _ => accounts::section(ui),
    })
    .into_any()
}

/// Shows the camera and the result of the scan. When the user leaves them, shows the accounts section.
fn camera(ui: Ui) -> AnyView {
    ui.view.set(View::Camera);
    Effect::new(move |_| {
        if ui.view.with(|view| matches!(view, View::List)) {
            go_to("accounts");
        }
    });
    camera::section(ui)
}

/// Shows the form for a new account. Unlike the popup, this tab stays open while the user copies the key elsewhere.
fn add(ui: Ui) -> AnyView {
    ui.view.set(View::Add);
    Effect::new(move |_| {
        if ui.view.with(|view| matches!(view, View::List)) {
            go_to("accounts");
        }
    });
    (move || match ui.view.get() {
        View::Found(held) => scan_results::found(ui, &held),
        _ => form::add(ui),
    })
    .into_any()
}

//! The options page, a tab: accounts and the trash, connections, sites, security, moving in and out, appearance, about.
//!
//! Its address says the section, and what the popup knew already: `#connect?server=https://id.example.com`.

mod about;
mod accounts;
mod appearance;
mod camera;
mod card;
mod connect;
mod connected;
mod connections;
mod doors;
mod exchange;
mod generations;
mod many;
mod security;
mod sites;

use leptos::ev;
use leptos::prelude::*;

use super::state::{Shown, Ui, View};
use super::words::say;
use super::{form, found, gate, parts};
use crate::browser::page;

/// The sections, in the order they are listed.
const SECTIONS: [&str; 7] = ["accounts", "connect", "sites", "security", "exchange", "appearance", "about"];

/// Where the page is: the section, and what was handed over with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Route {
    section: String,
    server: String,
    /// A connection code was found by a scan; the worker holds it.
    found_code: bool,
    /// Differs each time that connecting is begun again.
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

/// Goes to a section.
fn go_to(section: &str) {
    // Only fails for a frame without a location.
    drop(window().location().set_hash(section));
}

/// Goes to connecting a server, its address filled in; begins again where that was under way.
fn connect_to(server: &str) {
    let (now, milliseconds) = page::now();
    go_to(&format!("connect?server={}&turn={now}.{milliseconds}", js_sys::encode_uri_component(server)));
}

/// Draws the options page.
pub fn mount() {
    leptos::mount::mount_to_body(root);
}

fn root() -> AnyView {
    let (now, _) = page::now();
    let ui = Ui::new(now, false, None);
    let route = RwSignal::new(Route::present());
    window_event_listener(ev::hashchange, move |_| {
        let present = Route::present();
        if route.with_untracked(|route| route.section != present.section) {
            ui.said.set(None);
            ui.view.set(View::List);
        }
        route.set(present);
    });
    ui.open();
    // Locked or unlocked elsewhere, by the user, the clock or the screen: nothing of an open vault stays here.
    page::on_lock_changed(move || ui.open());
    Effect::new(move |_| {
        if ui.screen.with(|screen| *screen != Shown::Nothing) {
            parts::after_paint();
        }
    });
    let links: Vec<_> = SECTIONS.iter().map(|section| link(section, route)).collect();
    let content = move || match ui.screen.get() {
        Shown::Board => section(ui, route),
        _ => gate::gate(ui),
    };
    view! {
        <nav aria-label=say("settings")>
            <p class="brand"><img src="icons/mark.svg" alt="" width="28" height="28" />{say("extension_name")}</p>
            {links}
        </nav>
        <main>
            {move || parts::line(ui)}
            {content}
        </main>
    }
    .into_any()
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

/// The camera; what it read is kept or not, then the list is shown.
fn camera(ui: Ui) -> AnyView {
    ui.view.set(View::Camera);
    Effect::new(move |_| {
        if ui.view.with(|view| matches!(view, View::List)) {
            go_to("accounts");
        }
    });
    camera::section(ui)
}

/// Adding by hand in a tab, which stays when the key is fetched from another window.
fn add(ui: Ui) -> AnyView {
    ui.view.set(View::Add);
    Effect::new(move |_| {
        if ui.view.with(|view| matches!(view, View::List)) {
            go_to("accounts");
        }
    });
    (move || match ui.view.get() {
        View::Found(held) => found::found(ui, &held),
        _ => form::add(ui),
    })
    .into_any()
}

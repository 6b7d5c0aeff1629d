//! The options page: accounts and trash, connections, sites, security, import and export, appearance, about.
//!
//! The URL's fragment selects the section, and contains parameters such as the server to connect to:
//! `#connect?server=https://id.example.com`.

mod about;
mod accounts;
mod accounts_table;
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
mod welcome;

use std::collections::HashMap;

use leptos::ev;
use leptos::prelude::*;

use super::badge::Icons;
use super::state::{ContextType, ScreenKind, Ui, View};
use super::texts::localize;
use super::{clock, components, focus, form, large_code, scan_results, shortcuts, unlock_screens};
use crate::browser::page;
use crate::casdoor::LoginPage;
use crate::vault::AccountId;

/// The sections in their order.
const SECTIONS: [&str; 7] = ["accounts", "connect", "sites", "security", "exchange", "appearance", "about"];

/// The pages that are not in the navigation: steps of a section, and pages that the popup opens.
const OTHERS: [&str; 8] = ["add", "backup", "camera", "code", "export", "import", "shortcuts", "welcome"];

/// The section and its parameters, as given by the URL's fragment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Route {
    section: String,
    server: String,
    /// The organization in the current tab's address; empty if there is none.
    organization: String,
    /// The account whose code is shown in large type.
    account: Option<AccountId>,
    /// True if a connection code was scanned. The worker keeps the code.
    found_code: bool,
    /// A value that differs each time the connect flow is restarted.
    turn: String,
}

impl Route {
    fn current() -> Self {
        let hash = window().location().hash().unwrap_or_default();
        let (section, rest) =
            hash.trim_start_matches('#').split_once('?').unwrap_or((hash.trim_start_matches('#'), ""));
        let parameters = web_sys::UrlSearchParams::new_with_str(rest).ok();
        let parameter = |name: &str| parameters.as_ref().and_then(|all| all.get(name)).unwrap_or_default();
        let section = if OTHERS.contains(&section) || SECTIONS.contains(&section) { section } else { "accounts" };
        Self {
            section: section.to_owned(),
            server: parameter("server"),
            organization: LoginPage::organization(&parameter("organization")).unwrap_or_default(),
            account: parameter("account").parse().ok(),
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
    let ui = Ui::new(now, ContextType::Tab, None, Icons::new(HashMap::new()));
    provide_context(ui);
    let route = RwSignal::new(Route::current());
    listen_for_help();
    window_event_listener(ev::hashchange, move |_| {
        let current = Route::current();
        if route.with_untracked(|route| route.section != current.section) {
            ui.show_view(View::List);
        }
        route.set(current);
    });
    ui.load_policy();
    ui.refresh_screen();
    // The vault can be locked or unlocked elsewhere: by the user in the popup, by a timer or by the screen lock.
    // Requesting the screen then also clears what this page showed of an open vault.
    page::on_lock_changed(move || ui.refresh_screen());
    Effect::new(move |_| {
        if ui.screen.with(|screen| *screen != ScreenKind::Nothing) {
            components::after_paint();
        }
    });
    focus::restore_when_lost();
    Effect::new(move |_| set_title(ui, &route.with(|route| route.section.clone())));
    let links: Vec<_> = SECTIONS.iter().map(|section| link(section, route)).collect();
    let content = move || match ui.screen.get() {
        ScreenKind::AccountList => section(ui, route),
        _ => unlock_screens::unlock_screen(ui),
    };
    view! {
        <nav aria-label=localize("settings") class:hidden=move || is_alone(ui, route)>
            <p class="brand"><img src="icons/mark.svg" alt="" width="28" height="28" />{localize("extension_name")}</p>
            {links}
            <a class="help" href="#shortcuts" data-section="shortcuts">{localize("shortcuts_title")}</a>
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
    let name = localize("extension_name");
    let title = match section {
        _ if ui.screen.with(|screen| *screen != ScreenKind::AccountList) => return document().set_title(&name),
        "add" => localize("add_title"),
        "backup" => localize("backup_title"),
        "camera" => localize("camera_title"),
        "code" => localize("code_large"),
        "export" => localize("export_heading"),
        "import" => localize("import_title"),
        "shortcuts" => localize("shortcuts_title"),
        "welcome" => localize("welcome_title"),
        section => localize(&format!("section_{section}")),
    };
    document().set_title(&format!("{title} · {name}"));
}

fn link(section: &'static str, route: RwSignal<Route>) -> AnyView {
    let current = move || route.with(|route| part_of(&route.section) == section).then_some("page");
    view! {
        <a href=format!("#{section}") data-section=section aria-current=current>
            {localize(&format!("section_{section}"))}
        </a>
    }
    .into_any()
}

/// Returns the section of the navigation that a page belongs to.
fn part_of(section: &str) -> &str {
    match section {
        "add" | "camera" => "accounts",
        "backup" | "export" | "import" => "exchange",
        other => other,
    }
}

/// Returns true if nothing but the current page is useful: before the vault is open, after the first start, and while a
/// code is shown in large type.
fn is_alone(ui: Ui, route: RwSignal<Route>) -> bool {
    ui.screen.with(|screen| *screen != ScreenKind::AccountList)
        || route.with(|route| matches!(route.section.as_str(), "code" | "welcome"))
}

/// Shows the shortcuts when the user presses `?` outside of a field.
fn listen_for_help() {
    window_event_listener(ev::keydown, |event| {
        let is_field = |name: String| matches!(name.as_str(), "INPUT" | "TEXTAREA" | "SELECT");
        let types = document().active_element().is_some_and(|element| is_field(element.tag_name()));
        if event.key() == "?" && !types && !event.default_prevented() {
            event.prevent_default();
            go_to("shortcuts");
        }
    });
}

fn section(ui: Ui, route: RwSignal<Route>) -> AnyView {
    let route = Memo::new(move |_| route.get());
    (move || match route.with(|route| route.section.clone()).as_str() {
        "connect" => connections::section(ui, route.get()),
        "exchange" => exchange::section(ui),
        "backup" => exchange::backup(ui),
        "export" => exchange::export(ui),
        "import" => exchange::import(ui),
        "code" => code(ui, route.with(|route| route.account)),
        "shortcuts" => shortcut_list(),
        "welcome" => welcome::section(),
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

/// Shows a code in large type. Only this section needs the clock, which runs on once it has been started.
fn code(ui: Ui, account: Option<AccountId>) -> AnyView {
    clock::start(ui);
    large_code::section(ui, account)
}

fn shortcut_list() -> AnyView {
    view! {
        <section data-screen="shortcuts">
            <h1>{localize("shortcuts_title")}</h1>
            <div class="panel">{shortcuts::overview()}</div>
        </section>
    }
    .into_any()
}

/// Shows the camera and the result of the scan.
fn camera(ui: Ui) -> AnyView {
    begin(ui, View::Camera, "camera");
    camera::section(ui)
}

/// Shows a view that has a page of its own, and returns to the accounts when the user leaves it.
fn begin(ui: Ui, view: View, page: &'static str) {
    ui.view.set(view);
    Effect::new(move |_| {
        // A link to another section also ends this view, but leads there.
        if ui.view.with(|view| matches!(view, View::List)) && Route::current().section == page {
            go_to("accounts");
        }
    });
}

/// Shows the form for a new account. Unlike the popup, this tab stays open while the user copies the key elsewhere.
fn add(ui: Ui) -> AnyView {
    begin(ui, View::Add, "add");
    (move || match ui.view.get() {
        View::ScanResults(held) => scan_results::found(ui, &held),
        _ => form::add(ui),
    })
    .into_any()
}

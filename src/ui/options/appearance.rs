//! Theme, language, and how codes are shown. Each change is saved immediately.

use std::iter;

use leptos::prelude::*;

use super::super::components::{checkbox, choice, locked_choice};
use super::super::state::Ui;
use super::super::texts::say;
use crate::app::LANGUAGES;
use crate::app::protocol::{Reply, Request};
use crate::browser::page;
use crate::vault::{Settings, Theme};

/// Returns the section.
pub fn section(ui: Ui) -> AnyView {
    let settings = RwSignal::new(None::<Settings>);
    ui.load(Request::ReadSettings, move |ui, reply| receive(ui, settings, reply));
    let read = Memo::new(move |_| settings.with(Option::is_some));
    let choices = move || read.get().then(|| settings.get_untracked().map(|read| choices(ui, settings, &read)));
    view! {
        <section data-screen="appearance">
            <h1>{say("section_appearance")}</h1>
            <div class="panel">{choices}</div>
            <div class="panel">{move || language(ui)}</div>
        </section>
    }
    .into_any()
}

fn receive(ui: Ui, settings: RwSignal<Option<Settings>>, reply: Reply) {
    match reply {
        Reply::Settings { settings: read } => {
            wear(read.theme);
            settings.set(Some(read));
        }
        other => ui.take(other),
    }
}

/// Returns the choice of a language. Once it is stored, the page is loaded again with the new texts.
fn language(ui: Ui) -> AnyView {
    if let Some(set) = ui.policy.with(|policy| policy.language.clone()) {
        let name = LANGUAGES.iter().find(|(language, _)| *language == set).map_or("", |(_, name)| name);
        return locked_choice("language", "language_title", name.to_owned());
    }
    let chosen = RwSignal::new(page::chosen_language().unwrap_or_default());
    let languages = LANGUAGES.iter().map(|(language, name)| ((*language).to_owned(), (*name).to_owned()));
    let options = iter::once((String::new(), say("language_system"))).chain(languages).collect();
    Effect::new(move |before: Option<()>| {
        let language = chosen.get();
        if before.is_some() {
            ui.load(Request::SetLanguage { language }, |ui, reply| match reply {
                // Fails only for a page that is being left.
                Reply::Done { .. } => drop(window().location().reload()),
                other => ui.take(other),
            });
        }
    });
    view! {
        {choice("language", "language_title", options, chosen)}
        <p class="quiet under">{say("language_text")}</p>
    }
    .into_any()
}

/// Applies the theme to this page immediately; other pages read it when they open.
fn wear(theme: Theme) {
    if let Some(root) = document().document_element() {
        // Fails only for a malformed attribute name.
        drop(root.set_attribute("data-theme", theme.name()));
    }
}

fn choices(ui: Ui, settings: RwSignal<Option<Settings>>, read: &Settings) -> AnyView {
    let options = Theme::ALL.map(|theme| (theme.name().to_owned(), say(&format!("theme_{}", theme.name()))));
    let theme = RwSignal::new(read.theme.name().to_owned());
    let (hides, next) = (RwSignal::new(read.hides_codes), RwSignal::new(read.shows_next));
    let seconds = RwSignal::new(read.shows_seconds);
    Effect::new(move |before: Option<()>| {
        let (name, hides_codes, shows_next) = (theme.get(), hides.get(), next.get());
        let shows_seconds = seconds.get();
        if before.is_some()
            && let Some(present) = settings.get_untracked()
        {
            let theme = Theme::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default();
            let changed = Settings { theme, hides_codes, shows_next, shows_seconds, ..present };
            ui.load(Request::SetSettings { settings: changed }, move |ui, reply| receive(ui, settings, reply));
        }
    });
    view! {
        {choice("theme", "theme", options.to_vec(), theme)}
        <p class="quiet under">{say("theme_hint")}</p>
        {checkbox("shows-next", say("shows_next"), say("shows_next_hint"), next)}
        {checkbox("shows-seconds", say("shows_seconds"), say("shows_seconds_hint"), seconds)}
        {checkbox("hides-codes", say("hides_codes"), say("hides_codes_hint"), hides)}
    }
    .into_any()
}

//! The appearance section: theme, language, and how codes are shown. Each change is saved immediately.

use std::iter;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::super::components::{checkbox, choice, locked_choice};
use super::super::state::Ui;
use super::super::texts::localize;
use crate::app::LANGUAGES;
use crate::app::protocol::{ReadSettings, SetLanguage, SetSettings};
use crate::browser::{intl, page};
use crate::vault::{Density, Settings, Theme};

/// Returns the appearance section.
pub fn section(ui: Ui) -> AnyView {
    let settings = RwSignal::new(None::<Settings>);
    ui.ask(ReadSettings, move |_, read| receive(settings, read));
    let read = Memo::new(move |_| settings.with(Option::is_some));
    let choices = move || read.get().then(|| settings.get_untracked().map(|read| choices(ui, settings, &read)));
    view! {
        <section data-screen="appearance">
            <h1>{localize("section_appearance")}</h1>
            <div class="panel">{choices}</div>
            <div class="panel">{move || language(ui)}</div>
        </section>
    }
    .into_any()
}

fn receive(settings: RwSignal<Option<Settings>>, read: Settings) {
    apply_to_page(&read);
    settings.set(Some(read));
}

/// Returns the language selection. Once a change is stored, the page is reloaded to show its texts in that language.
fn language(ui: Ui) -> AnyView {
    if let Some(set) = ui.policy.with(|policy| policy.language.clone()) {
        let name = LANGUAGES.iter().find(|(language, _)| *language == set).map_or("", |(_, name)| name);
        return locked_choice("language", "language_title", name.to_owned());
    }
    let chosen = RwSignal::new(page::chosen_language().unwrap_or_default());
    let languages = LANGUAGES.iter().map(|(language, name)| ((*language).to_owned(), (*name).to_owned()));
    let options = iter::once((String::new(), localize("language_system"))).chain(languages).collect();
    Effect::new(move |before: Option<()>| {
        let language = chosen.get();
        if before.is_some() {
            // Reloading fails only while the user is leaving the page.
            ui.ask(SetLanguage { language }, |_, ()| drop(window().location().reload()));
        }
    });
    view! {
        {choice("language", "language_title", options, chosen)}
        <p class="quiet under">{localize("language_text")}</p>
    }
    .into_any()
}

/// Applies the settings to this page immediately. `appearance.js` applies them to every other page when it opens.
fn apply_to_page(settings: &Settings) {
    let root = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok());
    if let Some(root) = root {
        // These fail only for malformed names.
        drop(root.set_attribute("data-theme", settings.theme.name()));
        drop(root.set_attribute("data-density", settings.density.name()));
        drop(root.style().set_property("font-size", &format!("{}%", settings.text_size_percent)));
    }
}

/// Returns the selectable text sizes, including the stored size even if it is not a standard one.
fn text_sizes(current: u16) -> Vec<(String, String)> {
    let mut sizes: Vec<u16> = Settings::TEXT_SIZES.into_iter().chain([current]).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes.into_iter().map(|size| (size.to_string(), intl::percent(size))).collect()
}

fn choices(ui: Ui, settings: RwSignal<Option<Settings>>, read: &Settings) -> AnyView {
    let options = Theme::ALL.map(|theme| (theme.name().to_owned(), localize(&format!("theme_{}", theme.name()))));
    let theme = RwSignal::new(read.theme.name().to_owned());
    let (hides, next) = (RwSignal::new(read.hides_codes), RwSignal::new(read.shows_next));
    let seconds = RwSignal::new(read.shows_seconds);
    let densities =
        Density::ALL.map(|density| (density.name().to_owned(), localize(&format!("density_{}", density.name()))));
    let size = RwSignal::new(read.text_size_percent.to_string());
    let density = RwSignal::new(read.density.name().to_owned());
    Effect::new(move |before: Option<()>| {
        let (name, hides_codes, shows_next) = (theme.get(), hides.get(), next.get());
        let (shows_seconds, density_name, size) = (seconds.get(), density.get(), size.get());
        if before.is_some()
            && let Some(current) = settings.get_untracked()
        {
            let theme = Theme::ALL.into_iter().find(|theme| theme.name() == name).unwrap_or_default();
            let density = Density::ALL.into_iter().find(|density| density.name() == density_name).unwrap_or_default();
            let text_size_percent = size.parse().unwrap_or(current.text_size_percent);
            let shown = Settings { theme, text_size_percent, density, ..current };
            let changed = Settings { hides_codes, shows_next, shows_seconds, ..shown };
            ui.ask(SetSettings { settings: changed }, move |_, read| receive(settings, read));
        }
    });
    view! {
        {choice("theme", "theme", options.to_vec(), theme)}
        <p class="quiet under">{localize("theme_hint")}</p>
        <div class="pair">
            {choice("text-size", "text_size", text_sizes(read.text_size_percent), size)}
            {choice("density", "density", densities.to_vec(), density)}
        </div>
        {checkbox("shows-next", localize("shows_next"), localize("shows_next_hint"), next)}
        {checkbox("shows-seconds", localize("shows_seconds"), localize("shows_seconds_hint"), seconds)}
        {checkbox("hides-codes", localize("hides_codes"), localize("hides_codes_hint"), hides)}
    }
    .into_any()
}

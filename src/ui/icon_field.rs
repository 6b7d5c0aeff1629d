//! The part of an account's form that selects its icon: automatic, an emoji or letters, or the icon of a service.

use leptos::prelude::*;

use super::badge::{DrawnIcon, badge, icon_badge};
use super::components::{Field, field};
use super::state::Ui;
use super::texts::localize;
use crate::app::protocol::Row;
use crate::vault::{AccountId, ChosenIcon, Site, StorageLocation};

/// The maximum number of services shown. The user finds others with the search.
const SHOWN_SERVICES: usize = 24;

/// How the icon is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    /// The account's service determines it.
    #[default]
    Automatic,
    /// The user types it.
    Typed,
    /// The user picks a service.
    Service,
}

/// The values of the field.
#[derive(Clone, Copy)]
pub struct IconFields {
    way: RwSignal<Way>,
    typed: RwSignal<String>,
    service: RwSignal<String>,
    query: RwSignal<String>,
}

impl IconFields {
    /// Creates the values from the text that the worker sent.
    pub fn new(stored: &str) -> Self {
        let (way, typed, service) = match stored.parse() {
            Ok(ChosenIcon::Text(text)) => (Way::Typed, text, String::new()),
            Ok(ChosenIcon::Service(slug)) => (Way::Service, String::new(), slug),
            Err(_) => (Way::Automatic, String::new(), String::new()),
        };
        Self {
            way: RwSignal::new(way),
            typed: RwSignal::new(typed),
            service: RwSignal::new(service),
            query: RwSignal::new(String::new()),
        }
    }

    /// Returns the chosen icon. `None` means automatic, also if nothing was typed or picked yet. Fails if the typed
    /// text is not an icon.
    fn chosen(self) -> Result<Option<ChosenIcon>, ()> {
        match self.way.get() {
            Way::Typed => self.typed.with(|typed| match typed.trim() {
                "" => Ok(None),
                typed => ChosenIcon::text(typed).map(Some).ok_or(()),
            }),
            Way::Service => Ok(self.service.with(|slug| ChosenIcon::service(slug))),
            Way::Automatic => Ok(None),
        }
    }

    /// Returns the text to send. Fails with the name of the field if the typed text is not an icon.
    pub fn read(self) -> Result<String, &'static str> {
        let chosen = untrack(|| self.chosen()).map_err(|()| "icon")?;
        Ok(chosen.as_ref().map(ChosenIcon::to_string).unwrap_or_default())
    }
}

/// Returns the field. Its preview shows the icon for the names that are typed in the form.
pub fn icon_field(
    ui: Ui,
    fields: IconFields,
    id: Option<AccountId>,
    issuer: RwSignal<String>,
    name: RwSignal<String>,
) -> AnyView {
    ui.icons.load();
    let preview = Memo::new(move |_| {
        Some(Row { icon: fields.chosen().ok().flatten(), ..named_row(ui, id, issuer.get(), name.get()) })
    });
    let below = move || match fields.way.get() {
        Way::Automatic => ().into_any(),
        Way::Typed => field(Field { name: "icon", label: "form_icon_typed", ..Field::default() }, fields.typed),
        Way::Service => services(ui, fields),
    };
    view! {
        <div class="field icon-of" role="group" aria-labelledby="icon-of-account" data-icon-of="">
            <span id="icon-of-account">{localize("form_icon")}</span>
            <div class="icon-ways">
                {badge(ui, preview)}
                {way(fields, Way::Automatic, "icon-automatic", localize("form_icon_automatic"))}
                {way(fields, Way::Typed, "icon-typed", localize("form_icon_text"))}
                {way(fields, Way::Service, "icon-service", localize("form_icon_service"))}
            </div>
            {below}
        </div>
    }
    .into_any()
}

/// Returns a row with these names, to determine the icon of a service.
fn named_row(ui: Ui, id: Option<AccountId>, issuer: String, name: String) -> Row {
    let sites: Vec<Site> = ui.account_list.with(|account_list| {
        let row = account_list.rows.iter().find(|row| Some(row.id) == id);
        row.map(|row| row.sites.clone()).unwrap_or_default()
    });
    Row {
        id: id.unwrap_or(AccountId::NIL),
        issuer,
        name,
        period: 0,
        from: 0,
        codes: String::new(),
        pinned: false,
        fills: false,
        group: String::new(),
        icon: None,
        location: StorageLocation::Device,
        sites,
        forbidden_locations: Vec::new(),
        marks: Vec::new(),
    }
}

fn way(fields: IconFields, way: Way, name: &'static str, words: String) -> AnyView {
    view! {
        <label class="tick">
            <input
                type="radio"
                name="icon-way"
                data-field=name
                prop:checked=move || fields.way.get() == way
                on:change=move |_| fields.way.set(way)
            />
            <span>{words}</span>
        </label>
    }
    .into_any()
}

/// Returns the search for a service's icon and its results.
fn services(ui: Ui, fields: IconFields) -> AnyView {
    let found = Memo::new(move |_| {
        let query = fields.query.get();
        let mut found = ui.icons.search(&query, SHOWN_SERVICES);
        // Before a search, the current choice comes first, so that it is in sight.
        let chosen = fields.service.get_untracked();
        if let Some(chosen) = ui.icons.named(&chosen).filter(|_| query.is_empty()) {
            found.retain(|(icon, _)| icon.slug != chosen.0.slug);
            found.insert(0, chosen);
            found.truncate(SHOWN_SERVICES);
        }
        found
    });
    let choices = move || {
        let choice = |(icon, title): (DrawnIcon, String)| {
            let (slug, pressed, name) = (icon.slug.clone(), icon.slug.clone(), icon.slug.clone());
            view! {
                <button
                    type="button"
                    class="icon-choice"
                    data-icon-choice=name
                    aria-pressed=move || fields.service.with(|service| *service == pressed).to_string()
                    on:click=move |_| fields.service.set(slug.clone())
                >
                    {icon_badge(icon)}
                    <span>{title}</span>
                </button>
            }
        };
        found.get().into_iter().map(choice).collect_view()
    };
    let nothing =
        move || (found.with(Vec::is_empty) && !fields.query.with(String::is_empty)).then(|| localize("form_icon_none"));
    view! {
        {field(Field { name: "icon-search", label: "form_icon_search", kind: "search", ..Field::default() }, fields.query)}
        <p class="quiet" role="status">{nothing}</p>
        <div class="icon-choices" role="group" aria-label=localize("form_icon_service")>{choices}</div>
    }
    .into_any()
}

//! The sites on which an account may be filled, as a part of its form: a list, and an editor to add or change a site.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::components::{Field, choice, field, icon};
use super::popup::confirm_site;
use super::state::{StatusMessage, Ui, Undo};
use super::texts::{localize, localize_with};
use crate::app::protocol::{RemoveSite, RestoreSite, SaveSite, SaveSiteAnswer, SiteForm, SiteRule, SiteWarning};
use crate::browser::page;
use crate::label::clean;
use crate::vault::{AccountId, Site};

/// The editor for one site.
#[derive(Clone, Copy)]
struct Editor {
    is_open: RwSignal<bool>,
    address: RwSignal<String>,
    rule: RwSignal<String>,
    /// The site that is edited; `None` for a new one.
    replaces: RwSignal<Option<Site>>,
    /// The site that the worker warned about, and the warning.
    warning: RwSignal<Option<(String, SiteWarning)>>,
    /// True if the user overrules the warning.
    insists: RwSignal<bool>,
}

impl Editor {
    fn new() -> Self {
        let editor = Self {
            is_open: RwSignal::new(false),
            address: RwSignal::default(),
            rule: RwSignal::default(),
            replaces: RwSignal::new(None),
            warning: RwSignal::new(None),
            insists: RwSignal::new(false),
        };
        // A warning applies only to the address and the rule that were sent, so it ends when either of them changes.
        Effect::new(move |_| {
            editor.address.track();
            editor.rule.track();
            editor.warning.set(None);
            editor.insists.set(false);
        });
        editor
    }

    /// Opens the editor for a new site, with the host of the current tab filled in.
    fn add(self, ui: Ui) {
        let origin = ui.origin.get_value().unwrap_or_default();
        let host = origin.strip_prefix("https://").unwrap_or(&origin);
        self.show(host.to_owned(), SiteRule::default(), None);
    }

    fn edit(self, site: &Site) {
        let Some(rule) = SiteRule::of(site) else { return };
        self.show(site.text().unwrap_or_default().to_owned(), rule, Some(site.clone()));
    }

    fn show(self, address: String, rule: SiteRule, replaces: Option<Site>) {
        // If the editor is open for another site, closing it first replaces its fields together with their values.
        self.is_open.set(false);
        self.address.set(address);
        self.rule.set(rule.name().to_owned());
        self.replaces.set(replaces);
        self.is_open.set(true);
    }

    fn close(self) {
        self.is_open.set(false);
    }

    fn save(self, ui: Ui, id: AccountId) {
        let warning = self.warning.get_untracked();
        if warning.is_some() && !self.insists.get_untracked() {
            return;
        }
        let rule = self.rule.get_untracked();
        let form = SiteForm {
            address: page::typed_address(&self.address.get_untracked()),
            rule: SiteRule::ALL.into_iter().find(|known| known.name() == rule).unwrap_or_default(),
            replaces: self.replaces.get_untracked(),
            accepts: warning.map(|(_, warning)| warning).unwrap_or_default(),
        };
        ui.ask_once(SaveSite { id, form }, move |ui, answer| match answer {
            SaveSiteAnswer::Confirm(question) => self.warning.set(Some((question.site, question.warning))),
            SaveSiteAnswer::Saved(screen) => {
                self.close();
                ui.status.set(None);
                ui.render_screen(screen);
                ui.announcement.set(localize("site_saved"));
            }
        });
    }
}

/// Returns the texts to show for a site and for its rule.
pub fn names(site: &Site) -> (String, String) {
    let rule = SiteRule::of(site).map(|rule| localize(&format!("site_rule_{}", rule.name()))).unwrap_or_default();
    (site.text().map_or_else(|| localize("site_unknown"), |text| clean(text).into_owned()), rule)
}

/// Returns the list of sites in an account's form.
pub fn of_account(ui: Ui, id: AccountId) -> AnyView {
    let editor = Editor::new();
    let sites = Memo::new(move |_| {
        ui.account_list.with(|account_list| {
            let row = account_list.rows.iter().find(|row| row.id == id);
            row.map(|row| row.sites.clone()).unwrap_or_default()
        })
    });
    let list = move || {
        let sites = sites.get();
        if sites.is_empty() {
            return view! { <small data-sites="none">{localize("sites_none")}</small> }.into_any();
        }
        let lines = sites.into_iter().map(|site| line(ui, id, editor, site)).collect_view();
        view! { <ul class="sites">{lines}</ul> }.into_any()
    };
    let below = move || match editor.is_open.get() {
        true => fields(ui, id, editor),
        false => view! {
            <button class="plain" type="button" data-action="add-site" on:click=move |_| editor.add(ui)>
                {localize("site_add")}
            </button>
        }
        .into_any(),
    };
    view! {
        <div class="field" role="group" aria-labelledby="sites-of-account" data-sites-of=id.to_string()>
            <span id="sites-of-account">{localize("section_sites")}</span>
            {list}
            {below}
        </div>
    }
    .into_any()
}

fn line(ui: Ui, id: AccountId, editor: Editor, site: Site) -> AnyView {
    let (text, rule) = names(&site);
    let (edit, remove) = (localize_with("site_edit", &[&text]), localize_with("site_remove", &[&text]));
    let (edited, removed, named, shown) = (site.clone(), site.clone(), text.clone(), text.clone());
    let edit_button = SiteRule::of(&site).map(|_| {
        view! {
            <button
                class="plain"
                type="button"
                data-action="edit-site"
                aria-label=edit
                on:click=move |_| editor.edit(&edited)
            >
                {localize("edit")}
            </button>
        }
    });
    let take_out = move |_| {
        let (site, text) = (removed.clone(), named.clone());
        ui.ask_once(RemoveSite { id, site: site.clone() }, move |ui, screen| {
            ui.render_screen(screen);
            let undo = Some(Undo::by(&RestoreSite { id, site }));
            ui.status.set(Some(StatusMessage { text: localize_with("site_removed", &[&text]), failed: false, undo }));
        });
    };
    view! {
        <li data-site=text.clone() data-rule=SiteRule::of(&site).map(SiteRule::name)>
            <span>{shown}<small>{rule}</small></span>
            {edit_button}
            <button class="square" type="button" data-action="remove-site" aria-label=remove on:click=take_out>
                {icon(icon::CLOSE)}
            </button>
        </li>
    }
    .into_any()
}

/// Returns the editor's fields. They are inside the account's form, so they handle Enter to keep it from submitting
/// that form.
fn fields(ui: Ui, id: AccountId, editor: Editor) -> AnyView {
    const ADDRESS: Field = Field {
        name: "site-address",
        label: "site_address",
        hint: "site_address_hint",
        kind: "",
        autocomplete: "",
        focused: true,
    };
    let rules = SiteRule::ALL.map(|rule| (rule.name().to_owned(), localize(&format!("site_rule_{}", rule.name()))));
    let key = move |event: KeyboardEvent| {
        let is_button = event.target().is_some_and(|target| target.has_type::<web_sys::HtmlButtonElement>());
        match event.key().as_str() {
            "Enter" if !is_button => editor.save(ui, id),
            "Escape" => editor.close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let warned = move || {
        let (site, warning) = editor.warning.get()?;
        confirm_site::warned(&site, &warning, editor.insists)
    };
    let is_held = move || ui.busy.get() || (editor.warning.with(Option::is_some) && !editor.insists.get());
    view! {
        <div class="card" data-site-editor="" on:keydown=key>
            {field(ADDRESS, editor.address)}
            {choice("site-rule", "form_sites", rules.to_vec(), editor.rule)}
            {warned}
            <div class="pair">
                <button type="button" data-action="save-site" disabled=is_held on:click=move |_| editor.save(ui, id)>
                    {localize("site_save")}
                </button>
                <button type="button" data-action="cancel-site" on:click=move |_| editor.close()>
                    {localize("cancel")}
                </button>
            </div>
        </div>
    }
    .into_any()
}

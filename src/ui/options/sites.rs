//! The sites section: the approved sites with their accounts, the remembered fields, and the connected servers.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::super::components::{icon, icon as drawings, managed_reason, nothing_here};
use super::super::sites::names;
use super::super::state::Ui;
use super::super::texts::{localize, localize_with, title};
use crate::app::protocol::{ConnectionName, ForgetField, ReadSettings, RemoveSite, Row};
use crate::vault::{AccountId, RememberedField, Settings, Site};

/// The approved sites and their accounts, sorted by the site's text.
type Sites = BTreeMap<String, (Site, Vec<(AccountId, String)>)>;

/// Returns the sites section.
pub fn section(ui: Ui) -> AnyView {
    let sites = Memo::new(move |_| ui.account_list.with(|account_list| by_site(&account_list.rows)));
    let servers = Memo::new(move |_| ui.account_list.with(|account_list| account_list.connections.clone()));
    let list = move || {
        let sites = sites.get();
        if sites.is_empty() {
            let empty = nothing_here(drawings::GLOBE, localize("sites_none"));
            return view! { <div data-sites="none">{empty}</div> }.into_any();
        }
        sites.into_values().map(|(site, accounts)| panel(ui, &site, accounts)).collect_view().into_any()
    };
    let connected = move || {
        let servers = servers.get();
        if servers.is_empty() {
            return view! { <p class="quiet">{localize("sites_no_server")}</p> }.into_any();
        }
        let lines = servers.iter().map(server).collect_view();
        view! { <ul class="list">{lines}</ul> }.into_any()
    };
    view! {
        <section data-screen="sites">
            <h1>{localize("section_sites")}</h1>
            <p class="quiet">{localize("sites_text")}</p>
            {move || only_sites(ui)}
            {list}
            {remembered_fields(ui)}
            <h2>{localize("sites_servers")}</h2>
            <p class="quiet">{localize("sites_servers_text")}</p>
            {connected}
        </section>
    }
    .into_any()
}

/// Lists the sites on which the organization's policy allows filling; `None` if the policy does not limit them.
fn only_sites(ui: Ui) -> Option<AnyView> {
    let sites = ui.policy.with(|policy| policy.fill_sites.clone())?;
    let line = |site: Site| {
        view! { <li><span>{names(&site).0}</span></li> }
    };
    let lines = sites.into_iter().map(line).collect_view();
    Some(
        view! { <div class="panel" data-only-sites="">{managed_reason()}<ul class="list">{lines}</ul></div> }
            .into_any(),
    )
}

/// Shows the fields that the user selected on pages for filling, if there are any.
fn remembered_fields(ui: Ui) -> AnyView {
    let fields = RwSignal::new(Vec::<RememberedField>::new());
    let receive = move |_, settings: Settings| fields.set(settings.remembered_fields);
    ui.ask(ReadSettings, receive);
    let forget = move |origin: String| ui.ask_once(ForgetField { origin }, receive);
    let list = move || {
        let fields = fields.get();
        let lines: Vec<_> = fields.into_iter().map(|field| field_row(field, forget)).collect();
        (!lines.is_empty()).then(|| {
            view! {
                <h2>{localize("sites_fields")}</h2>
                <p class="quiet">{localize("sites_fields_text")}</p>
                <ul class="list" data-fields="">{lines}</ul>
            }
        })
    };
    view! { {list} }.into_any()
}

fn field_row(field: RememberedField, forget: impl Fn(String) + 'static) -> AnyView {
    let RememberedField { origin, id, name, label, .. } = field;
    let called = [label, name, id].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let tip = localize_with("sites_forget", &[&origin]);
    let (shown, named) = (origin.clone(), origin.clone());
    view! {
        <li data-field-of=named>
            <span><b>{shown}</b><small>{called}</small></span>
            <button
                class="square"
                type="button"
                data-action="forget-field"
                aria-label=tip.clone()
                title=tip
                on:click=move |_| forget(origin.clone())
            >
                {icon(drawings::CLOSE)}
            </button>
        </li>
    }
    .into_any()
}

fn by_site(rows: &[Row]) -> Sites {
    let mut sites = Sites::new();
    for row in rows {
        for (site, text) in row.sites.iter().filter_map(|site| Some((site, site.text()?))) {
            let (_, accounts) = sites.entry(text.to_owned()).or_insert_with(|| (site.clone(), Vec::new()));
            accounts.push((row.id, title(&row.issuer, &row.name)));
        }
    }
    sites
}

fn panel(ui: Ui, site: &Site, accounts: Vec<(AccountId, String)>) -> AnyView {
    let (text, rule) = names(site);
    let named = text.clone();
    let lines: Vec<_> = accounts.into_iter().map(|(id, who)| site_row(ui, site.clone(), id, who)).collect();
    view! {
        <div class="panel" data-site=named>
            <h2>{text}</h2>
            <p class="quiet under">{rule}</p>
            <ul class="list">{lines}</ul>
        </div>
    }
    .into_any()
}

fn site_row(ui: Ui, site: Site, id: AccountId, who: String) -> AnyView {
    let label = localize_with("sites_remove", &[&who, &names(&site).0]);
    let remove = move |_| ui.send_and_render(RemoveSite { id, site: site.clone() });
    view! {
        <li data-allowed=id.to_string()>
            <span>{who}</span>
            <button class="square" type="button" data-action="remove-site" aria-label=label.clone() title=label on:click=remove>
                {icon(drawings::CLOSE)}
            </button>
        </li>
    }
    .into_any()
}

fn server(connection: &ConnectionName) -> AnyView {
    view! {
        <li data-server=connection.id.to_string()>
            <span><b>{connection.host.clone()}</b><small>{connection.label.clone()}</small></span>
            <a class="button" href="#connect">{localize("sites_server_open")}</a>
        </li>
    }
    .into_any()
}

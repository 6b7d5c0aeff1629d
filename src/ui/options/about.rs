//! The about section: version, licenses and diagnostics.

use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen_futures::spawn_local;

use super::super::managed_sign_in::support;
use super::super::state::Ui;
use super::super::texts::{localize, localize_count, localize_with};
use crate::app::protocol::Diagnose;
use crate::browser::page;

/// A crate that is compiled into the wasm, as listed by the build.
#[derive(Clone, Deserialize)]
struct License {
    name: String,
    version: String,
    license: String,
}

/// Returns the about section.
pub fn section(ui: Ui) -> AnyView {
    view! {
        <section data-screen="about">
            <h1>{localize("section_about")}</h1>
            <div class="panel">
                <p data-version="">{localize_with("about_version", &[&page::version()])}</p>
                <p>{localize("about_license")}</p>
                <p class="quiet">{localize("about_privacy")}</p>
            </div>
            {move || organization(ui)}
            <h2>{localize("licenses_title")}</h2>
            {licenses()}
            <h2>{localize("diagnostics_title")}</h2>
            {diagnostics(ui)}
        </section>
    }
    .into_any()
}

/// Shows where the organization's users get help, and which keys of its policy are not understood.
fn organization(ui: Ui) -> Option<AnyView> {
    let policy = ui.policy.get();
    if !policy.is_set() {
        return None;
    }
    let keys = policy.not_understood.join(", ");
    let unknown = (!keys.is_empty()).then(|| {
        view! { <p class="notice" data-not-understood="">{localize_with("policy_not_understood", &[&keys])}</p> }
    });
    Some(
        view! {
            <h2>{localize("policy_title")}</h2>
            <div class="panel" data-managed="">
                <p>{localize("managed_reason")}</p>
                {support(policy.support_text.clone(), policy.support_url.clone())}
                {unknown}
            </div>
        }
        .into_any(),
    )
}

/// Lists the crates in the wasm, with a link to the full license texts.
fn licenses() -> AnyView {
    let all = RwSignal::new(Vec::<License>::new());
    spawn_local(async move {
        // A package that was built without the file shows an empty list.
        all.set(read().await.unwrap_or_default());
    });
    let line = |it: &License| {
        view! { <li data-license=it.name.clone()><span>{format!("{} {}", it.name, it.version)}</span><small>{it.license.clone()}</small></li> }
    };
    let lines = move || all.with(|all| all.iter().map(line).collect_view());
    view! {
        <div class="panel">
            <p class="quiet">{localize("licenses_text")}</p>
            <details data-details="">
                <summary>{move || localize_count("licenses_count", all.with(Vec::len))}</summary>
                <ul class="list rows-of">{lines}</ul>
            </details>
            <a class="button" href="licenses.txt" target="_blank" data-action="licenses">{localize("licenses_full")}</a>
        </div>
    }
    .into_any()
}

async fn read() -> Option<Vec<License>> {
    serde_json::from_str(&page::read_file("licenses.json").await?).ok()
}

/// Shows the diagnostics, so that the user can read them before copying them.
fn diagnostics(ui: Ui) -> AnyView {
    let text = RwSignal::new(String::new());
    ui.ask(Diagnose, move |_, lines| text.set(format!("{}{lines}", platform())));
    let copy = move |_| {
        spawn_local(async move {
            let copied = page::copy(&text.get_untracked()).await;
            ui.show_status(localize(if copied { "diagnostics_copied" } else { "copy_blocked" }), !copied);
        });
    };
    view! {
        <div class="panel">
            <p class="quiet">{localize("diagnostics_text")}</p>
            <pre data-diagnostics="" dir="ltr">{text}</pre>
            <div class="buttons">
                <button type="button" data-action="copy-diagnostics" on:click=copy>{localize("diagnostics_copy")}</button>
            </div>
        </div>
    }
    .into_any()
}

/// Returns the versions of the extension and the browser, which the worker's diagnostics do not contain.
fn platform() -> String {
    let browser = web_sys::window().and_then(|window| window.navigator().user_agent().ok()).unwrap_or_default();
    format!("Extension: {}\nBrowser: {browser}\n", page::version())
}

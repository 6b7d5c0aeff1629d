//! Shows how to export from another app: a grid of apps, and the menu path of the chosen one. The apps and their paths
//! are a file of the package, which the build makes from `docs/formats.md`.

use leptos::prelude::*;
use serde::Deserialize;

use super::super::super::badge::service_badge;
use super::super::super::state::Ui;
use super::super::super::texts::{localize, localize_with};
use crate::browser::page;

/// The packaged file.
const FILE: &str = "export_guide.json";

/// An app that users switch from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ExportGuide {
    /// The app's name.
    name: String,
    /// The menu entries that lead to the export; empty if the app cannot export its accounts.
    path: Vec<String>,
    /// The app shows QR codes instead of writing a file.
    shows_qr_codes: bool,
}

/// Reads the packaged file. The signal is `None` until then, so that nothing below the grid is shown first and then
/// moves.
pub fn load() -> RwSignal<Option<Vec<ExportGuide>>> {
    let apps = RwSignal::new(None);
    leptos::task::spawn_local(async move {
        // Without the file, the grid is empty, but files can still be chosen.
        let text = page::read_file(FILE).await;
        apps.set(Some(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()));
    });
    apps
}

/// Returns the grid, or the guide of the chosen app.
pub fn guide(ui: Ui, apps: Vec<ExportGuide>) -> AnyView {
    ui.icons.load();
    let chosen = RwSignal::new(None::<ExportGuide>);
    let grid = move || {
        let buttons = apps.iter().map(|app| app_button(ui, app.clone(), chosen)).collect_view();
        view! { <h2>{localize("import_where")}</h2> <div class="apps">{buttons}</div> }.into_any()
    };
    (move || match chosen.get() {
        Some(app) => steps(ui, app, chosen),
        None => grid(),
    })
    .into_any()
}

fn app_button(ui: Ui, app: ExportGuide, chosen: RwSignal<Option<ExportGuide>>) -> AnyView {
    let name = app.name.clone();
    view! {
        <button type="button" data-app=app.name.clone() on:click=move |_| chosen.set(Some(app.clone()))>
            {service_badge(ui, &name)}
            <span>{name}</span>
        </button>
    }
    .into_any()
}

fn steps(ui: Ui, app: ExportGuide, chosen: RwSignal<Option<ExportGuide>>) -> AnyView {
    let name = app.name.clone();
    let how = if app.path.is_empty() {
        view! { <p data-path="none">{localize("import_no_export")}</p> }.into_any()
    } else {
        let entries: Vec<_> = app.path.iter().map(|entry| view! { <li>{entry.clone()}</li> }).collect();
        view! {
            <p>{localize_with("import_export_from", &[&name])}</p>
            // The menu entries are quoted as the documentation has them.
            <ol class="path" data-path=app.path.join(" › ") lang="en" dir="ltr">{entries}</ol>
        }
        .into_any()
    };
    let scan = app.shows_qr_codes.then(|| {
        view! {
            <div class="buttons">
                <a class="button" href="#camera" data-action="open-camera">{localize("camera_title")}</a>
                <a class="button" href="#add" data-action="choose-pictures">{localize("add_from_image")}</a>
            </div>
        }
    });
    view! {
        <div class="chosen-app" data-chosen-app=name.clone()>
            {service_badge(ui, &name)}
            <h2>{name.clone()}</h2>
            <button class="plain" type="button" data-action="change-app" on:click=move |_| chosen.set(None)>{localize("change")}</button>
        </div>
        <div role="status">{how}</div>
        {scan}
    }
    .into_any()
}

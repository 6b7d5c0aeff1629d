//! The import and export section: an overview, and a page for each of import, backup and export.

mod app_guide;
mod backup;
mod export;
mod import;
mod import_columns;
mod import_preview;
mod import_report;
mod job_progress;

use leptos::prelude::*;

use super::super::components::{header, icon};
use super::super::state::Ui;
use super::super::texts::{localize, localize_with};
use super::{components, go_to};
use crate::app::protocol::{Backups, ReadBackups};
use crate::browser::intl;

/// Returns the overview, from which each page is opened.
pub fn section(ui: Ui) -> AnyView {
    let backups = RwSignal::new(None::<Backups>);
    ui.ask(ReadBackups, move |_, read| backups.set(Some(read)));
    let copies = move || {
        backups.get().map(|backups| {
            if backups.forbidden {
                return backup::forbidden();
            }
            let last = match backups.made_at {
                Some(made) => localize_with("backup_made", &[&intl::date(made)]),
                None => localize("backup_none"),
            };
            view! {
                {card("backup", icon::LOCK, localize("backup_title"), last)}
                {card("export", icon::ARROW_UP, localize("export_heading"), localize("export_text"))}
            }
            .into_any()
        })
    };
    view! {
        <section data-screen="exchange">
            <h1>{localize("section_exchange")}</h1>
            <div class="add-options">
                {card("import", icon::DOWNLOAD, localize("import_title"), localize("import_text"))}
                {copies}
            </div>
        </section>
    }
    .into_any()
}

/// Returns a large link to one of the pages.
fn card(page: &'static str, drawing: &'static str, title: String, text: String) -> AnyView {
    view! {
        <a class="button" href=format!("#{page}") data-action=page>
            {icon(drawing)}
            <span>{title}<small>{text}</small></span>
        </a>
    }
    .into_any()
}

/// Returns the page for importing a file.
pub fn import(ui: Ui) -> AnyView {
    page(localize("import_title"), import::flow(ui))
}

/// Returns the page for backups.
pub fn backup(ui: Ui) -> AnyView {
    page(localize("backup_title"), backup::panel(ui))
}

/// Returns the page for exporting to another app.
pub fn export(ui: Ui) -> AnyView {
    page(localize("export_heading"), export::panel(ui))
}

fn page(title: String, content: AnyView) -> AnyView {
    view! {
        <section data-screen="exchange">
            {header(title, || go_to("exchange"))}
            {content}
        </section>
    }
    .into_any()
}

//! The import and export section, including backups.

mod backup;
mod export;
mod import;
mod import_columns;
mod import_preview;
mod import_report;
mod job_progress;

use leptos::prelude::*;

use super::super::state::Ui;
use super::super::texts::say;
use super::components;

/// Returns the import and export section.
pub fn section(ui: Ui) -> AnyView {
    view! {
        <section data-screen="exchange">
            <h1>{say("section_exchange")}</h1>
            <h2>{say("import_title")}</h2>
            {import::flow(ui)}
            <h2>{say("export_title")}</h2>
            {backup::panel(ui)}
            {export::panel(ui)}
        </section>
    }
    .into_any()
}

//! The last step of an import: a button to undo it, and a report on all rows, which the user can copy. The report
//! contains no secrets.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::super::super::texts::{format_name, localize, localize_count, localize_message, localize_with, title};
use super::import::{ImportFlow, Preview};
use super::import_preview::known_words;
use crate::app::protocol::UndoImport;
use crate::browser::page;
use crate::exchange::Format;
use crate::vault::AccountId;

/// Returns the last step, which offers to undo the import and to copy the report.
pub fn done(flow: ImportFlow, shown: Arc<Preview>, accounts: Vec<AccountId>) -> AnyView {
    let count = accounts.len();
    let undo = move |_| {
        flow.ui.ask_once(UndoImport { accounts: accounts.clone() }, move |ui, message| {
            flow.forget();
            ui.refresh_screen();
            ui.show_success(&message);
        });
    };
    let ui = flow.ui;
    view! {
        <div class="panel" data-step="imported" role="status">
            <p>{localize_count("import_done", count)}</p>
            <div class="buttons">
                <button type="button" data-action="undo-import" disabled=ui.busy on:click=undo>{localize("undo")}</button>
                <button type="button" data-action="copy-report" on:click=move |_| copy(flow, &shown)>{localize("import_copy")}</button>
                <button class="plain" type="button" data-action="another" on:click=move |_| flow.forget()>{localize("import_another")}</button>
            </div>
        </div>
    }
    .into_any()
}

/// Copies the report to the clipboard.
pub fn copy(flow: ImportFlow, shown: &Preview) {
    let text = flow.ticks.with_untracked(|ticks| text(&flow.name.get_untracked(), shown, ticks));
    spawn_local(async move {
        let copied = page::copy(&text).await;
        flow.ui.show_status(localize(if copied { "import_copied" } else { "copy_blocked" }), !copied);
    });
}

fn text(name: &str, shown: &Preview, ticks: &[bool]) -> String {
    let reading = &shown.reading;
    let format = Format::from_id(&reading.format).map(format_name).unwrap_or_default();
    let mut lines = vec![
        localize_with("import_from", &[name, &format]),
        localize_count("import_rows", reading.rows.len()),
        localize_count("import_skipped", reading.skipped.len()),
        localize_count("import_without_code", reading.without_code),
    ];
    for ((row, known), ticked) in reading.rows.iter().zip(&shown.known).zip(ticks) {
        let mut words = vec![title(&row.issuer, &row.name), localize_message(&row.summary)];
        words.push(localize(if *ticked { "import_selected" } else { "import_not_selected" }));
        words.extend(known.as_ref().map(known_words));
        words.extend(row.losses.iter().map(localize_message));
        lines.push(localize_with("import_row", &[&row.portable.row.to_string(), &words.join(" · ")]));
    }
    for row in &reading.skipped {
        lines.push(localize_with("import_row", &[&row.row.to_string(), &localize_message(&row.reason)]));
    }
    lines.join("\n")
}

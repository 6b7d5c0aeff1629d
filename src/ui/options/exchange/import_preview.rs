//! Shows every row of a file before it is saved: what will be stored, duplicates, losses, and rows that cannot be
//! imported.

use std::sync::Arc;

use leptos::html::H2;
use leptos::prelude::*;

use super::super::super::save_to::{location_field, location_from_value};
use super::super::super::texts::{format_name, localize, localize_count, localize_message, localize_with, title};
use super::import::{ImportFlow, ImportStep, Preview};
use super::{import_columns, import_report};
use crate::app::protocol::{Duplicate, DuplicateKind, FileContent, ImportRow, ImportRows, SkippedRow};
use crate::exchange::{Field, Format, PortableAccount};

/// The number of rows drawn at first and with each *Show more*.
const PAGE: usize = 200;

/// Returns the preview step.
pub fn preview(flow: ImportFlow) -> AnyView {
    let heading = NodeRef::<H2>::new();
    // The control that had the focus was removed with the previous step, so the heading receives the focus.
    heading.on_load(|heading| drop(heading.focus()));
    let (format, is_table) = flow.shown.with_untracked(|shown| (shown.reading.format.clone(), shown.reading.is_table));
    let name = Format::from_id(&format).map(format_name).unwrap_or_default();
    let location = RwSignal::new(String::new());
    let rows = move || {
        let shown = flow.shown.get();
        let list = (!shown.reading.rows.is_empty()).then(|| rows(flow, &shown));
        view! { {list} {skipped(&shown.reading)} }
    };
    let has_rows = Memo::new(move |_| flow.shown.with(|shown| !shown.reading.rows.is_empty()));
    let copy = move |_| import_report::copy(flow, &flow.shown.get_untracked());
    view! {
        <div class="panel" data-step="preview" data-format=format>
            <h2 tabindex="-1" node_ref=heading>{localize_with("import_from", &[&flow.name.get_untracked(), &name])}</h2>
            <details class="other-format" data-details="format">
                <summary>{localize("import_wrong_format")}</summary>
                {flow.format_choice(is_table)}
            </details>
            {import_columns::section(flow)}
            <p class="facts" role="status">{move || flow.shown.with(|shown| facts(shown))}</p>
            {rows}
            {move || has_rows.get().then(|| location_field(flow.ui, location))}
            <div class="buttons">
                {move || has_rows.get().then(|| import_button(flow, location))}
                <button type="button" data-action="copy-report" on:click=copy>{localize("import_copy")}</button>
                <button class="plain" type="button" data-action="cancel" on:click=move |_| flow.forget()>{localize("cancel")}</button>
            </div>
        </div>
    }
    .into_any()
}

/// Returns the numbers of accounts, duplicates and losses in a file. If the file has no accounts, returns why.
fn facts(shown: &Preview) -> AnyView {
    let reading = &shown.reading;
    let why = match &reading.table {
        _ if !reading.rows.is_empty() => None,
        Some(table) if !table.columns.iter().any(|column| column.field == Field::Secret) => {
            Some("import_no_secret_column")
        }
        _ if !reading.skipped.is_empty() => Some("import_none_usable"),
        _ => Some("import_empty"),
    };
    let count = match why {
        Some(key) => view! { <span data-none=key>{localize(key)}</span> }.into_any(),
        None => view! { <span>{localize_count("import_rows", reading.rows.len())}</span> }.into_any(),
    };
    let known = shown.known.iter().flatten().count();
    let known =
        (known > 0).then(|| view! { <span data-duplicates=known>{localize_count("import_duplicates", known)}</span> });
    let lossy = reading.rows.iter().filter(|row| !row.losses.is_empty()).count();
    let lossy = (lossy > 0).then(|| view! { <span>{localize_count("import_lossy", lossy)}</span> });
    let skipped = reading.skipped.len();
    let skipped = (skipped > 0).then(|| view! { <span>{localize_count("import_skipped", skipped)}</span> });
    let without = reading.without_code;
    let without = (without > 0)
        .then(|| view! { <span data-without-code=without>{localize_count("import_without_code", without)}</span> });
    view! { {count} {known} {lossy} {skipped} {without} }.into_any()
}

fn ticked(flow: ImportFlow) -> usize {
    flow.ticks.with(|ticks| ticks.iter().filter(|ticked| **ticked).count())
}

fn rows(flow: ImportFlow, shown: &Arc<Preview>) -> AnyView {
    let total = shown.reading.rows.len();
    let drawn = RwSignal::new(PAGE);
    let all = move |event: leptos::ev::Event| {
        let ticked = event_target_checked(&event);
        flow.ticks.update(|ticks| ticks.fill(ticked));
    };
    let shown = Arc::clone(shown);
    let lines = move || (0..total.min(drawn.get())).filter_map(|at| preview_row(flow, &shown, at)).collect_view();
    let more = move || {
        let rest = total.saturating_sub(drawn.get());
        (rest > 0).then(|| {
            let press = move |_| drawn.update(|drawn| *drawn = drawn.saturating_add(PAGE));
            view! { <button class="plain" type="button" data-action="more" on:click=press>{localize_count("import_more", rest)}</button> }
        })
    };
    view! {
        <label class="tick" hidden=total < 2>
            <input type="checkbox" data-field="all" prop:checked=move || ticked(flow) == total on:change=all />
            <span>{localize("import_all")}</span>
        </label>
        <ul class="list rows-in">{lines}</ul>
        {more}
    }
    .into_any()
}

fn preview_row(flow: ImportFlow, shown: &Preview, at: usize) -> Option<AnyView> {
    let row = shown.reading.rows.get(at)?;
    let known = shown.known.get(at).cloned().flatten();
    let how = known.as_ref().map(|known| known.how.name());
    let known = known.map(|known| view! { <small class="mark">{known_words(&known)}</small> });
    let losses: Vec<_> = row
        .losses
        .iter()
        .map(|loss| view! { <small class="mark" data-loss=loss.key.as_str().to_owned()>{localize_message(loss)}</small> })
        .collect();
    let icon = row.portable.icon.clone();
    let icon = (!icon.is_empty()).then(|| view! { <img src=icon alt="" width="24" height="24" /> });
    let is_ticked = move || flow.ticks.with(|ticks| ticks.get(at).copied().unwrap_or(false));
    let tick = move |event: leptos::ev::Event| {
        let ticked = event_target_checked(&event);
        flow.ticks.update(|ticks| {
            if let Some(tick) = ticks.get_mut(at) {
                *tick = ticked;
            }
        });
    };
    let details = details(row);
    let details = (!details.is_empty()).then(|| view! { <small>{details}</small> });
    Some(
        view! {
            <li data-import-row=row.portable.row data-duplicate=how>
                <label class="tick">
                    <input type="checkbox" prop:checked=is_ticked on:change=tick />
                    <span>
                        <b>{title(&row.issuer, &row.name)}</b>
                        <small>{localize_message(&row.summary)}</small>
                        {details}
                        {known}
                        {losses}
                    </span>
                </label>
                {icon}
            </li>
        }
        .into_any(),
    )
}

/// Returns the additional fields: pin, groups, sites, the start of the note.
fn details(row: &ImportRow) -> String {
    let PortableAccount { groups, note, pinned, sites, .. } = &row.portable;
    let mut parts = Vec::new();
    if *pinned {
        parts.push(localize("import_pinned"));
    }
    parts.extend(groups.iter().cloned());
    parts.extend(sites.iter().cloned());
    if !note.is_empty() {
        parts.push(note.chars().take(120).collect());
    }
    parts.join(" · ")
}

/// Returns why a duplicate is not selected by default.
pub fn known_words(known: &Duplicate) -> String {
    match known.how {
        DuplicateKind::Twice => localize("import_twice"),
        DuplicateKind::SameSecret => localize_with("found_same_secret", &[&known.who]),
        DuplicateKind::SameName => localize_with("found_same_name", &[&known.who]),
        DuplicateKind::Same => localize("found_same"),
    }
}

fn skipped(reading: &FileContent) -> Option<AnyView> {
    let rows = &reading.skipped;
    if rows.is_empty() {
        return None;
    }
    let line = |skipped: &SkippedRow| {
        let words = localize_message(&skipped.reason);
        view! { <li data-skipped=skipped.row>{localize_with("import_row", &[&skipped.row.to_string(), &words])}</li> }
    };
    let lines: Vec<_> = rows.iter().take(PAGE).map(line).collect();
    let rest = rows.len().saturating_sub(PAGE);
    let rest = (rest > 0).then(|| view! { <li>{localize_count("import_more_skipped", rest)}</li> });
    Some(
        view! {
            <details open=rows.len() <= 10 || reading.rows.is_empty()>
                <summary>{localize_count("import_skipped", rows.len())}</summary>
                <ul class="skipped">{lines}{rest}</ul>
            </details>
        }
        .into_any(),
    )
}

fn import_button(flow: ImportFlow, location: RwSignal<String>) -> AnyView {
    let press = move |_| {
        let shown = flow.shown.get_untracked();
        let ticks = flow.ticks.get_untracked();
        let rows = shown.reading.rows.iter().zip(&ticks).filter(|(_, ticked)| **ticked);
        let rows = rows.map(|(row, _)| row.portable.clone()).collect();
        let location = location.with_untracked(|location| location_from_value(flow.ui, location));
        flow.ui.ask_once(ImportRows { rows, location }, move |ui, imported| {
            ui.refresh_screen();
            flow.step.set(ImportStep::Done(shown, imported.accounts));
        });
    };
    let (ui, count) = (flow.ui, move || ticked(flow));
    view! {
        <button class="primary" type="button" data-action="import" disabled=move || count() == 0 || ui.busy.get() on:click=press>
            {move || localize_count("import_save", count())}
        </button>
    }
    .into_any()
}

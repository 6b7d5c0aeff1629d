//! The mapping screen for a table of an unknown program: the columns with their first values, and what each of them is
//! imported as. Every change reads the table again, so that the accounts below always match the mapping.

use leptos::prelude::*;

use super::super::super::texts::{localize, localize_count, localize_with};
use super::components::checkbox;
use super::import::ImportFlow;
use crate::exchange::{ColumnView, Field, TableChoice};

/// Returns the mapping screen; `None` unless the file is a table of an unknown program.
pub fn section(flow: ImportFlow) -> Option<AnyView> {
    let table = flow.shown.with_untracked(|shown| shown.reading.table.clone())?;
    let names_in_first_row = table.names_in_first_row.map(|is_set| first_row(flow, is_set));
    // Samples and meanings change with every choice, but the list is drawn again only if the columns themselves change.
    let columns = Memo::new(move |_| {
        flow.shown.with(|shown| {
            let table = shown.reading.table.as_ref();
            let columns = table.map(|table| table.columns.iter().map(|it| (it.number, it.name.clone())).collect());
            (columns.unwrap_or_else(Vec::new), table.map_or(0, |table| table.further_columns))
        })
    });
    let list = move || {
        let (columns, further) = columns.get();
        let rows: Vec<_> = columns.into_iter().map(|(number, name)| row(flow, number, name)).collect();
        let further =
            (further > 0).then(|| view! { <li class="quiet">{localize_count("import_more_skipped", further)}</li> });
        view! { <ul class="columns">{rows}{further}</ul> }
    };
    Some(
        view! {
            <section class="mapping" aria-labelledby="mapping-title" data-mapping="">
                <h3 id="mapping-title">{localize("import_columns")}</h3>
                <p class="quiet">{localize("import_columns_text")}</p>
                {names_in_first_row}
                <div class="column heads">
                    <span>{localize("import_head_column")}</span>
                    <span>{localize("import_head_values")}</span>
                    <span id="mapping-as">{localize("import_head_field")}</span>
                </div>
                {list}
            </section>
        }
        .into_any(),
    )
}

fn first_row(flow: ImportFlow, is_set: bool) -> AnyView {
    let value = RwSignal::new(is_set);
    Effect::new(move |before: Option<bool>| {
        let is_set = value.get();
        if before.is_some_and(|before| before != is_set) {
            flow.read_columns(TableChoice { names_in_first_row: Some(is_set), fields: Vec::new() });
        }
        is_set
    });
    checkbox("first-row", localize("import_first_row"), String::new(), value)
}

/// Returns a column of the table as it was read last.
fn column(flow: ImportFlow, number: usize) -> Option<ColumnView> {
    flow.shown.with(|shown| shown.reading.table.as_ref()?.columns.iter().find(|it| it.number == number).cloned())
}

/// Returns the meaning of a column: the user's choice, or else the meaning that was guessed from its content.
fn meaning(flow: ImportFlow, number: usize) -> Field {
    let chosen = flow.choice.with(|choice| choice.fields.iter().find(|(at, _)| *at == number).map(|(_, field)| *field));
    chosen.or_else(|| column(flow, number).map(|column| column.field)).unwrap_or_default()
}

fn row(flow: ImportFlow, number: usize, name: String) -> AnyView {
    let (id, values) = (format!("column-{number}"), format!("values-{number}"));
    let name =
        if name.is_empty() { localize_with("import_column", &[&number.saturating_add(1).to_string()]) } else { name };
    let samples = move || {
        let samples = column(flow, number).map(|column| column.samples).unwrap_or_default();
        samples.into_iter().map(|sample| view! { <bdi>{sample}</bdi> }).collect_view()
    };
    let meaning = Memo::new(move |_| meaning(flow, number));
    let options: Vec<_> = Field::ALL
        .into_iter()
        .map(|field| {
            let is_selected = move || meaning.get() == field;
            view! { <option value=field.id() prop:selected=is_selected>{localize(key(field))}</option> }
        })
        .collect();
    let before = StoredValue::new(Meanings::default());
    let change = move |event: leptos::ev::Event| {
        if let Some(field) = Field::from_id(&event_target_value(&event)) {
            choose(flow, &before.get_value(), number, field);
        }
    };
    view! {
        <li class="column" data-column=number data-used=move || (meaning.get() != Field::Other).to_string()>
            <b id=id.clone()>{name}</b>
            <span class="values" id=values.clone()>{samples}</span>
            <select
                data-field=format!("column-{number}")
                aria-labelledby=format!("{id} mapping-as")
                aria-describedby=values
                on:focus=move |_| before.set_value(Meanings::of(flow))
                on:change=change
            >
                {options}
            </select>
        </li>
    }
    .into_any()
}

/// The meanings of all columns when a selection field received the focus. Stepping through its options with the arrow
/// keys selects each option on the way for a moment, which must not change other columns permanently.
#[derive(Clone, Default)]
struct Meanings {
    choice: TableChoice,
    columns: Vec<(usize, Field)>,
}

impl Meanings {
    fn of(flow: ImportFlow) -> Self {
        let columns = flow.shown.with_untracked(|shown| shown.reading.table.clone()).unwrap_or_default().columns;
        let columns = columns.iter().map(|column| (column.number, untrack(|| meaning(flow, column.number)))).collect();
        Self { choice: flow.choice.get_untracked(), columns }
    }
}

/// Changes the meaning of a column. Most meanings allow only one column, so any other column with the same meaning is
/// no longer imported.
fn choose(flow: ImportFlow, before: &Meanings, number: usize, field: Field) {
    let mut choice = before.choice.clone();
    let mut set = |number, field| {
        choice.fields.retain(|(at, _)| *at != number);
        choice.fields.push((number, field));
    };
    if !field.may_repeat() {
        let others = before.columns.iter().filter(|(other, meaning)| *other != number && *meaning == field);
        others.for_each(|(other, _)| set(*other, Field::Other));
    }
    set(number, field);
    flow.read_columns(choice);
}

/// Returns the message key of a meaning's name.
fn key(field: Field) -> &'static str {
    match field {
        Field::Issuer => "form_issuer",
        Field::Account => "form_name",
        Field::Label => "column_label",
        Field::Secret => "column_secret",
        Field::Kind => "form_kind",
        Field::Digits => "form_digits",
        Field::Period => "form_period",
        Field::Algorithm => "form_algorithm",
        Field::Counter => "form_counter",
        Field::Note => "form_note",
        Field::Group => "form_group",
        Field::Site => "column_site",
        Field::Pinned => "import_pinned",
        Field::Password => "column_password",
        Field::Deleted => "column_deleted",
        _ => "column_other",
    }
}

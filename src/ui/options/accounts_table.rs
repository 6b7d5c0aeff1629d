//! The table of all accounts, which is searched, filtered by group, sorted by a column, and selected for bulk actions.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use leptos::prelude::*;

use super::super::badge::badge;
use super::super::components::{icon, icon as drawings};
use super::super::state::{Ui, View};
use super::super::texts::{localize, localize_count, localize_with, title};
use super::bulk_actions;
use crate::app::accounts::table::{Column, TableSort};
use crate::app::protocol::Row;
use crate::app::search::{self, Entry};
use crate::vault::{AccountId, Site, StorageLocation};

/// The maximum number of rows drawn. The user finds other accounts with the search.
const SHOWN: usize = 200;

/// The search, the filter and the order of the table, and the selected accounts.
#[derive(Clone, Copy)]
struct Table {
    ui: Ui,
    query: RwSignal<String>,
    /// The selected group; `None` for all accounts.
    group: RwSignal<Option<String>>,
    /// The order; `None` for that of the list.
    sort: RwSignal<Option<TableSort>>,
    ticked: RwSignal<HashSet<AccountId>>,
    found: Memo<Arc<Vec<Row>>>,
    /// There is a connection, so accounts are stored in different places.
    has_places: Memo<bool>,
}

/// Returns the rows that match a search. They keep the list's order instead of being ranked, because the user selects
/// several of them.
fn matching(rows: Vec<Row>, query: &str) -> Vec<Row> {
    if query.trim().is_empty() {
        return rows;
    }
    let entries: Vec<Entry> = rows.iter().map(Entry::from_row).collect();
    let hits: HashSet<usize> = search::search(&entries, query).into_iter().map(|hit| hit.index).collect();
    rows.into_iter().enumerate().filter(|(index, _)| hits.contains(index)).map(|(_, row)| row).collect()
}

/// Returns the text that says where an account is stored.
fn place_of(ui: Ui, row: &Row) -> String {
    match row.location {
        StorageLocation::Device => localize("keep_here"),
        StorageLocation::Connection(kept) => ui.account_list.with(|account_list| {
            account_list.connections.iter().find(|it| it.id == kept).map(|it| it.host.clone()).unwrap_or_default()
        }),
    }
}

/// Returns the table with its search, groups and bulk actions; nothing without an account.
pub fn table(ui: Ui) -> AnyView {
    let (query, group) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let sort = RwSignal::new(None::<TableSort>);
    let found = Memo::new(move |_| {
        let in_group = |row: &&Row| group.with(|group| group.as_ref().is_none_or(|group| *group == row.group));
        let rows: Vec<Row> =
            ui.account_list.with(|account_list| account_list.rows.iter().filter(in_group).cloned().collect());
        let mut rows = query.with(|query| matching(rows, query));
        if let Some(sort) = sort.get() {
            sort.sort(&mut rows, |row| place_of(ui, row));
        }
        Arc::new(rows)
    });
    let has_places = Memo::new(move |_| ui.account_list.with(|account_list| !account_list.connections.is_empty()));
    let ticked = RwSignal::new(HashSet::new());
    let table = Table { ui, query, group, sort, ticked, found, has_places };
    ui.icons.load();
    let any = Memo::new(move |_| ui.account_list.with(|account_list| account_list.total > 0));
    (move || any.get().then(|| table.draw())).into_any()
}

impl Table {
    fn draw(self) -> AnyView {
        let actions = bulk_actions::panel(self.ui, self.ticked);
        view! {
            <div class="panel accounts" data-accounts-table="">
                {self.search()}
                {move || self.groups()}
                {move || self.nothing()}
                <table role="table" aria-label=localize("section_accounts")>
                    {self.headings()}
                    <tbody role="rowgroup">{move || self.rows()}</tbody>
                </table>
                {move || self.rest()}
            </div>
            {actions}
        }
        .into_any()
    }

    /// Shows the search, and the number of accounts or of selected accounts.
    fn search(self) -> AnyView {
        let words = move || match self.ticked.with(HashSet::len) {
            0 => localize_count("account_count", self.found.with(|found| found.len())),
            count => localize_count("bulk_selected", count),
        };
        view! {
            <div class="find">
                <span class="search-box">
                    {icon(drawings::SEARCH)}
                    <input
                        type="search"
                        data-field="search-accounts"
                        autocomplete="off"
                        spellcheck="false"
                        placeholder=localize("search")
                        aria-label=localize("search")
                        prop:value=self.query
                        on:input=move |event| self.query.set(event_target_value(&event))
                    />
                </span>
                <span class="quiet" role="status" data-ticked=move || self.ticked.with(HashSet::len)>{words}</span>
            </div>
        }
        .into_any()
    }

    /// Shows the groups with their number of accounts. Selecting one filters the table.
    fn groups(self) -> Option<AnyView> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        self.ui.account_list.with(|account_list| {
            for row in &account_list.rows {
                let count = counts.entry(row.group.clone()).or_default();
                *count = count.saturating_add(1);
            }
        });
        if counts.keys().all(String::is_empty) {
            return None;
        }
        let chip = move |group: Option<String>, words: String| {
            let (pressed, name) = (group.clone(), group.clone().unwrap_or_default());
            let is_on = move || self.group.with(|current| *current == pressed).to_string();
            view! {
                <button type="button" class="chip" data-group=name aria-pressed=is_on on:click=move |_| self.group.set(group.clone())>
                    {words}
                </button>
            }
        };
        let all = chip(None, localize("group_filter_all"));
        let each = counts.into_iter().map(|(group, count)| {
            let name = if group.is_empty() { localize("group_filter_none") } else { group.clone() };
            chip(Some(group), format!("{name} · {count}"))
        });
        let each = each.collect_view();
        Some(
            view! { <div class="chips" role="group" aria-label=localize("group_filter_title")>{all}{each}</div> }
                .into_any(),
        )
    }

    /// Says that no account matches the search.
    fn nothing(self) -> Option<AnyView> {
        let query = self.query.get();
        let is_empty = self.found.with(|found| found.is_empty()) && !query.is_empty();
        is_empty
            .then(|| view! { <p class="quiet" data-no-match="">{localize_with("no_match", &[&query])}</p> }.into_any())
    }

    fn headings(self) -> AnyView {
        let is_all = move || {
            self.found.with(|found| {
                !found.is_empty() && self.ticked.with(|ticked| found.iter().all(|row| ticked.contains(&row.id)))
            })
        };
        let change = move |event| {
            let all = event_target_checked(&event);
            let found = self.found.get_untracked();
            self.ticked.update(|ticked| match all {
                true => ticked.extend(found.iter().map(|row| row.id)),
                false => ticked.clear(),
            });
        };
        view! {
            <thead role="rowgroup">
                <tr role="row">
                    <td role="cell" class="tick-cell">
                        <label class="tick">
                            <input type="checkbox" data-field="select-all" aria-label=localize("bulk_select_all") prop:checked=is_all on:change=change />
                        </label>
                    </td>
                    {self.heading(Column::Service, localize("form_issuer"))}
                    {self.heading(Column::Name, localize("form_name"))}
                    {self.heading(Column::Group, localize("form_group"))}
                    {move || self.has_places.get().then(|| self.heading(Column::Stored, localize("column_stored")))}
                    {self.heading(Column::Sites, localize("column_sites"))}
                    <td role="cell"></td>
                </tr>
            </thead>
        }
        .into_any()
    }

    /// Returns the heading of a column, which sorts the table.
    fn heading(self, column: Column, words: String) -> AnyView {
        let sort = move || self.sort.get().filter(|sort| sort.column == column).map(TableSort::aria_sort);
        view! {
            <th role="columnheader" scope="col" aria-sort=sort>
                <button
                    type="button"
                    class="sort"
                    data-sort=column.name()
                    on:click=move |_| self.sort.update(|sort| *sort = TableSort::after_click(*sort, column))
                >
                    {words}
                    {icon(drawings::ARROW_UP)}
                </button>
            </th>
        }
        .into_any()
    }

    fn rows(self) -> AnyView {
        let has_places = self.has_places.get();
        self.found.get().iter().take(SHOWN).map(|row| self.row(row, has_places)).collect_view().into_any()
    }

    fn row(self, row: &Row, has_places: bool) -> AnyView {
        let (id, shown) = (row.id, row.clone());
        let change = move |event| {
            let on = event_target_checked(&event);
            self.ticked.update(|ticked| {
                if on {
                    ticked.insert(id)
                } else {
                    ticked.remove(&id)
                };
            });
        };
        let is_ticked = Memo::new(move |_| self.ticked.with(|ticked| ticked.contains(&id)));
        let who = title(&row.issuer, &row.name);
        let service = if row.issuer.is_empty() && row.name.is_empty() { who.clone() } else { row.issuer.clone() };
        let stored = has_places.then(|| view! { <td role="cell" class="fact">{place_of(self.ui, row)}</td> });
        view! {
            <tr role="row" data-account=id.to_string() class:ticked=is_ticked>
                <td role="cell" class="tick-cell">
                    <label class="tick">
                        <input type="checkbox" data-field="select" aria-label=localize_with("bulk_select", &[&who]) prop:checked=is_ticked on:change=change />
                    </label>
                </td>
                <th role="rowheader" scope="row" class="service">
                    <span class="account">{badge(self.ui, Memo::new(move |_| Some(shown.clone())))}<span>{service}</span></span>
                </th>
                <td role="cell" class="name">{name(&row.name)}</td>
                <td role="cell" class="fact">{row.group.clone()}</td>
                {stored}
                <td role="cell" class="fact">{sites(&row.sites)}</td>
                <td role="cell" class="edit">
                    <button class="plain" type="button" data-action="edit" aria-label=localize_with("bulk_edit", &[&who]) on:click=move |_| self.ui.show_view(View::Edit(id))>
                        {localize("edit")}
                    </button>
                </td>
            </tr>
        }
        .into_any()
    }

    /// Says how many accounts are not drawn.
    fn rest(self) -> Option<AnyView> {
        let rest = self.found.with(|found| found.len().saturating_sub(SHOWN));
        (rest > 0).then(|| {
            view! { <p class="quiet" data-rows-left="">{localize_with("list_more_accounts", &[&rest.to_string()])}</p> }
                .into_any()
        })
    }
}

/// Returns an account's name. A narrow column breaks an e-mail address after its `@` rather than within a word.
fn name(name: &str) -> AnyView {
    match name.split_once('@') {
        Some((user, host)) => view! { {format!("{user}@")}<wbr />{host.to_owned()} }.into_any(),
        None => name.to_owned().into_any(),
    }
}

/// Returns the first site, and the number of the others. The tooltip names all.
fn sites(sites: &[Site]) -> Option<AnyView> {
    let texts: Vec<String> = sites.iter().filter_map(Site::text).map(str::to_owned).collect();
    let first =
        texts.first()?.split_once("://").map_or_else(|| texts.first().cloned(), |(_, rest)| Some(rest.into()))?;
    let more = texts.len().saturating_sub(1);
    let count = (more > 0).then(|| view! { <small>{format!("+{more}")}</small> });
    Some(view! { <span class="sites-in-row" title=texts.join("\n")><bdi>{first}</bdi>{count}</span> }.into_any())
}

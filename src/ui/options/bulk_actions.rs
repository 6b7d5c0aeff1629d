//! The complete list of accounts, with bulk actions: change the group, move to the trash, or change where accounts are
//! saved.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::badge::badge;
use super::super::components::{Field, field, submit};
use super::super::save_to::{self, keep_of};
use super::super::state::{StatusMessage, Ui, Undo, View};
use super::super::texts::{say, say_count, say_with, title};
use crate::app::protocol::{ChangeAccounts, ManyChange, Row, StoreAccountsOn};
use crate::app::search::{self, Entry};
use crate::vault::{AccountId, Keep};

/// The maximum number of rows drawn. The user finds other accounts with the search.
const SHOWN: usize = 200;

/// The search and the selection.
#[derive(Clone, Copy)]
struct BulkActions {
    ui: Ui,
    query: RwSignal<String>,
    /// The selected group; `None` for all accounts.
    group: RwSignal<Option<String>>,
    ticked: RwSignal<HashSet<AccountId>>,
    new_group: RwSignal<String>,
    keep: RwSignal<String>,
    found: Memo<Arc<Vec<Row>>>,
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

/// Returns the list with its groups and bulk actions.
pub fn list(ui: Ui) -> AnyView {
    let (query, group) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let found = Memo::new(move |_| {
        let in_group = |row: &&Row| group.with(|group| group.as_ref().is_none_or(|group| *group == row.group));
        let rows: Vec<Row> = ui.board.with(|board| board.rows.iter().filter(in_group).cloned().collect());
        Arc::new(query.with(|query| matching(rows, query)))
    });
    let many = BulkActions {
        ui,
        query,
        group,
        ticked: RwSignal::new(HashSet::new()),
        new_group: RwSignal::new(String::new()),
        keep: RwSignal::new("device".to_owned()),
        found,
    };
    ui.icons.load();
    let any = Memo::new(move |_| ui.board.with(|board| board.total > 0));
    (move || any.get().then(|| many.draw())).into_any()
}

impl BulkActions {
    fn draw(self) -> AnyView {
        const SEARCH: Field = Field {
            name: "search-accounts",
            label: "search",
            hint: "",
            kind: "search",
            autocomplete: "",
            focused: false,
        };
        let lines = move || self.found.get().iter().take(SHOWN).map(|row| self.account_row(row)).collect_view();
        let rest = move || {
            let rest = self.found.with(|found| found.len().saturating_sub(SHOWN));
            (rest > 0)
                .then(|| view! { <p class="quiet" data-more-rows="">{say_with("list_more_accounts", &[&rest.to_string()])}</p> })
        };
        view! {
            <div class="panel" data-many="">
                {field(SEARCH, self.query)}
                {move || self.groups()}
                {self.all()}
                <ul class="list rows-of">{lines}</ul>
                {rest}
            </div>
            {move || self.ticked.with(|ticked| !ticked.is_empty()).then(|| self.actions())}
        }
        .into_any()
    }

    /// Shows the groups with their number of accounts. Selecting one filters the list.
    fn groups(self) -> Option<AnyView> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        self.ui.board.with(|board| {
            for row in &board.rows {
                let count = counts.entry(row.group.clone()).or_default();
                *count = count.saturating_add(1);
            }
        });
        if counts.keys().all(String::is_empty) {
            return None;
        }
        let chip = move |group: Option<String>, words: String| {
            let (pressed, name) = (group.clone(), group.clone().unwrap_or_default());
            let is_on = move || self.group.with(|present| *present == pressed).to_string();
            view! {
                <button type="button" class="chip" data-group=name aria-pressed=is_on on:click=move |_| self.group.set(group.clone())>
                    {words}
                </button>
            }
        };
        let all = chip(None, say("group_filter_all"));
        let each = counts.into_iter().map(|(group, count)| {
            let name = if group.is_empty() { say("group_filter_none") } else { group.clone() };
            chip(Some(group), format!("{name} · {count}"))
        });
        let each = each.collect_view();
        Some(
            view! { <div class="chips" role="group" aria-label=say("group_filter_title")>{all}{each}</div> }.into_any(),
        )
    }

    /// Shows the checkbox that selects all matches, and the number of selected accounts.
    fn all(self) -> AnyView {
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
        let words = move || match self.ticked.with(HashSet::len) {
            0 => say_count("account_count", self.found.with(|found| found.len())),
            count => say_count("bulk_selected", count),
        };
        view! {
            <label class="tick">
                <input type="checkbox" data-field="tick-all" prop:checked=is_all on:change=change />
                <span data-ticked=move || self.ticked.with(HashSet::len)>{words}</span>
            </label>
        }
        .into_any()
    }

    fn account_row(self, row: &Row) -> AnyView {
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
        let where_kept = self.ui.board.with_untracked(|board| match row.keep {
            Keep::Device => None,
            Keep::Connection(kept) => board.connections.iter().find(|it| it.id == kept).map(|it| it.host.clone()),
        });
        let about: Vec<String> =
            [Some(row.group.clone()).filter(|group| !group.is_empty()), where_kept].into_iter().flatten().collect();
        let who = title(&row.issuer, &row.name);
        let label = say_with("bulk_edit", &[&who]);
        view! {
            <li data-account=id.to_string()>
                <label class="tick">
                    <input
                        type="checkbox"
                        data-field="tick"
                        prop:checked=move || self.ticked.with(|ticked| ticked.contains(&id))
                        on:change=change
                    />
                    <span class="account">
                        {badge(self.ui, Memo::new(move |_| Some(shown.clone())))}
                        <span>{who}<small>{about.join(" · ")}</small></span>
                    </span>
                </label>
                <button class="plain" type="button" data-action="edit" aria-label=label on:click=move |_| self.ui.show_view(View::Edit(id))>
                    {say("edit")}
                </button>
            </li>
        }
        .into_any()
    }

    /// Shows the bulk actions.
    fn actions(self) -> AnyView {
        const GROUP: Field = Field {
            name: "group",
            label: "bulk_group",
            hint: "bulk_group_hint",
            kind: "",
            autocomplete: "",
            focused: false,
        };
        let group = move |event: SubmitEvent| {
            event.prevent_default();
            let group = self.new_group.get_untracked();
            self.change(ManyChange::Group { group }, |many, count| {
                many.new_group.set(String::new());
                many.ui.show_status(say_count("bulk_group_changed", count), false);
            });
        };
        view! {
            <div class="panel" data-acts="">
                <form class="beside" on:submit=group>
                    {field(GROUP, self.new_group)}
                    {submit(self.ui, "group-many", || say("bulk_group_button"))}
                </form>
                {self.keep_choice()}
                <div class="buttons">
                    <button type="button" data-action="trash-many" disabled=self.ui.busy on:click=move |_| self.move_to_trash()>{say("move_to_trash")}</button>
                    <button class="plain" type="button" data-action="untick" on:click=move |_| self.ticked.update(HashSet::clear)>{say("bulk_clear_selection")}</button>
                </div>
            </div>
        }
        .into_any()
    }

    /// Returns the field that selects where the accounts are saved; `None` without a connection.
    fn keep_choice(self) -> Option<AnyView> {
        let places = save_to::field(self.ui, "keep-many", Vec::new(), self.keep)?;
        let send = move |event: SubmitEvent| {
            event.prevent_default();
            let Some(keep) = self.keep.with_untracked(|keep| keep_of(self.ui, keep)) else { return };
            self.ui.send_once(StoreAccountsOn { accounts: self.chosen(), keep }, move |ui, message| {
                if message.is_ok() {
                    self.ticked.update(HashSet::clear);
                }
                ui.render(message);
                ui.refresh_screen();
            });
        };
        Some(
            view! {
                <form class="beside" on:submit=send>
                    {places}
                    {submit(self.ui, "keep-many", || say("bulk_move_button"))}
                </form>
            }
            .into_any(),
        )
    }

    /// Returns the selected accounts that still exist, in the list's order.
    fn chosen(self) -> Vec<AccountId> {
        self.ui.board.with_untracked(|board| {
            self.ticked
                .with_untracked(|ticked| board.rows.iter().map(|row| row.id).filter(|id| ticked.contains(id)).collect())
        })
    }

    fn move_to_trash(self) {
        let accounts = self.chosen();
        self.change(ManyChange::MoveToTrash, move |many, count| {
            let undo = Undo::by(&ChangeAccounts { accounts, change: ManyChange::Restore });
            let text = say_count("bulk_trashed", count);
            many.ui.status.set(Some(StatusMessage { text, failed: false, undo: Some(undo) }));
        });
    }

    fn change(self, change: ManyChange, done: impl FnOnce(Self, usize) + 'static) {
        let accounts = self.chosen();
        let count = accounts.len();
        self.ui.ask_once(ChangeAccounts { accounts, change }, move |ui, screen| {
            ui.render_screen(screen);
            self.ticked.update(HashSet::clear);
            done(self, count);
        });
    }
}

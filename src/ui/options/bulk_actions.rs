//! The actions on all selected accounts: change the group, move to the trash, or change where they are saved.

use std::collections::HashSet;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::components::{Field, field, icon, icon as drawings};
use super::super::save_to::{self, location_from_value};
use super::super::state::{StatusMessage, Ui, Undo};
use super::super::texts::{localize, localize_count};
use crate::app::protocol::{BulkChange, ChangeAccounts, StoreAccountsOn};
use crate::vault::AccountId;

/// The selection and the values of the actions' fields.
#[derive(Clone, Copy)]
struct BulkActions {
    ui: Ui,
    ticked: RwSignal<HashSet<AccountId>>,
    new_group: RwSignal<String>,
    location: RwSignal<String>,
}

/// Returns the panel with the actions, which is there while an account is selected.
pub fn panel(ui: Ui, ticked: RwSignal<HashSet<AccountId>>) -> AnyView {
    let actions = BulkActions {
        ui,
        ticked,
        new_group: RwSignal::new(String::new()),
        location: RwSignal::new("device".to_owned()),
    };
    let any = Memo::new(move |_| ticked.with(|ticked| !ticked.is_empty()));
    (move || any.get().then(|| actions.actions())).into_any()
}

impl BulkActions {
    /// Shows the bulk actions.
    fn actions(self) -> AnyView {
        let count = move || localize_count("bulk_selected", self.ticked.with(HashSet::len));
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
            self.change(BulkChange::Group { group }, |many, count| {
                many.new_group.set(String::new());
                many.ui.show_status(localize_count("bulk_group_changed", count), false);
            });
        };
        view! {
            <div class="panel" data-bulk-actions="">
                <div class="buttons">
                    <b>{count}</b>
                    <button type="button" data-action="trash-selected" disabled=self.ui.busy on:click=move |_| self.move_to_trash()>
                        {icon(drawings::TRASH)}
                        {localize("move_to_trash")}
                    </button>
                    <button class="plain" type="button" data-action="clear-selection" on:click=move |_| self.ticked.update(HashSet::clear)>{localize("bulk_clear_selection")}</button>
                </div>
                <div class="changes">
                    <form class="beside" on:submit=group>
                        {field(GROUP, self.new_group)}
                        {self.apply("group-many", localize("bulk_group_button"))}
                    </form>
                    {self.location_field()}
                </div>
            </div>
        }
        .into_any()
    }

    /// Returns the field that selects where the accounts are saved; `None` without a connection.
    fn location_field(self) -> Option<AnyView> {
        let places = save_to::location_choice(self.ui, "keep-many", Vec::new(), self.location)?;
        let send = move |event: SubmitEvent| {
            event.prevent_default();
            let Some(location) = self.location.with_untracked(|location| location_from_value(self.ui, location)) else {
                return;
            };
            self.ui.send_once(StoreAccountsOn { accounts: self.chosen(), location }, move |ui, message| {
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
                    {self.apply("keep-many", localize("bulk_move_button"))}
                </form>
            }
            .into_any(),
        )
    }

    /// Returns the button that submits one of the forms. It is not the page's primary action.
    fn apply(self, action: &'static str, words: String) -> AnyView {
        view! { <button type="submit" data-action=action disabled=self.ui.busy>{words}</button> }.into_any()
    }

    /// Returns the selected accounts that still exist, in the list's order.
    fn chosen(self) -> Vec<AccountId> {
        self.ui.account_list.with_untracked(|account_list| {
            self.ticked.with_untracked(|ticked| {
                account_list.rows.iter().map(|row| row.id).filter(|id| ticked.contains(id)).collect()
            })
        })
    }

    fn move_to_trash(self) {
        let accounts = self.chosen();
        self.change(BulkChange::MoveToTrash, move |many, count| {
            let undo = Undo::by(&ChangeAccounts { accounts, change: BulkChange::Restore });
            let text = localize_count("bulk_trashed", count);
            many.ui.status.set(Some(StatusMessage { text, failed: false, undo: Some(undo) }));
        });
    }

    fn change(self, change: BulkChange, done: impl FnOnce(Self, usize) + 'static) {
        let accounts = self.chosen();
        let count = accounts.len();
        self.ui.ask_once(ChangeAccounts { accounts, change }, move |ui, screen| {
            ui.render_screen(screen);
            self.ticked.update(HashSet::clear);
            done(self, count);
        });
    }
}

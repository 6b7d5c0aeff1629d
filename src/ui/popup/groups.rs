//! The group filter above the list, and changes to the list's order and selected group.

use leptos::prelude::*;

use super::super::state::Ui;
use super::super::texts::localize;
use crate::app::protocol::ArrangeList;
use crate::vault::Sort;

/// Returns a button for each group that filters the list; nothing if there are fewer than two.
pub fn chips(ui: Ui) -> AnyView {
    let groups = Memo::new(move |_| ui.account_list.with(|account_list| account_list.groups.clone()));
    let chosen = Memo::new(move |_| ui.account_list.with(|account_list| account_list.group.clone()));
    let chip = move |group: Option<String>, words: AnyView| {
        let (own, name) = (group.clone(), group.clone().unwrap_or_default());
        let choose = move |_| {
            let group = group.clone();
            arrange(ui, move |_, chosen| *chosen = group);
        };
        view! {
            <button
                type="button"
                class="chip"
                data-group=name
                aria-pressed=move || chosen.with(|chosen| *chosen == own).to_string()
                on:click=choose
            >
                {words}
            </button>
        }
        .into_any()
    };
    let shown = move || {
        let groups = groups.get();
        (groups.len() >= 2).then(|| {
            let all = chip(None, localize("group_filter_all").into_any());
            let each = groups.into_iter().map(|(group, count)| {
                chip(Some(group.clone()), view! { <span>{group}</span> <small>{count}</small> }.into_any())
            });
            let each = each.collect_view();
            view! { <div class="chips" role="group" aria-label=localize("group_filter_title")>{all}{each}</div> }
        })
    };
    shown.into_any()
}

/// Changes the list's order and selected group, and stores both.
pub fn arrange(ui: Ui, change: impl FnOnce(&mut Sort, &mut Option<String>)) {
    let (mut sort, mut group) =
        ui.account_list.with_untracked(|account_list| (account_list.sort, account_list.group.clone()));
    change(&mut sort, &mut group);
    ui.send_and_render(ArrangeList { sort, group });
}

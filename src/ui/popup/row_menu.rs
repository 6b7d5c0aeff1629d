//! The menu of a row.

use super::super::state::{Ui, View};
use super::super::texts::{localize, localize_with};
use super::list::List;
use super::menu::Entry;
use super::{reorder, row_actions};
use crate::app::protocol::{AllowSite, PinAccount, RestoreAccount, Row, RowMark, StoreAccountOn};
use crate::vault::StorageLocation;
use leptos::prelude::*;

/// Returns the entries of the row's menu.
pub fn entries(list: List, row: &Row) -> Vec<Entry> {
    let ui = list.ui;
    let (id, pinned) = (row.id, row.pinned);
    let missing = row.marks.contains(&RowMark::Missing);
    let mut entries = Vec::new();
    if missing {
        entries.push(Entry::new("put-back", localize("put_back"), move || ui.send_and_render(RestoreAccount { id })));
    }
    if row.period > 0 {
        entries.push(Entry::new("copy-next", localize("copy_next"), move || row_actions::copy_next(ui, id)));
        entries.push(Entry::new("code-large", localize("code_large"), move || row_actions::show_large(ui, id)));
    } else {
        entries.push(Entry::new("next-code", localize("next_code_copy"), move || row_actions::next_code(ui, id)));
    }
    entries.extend(site_entry(ui, row));
    let pin = localize(if pinned { "unpin" } else { "pin" });
    entries.push(Entry::new("pin", pin, move || ui.send_and_render(PinAccount { id, pinned: !pinned })));
    for (name, words, is_down) in [("move-up", "move_up", false), ("move-down", "move_down", true)] {
        if reorder::can_step(list, id, is_down) {
            entries.push(Entry::new(name, localize(words), move || reorder::step(list, id, is_down)));
        }
    }
    entries.push(Entry::new("edit", localize("edit"), move || ui.show_view(View::Edit(id))));
    let conceals_secrets = ui.account_list.with_untracked(|account_list| account_list.conceals_secrets);
    let show_qr = Entry::new("show-qr", localize("qr_menu"), move || ui.show_view(View::Qr(id)));
    entries.push(show_qr.locked_if(conceals_secrets));
    entries.extend(keep_entries(ui, row));
    entries.push(Entry::new("move-to-trash", localize("move_to_trash"), move || row_actions::move_to_trash(ui, id)));
    entries
}

/// Returns the entry that revokes the approval of the current site, or the entry that fills the code if the site is not
/// approved yet. Returns `None` if the current tab cannot be filled.
fn site_entry(ui: Ui, row: &Row) -> Option<Entry> {
    let (id, origin, page) = (row.id, ui.origin.get_value()?, ui.page.get_value()?);
    let host = origin.split_once("://").map(|(_, host)| host.to_owned())?;
    if row.fills {
        let request = AllowSite { id, origin: page, allowed: false, accepts_look_alike: false };
        return Some(Entry::new("disallow-site", localize_with("disallow_site", &[&host]), move || {
            ui.send_and_render(request.clone())
        }));
    }
    Some(Entry::new("fill-here", localize_with("fill_here", &[&host]), move || row_actions::fill(ui, id)))
}

/// Returns the entries that select where the account is saved; empty without a connection.
fn keep_entries(ui: Ui, row: &Row) -> Vec<Entry> {
    let (id, current) = (row.id, row.location);
    let connections = ui.account_list.with_untracked(|account_list| account_list.connections.clone());
    if connections.is_empty() {
        return Vec::new();
    }
    let entry = move |location: StorageLocation, words: String| {
        let act = move || {
            ui.send_once(StoreAccountOn { id, location }, |ui, message| {
                ui.render(message);
                ui.refresh_screen()
            })
        };
        Entry::new("keep-on", words, act)
            .one_of(location == current)
            .locked_if(row.forbidden_locations.contains(&location))
    };
    let here = entry(StorageLocation::Device, localize("keep_device"));
    let there = connections.iter().map(|connection| {
        entry(
            StorageLocation::Connection(connection.id),
            localize_with("keep_connection", &[&connection.label, &connection.host]),
        )
    });
    std::iter::once(here).chain(there).collect()
}

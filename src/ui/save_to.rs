//! The field that selects where accounts are saved. If the organization's policy leaves only one location, the field is
//! locked.

use leptos::prelude::*;

use super::components::{choice, locked_choice, managed_reason};
use super::state::Ui;
use super::texts::localize;
use crate::vault::{AccountId, StorageLocation};

/// Parses a value of the *Save to* field. Returns `None` for the default, or if the connection no longer exists.
pub fn location_from_value(ui: Ui, value: &str) -> Option<StorageLocation> {
    if value == "device" {
        return Some(StorageLocation::Device);
    }
    let id = value.parse::<AccountId>().ok()?;
    let known = ui
        .account_list
        .with_untracked(|account_list| account_list.connections.iter().any(|connection| connection.id == id));
    known.then_some(StorageLocation::Connection(id))
}

/// Returns the field for new accounts; `None` without a connection.
pub fn location_field(ui: Ui, value: RwSignal<String>) -> Option<AnyView> {
    location_choice(ui, "keep", vec![(String::new(), localize("keep_default"))], value)
}

/// Returns the field for moving accounts, with these first options; `None` without a connection.
pub fn location_choice(
    ui: Ui,
    name: &'static str,
    mut options: Vec<(String, String)>,
    value: RwSignal<String>,
) -> Option<AnyView> {
    let (connections, places) = ui
        .account_list
        .with_untracked(|account_list| (account_list.connections.clone(), account_list.allowed_locations.clone()));
    if connections.is_empty() {
        return None;
    }
    let is_open = |location: StorageLocation| places.as_ref().is_none_or(|places| places.contains(&location));
    let device = is_open(StorageLocation::Device).then(|| ("device".to_owned(), localize("keep_here")));
    let there = connections.into_iter().filter(|connection| is_open(StorageLocation::Connection(connection.id)));
    let there =
        there.map(|connection| (connection.id.to_string(), format!("{} · {}", connection.label, connection.host)));
    let open: Vec<(String, String)> = device.into_iter().chain(there).collect();
    let is_limited = places.is_some();
    if let [(only, words)] = open.as_slice()
        && is_limited
    {
        value.set(only.clone());
        return Some(locked_choice(name, "keep_on", words.clone()));
    }
    options.extend(open);
    Some(view! { {choice(name, "keep_on", options, value)} {is_limited.then(managed_reason)} }.into_any())
}

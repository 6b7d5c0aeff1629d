//! One account's code in large type, for reading it across a room or typing it into another device.

use leptos::prelude::*;

use super::badge::badge;
use super::state::Ui;
use super::texts::{localize, localize_with, title};
use crate::app::accounts::list_view;
use crate::app::protocol::Row;
use crate::vault::AccountId;

/// Returns the address of the page with an account's code in large type.
pub fn address(id: AccountId) -> String {
    format!("options.html#code?account={id}")
}

/// Shows the code of an account, and the seconds for which it is valid. The page's clock must be running.
pub fn section(ui: Ui, id: Option<AccountId>) -> AnyView {
    ui.icons.load();
    let row = Memo::new(move |_| {
        ui.account_list.with(|account_list| account_list.rows.iter().find(|row| Some(row.id) == id).cloned())
    });
    let there = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.period > 0)));
    let content = move || if there.get() { shown(ui, row) } else { missing() };
    view! { <section data-screen="code">{content}</section> }.into_any()
}

fn missing() -> AnyView {
    view! { <h1>{localize("code_large")}</h1> <p class="quiet">{localize("vault_no_such_account")}</p> }.into_any()
}

fn shown(ui: Ui, row: Memo<Option<Row>>) -> AnyView {
    let who =
        Memo::new(move |_| row.with(|row| row.as_ref().map(|row| title(&row.issuer, &row.name)).unwrap_or_default()));
    let current = Memo::new(move |_| {
        let now = ui.now.get();
        row.with(|row| {
            let (code, until) = row.as_ref()?.code_at(now)?;
            Some((code.to_owned(), until.saturating_sub(now)))
        })
    });
    let code = Memo::new(move |_| current.get().map(|(code, _)| code).unwrap_or_default());
    let seconds = move || current.get().map(|(_, seconds)| seconds.to_string());
    let is_ending = move || current.with(|current| current.as_ref().is_some_and(|(_, seconds)| *seconds <= 5));
    let part = move || {
        let period = row.with(|row| row.as_ref().map_or(1, |row| row.period.max(1)));
        let left = current.with(|current| current.as_ref().map_or(0, |(_, seconds)| *seconds));
        format!("{}%", left.saturating_mul(100).checked_div(u64::from(period)).unwrap_or(0).min(100))
    };
    let letters = move || list_view::group_digits(&code.get()).chars().count().max(7).to_string();
    view! {
        <h1>{badge(ui, row)} <bdi>{who}</bdi></h1>
        <p class="large" data-code=code style=("--letters", letters) aria-hidden="true">
            {move || list_view::group_digits(&code.get())}
        </p>
        // Announced when the code changes, but not each second.
        <p class="visually-hidden" role="status">{move || localize_with("row_label", &[&who.get(), &list_view::spell_out(&code.get())])}</p>
        <p class="seconds" class:ending=is_ending aria-hidden="true">
            <span class="track"><i style=("--part", part)></i></span>
            <b data-seconds="">{seconds}</b>
        </p>
    }
    .into_any()
}

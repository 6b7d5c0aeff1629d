//! Asks for approval when an account is filled on a site for the first time. Whoever receives a code can sign in with
//! it, so account and site are shown.

use leptos::prelude::*;

use super::super::components::head;
use super::super::state::Ui;
use super::super::words::{say, say_with, title};
use super::row_actions;
use crate::vault::AccountId;

/// Returns the question.
pub fn confirm_site(ui: Ui, id: AccountId, site: String, origin: String) -> AnyView {
    let who = row_actions::row_of(ui, id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default();
    view! {
        <section class="gate" data-screen="confirm-site">
            {head(say("confirm_site_title"), move || ui.back())}
            <p>{say_with("confirm_site_who", &[&who])}</p>
            <p class="site" data-asked-site="">{site.clone()}</p>
            <p>{say("confirm_site_text")}</p>
            <button
                class="primary"
                type="button"
                data-action="confirm-fill"
                disabled=move || ui.busy.get()
                on:click=move |_| row_actions::allow_and_fill(ui, id, origin.clone())
            >
                {say_with("confirm_site_fill", &[&site])}
            </button>
            <button type="button" data-action="not-here" on:click=move |_| ui.back()>{say("confirm_site_not")}</button>
        </section>
    }
    .into_any()
}

//! Asked the first time an account is filled on a site: whose code, and where. A code in the wrong hands signs them in.

use leptos::prelude::*;

use super::super::parts::head;
use super::super::state::Ui;
use super::super::words::{say, say_with, title};
use super::acts;
use crate::vault::AccountId;

/// The question.
pub fn confirm_site(ui: Ui, id: AccountId, site: String, origin: String) -> AnyView {
    let who = acts::row_of(ui, id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default();
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
                on:click=move |_| acts::allow_and_fill(ui, id, origin.clone())
            >
                {say_with("confirm_site_fill", &[&site])}
            </button>
            <button type="button" data-action="not-here" on:click=move |_| ui.back()>{say("confirm_site_not")}</button>
        </section>
    }
    .into_any()
}

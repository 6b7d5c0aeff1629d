//! Asks, before the first use of an account on a site, whether the account is for that site. Here no page can conceal what is
//! confirmed; a code in the wrong hands signs them in.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;

use super::super::components::head;
use super::super::state::Ui;
use super::super::words::{say, say_with, title};
use super::row_actions;
use crate::app::protocol::{FirstUse, Reply, Request};
use crate::vault::AccountId;

/// How long the question is shown before it can be answered: a page can have the popup opened under a click that was meant for
/// the page.
const READ_MILLISECONDS: u32 = 1_000;

/// The question after a fill that was asked for in the popup.
pub fn confirm_site(ui: Ui, id: AccountId, site: String, origin: String) -> AnyView {
    question(ui, id, site, move || row_actions::allow_and_fill(ui, id, origin.clone()))
}

/// The question after a pick in the chip on a connected server's page.
pub fn confirm_first_use(ui: Ui, ask: FirstUse) -> AnyView {
    let (id, origin) = (ask.id, ask.place.origin.clone());
    let confirm = move || {
        ui.ask(Request::ConfirmFirstUse { ask: ask.clone() }, |ui, reply| match reply {
            Reply::Filled { filled: true, .. } => row_actions::close(),
            Reply::Filled { message, .. } => {
                ui.back();
                ui.fail(&message);
            }
            other => {
                ui.back();
                ui.take(other);
            }
        });
    };
    question(ui, id, origin, confirm)
}

fn question(ui: Ui, id: AccountId, site: String, confirm: impl Fn() + 'static) -> AnyView {
    let who = row_actions::row_of(ui, id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default();
    let is_read = RwSignal::new(false);
    let show = move || {
        // The question may have been answered by another way in the meantime, and its signal is gone then.
        let _ = is_read.try_set(true);
    };
    Timeout::new(READ_MILLISECONDS, show).forget();
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
                disabled=move || ui.busy.get() || !is_read.get()
                on:click=move |_| confirm()
            >
                {say_with("confirm_site_fill", &[&site])}
            </button>
            <button type="button" data-action="not-here" on:click=move |_| ui.back()>{say("confirm_site_not")}</button>
        </section>
    }
    .into_any()
}

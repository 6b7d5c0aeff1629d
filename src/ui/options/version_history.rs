//! The version history of the vault, and restoring an earlier version.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::super::components::{Field, PASSWORD, icon, nothing_here, submit};
use super::super::confirm_password::ConfirmPassword;
use super::super::state::Ui;
use super::super::texts::localize;
use super::super::unlock_screens::version_choices;
use crate::app::protocol::{CopyCard, ListCopies, RestoreCopy};

/// The earlier versions that the worker sent last; `None` until it has answered.
type VersionCards = RwSignal<Option<Vec<CopyCard>>>;

/// Returns the panel with the version history.
pub fn panel(ui: Ui) -> AnyView {
    let kept: VersionCards = RwSignal::new(None);
    load(ui, kept);
    (move || {
        kept.get().map(|cards| match cards.is_empty() {
            true => {
                let empty = nothing_here(icon::HISTORY, localize("version_history_empty"));
                view! { <div data-copies="0">{empty}</div> }.into_any()
            }
            false => form(ui, kept, cards),
        })
    })
    .into_any()
}

fn load(ui: Ui, cards: VersionCards) {
    ui.ask(ListCopies, move |_, copies| cards.set(Some(copies)));
}

fn form(ui: Ui, kept: VersionCards, cards: Vec<CopyCard>) -> AnyView {
    const COPY_PASSWORD: Field = Field { name: "copy-password", focused: false, ..PASSWORD };
    let (chosen, again) = (RwSignal::new(0_usize), ConfirmPassword::new(ui));
    let choices = version_choices(&cards, chosen);
    let count = cards.len();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(card) = cards.get(chosen.get_untracked()) else { return };
        let Some(password) = again.answer() else { return };
        again.forget();
        ui.ask_once(RestoreCopy { copy: card.copy, password }, move |ui, screen| {
            ui.render_screen(screen);
            ui.show_status(localize("version_history_restored"), false);
            load(ui, kept);
        });
    };
    view! {
        <form class="panel" data-step="copies" data-copies=count on:submit=send>
            <p class="quiet">{localize("version_history_text")}</p>
            <fieldset class="choices">{choices}</fieldset>
            {again.field(COPY_PASSWORD)}
            <div class="buttons">{submit(ui, "open-copy", move || localize(if ui.busy.get() { "working" } else { "damaged_open" }))}</div>
        </form>
    }
    .into_any()
}

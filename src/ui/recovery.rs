//! Shows an account's recovery codes, and fills one on a page that asks for it. Both require the vault password.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::components::{PASSWORD, header, hint, submit};
use super::confirm_password::ConfirmPassword;
use super::state::{Ui, View};
use super::texts::{localize, localize_with, title};
use crate::app::protocol::{FillRecoveryCode, RecoveryPrompt, RecoveryRow, RemoveRecoveryCode, ShowRecoveryCodes};
use crate::browser::{intl, page};
use crate::vault::{AccountId, RecoveryCodeState};

/// Shows an account's recovery codes after asking for the password.
pub fn recovery(ui: Ui, id: AccountId) -> AnyView {
    let codes = RwSignal::new(None::<Vec<RecoveryRow>>);
    let send = move |password| {
        ui.ask_once(ShowRecoveryCodes { id, password }, move |_, shown| codes.set(Some(shown)));
    };
    let content = move || match codes.get() {
        None => confirm(ui, localize("recovery_confirm"), "show-recovery", "recovery_show", send),
        Some(shown) => list(ui, id, &shown, codes),
    };
    view! {
        <section class="sheet" data-screen="recovery">
            {header(who(ui, id), move || ui.show_view(View::Edit(id)))}
            {content}
        </section>
    }
    .into_any()
}

/// Asks for the password and fills the recovery code that the user selected on a page.
pub fn use_recovery(ui: Ui, ask: RecoveryPrompt) -> AnyView {
    let (id, origin) = (ask.id, ask.place.origin.clone());
    let send = move |password| {
        ui.ask_once(FillRecoveryCode { ask: ask.clone(), password }, |ui, answer| {
            if answer.filled {
                // A popup that cannot be closed stays open, which is harmless.
                drop(window().close());
            } else {
                ui.show_failure(&answer.message);
            }
        });
    };
    let words = localize_with("recovery_use", &[&origin]);
    view! {
        <section class="sheet" data-screen="use-recovery">
            {header(who(ui, id), move || ui.back())}
            {confirm(ui, words, "fill-recovery", "recovery_fill", send)}
        </section>
    }
    .into_any()
}

/// Returns the form that asks for the password and passes it to `send`.
fn confirm(
    ui: Ui,
    words: String,
    action: &'static str,
    button: &'static str,
    send: impl Fn(String) + 'static,
) -> AnyView {
    let again = ConfirmPassword::new(ui);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        ui.status.set(None);
        let Some(password) = again.answer() else { return };
        again.forget();
        send(password);
    };
    view! {
        <form class="confirm" data-step="confirm" on:submit=on_submit>
            <div class="body">
                <p>{words}</p>
                {again.field(PASSWORD)}
            </div>
            <footer>{submit(ui, action, move || localize(if ui.busy.get() { "working" } else { button }))}</footer>
        </form>
    }
    .into_any()
}

fn list(ui: Ui, id: AccountId, shown: &[RecoveryRow], codes: RwSignal<Option<Vec<RecoveryRow>>>) -> AnyView {
    let lines = shown.iter().map(|row| code_row(ui, id, row.clone(), codes)).collect_view();
    let words = localize(if shown.is_empty() { "recovery_empty" } else { "recovery_warning" });
    view! {
        <div class="body" data-step="shown">
            <ul class="recovery">{lines}</ul>
            <p class="quiet">{words}</p>
        </div>
    }
    .into_any()
}

/// Shows one recovery code. Removing it is permanent, so the user has to confirm with a second click.
fn code_row(ui: Ui, id: AccountId, row: RecoveryRow, codes: RwSignal<Option<Vec<RecoveryRow>>>) -> AnyView {
    let (copied, removed) = (row.code.clone(), row.code.clone());
    let sure = RwSignal::new(false);
    let copy = move |_| {
        let code = copied.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let done = page::copy(&code).await;
            ui.show_status(localize(if done { "copied" } else { "copy_blocked" }), !done);
        });
    };
    let remove = move |_| {
        if !sure.get_untracked() {
            sure.set(true);
            return;
        }
        let code = removed.clone();
        ui.ask_once(RemoveRecoveryCode { id, code }, move |_, left| codes.set(Some(left)));
    };
    let name = state_text_key(row.fate);
    let fate = (row.fate != RecoveryCodeState::Unused)
        .then(|| view! { <small>{localize_with(&format!("recovery_state_{name}"), &[&intl::date(row.at)])}</small> });
    view! {
        <li data-recovery=name>
            <code>{row.code}</code>
            {fate}
            <div class="pair">
                <button type="button" data-action="copy-recovery" on:click=copy>{localize("copy")}</button>
                <button type="button" data-action="remove-recovery" on:click=remove>
                    {move || localize(if sure.get() { "recovery_remove_confirm" } else { "recovery_remove" })}
                </button>
            </div>
        </li>
    }
    .into_any()
}

fn state_text_key(fate: RecoveryCodeState) -> &'static str {
    match fate {
        RecoveryCodeState::Unused => "unused",
        RecoveryCodeState::Filled => "filled",
        RecoveryCodeState::Used => "used",
        RecoveryCodeState::Rejected => "rejected",
    }
}

/// Shows how many recovery codes are left, with a button that opens them; `None` for an account without recovery codes.
pub fn count_line(ui: Ui, id: AccountId, left: usize, all: usize) -> Option<AnyView> {
    if all == 0 {
        return None;
    }
    let words = localize_with("recovery_count", &[&left.to_string(), &all.to_string()]);
    let locked = ui.account_list.with_untracked(|account_list| account_list.conceals_secrets);
    let (described_by, reason) = if locked { hint(localize("managed_reason")) } else { (None, None) };
    Some(
        view! {
            <div class="field">
                <span>{localize("recovery_codes")}</span>
                <ul class="sites">
                    <li>
                        <span data-recovery-count=left.to_string()>{words}</span>
                        <button
                            class="plain"
                            type="button"
                            data-action="recovery"
                            disabled=locked
                            aria-describedby=described_by
                            on:click=move |_| ui.show_view(View::Recovery(id))
                        >
                            {localize("recovery_open")}
                        </button>
                    </li>
                </ul>
                {reason}
            </div>
        }
        .into_any(),
    )
}

fn who(ui: Ui, id: AccountId) -> String {
    ui.account_list.with_untracked(|account_list| {
        account_list.rows.iter().find(|row| row.id == id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default()
    })
}

//! Shows an account as a QR code for a phone. The code contains the secret unencrypted, so it requires the same
//! confirmation as an unencrypted export, is not available if an administrator forbids exports, and is removed when the
//! user leaves the screen.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::components::{Field, PASSWORD, header, submit};
use super::confirm_password::ConfirmPassword;
use super::plaintext_export_warning::ConfirmationWord;
use super::state::Ui;
use super::texts::{localize, localize_message, localize_with, title};
use crate::app::exchange::file_job::CODES;
use crate::app::protocol::{Message, PlanExport, ShowKeyUri};
use crate::vault::AccountId;

/// A step of the screen.
#[derive(Clone)]
enum QrStep {
    /// Checking whether exports are allowed.
    Asking,
    /// Exports are forbidden, or the vault is locked.
    Rejected(Message),
    /// Waiting for the confirmation.
    Confirm,
    /// The code as SVG.
    Shown(String),
}

/// Asks for the password and the confirmation word, and then shows the QR code.
pub fn show_qr(ui: Ui, id: AccountId) -> AnyView {
    let who = ui.account_list.with_untracked(|account_list| {
        account_list.rows.iter().find(|row| row.id == id).map(|row| title(&row.issuer, &row.name)).unwrap_or_default()
    });
    let step = RwSignal::new(QrStep::Asking);
    // Checked first, so that the user does not type a password in vain.
    ui.send(PlanExport { format: CODES.to_owned() }, move |_, plan| {
        step.set(plan.map_or_else(QrStep::Rejected, |_| QrStep::Confirm));
    });
    let shown = who.clone();
    let content = move || match step.get() {
        QrStep::Asking => ().into_any(),
        QrStep::Rejected(message) => rejected(&message),
        QrStep::Confirm => confirm(ui, id, step),
        QrStep::Shown(svg) => drawn(&svg, &shown),
    };
    view! {
        <section class="sheet" data-screen="qr">
            {header(who, move || ui.back())}
            {content}
        </section>
    }
    .into_any()
}

fn rejected(message: &Message) -> AnyView {
    view! {
        <div class="body" data-step="rejected">
            <p>{localize_message(message)}</p>
        </div>
    }
    .into_any()
}

fn confirm(ui: Ui, id: AccountId, step: RwSignal<QrStep>) -> AnyView {
    let (word, again) = (ConfirmationWord::new(), ConfirmPassword::new(ui));
    let device_only = ui.account_list.with_untracked(|account_list| account_list.device_only);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        ui.status.set(None);
        if !word.is_typed(ui) {
            return;
        }
        // A vault without a password requires only the confirmation word.
        let Some(password) = (if device_only { Some(String::new()) } else { again.answer() }) else { return };
        again.forget();
        ui.ask_once(ShowKeyUri { id, password }, move |ui, shown| {
            if shown.picture.is_empty() {
                ui.show_status(localize("qr_too_long"), true);
            } else {
                step.set(QrStep::Shown(shown.picture));
            }
        });
    };
    view! {
        <form class="confirm" data-step="confirm" on:submit=send>
            <div class="body">
                {word.draw(localize("qr_confirm"), true)}
                {(!device_only).then(|| again.field(Field { focused: false, ..PASSWORD }))}
            </div>
            <footer>{submit(ui, "show-qr", move || localize(if ui.busy.get() { "working" } else { "qr_show" }))}</footer>
        </form>
    }
    .into_any()
}

/// Returns the QR code, black on white with a margin in every theme, because some scanners do not recognize other
/// colors.
fn drawn(svg: &str, who: &str) -> AnyView {
    view! {
        <div class="body" data-step="shown">
            <div class="qr" role="img" data-qr="" aria-label=localize_with("qr_of", &[who]) inner_html=svg.to_owned()></div>
            <p class="quiet">{localize("qr_warning")}</p>
        </div>
    }
    .into_any()
}

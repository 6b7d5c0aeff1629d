//! Fills a recovery code: selected in the chip, approved with the vault password in the popup, and typed into that one
//! document.

use serde::Deserialize;

use super::chrome::{self, from_js, to_js};
use super::menus::{self, Wish};
use super::worker::WorkerApp;
use super::{now_milliseconds, now_seconds};
use crate::app::protocol::{Message, Place, RecoveryAsk, Reply};
use crate::secret::Secret;

/// If the page does not accept the code within this time, it never gets it, and the code counts as unused.
const TYPING_MILLISECONDS: u32 = 3_000;
/// Time limit for the script's answer, longer than for typing.
const ANSWER_MILLISECONDS: u32 = 5_000;

/// The script's answer.
#[derive(Deserialize)]
struct Typed {
    filled: bool,
    /// True if the page received the code, whatever it did with it.
    typed: bool,
}

/// Opens the popup, which asks for the password.
pub(super) async fn ask(ask: RecoveryAsk) {
    menus::leave(Wish::Recovery { ask }).await;
}

/// Fills the account's next recovery code into the document where it was selected. A tab that has navigated has a new
/// document with another id, so nothing is delivered there.
pub(super) async fn fill(app: &WorkerApp, ask: &RecoveryAsk, password: Secret<String>) -> Reply {
    let code = match app.use_recovery(ask.id, &ask.place.origin, &password, now_seconds()).await {
        Ok(code) => code,
        Err(error) => return error.into(),
    };
    // Exposed here because the user selected it on this page and entered the password.
    let until = now_milliseconds().saturating_add(TYPING_MILLISECONDS.into());
    let message = to_js(&serde_json::json!({ "recovery": { "id": ask.id, "code": code.expose(), "until": until } }));
    let Place { tab, document, .. } = &ask.place;
    let answer = chrome::send_to_document((*tab).into(), document, &message, ANSWER_MILLISECONDS).await;
    match answer.ok().and_then(from_js::<Typed>) {
        Some(Typed { filled: true, .. }) => {
            let message = Message::new("recovery_filled", "The recovery code was typed.");
            return Reply::Filled { filled: true, code: None, message };
        }
        // The page may still submit the code, so it no longer counts as unused.
        Some(Typed { typed: true, .. }) => {
            let text = "The page did not keep what was typed. The code may be used up: it is offered last from now on.";
            return Reply::Filled { filled: false, code: None, message: Message::new("recovery_not_kept", text) };
        }
        _ => {}
    }
    match app.recovery_not_filled(ask.id, &code, now_seconds()).await {
        Ok(()) => {
            let text = "The page shows its recovery form no more. Nothing was filled, and the code is unused.";
            Reply::Filled { filled: false, code: None, message: Message::new("recovery_page_gone", text) }
        }
        Err(error) => error.into(),
    }
}

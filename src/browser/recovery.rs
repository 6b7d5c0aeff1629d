//! Fills a recovery code: the user selects it in the chip and approves it with the vault password in the popup, and it
//! is typed into the document of the chip, and no other.

use super::delivery::{Delivery, deadline, deliver};
use super::menus::{self, PendingAction};
use super::now_seconds;
use super::worker::WorkerApp;
use crate::app::AppError;
use crate::app::protocol::{Filled, RecoveryPrompt};
use crate::message;
use crate::secret::Secret;

/// Opens the popup, which asks for the password.
pub(super) async fn ask(ask: RecoveryPrompt) {
    menus::store_and_open_popup(PendingAction::Recovery { ask }).await;
}

/// Fills the account's next recovery code into the document where it was selected. A tab that has navigated has a new
/// document with another id, so nothing is delivered there.
pub(super) async fn fill(app: &WorkerApp, ask: &RecoveryPrompt, password: Secret<String>) -> Result<Filled, AppError> {
    let code = app.use_recovery(ask.id, &ask.place.address(), &password, now_seconds()).await?;
    // The code is exposed because the user selected it on this page and entered the password.
    let message = serde_json::json!({ "recovery": { "id": ask.id, "code": code.expose(), "until": deadline() } });
    match deliver(&ask.place, &message).await {
        Delivery::Filled => Ok(Filled::typed(message!("recovery_filled"))),
        // The page may still submit the code, so it no longer counts as unused.
        Delivery::NotKept => Ok(Filled::not_filled(message!("recovery_not_kept"))),
        Delivery::NotDelivered => {
            app.recovery_not_filled(ask.id, &code, now_seconds()).await?;
            Ok(Filled::not_filled(message!("recovery_page_gone")))
        }
    }
}

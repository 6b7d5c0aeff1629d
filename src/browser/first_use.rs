//! The first use of an account on a connected server's page: the user picks the account in the chip and confirms it in
//! the popup, and the code is typed into the document of the chip, and no other.

use super::delivery::{Delivery, deadline, deliver};
use super::menus::{self, PendingAction};
use super::now_seconds;
use super::worker::WorkerApp;
use crate::app::protocol::{FirstUse, PageReply, Reply};
use crate::message;

/// Opens the popup, which asks whether the account is for this site.
pub(super) async fn ask(ask: FirstUse) {
    menus::leave(PendingAction::FirstUse { ask }).await;
}

/// Returns the question for the popup, or why it cannot be asked.
pub(super) async fn question(app: &WorkerApp, ask: FirstUse) -> Reply {
    match app.check_first_use(ask.id, &ask.place.origin, now_seconds()).await {
        Ok(()) => Reply::AskFirstUse { ask },
        Err(error) => error.into(),
    }
}

/// Stores that the account is for the site, and types its code into the document where it was picked.
pub(super) async fn confirm(app: &WorkerApp, ask: &FirstUse) -> Reply {
    let (id, code, until) = match app.confirm_first_use(ask.id, &ask.place.address(), now_seconds()).await {
        Ok(PageReply::Fill { id, code, until }) => (id, code, until),
        Ok(_) => return not_filled(),
        Err(error) => return error.into(),
    };
    let code = serde_json::json!({ "id": id, "code": code, "until": until, "deliver_until": deadline() });
    match deliver(&ask.place, &serde_json::json!({ "first_use": code })).await {
        Delivery::Filled => Reply::Filled { filled: true, code: None, message: message!("filled") },
        Delivery::NotKept | Delivery::NotDelivered => not_filled(),
    }
}

fn not_filled() -> Reply {
    Reply::Filled { filled: false, code: None, message: message!("first_use_page_gone") }
}

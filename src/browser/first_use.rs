//! The first use of an account on a connected server's page: the user picks the account in the chip and confirms it in
//! the popup, and the code is typed into the document of the chip, and no other.

use super::delivery::{Delivery, deadline, deliver};
use super::menus::{self, PendingAction};
use super::now_seconds;
use super::worker::WorkerApp;
use crate::app::AppError;
use crate::app::protocol::{Filled, FirstUse, PageReply};
use crate::message;

/// Opens the popup, which asks whether the account is for this site.
pub(super) async fn ask(ask: FirstUse) {
    menus::store_and_open_popup(PendingAction::FirstUse { ask }).await;
}

/// Returns why the popup cannot ask the question, if so.
pub(super) async fn check(app: &WorkerApp, ask: &FirstUse) -> Result<(), AppError> {
    app.check_first_use(ask.id, &ask.place.origin, now_seconds()).await
}

/// Stores that the account is for the site, and types its code into the document where it was picked.
pub(super) async fn confirm(app: &WorkerApp, ask: &FirstUse) -> Result<Filled, AppError> {
    let reply = app.confirm_first_use(ask.id, &ask.place.address(), now_seconds()).await?;
    let PageReply::Fill { id, code, until } = reply else { return Ok(not_filled()) };
    let code = serde_json::json!({ "id": id, "code": code, "until": until, "deliver_until": deadline() });
    Ok(match deliver(&ask.place, &serde_json::json!({ "first_use": code })).await {
        Delivery::Filled => Filled::typed(message!("filled")),
        Delivery::NotKept | Delivery::NotDelivered => not_filled(),
    })
}

fn not_filled() -> Filled {
    Filled::not_filled(message!("first_use_page_gone"))
}

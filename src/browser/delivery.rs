//! Hands a code to the one document that it was picked in, after the user has confirmed something in the popup.

use serde::Deserialize;

use super::chrome::{self, from_js, to_js};
use super::now_milliseconds;
use crate::app::protocol::DocumentLocation;

/// A page that does not take the code within this time gets none, not even later.
const TYPING_MILLISECONDS: u32 = 3_000;
/// The script's answer about a code that was typed at the last moment is awaited until then.
const ANSWER_MILLISECONDS: u32 = 5_000;

/// The script's report.
#[derive(Deserialize)]
struct DeliveryReport {
    filled: bool,
    /// The page has seen the code, whatever it made of it.
    typed: bool,
}

/// The fate of a delivered code.
pub(super) enum Delivery {
    /// The form holds it.
    Filled,
    /// It was typed, and the page did not keep it.
    NotKept,
    /// The document is gone or no longer shows the form: the page has not seen the code.
    NotDelivered,
}

/// Returns the time, in milliseconds since 1970, after which the page must not take the code.
pub(super) fn deadline() -> u64 {
    now_milliseconds().saturating_add(TYPING_MILLISECONDS.into())
}

/// Sends a message with a code to the content script of one document. After a navigation, the tab shows a document with
/// a different id, and the browser does not deliver the message.
pub(super) async fn deliver(place: &DocumentLocation, message: &serde_json::Value) -> Delivery {
    let DocumentLocation { tab, document, .. } = place;
    let answer = chrome::send_to_document((*tab).into(), document, &to_js(message), ANSWER_MILLISECONDS).await;
    match answer.ok().and_then(from_js::<DeliveryReport>) {
        Some(DeliveryReport { filled: true, .. }) => Delivery::Filled,
        Some(DeliveryReport { typed: true, .. }) => Delivery::NotKept,
        _ => Delivery::NotDelivered,
    }
}

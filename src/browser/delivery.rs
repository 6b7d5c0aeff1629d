//! Delivers a code to the document in which it was picked, and to no other, after the user approved that in the popup.

use serde::Deserialize;

use super::chrome::{self, from_js, to_js};
use super::now_milliseconds;
use crate::app::protocol::DocumentLocation;
use crate::time::UnixMilliseconds;
use std::time::Duration;

/// Time limit for typing the code. After that, the content script no longer types it.
const TYPING_TIME: Duration = Duration::from_secs(3);
/// Time limit for the script's answer. It is longer, so that the answer about a code that was typed at
/// the last moment still arrives.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// The script's report.
#[derive(Deserialize)]
struct DeliveryReport {
    filled: bool,
    /// True if the code was typed, so that the page has seen it even if the form did not keep it.
    typed: bool,
}

/// The result of delivering a code.
pub(super) enum Delivery {
    /// The form contains the code.
    Filled,
    /// The code was typed, but the page did not keep it.
    NotKept,
    /// The document no longer exists or no longer shows the form, so the page has not seen the code.
    NotDelivered,
}

/// Returns the time after which the content script must not type the code.
pub(super) fn deadline() -> UnixMilliseconds {
    now_milliseconds().after(TYPING_TIME)
}

/// Sends a message with a code to the content script of one document. After a navigation, the tab shows a document with
/// a different id, and the browser does not deliver the message.
pub(super) async fn deliver(place: &DocumentLocation, message: &serde_json::Value) -> Delivery {
    let DocumentLocation { tab, document, .. } = place;
    let answer = chrome::send_to_document((*tab).into(), document, &to_js(message), ANSWER_TIMEOUT).await;
    match answer.ok().and_then(from_js::<DeliveryReport>) {
        Some(DeliveryReport { filled: true, .. }) => Delivery::Filled,
        Some(DeliveryReport { typed: true, .. }) => Delivery::NotKept,
        _ => Delivery::NotDelivered,
    }
}

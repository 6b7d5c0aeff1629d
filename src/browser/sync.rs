//! When the worker syncs: soon after a change, on request, or when a sync is due.

use std::cell::Cell;

use gloo::timers::future::sleep;

use super::chrome::{self, to_js};
use super::now_milliseconds;
use super::worker::{app, show_badge};
use crate::app::AppError;
use crate::app::protocol::Message;
use std::time::Duration;

/// Time to wait for further changes before a sync.
const DEBOUNCE_TIME: Duration = Duration::from_secs(2);
/// The alarm that syncs a change if the worker was stopped before it could.
pub(super) const SYNC_NOW: &str = "sync_now";

thread_local! {
    /// Counts changes, so that only the last of several changes starts a sync.
    static BURST: Cell<u32> = const { Cell::new(0) };
}

/// Starts one sync when no further change has followed for two seconds. If the worker is stopped before that, the alarm
/// starts the sync.
pub(super) async fn sync_soon() {
    let mine = BURST.with(|burst| {
        burst.set(burst.get().wrapping_add(1));
        burst.get()
    });
    let info = to_js(&serde_json::json!({ "delayInMinutes": 0.5 }));
    let _ = chrome::create_alarm(SYNC_NOW, &info).await;
    sleep(DEBOUNCE_TIME).await;
    if BURST.with(Cell::get) == mine {
        sync_all().await;
    }
}

/// Syncs with every server. Errors are recorded in the connections' reports, which the popup shows.
pub(super) async fn sync_all() {
    let _ = sync_now().await;
    let _ = chrome::clear_alarm(SYNC_NOW).await;
}

/// Syncs with every server, and renews sign-ins that have expired.
pub(super) async fn sync_now() -> Result<Message, AppError> {
    let summary = app().sync_and_renew(&now_milliseconds, &chrome::redirect_url()).await;
    show_badge().await;
    summary
}

/// Syncs the connections that are due.
pub(super) async fn sync_if_due() {
    // Errors are recorded in the connections' reports, which the popup shows.
    let _ = app().sync_if_due(&now_milliseconds, &chrome::redirect_url()).await;
    show_badge().await;
}

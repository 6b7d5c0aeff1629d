//! Decides what must happen after a successful request, such as a sync or a new badge. The core makes the decision, so
//! that it can be tested without a browser, and the browser's platform code carries it out.

use super::protocol::{BrowserRequest, Reply, Screen};

/// An action for the platform to perform after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The change may have to be uploaded: sync after a short time without further changes.
    SyncSoon,
    /// The user opened the list: sync the connections that were not synced recently.
    SyncIfDue,
    /// The connections may have changed: register content scripts on their servers and remove all others.
    RegisterContentScripts,
    /// A connection may have started or stopped waiting for the user: update the icon's badge.
    ShowBadge,
    /// A scheduled backup may be due.
    BackUpIfDue,
    /// The language has changed: create the context menu again.
    CreateMenu,
    /// The vault was unlocked: tell the pages that offered to unlock it.
    TellPagesUnlocked,
    /// A secret or a token was removed permanently and must be erased from memory too. A lock, and any other removal of
    /// the vault's key, does not need this effect, because the storage adapter detects it.
    EraseMemory,
}

/// Returns the effects of a request that the browser handles if it succeeds.
pub(super) fn of_browser_request(request: &BrowserRequest) -> &'static [Effect] {
    match request {
        BrowserRequest::SignIn(_) | BrowserRequest::SignInManaged(_) | BrowserRequest::SignInAgain(_) => {
            &[Effect::RegisterContentScripts, Effect::ShowBadge]
        }
        BrowserRequest::ScanTab(_)
        | BrowserRequest::ReadPictures(_)
        | BrowserRequest::RunPendingAction(_)
        | BrowserRequest::FillCode(_)
        | BrowserRequest::ConfirmFirstUse(_)
        | BrowserRequest::FillRecoveryCode(_) => &[],
    }
}

/// Returns the effects that follow a reply: none after a failure, and `TellPagesUnlocked` only if the vault is open.
pub fn after(expected: &'static [Effect], reply: &mut Reply) -> impl Iterator<Item = Effect> + use<> {
    let has_failed = reply.failure().is_some();
    let is_open = matches!(reply.screen(), Some(Screen::AccountList(_)));
    let follows = move |effect: &Effect| !has_failed && (is_open || *effect != Effect::TellPagesUnlocked);
    expected.iter().copied().filter(follows)
}

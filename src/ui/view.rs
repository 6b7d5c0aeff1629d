//! The screens and views of a page, and the contexts in which a page is shown.

use std::sync::Arc;

use crate::app::protocol::{CopyCard, FirstUse, RecoveryPrompt, ScanResults, SignInScreen, SiteQuestion};
use crate::vault::{AccountId, ConnectionId};

/// The screen to show, without the account list's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ScreenKind {
    /// The worker has not answered yet.
    #[default]
    Nothing,
    /// There is no vault.
    FirstRun,
    /// The organization's policy asks the user to sign in first.
    SignIn(SignInScreen),
    /// The organization requires a password that the vault does not have yet.
    SetPassword,
    /// The vault is locked.
    Locked,
    /// The vault has no password, and its key is missing on this device.
    KeyGone,
    /// The vault was saved by a newer version of the extension.
    Newer,
    /// The vault is damaged.
    Damaged(Vec<CopyCard>),
    /// The vault is open.
    AccountList,
}

/// The view to show while the vault is open.
#[derive(Clone, Debug, Default)]
pub enum View {
    /// The list itself.
    #[default]
    List,
    /// The form for a new account.
    Add,
    /// The form of one account.
    Edit(AccountId),
    /// The result of a scan, an image or a text.
    ScanResults(Arc<ScanResults>),
    /// The camera, in a separate tab.
    Camera,
    /// An account as a QR code.
    Qr(AccountId),
    /// A connected user's second factors.
    Factors(ConnectionId),
    /// Asks whether an account may be filled on a site.
    ConfirmSite(AccountId, SiteQuestion),
    /// The overview of keyboard shortcuts.
    Shortcuts,
    /// An account's recovery codes.
    Recovery(AccountId),
    /// Asks for the password before a recovery code is filled on a page.
    UseRecovery(RecoveryPrompt),
    /// Asks whether the account that the user picked on a page may be filled there.
    FirstUse(FirstUse),
}

/// The context in which a page is shown, named after `chrome.runtime.ContextType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContextType {
    /// The popup, which can scan and fill the current tab, and is closed when it loses the focus.
    Popup {
        /// The browser's id of the window behind it.
        window: Option<i32>,
    },
    /// The browser's side panel, which stays open. The browser lets it access no tab.
    SidePanel,
    /// A tab.
    Tab,
}

impl ContextType {
    /// Returns true in the popup, which can scan the current tab.
    pub fn is_popup(self) -> bool {
        matches!(self, Self::Popup { .. })
    }
}

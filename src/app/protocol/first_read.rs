//! What the popup reads from storage before the worker answers.

use serde::Deserialize;

use super::AccountList;

/// The last known state of the vault, stored unsealed so that the popup can draw its first frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// There is no vault.
    New,
    /// There is no vault, and the organization's policy decides what the popup offers.
    Managed,
    /// A password opens the vault.
    Locked,
    /// This device opens the vault, without a password.
    Device,
}

impl Phase {
    /// All phases.
    pub const ALL: [Self; 4] = [Self::New, Self::Managed, Self::Locked, Self::Device];

    /// Returns the stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Managed => "managed",
            Self::Locked => "locked",
            Self::Device => "device",
        }
    }
}

/// The values that the popup's script has read while the wasm was compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstRead {
    /// The account list that the worker painted. It may have expired, so the caller has to check.
    pub account_list: Option<AccountList>,
    /// The last known state of the vault.
    pub phase: Option<Phase>,
    /// The current tab's address, if the popup may read it.
    pub url: Option<String>,
    /// The context menu or a shortcut has left a pending action.
    pub has_pending_action: bool,
    /// The browser's id of the window behind the popup.
    pub window: Option<i32>,
    /// The document is in the browser's side panel instead of the popup.
    pub is_panel: bool,
}

/// The object that the script passes. A deleted key is stored as `null`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Stored {
    account_list: Option<String>,
    phase: Option<String>,
    url: Option<String>,
    pending_action: Option<String>,
    window: Option<i32>,
    is_panel: bool,
}

impl FirstRead {
    /// Parses the JSON of `{account_list, phase, url, pending_action, window, is_panel}`. A value that is missing,
    /// deleted or unreadable is skipped, and does not affect the others.
    pub fn parse(json: &str) -> Self {
        let stored: Stored = serde_json::from_str(json).unwrap_or_default();
        let phase = stored.phase.and_then(|name| Phase::ALL.into_iter().find(|phase| phase.name() == name));
        Self {
            account_list: stored.account_list.and_then(|text| serde_json::from_str(&text).ok()),
            phase,
            url: stored.url,
            has_pending_action: stored.pending_action.is_some(),
            window: stored.window,
            is_panel: stored.is_panel,
        }
    }
}

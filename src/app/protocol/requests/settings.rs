//! Requests about settings.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::app::policy::Policy;
use crate::app::protocol::Screen;
use crate::vault::{ConnectionId, Settings};

requests! {
    /// A request about settings.
    SettingsRequest in Request::Settings;

    /// Returns the settings.
    ReadSettings -> Settings {}
    /// Changes settings.
    SetSettings -> Settings {
        /// All settings.
        settings: Settings,
    }
    /// Chooses the language of all texts.
    SetLanguage -> () {
        /// One of [`LANGUAGES`](crate::app::LANGUAGES); empty to follow the browser.
        language: String,
    }
    /// Returns the organization's policy, also while the vault is locked.
    ReadPolicy -> Policy {}
    /// Corrects codes by the difference between two clocks.
    CorrectClock -> Screen {
        /// The lead of the correct clock over this device's, in seconds.
        seconds: i64,
        /// Corrects only the codes of accounts that were enrolled on this connection's server; `None` for all codes.
        connection: Option<ConnectionId>,
    }
    /// Returns information for a bug report, without names and secrets.
    Diagnose -> String {}
}

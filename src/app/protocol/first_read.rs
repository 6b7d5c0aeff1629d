//! What the popup reads from storage before the worker answers.

use serde::Deserialize;

use super::Board;

/// What the worker last said of the vault, stored unsealed so that the popup can draw its first frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// There is no vault.
    New,
    /// A password opens the vault.
    Locked,
    /// This device opens the vault.
    Device,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::New, Self::Locked, Self::Device];

    /// Its stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Locked => "locked",
            Self::Device => "device",
        }
    }
}

/// What the popup's script has read while the wasm was compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstRead {
    /// The board that the worker painted. The caller checks its age.
    pub board: Option<Board>,
    /// What the vault was last.
    pub phase: Option<Phase>,
    /// The current tab's address, where the popup may know it.
    pub url: Option<String>,
    /// Whether the context menu or a shortcut left something to do.
    pub has_wish: bool,
}

/// The script's object. A key that was deleted is stored as `null`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Stored {
    board: Option<String>,
    phase: Option<String>,
    url: Option<String>,
    wish: Option<String>,
}

impl FirstRead {
    /// Parses the JSON of `{board, phase, url, wish}`. Whatever is missing, deleted or unreadable counts as not there, and
    /// takes nothing else with it.
    pub fn parse(json: &str) -> Self {
        let stored: Stored = serde_json::from_str(json).unwrap_or_default();
        let phase = stored.phase.and_then(|name| Phase::ALL.into_iter().find(|phase| phase.name() == name));
        Self {
            board: stored.board.and_then(|text| serde_json::from_str(&text).ok()),
            phase,
            url: stored.url,
            has_wish: stored.wish.is_some(),
        }
    }
}

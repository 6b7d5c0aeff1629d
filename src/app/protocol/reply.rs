//! The answers to requests, and the worker's reply, which contains any of them or the message of a failure.

use serde::{Deserialize, Serialize};

use super::cards::{FirstUse, RecoveryPrompt, ScanResults};
use super::connections::{CodeOwner, Connected, FactorsCard, ServerLookup};
use super::exchange::Backups;
use super::form::AccountForm;
use super::requests::TypedRequest;
use super::screen::Screen;
use crate::app::AppError;
use crate::app::policy::Policy;
use crate::message::Message;
use crate::vault::{AccountId, Settings};

/// A reason not to fill an account's code on a site. The user can override it with a second confirmation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteWarning {
    /// There is no such reason.
    #[default]
    None,
    /// The address looks like this other site, which has an account in the vault.
    LooksLike(String),
    /// The page is served over http in a private network.
    Unencrypted,
}

/// The question whether an account may be filled on a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteQuestion {
    /// The registrable domain, or the origin if there is none.
    pub site: String,
    /// The origin of the document that asked for the code. The tab may show another one when the user answers.
    pub origin: String,
    /// The warning to show first.
    #[serde(default)]
    pub warning: SiteWarning,
    /// The frame that shows the site inside a page of another site.
    #[serde(default)]
    pub frame: Option<FrameOfSite>,
}

/// A frame of another site than the page around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameOfSite {
    /// The frame's host.
    pub host: String,
    /// The host of the page around it.
    pub page: String,
    /// The match pattern of the host permission that the browser has to grant first.
    #[serde(default)]
    pub permission: Option<String>,
}

/// A code of a counter-based account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterCode {
    /// The digits, or Steam's characters.
    pub code: String,
    /// The counter of the next code.
    pub counter: u64,
}

/// An account's key URI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownKeyUri {
    /// The URI, which contains the secret.
    pub uri: String,
    /// The URI as a QR code: an SVG image in black on white; empty if the URI is too long for a QR code.
    pub picture: String,
}

/// The result of importing rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedAccounts {
    /// The new accounts, for undoing the import.
    pub accounts: Vec<AccountId>,
    /// The message for the user.
    pub message: Message,
}

/// The answer to [`SaveSite`](super::SaveSite).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaveSiteAnswer {
    /// The site was stored.
    Saved(Screen),
    /// Nothing was stored: there is a warning to overrule first.
    Confirm(SiteQuestion),
}

/// The result of filling a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// `true` if the code was typed; otherwise, the popup copies it.
    pub filled: bool,
    /// The code for the clipboard, if it could not be typed.
    pub code: Option<String>,
    /// The message for the user.
    pub message: Message,
}

impl Filled {
    /// The code was typed.
    pub fn typed(message: Message) -> Self {
        Self { filled: true, code: None, message }
    }

    /// Nothing was typed, and there is no code to copy.
    pub fn not_filled(message: Message) -> Self {
        Self { filled: false, code: None, message }
    }

    /// Nothing was typed, and the popup copies the code.
    pub fn copied(code: String, message: Message) -> Self {
        Self { filled: false, code: Some(code), message }
    }
}

/// The answer to [`FillCode`](super::FillCode).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FillAnswer {
    /// The code was typed, or is to be copied.
    Filled(Filled),
    /// The page shows the user which fields to choose from, so the popup closes.
    ChoosingOnPage,
    /// The account was never filled on this site: ask the user, and confirm with [`AllowSite`](super::AllowSite).
    ConfirmSite(SiteQuestion),
}

/// The answer to [`RunPendingAction`](super::RunPendingAction).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PendingAnswer {
    /// There is no pending action.
    Nothing(Screen),
    /// The result of a scan.
    ScanResults(ScanResults),
    /// The user selected a recovery code on a page: ask for the password.
    AskRecovery(RecoveryPrompt),
    /// The user selected an account on a page where it was never used: ask whether it is for that site.
    AskFirstUse(FirstUse),
    /// A code could not be typed.
    NotFilled(Filled),
}

/// The answer to a request.
pub trait Answer {
    /// Returns the screen in the answer, if it contains one.
    fn screen(&mut self) -> Option<&mut Screen> {
        None
    }
}

impl Answer for Screen {
    fn screen(&mut self) -> Option<&mut Screen> {
        Some(self)
    }
}

impl Answer for SaveSiteAnswer {
    fn screen(&mut self) -> Option<&mut Screen> {
        if let Self::Saved(screen) = self { Some(screen) } else { None }
    }
}

impl Answer for PendingAnswer {
    fn screen(&mut self) -> Option<&mut Screen> {
        if let Self::Nothing(screen) = self { Some(screen) } else { None }
    }
}

impl<T> Answer for Vec<T> {}

macro_rules! answers_without_screen {
    ($($answer:ty),* $(,)?) => { $(impl Answer for $answer {})* };
}

answers_without_screen!(
    (),
    String,
    AccountForm,
    Backups,
    CodeOwner,
    Connected,
    CounterCode,
    FactorsCard,
    FillAnswer,
    Filled,
    ScanResults,
    ImportedAccounts,
    ShownKeyUri,
    Message,
    Policy,
    ServerLookup,
    Settings,
);

/// An answer whose type is not known.
trait AnyAnswer {
    fn screen(&mut self) -> Option<&mut Screen>;
    fn to_json(&self) -> serde_json::Result<String>;
}

impl<T: Answer + Serialize> AnyAnswer for T {
    fn screen(&mut self) -> Option<&mut Screen> {
        Answer::screen(self)
    }

    fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// The answer to any request, or the message of a failure.
pub struct Reply(Result<Box<dyn AnyAnswer>, Message>);

impl Reply {
    /// Returns the reply to a request of this type.
    pub fn to<R: TypedRequest>(result: Result<R::Answer, AppError>) -> Self {
        match result {
            Ok(answer) => Self(Ok(Box::new(answer))),
            Err(error) => Self::failed(error.message()),
        }
    }

    /// Returns the reply to a request that failed, and lost nothing.
    pub fn failed(message: Message) -> Self {
        Self(Err(message))
    }

    /// Returns the message if the request failed.
    pub fn failure(&self) -> Option<&Message> {
        self.0.as_ref().err()
    }

    /// Returns the screen in the answer, if it contains one.
    pub fn screen(&mut self) -> Option<&mut Screen> {
        self.0.as_mut().ok().and_then(|answer| answer.screen())
    }

    /// Returns the JSON of the `Result` that the page parses; `None` if the answer has no JSON.
    pub fn to_json(&self) -> Option<String> {
        let (key, json) = match &self.0 {
            Ok(answer) => ("Ok", answer.to_json()),
            Err(message) => ("Err", serde_json::to_string(message)),
        };
        json.ok().map(|json| format!("{{\"{key}\":{json}}}"))
    }
}

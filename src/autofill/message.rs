//! What a content script tells and what it may know: the two messages between a page's script and the worker.

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::message::Message;
use crate::vault::AccountId;

/// What a content script tells: only what it saw, never who it is. The worker knows the origin from the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum PageRequest {
    /// A form was seen: what may be done about it?
    Boxes(Seen),
    /// The user picked an account in the chip.
    Pick {
        /// Which.
        id: AccountId,
        /// The form.
        #[serde(flatten)]
        seen: Seen,
    },
    /// The user asked for the popup: to unlock, or to scan or add an account. Answered by [`PageReply::Nothing`].
    OpenPopup,
    /// The user saves the account that the enrollment page shows. Answered by [`PageReply::Fill`] once the vault has
    /// stored it, or by [`PageReply::Failed`].
    Enrol {
        /// The secret beside the QR code; empty where the page shows none.
        #[serde(default)]
        secret: String,
        /// The QR code's canvas as a `data:image/png` URL; empty where it cannot be read.
        #[serde(default)]
        picture: String,
        /// The form.
        #[serde(flatten)]
        seen: Seen,
    },
    /// The user keeps the recovery code of the account that was just enrolled. Answered by [`PageReply::Kept`].
    KeepRecovery {
        /// Which account.
        id: AccountId,
        /// The code as the page shows it.
        code: String,
        /// The form.
        #[serde(flatten)]
        seen: Seen,
    },
    /// The end of a form that a code was typed into, or of the step with "Enable": what was seen of the server's answer.
    /// Answered by [`PageReply::Nothing`], and by a new offer where a recovery code was refused.
    Ended {
        /// Which account.
        id: AccountId,
        /// What was seen.
        outcome: Outcome,
        /// The form.
        #[serde(flatten)]
        seen: Seen,
    },
}

impl PageRequest {
    /// The form that it is about; `None` where it is about none.
    pub fn seen(&self) -> Option<&Seen> {
        match self {
            Self::OpenPopup => None,
            Self::Boxes(seen)
            | Self::Pick { seen, .. }
            | Self::Enrol { seen, .. }
            | Self::KeepRecovery { seen, .. }
            | Self::Ended { seen, .. } => Some(seen),
        }
    }
}

/// What a content script saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// Which form.
    pub shape: Shape,
    /// The user name that the user typed, and submitted by hand, on this page in the last two minutes, if any.
    pub user: Option<String>,
    /// The document is visible and has the focus.
    pub focused: bool,
    /// The browser calls the frame a secure context: https, or loopback, up to the top.
    pub secure: bool,
    /// Every ancestor frame has this frame's origin.
    pub same_origin: bool,
    /// The user clicked "Unlock to fill" in this form.
    pub asked: bool,
    /// The code that the server refused last in this form.
    pub refused: Option<Refusal>,
}

/// A form of Casdoor that takes, makes or leads to a TOTP passcode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `div#passcode.ant-otp` with six inputs: submits itself.
    #[default]
    Cells,
    /// Servers before July 2025: `input#passcode[autocomplete="off"]` with a user icon, submitted by its button.
    Single,
    /// The enrollment page: a QR code, its secret in plain text, and one of the two forms above.
    Setup,
    /// The SMS or e-mail form of a user who also has the authenticator app: it can be switched over.
    Switch,
    /// The recovery-code form: nothing is filled there but by the user's choice and the vault's password.
    Recovery,
}

/// A code that a server refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Whose code.
    pub id: AccountId,
    /// The `until` that came with it.
    pub until: u64,
}

/// What a content script may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PageReply {
    /// Nothing is to be done here.
    Nothing,
    /// The vault is locked: offer to unlock.
    Locked,
    /// Offer these; if there are none, offer to scan or add one.
    Offer {
        /// Issuer and account only.
        entries: Vec<OfferEntry>,
    },
    /// Type this now.
    Fill {
        /// Whose code.
        id: AccountId,
        /// Digits only.
        code: String,
        /// From this second on, since 1970, another code is typed.
        until: u64,
    },
    /// Wait until this second for the next code, then ask again.
    Wait {
        /// Seconds since 1970.
        until: u64,
    },
    /// Offer to save the account that this enrollment page shows.
    Save,
    /// The popup asks whether the account is for this site, and the code is typed after that.
    Confirm,
    /// The vault's password is asked for in the popup, and the recovery code filled then.
    Password,
    /// The recovery code is in the vault.
    Kept,
    /// It was not done, and nothing was lost.
    Failed {
        /// What happened and what to do.
        message: Message,
    },
}

/// One account in the chip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferEntry {
    /// Which.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// It is not yet allowed on this site: picking it asks for that in the popup.
    #[serde(default)]
    pub confirm: bool,
}

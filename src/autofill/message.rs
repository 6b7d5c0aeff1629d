//! The messages between a content script and the service worker: [`PageRequest`] to the worker, [`PageReply`] back.

use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::message::Message;
use crate::vault::AccountId;

/// A request from a content script. It reports what the script saw, never which site it runs on: the worker takes the
/// origin from the browser, because a page could forge it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageRequest {
    /// A passcode form was found, and the script asks what to do about it.
    FormFound {
        /// The form.
        seen: Seen,
    },
    /// The user picked an account in the chip.
    Pick {
        /// The picked account.
        id: AccountId,
        /// The form that the request is about.
        seen: Seen,
    },
    /// The user asked for the popup, to unlock the vault or to add an account. The reply is [`PageReply::Nothing`].
    OpenPopup,
    /// The user wants to save the account that the enrollment page shows. The reply is [`PageReply::Fill`] once the
    /// vault has stored it, or [`PageReply::Failed`].
    Enroll {
        /// The secret in plain text next to the QR code; empty if the page shows none.
        #[serde(default)]
        secret: String,
        /// The QR code's canvas as a `data:image/png` URL; empty if the canvas cannot be read.
        #[serde(default)]
        picture: String,
        /// The form that the request is about.
        seen: Seen,
    },
    /// The user saves the recovery code of the account that was just enrolled. The reply is [`PageReply::Kept`].
    KeepRecovery {
        /// The account.
        id: AccountId,
        /// The code as the page shows it.
        code: String,
        /// The form that the request is about.
        seen: Seen,
    },
    /// A form that a code was filled into, or the enrollment step with the "Enable" button, has ended, and the script
    /// reports what it saw of the server's answer. The reply is [`PageReply::Nothing`], or a new offer if the server
    /// rejected a recovery code.
    Ended {
        /// The account.
        id: AccountId,
        /// The script's observations of the server's answer.
        outcome: Outcome,
        /// The form that the request is about.
        seen: Seen,
    },
}

impl PageRequest {
    /// Returns the form that the request is about, if any.
    pub fn seen(&self) -> Option<&Seen> {
        match self {
            Self::OpenPopup => None,
            Self::FormFound { seen }
            | Self::Pick { seen, .. }
            | Self::Enroll { seen, .. }
            | Self::KeepRecovery { seen, .. }
            | Self::Ended { seen, .. } => Some(seen),
        }
    }
}

/// A passcode form and its surroundings, as a content script saw them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// The kind of form.
    pub shape: Shape,
    /// The user name that the user typed and submitted on this page in the last two minutes, if any.
    pub user: Option<String>,
    /// True if the document is visible and has the focus.
    pub focused: bool,
    /// True if the browser considers the frame a secure context: it and all its ancestors use https or a loopback
    /// address.
    pub secure: bool,
    /// True if every ancestor frame has this frame's origin.
    pub same_origin: bool,
    /// True if the user clicked "Unlock to fill" in this form.
    pub asked: bool,
    /// The code that the server rejected last in this form.
    pub rejected: Option<Rejection>,
}

/// The kinds of Casdoor forms that ask for a TOTP passcode, create one, or let the user switch to one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `div#passcode.ant-otp` with six inputs, which submits when the last one is filled.
    #[default]
    Cells,
    /// The form of servers before July 2025: `input#passcode[autocomplete="off"]` with a user icon and a submit button.
    Single,
    /// The enrollment page: a QR code, its secret in plain text, and one of the two passcode forms above.
    Setup,
    /// The SMS or email form of a user who also has an authenticator app, and can switch to that form.
    Switch,
    /// The recovery-code form. It is filled only if the user picks an account and enters the vault's password.
    Recovery,
}

/// A code that a server rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The account that the code belongs to.
    pub id: AccountId,
    /// The `until` of the [`PageReply::Fill`] that delivered the code.
    pub until: u64,
}

/// The worker's reply to a content script. It contains no more than the page may learn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PageReply {
    /// There is nothing to do in this form.
    Nothing,
    /// The vault is locked: offer to unlock.
    Locked,
    /// Offer these accounts or, if there are none, offer to add one.
    Offer {
        /// The accounts, by issuer and name only.
        entries: Vec<OfferEntry>,
    },
    /// Fill this code now.
    Fill {
        /// The account that the code belongs to.
        id: AccountId,
        /// The code, which consists of digits only.
        code: String,
        /// The time from which this code must no longer be filled, in seconds since 1970.
        until: u64,
    },
    /// Wait for the next code, then ask again.
    Wait {
        /// When to ask again, in seconds since 1970.
        until: u64,
    },
    /// Offer to save the account that this enrollment page shows.
    Save,
    /// The popup asks the user whether the account is for this site; the code is filled if the user agrees.
    Confirm,
    /// The popup asks for the vault's password; the recovery code is filled after that.
    Password,
    /// The vault has stored the recovery code.
    Kept,
    /// The request failed and changed nothing.
    Failed {
        /// Tells the user what happened and what to do.
        message: Message,
    },
}

/// One account in the chip, the small window that the content script shows below the field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferEntry {
    /// The account.
    pub id: AccountId,
    /// The account's issuer.
    pub issuer: String,
    /// The account's name.
    pub name: String,
    /// True if the account is not yet allowed on this site: picking it makes the popup ask for permission.
    #[serde(default)]
    pub confirm: bool,
}

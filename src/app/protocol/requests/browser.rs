//! Requests that need a tab, a picture or a window, which only the browser provides.

use serde::{Deserialize, Serialize};

use super::requests;
use crate::app::protocol::{
    Connected, ConnectionCard, FillAnswer, Filled, FirstUse, PendingAnswer, RecoveryPrompt, ScanResults,
};
use crate::vault::{AccountId, ConnectionId};

requests! {
    /// A request that needs a tab, a picture or a window.
    BrowserRequest in AnyRequest::Browser;

    /// Scans the current tab for QR codes.
    ScanTab -> ScanResults {}
    /// Scans pictures from the user for QR codes.
    ReadPictures -> ScanResults {
        /// Their addresses, `blob:` of this extension or `data:`.
        pictures: Vec<String>,
        /// The pictures are camera frames: they are scanned briefly, and a frame without a code causes no message.
        #[serde(default)]
        camera: bool,
    }
    /// Performs the pending action of the context menu or a shortcut, now that the popup is open.
    RunPendingAction -> PendingAnswer {}
    /// Types an account's code into the current tab, after a click in the popup.
    FillCode -> FillAnswer {
        /// The id of the account.
        id: AccountId,
    }
    /// Confirms the first use of an account on a connected server's page, and types its code there.
    ConfirmFirstUse -> Filled {
        /// The account and the document.
        ask: FirstUse,
    }
    /// Types a recovery code into the document where the user selected it.
    FillRecoveryCode -> Filled {
        /// The account and the document.
        ask: RecoveryPrompt,
        /// The password that the user typed.
        password: String,
    }
    /// Signs in at the last server that was looked up.
    SignIn -> Connected {
        /// The application, if the user chose or typed one.
        #[serde(default)]
        application: Option<String>,
        /// The client id, if the user typed one.
        #[serde(default)]
        client_id: Option<String>,
    }
    /// Signs in to a server that the organization's policy names, and creates a vault if there is none. Waits until the
    /// browser has granted access to the server.
    SignInManaged -> Connected {
        /// The server's index in the policy's list.
        server: usize,
        /// The new vault's password; `None` for a vault without one.
        #[serde(default)]
        password: Option<String>,
    }
    /// Signs in again as the same user.
    SignInAgain -> Vec<ConnectionCard> {
        /// The id of the connection.
        connection: ConnectionId,
    }
}

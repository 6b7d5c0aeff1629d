//! The requests of the extension's pages.

use serde::{Deserialize, Serialize};

use super::cards::{FirstUse, RecoveryAsk};
use super::connections::{Acceptance, FactorChange};
use super::form::{AccountForm, ManyChange, SiteForm};
use crate::exchange::PortableAccount;
use crate::vault::{AccountId, Alarm, ConnectionId, Keep, NewAccounts, Settings, Site, Sort, VaultCopy};

/// A request of a page of the extension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Returns the screen to draw. Answered by [`Reply::Screen`](super::Reply::Screen).
    Open {
        /// The current tab's origin, if the popup may read it; for example, `https://id.example.com`. Sites for a path
        /// are recognized only if the path follows it.
        #[serde(default)]
        origin: Option<String>,
    },
    /// Stores the rendered list, without its codes, for the next popup's first frame. Answered by `Reply::Done`.
    StoreFirstFrame {
        /// The page's own markup, at most [`Board::MAX_LOOK_BYTES`](super::Board::MAX_LOOK_BYTES).
        html: String,
    },
    /// Creates a vault. Answered by [`Reply::Screen`](super::Reply::Screen).
    Create {
        /// The new password.
        password: String,
        /// Derives the key with PBKDF2 instead of Argon2id, for organizations whose policy requires it.
        #[serde(default)]
        pbkdf2: bool,
    },
    /// Creates a vault that this device opens without a password. Answered by [`Reply::Screen`](super::Reply::Screen).
    CreateWithoutPassword,
    /// Unlocks the vault. Answered by [`Reply::Screen`](super::Reply::Screen).
    Unlock {
        /// The password that the user typed.
        password: String,
    },
    /// Locks the vault. Answered by [`Reply::Screen`](super::Reply::Screen).
    Lock,
    /// Creates a new vault key and seals every copy of the vault again. Answered by
    /// [`Reply::Done`](super::Reply::Done).
    ChangePassword {
        /// The current password; empty if there is none yet.
        old: String,
        /// The new password.
        new: String,
        /// Derives the key with PBKDF2 instead of Argon2id.
        #[serde(default)]
        pbkdf2: bool,
    },
    /// Returns the sealed file for saving. Answered by [`Reply::SealedFile`](super::Reply::SealedFile).
    SealedFile,
    /// Sets the sealed vault aside and starts again without one, because the password was forgotten. Answered by
    /// [`Reply::Screen`](super::Reply::Screen).
    StartNewVault,
    /// Restores an older copy of the vault. Answered by [`Reply::Screen`](super::Reply::Screen).
    RestoreCopy {
        /// The copy to restore.
        copy: VaultCopy,
        /// The password that the user typed.
        password: String,
    },
    /// Lists the saved copies before the latest one. Answered by [`Reply::Copies`](super::Reply::Copies).
    ListCopies,
    /// Adds an account that was typed in. Answered by [`Reply::Screen`](super::Reply::Screen).
    Add {
        /// The form's fields.
        form: AccountForm,
    },
    /// Parses a text with `otpauth://` or `steam://` URIs or a bare base32 secret. Answered by
    /// [`Reply::Found`](super::Reply::Found).
    ReadText {
        /// The pasted text.
        text: String,
    },
    /// Changes an account's names, note, group and pin, and its secret if the form contains one. Answered by
    /// [`Reply::Screen`](super::Reply::Screen).
    Edit {
        /// The id of the account.
        id: AccountId,
        /// The form's fields.
        form: AccountForm,
    },
    /// Returns the content of the edit form, without the secret. Answered by [`Reply::Form`](super::Reply::Form).
    Form {
        /// The id of the account.
        id: AccountId,
    },
    /// Pins or unpins an account. Answered by [`Reply::Screen`](super::Reply::Screen).
    Pin {
        /// The id of the account.
        id: AccountId,
        /// `true` to pin, `false` to unpin.
        pinned: bool,
    },
    /// Moves an account to another position in the user's own order. Answered by
    /// [`Reply::Screen`](super::Reply::Screen).
    Move {
        /// The id of the account.
        id: AccountId,
        /// The account to place it in front of; `None` for the end.
        #[serde(default)]
        before: Option<AccountId>,
    },
    /// Sets the order of the list and the group that it is filtered by. Answered by
    /// [`Reply::Screen`](super::Reply::Screen).
    ArrangeList {
        /// The order.
        sort: Sort,
        /// The group; `None` for all accounts.
        #[serde(default)]
        group: Option<String>,
    },
    /// Counts a use of an account, for sorting by use. Answered by [`Reply::Done`](super::Reply::Done).
    CountUse {
        /// The id of the account.
        id: AccountId,
    },
    /// Moves an account to the trash. Answered by [`Reply::Screen`](super::Reply::Screen).
    MoveToTrash {
        /// The id of the account.
        id: AccountId,
    },
    /// Takes an account out of the trash, or restores one that is no longer on Casdoor. Answered by
    /// [`Reply::Screen`](super::Reply::Screen).
    Restore {
        /// The id of the account.
        id: AccountId,
    },
    /// Changes several accounts, all or none. Answered by [`Reply::Screen`](super::Reply::Screen).
    ChangeMany {
        /// The ids of the accounts.
        accounts: Vec<AccountId>,
        /// The change.
        change: ManyChange,
    },
    /// Changes where several accounts are stored. Answered by [`Reply::Done`](super::Reply::Done).
    KeepManyOn {
        /// The ids of the accounts.
        accounts: Vec<AccountId>,
        /// Where to store them.
        keep: Keep,
    },
    /// Deletes an account in the trash permanently. Answered by [`Reply::Trash`](super::Reply::Trash).
    RemoveForGood {
        /// The id of the account.
        id: AccountId,
    },
    /// Deletes everything in the trash permanently. Answered like [`Request::ListTrash`].
    EmptyTrash,
    /// Lists the accounts in the trash. Answered by [`Reply::Trash`](super::Reply::Trash).
    ListTrash,
    /// Advances a HOTP account's counter, stores it, and then returns the code. Answered by
    /// [`Reply::Code`](super::Reply::Code).
    NextCode {
        /// The id of the account.
        id: AccountId,
    },
    /// Returns the account's key URI, which requires the password again. Answered by
    /// [`Reply::KeyUri`](super::Reply::KeyUri).
    ShowSecret {
        /// The id of the account.
        id: AccountId,
        /// The password that the user typed.
        password: String,
    },
    /// Scans the current tab for QR codes. Answered by [`Reply::Found`](super::Reply::Found).
    Scan,
    /// Performs the pending action of the context menu or a shortcut, now that the popup is open. Answered by
    /// `Reply::Found`.
    RunPendingAction,
    /// Scans pictures from the user for QR codes. Answered by [`Reply::Found`](super::Reply::Found).
    ReadPictures {
        /// Their addresses, `blob:` of this extension or `data:`.
        pictures: Vec<String>,
        /// The pictures are camera frames: they are scanned briefly, and a frame without a code causes no message.
        #[serde(default)]
        camera: bool,
    },
    /// Lists the batches of Google's export that were not saved yet. Answered by [`Reply::Found`](super::Reply::Found).
    ListBatches,
    /// Returns the accounts that a batch contains so far. Answered by [`Reply::Found`](super::Reply::Found).
    OpenBatch {
        /// Its [`BatchCard::id`](super::BatchCard::id).
        batch: String,
    },
    /// Discards a batch. Answered by [`Reply::Found`](super::Reply::Found) with the remaining ones.
    DropBatch {
        /// Its [`BatchCard::id`](super::BatchCard::id).
        batch: String,
    },
    /// Saves accounts of the last scan result. Answered by [`Reply::Screen`](super::Reply::Screen).
    KeepFound {
        /// The [`Found::id`](super::Found::id) of the result that the page shows.
        id: String,
        /// Indexes into [`Found::cards`](super::Found::cards).
        cards: Vec<usize>,
        /// Those of `cards` that replace the secret of the account with the same name instead of being added.
        #[serde(default)]
        update: Vec<usize>,
        /// Where to store them, if the user has chosen; otherwise where new accounts are stored.
        #[serde(default)]
        keep: Option<Keep>,
    },
    /// Looks up a Casdoor server. Answered by [`Reply::Server`](super::Reply::Server).
    Discover {
        /// The address that the user typed.
        server: String,
        /// The organization, if the server has several.
        #[serde(default)]
        organization: Option<String>,
        /// The application, if the user typed one.
        #[serde(default)]
        application: Option<String>,
        /// The client id, if the user typed one. If so, the server is not asked for it.
        #[serde(default)]
        client_id: Option<String>,
        /// The user agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    },
    /// Signs in at the last server that was looked up. Answered by [`Reply::Connected`](super::Reply::Connected).
    Connect {
        /// The application, if the user chose or typed one.
        #[serde(default)]
        application: Option<String>,
        /// The client id, if the user typed one.
        #[serde(default)]
        client_id: Option<String>,
    },
    /// Asks the server who a connection code belongs to, and stores nothing. Answered by
    /// [`Reply::CodeOwner`](super::Reply::CodeOwner).
    LookAtCode {
        /// `casdoor-authenticator://login?serverUrl=…&accessToken=…`; empty for the code that was scanned last.
        code: String,
        /// The user agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    },
    /// Connects with a connection code. Answered by [`Reply::Connected`](super::Reply::Connected).
    ConnectByCode {
        /// The code, as in [`Request::LookAtCode`].
        code: String,
        /// The user agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    },
    /// Signs in to a server that the organization's policy names, and creates a vault if there is none. Waits until the
    /// browser has granted access to the server. Answered by [`Reply::Connected`](super::Reply::Connected).
    SignInManaged {
        /// The server's index in the policy's list.
        server: usize,
        /// The new vault's password; `None` for a vault without one.
        #[serde(default)]
        password: Option<String>,
    },
    /// Signs in again as the same user. Answered by [`Reply::Connections`](super::Reply::Connections).
    SignInAgain {
        /// The id of the connection.
        connection: ConnectionId,
    },
    /// Lets a stopped sync continue after the user read the reason. Answered by
    /// [`Reply::Connections`](super::Reply::Connections).
    Accept {
        /// The id of the connection.
        connection: ConnectionId,
        /// The user's decision.
        acceptance: Acceptance,
    },
    /// Corrects codes by the difference between two clocks. Answered by [`Reply::Screen`](super::Reply::Screen).
    CorrectClock {
        /// The lead of the correct clock over this device's, in seconds.
        seconds: i64,
        /// Corrects only the codes of accounts that were enrolled on this connection's server; `None` for all codes.
        connection: Option<ConnectionId>,
    },
    /// Dismisses a warning about stored data. Answered by [`Reply::Screen`](super::Reply::Screen).
    Dismiss {
        /// The warning.
        alarm: Alarm,
    },
    /// Chooses which accounts are sent to the connection, and where new ones are stored. Answered by
    /// [`Reply::Done`](super::Reply::Done).
    Join {
        /// The id of the connection.
        connection: ConnectionId,
        /// The ids of the selected accounts.
        accounts: Vec<AccountId>,
        /// Where accounts that are added later are stored.
        new_accounts: NewAccounts,
    },
    /// Changes where one account is stored. Answered by [`Reply::Done`](super::Reply::Done).
    KeepOn {
        /// The id of the account.
        id: AccountId,
        /// Where to store it.
        keep: Keep,
    },
    /// Changes a connection's settings. Answered by [`Reply::Connections`](super::Reply::Connections).
    Choose {
        /// The id of the connection.
        connection: ConnectionId,
        /// Fill passcodes automatically on the server's pages.
        #[serde(default)]
        fills_automatically: Option<bool>,
        /// Move accounts that another client deleted to the trash on this device.
        #[serde(default)]
        follows_deletions: Option<bool>,
        /// Where new accounts are stored.
        #[serde(default)]
        new_accounts: Option<NewAccounts>,
    },
    /// Lists all connections. Answered by [`Reply::Connections`](super::Reply::Connections).
    ListConnections,
    /// Syncs with every server now. Answered by [`Reply::Done`](super::Reply::Done).
    Sync,
    /// Signs out, and removes the connection. Answered by [`Reply::Connections`](super::Reply::Connections).
    Disconnect {
        /// The id of the connection.
        connection: ConnectionId,
        /// Moves the accounts that were stored there to the trash; otherwise they stay on this device.
        forget: bool,
    },
    /// Returns the connected user's second factors. Answered by [`Reply::Factors`](super::Reply::Factors).
    LookAtFactors {
        /// The id of the connection.
        connection: ConnectionId,
    },
    /// Changes the connected user's second factors on the server. Answered by
    /// [`Reply::Factors`](super::Reply::Factors).
    ChangeFactors {
        /// The id of the connection.
        connection: ConnectionId,
        /// The change.
        change: FactorChange,
        /// The vault's password. It is required because the server does not ask for any.
        password: String,
    },
    /// Allows filling an account's code on a page's site, or removes the sites that cover the page. Answered by
    /// [`Reply::Screen`](super::Reply::Screen).
    AllowSite {
        /// The id of the account.
        id: AccountId,
        /// The page's origin, for example `https://id.example.com`. A path selects the sites to remove.
        origin: String,
        /// `true` to allow, `false` to forbid.
        allowed: bool,
        /// The user confirmed the site in spite of the warning that it looks like another one.
        #[serde(default)]
        accepts_look_alike: bool,
    },
    /// Stores a site that the user entered for an account. Answered by [`Reply::Screen`](super::Reply::Screen), or by
    /// [`Reply::ConfirmSite`](super::Reply::ConfirmSite) if there is a warning to overrule first.
    SaveSite {
        /// The id of the account.
        id: AccountId,
        /// The site.
        form: SiteForm,
    },
    /// Removes a site of an account. Answered by [`Reply::Screen`](super::Reply::Screen).
    RemoveSite {
        /// The id of the account.
        id: AccountId,
        /// The site.
        site: Site,
    },
    /// Undoes the removal of a site. Answered by [`Reply::Screen`](super::Reply::Screen).
    RestoreSite {
        /// The id of the account.
        id: AccountId,
        /// The site.
        site: Site,
    },
    /// Types an account's code into the current tab, after a click in the popup. Answered by
    /// [`Reply::Filled`](super::Reply::Filled).
    Fill {
        /// The id of the account.
        id: AccountId,
    },
    /// Forgets the field that the user chose for codes on a site. Answered by
    /// [`Reply::Settings`](super::Reply::Settings).
    ForgetField {
        /// The site's origin.
        origin: String,
    },
    /// Returns the account's recovery codes, which requires the password again. Answered by `Reply::RecoveryCodes`.
    ShowRecovery {
        /// The id of the account.
        id: AccountId,
        /// The password that the user typed.
        password: String,
    },
    /// Removes a recovery code permanently. Answered by [`Reply::RecoveryCodes`](super::Reply::RecoveryCodes).
    RemoveRecovery {
        /// The id of the account.
        id: AccountId,
        /// The code.
        code: String,
    },
    /// Types a recovery code into the document where the user selected it. Answered by
    /// [`Reply::Filled`](super::Reply::Filled).
    FillRecovery {
        /// The account and the document.
        ask: RecoveryAsk,
        /// The password that the user typed.
        password: String,
    },
    /// Confirms the first use of an account on a connected server's page, and types its code there. Answered by
    /// [`Reply::Filled`](super::Reply::Filled).
    ConfirmFirstUse {
        /// The account and the document.
        ask: FirstUse,
    },
    /// Changes settings. Answered by [`Reply::Settings`](super::Reply::Settings).
    SetSettings {
        /// All settings.
        settings: Settings,
    },
    /// Chooses the language of all texts. Answered by [`Reply::Done`](super::Reply::Done).
    SetLanguage {
        /// One of [`LANGUAGES`](crate::app::LANGUAGES); empty to follow the browser.
        language: String,
    },
    /// Returns the organization's policy, also while the vault is locked. Answered by
    /// [`Reply::Policy`](super::Reply::Policy).
    ReadPolicy,
    /// Returns the settings. Answered by [`Reply::Settings`](super::Reply::Settings).
    ReadSettings,
    /// Returns information for a bug report, without names and secrets. Answered by
    /// [`Reply::Diagnostics`](super::Reply::Diagnostics).
    Diagnose,
    /// Returns which rows of a file may duplicate accounts of the vault. Answered by
    /// [`Reply::Compared`](super::Reply::Compared).
    CompareRows {
        /// The rows' key URIs.
        uris: Vec<String>,
    },
    /// Imports rows of a file, all or none. Answered by [`Reply::Imported`](super::Reply::Imported).
    Import {
        /// The selected rows.
        rows: Vec<PortableAccount>,
        /// Where to store them, if the user has chosen; otherwise where new accounts are stored.
        #[serde(default)]
        keep: Option<Keep>,
    },
    /// Undoes an import. Answered by [`Reply::Done`](super::Reply::Done).
    UndoImport {
        /// The imported accounts.
        accounts: Vec<AccountId>,
    },
    /// Returns what a format cannot store. Answered by [`Reply::ExportPlan`](super::Reply::ExportPlan).
    PlanExport {
        /// The format's short name, or `page`.
        format: String,
    },
    /// Returns all accounts with their secrets for a file, which requires the password again. Answered by
    /// `Reply::Exported`.
    Export {
        /// The password that the user typed.
        password: String,
    },
    /// Returns the state of backups. Answered by [`Reply::Backups`](super::Reply::Backups).
    ReadBackups,
    /// Makes a backup. Answered by [`Reply::SealedFile`](super::Reply::SealedFile).
    BackUp {
        /// A separate password for the backup. Without it, the vault's password opens the backup.
        #[serde(default)]
        own: Option<String>,
        /// The vault's password, required if `own` is given.
        #[serde(default)]
        password: String,
    },
    /// Turns automatic backups on or off. Answered by [`Reply::Backups`](super::Reply::Backups).
    ScheduleBackups {
        /// The number of days between two backups; 0 turns them off.
        every_days: u32,
        /// A separate password for the backups.
        #[serde(default)]
        own: Option<String>,
        /// The vault's password, required if `own` is given.
        #[serde(default)]
        password: String,
    },
}

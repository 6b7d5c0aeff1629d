//! What a page may ask for.

use serde::{Deserialize, Serialize};

use super::cards::{FirstUse, RecoveryAsk};
use super::connections::{Acceptance, FactorChange};
use super::form::{AccountForm, ManyChange};
use crate::exchange::Parcel;
use crate::vault::{AccountId, Alarm, ConnectionId, Generation, Keep, NewAccounts, Settings};

/// What a page of the extension asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// What to draw; `origin` is the current tab's, where the popup may know it. Answered by [`Reply::Screen`](super::Reply::Screen).
    Open {
        /// E.g. `https://id.example.com`.
        #[serde(default)]
        origin: Option<String>,
    },
    /// How the list was drawn, without its codes, for the next popup's first frame. Answered by `Reply::Done`.
    KeepLook {
        /// The page's own markup, at most [`Board::MAX_LOOK_BYTES`](super::Board::MAX_LOOK_BYTES).
        html: String,
    },
    /// Makes a vault. Answered by [`Reply::Screen`](super::Reply::Screen).
    Create {
        /// The new password.
        password: String,
        /// PBKDF2 instead of Argon2id, where a policy asks for it.
        #[serde(default)]
        pbkdf2: bool,
    },
    /// Makes a vault that only this device opens, without a question. Answered by [`Reply::Screen`](super::Reply::Screen).
    CreateWithoutPassword,
    /// Answered by [`Reply::Screen`](super::Reply::Screen).
    Unlock {
        /// What the person typed.
        password: String,
    },
    /// Answered by [`Reply::Screen`](super::Reply::Screen).
    Lock,
    /// Makes a new vault key and seals every generation anew. Answered by [`Reply::Done`](super::Reply::Done).
    ChangePassword {
        /// The present one; empty where there is none yet.
        old: String,
        /// The new one.
        new: String,
        /// PBKDF2 instead of Argon2id.
        #[serde(default)]
        pbkdf2: bool,
    },
    /// The sealed file, to be saved. Answered by [`Reply::SealedFile`](super::Reply::SealedFile).
    SealedFile,
    /// Sets the sealed file aside and begins a new vault: the password was forgotten. Answered by [`Reply::Screen`](super::Reply::Screen).
    BeginAnew,
    /// Makes an older generation the last one. Answered by [`Reply::Screen`](super::Reply::Screen).
    OpenGeneration {
        /// Which.
        generation: Generation,
        /// What the person typed.
        password: String,
    },
    /// The generations before the last. Answered by [`Reply::Generations`](super::Reply::Generations).
    ListGenerations,
    /// Adds an account by hand. Answered by [`Reply::Screen`](super::Reply::Screen).
    Add {
        /// The form's fields.
        form: AccountForm,
    },
    /// Adds what a text holds: `otpauth://`, `steam://`, or a bare base32 secret. Answered by [`Reply::Found`](super::Reply::Found).
    ReadText {
        /// What was pasted.
        text: String,
    },
    /// Changes an account's names, note, group, pin; its secret only if the form has one. Answered by [`Reply::Screen`](super::Reply::Screen).
    Edit {
        /// Which.
        id: AccountId,
        /// The form's fields.
        form: AccountForm,
    },
    /// What the edit form shows: no secret. Answered by [`Reply::Form`](super::Reply::Form).
    Form {
        /// Which.
        id: AccountId,
    },
    /// Shows an account before the others, or no more. Answered by [`Reply::Screen`](super::Reply::Screen).
    Pin {
        /// Which.
        id: AccountId,
        /// Whether.
        pinned: bool,
    },
    /// Puts an account into the bin. Answered by [`Reply::Screen`](super::Reply::Screen).
    Bin {
        /// Which.
        id: AccountId,
    },
    /// Takes it out again (also *Put back* of one that is no longer on Casdoor). Answered by [`Reply::Screen`](super::Reply::Screen).
    Restore {
        /// Which.
        id: AccountId,
    },
    /// Changes several accounts, all or none. Answered by [`Reply::Screen`](super::Reply::Screen).
    ChangeMany {
        /// Which.
        accounts: Vec<AccountId>,
        /// What becomes of them.
        change: ManyChange,
    },
    /// Changes where several accounts are kept. Answered by [`Reply::Done`](super::Reply::Done).
    KeepManyOn {
        /// Which.
        accounts: Vec<AccountId>,
        /// Where.
        keep: Keep,
    },
    /// Removes an account from the bin for good. Answered by [`Reply::Binned`](super::Reply::Binned).
    RemoveForGood {
        /// Which.
        id: AccountId,
    },
    /// Removes everything in the trash for good. Answered as [`Request::ListBin`].
    EmptyTrash,
    /// What is in the bin. Answered by [`Reply::Binned`](super::Reply::Binned).
    ListBin,
    /// Advances a HOTP's counter, stores it, and then gives the code. Answered by [`Reply::Code`](super::Reply::Code).
    NextCode {
        /// Which.
        id: AccountId,
    },
    /// The account's key URI, which needs the password again. Answered by [`Reply::KeyUri`](super::Reply::KeyUri).
    ShowSecret {
        /// Which.
        id: AccountId,
        /// What the person typed.
        password: String,
    },
    /// Reads the QR codes on the current tab. Answered by [`Reply::Found`](super::Reply::Found).
    Scan,
    /// Does what the context menu or a shortcut asked for, now that the popup is there. Answered by `Reply::Found`.
    GoOn,
    /// Reads the QR codes in pictures that the person gave. Answered by [`Reply::Found`](super::Reply::Found).
    ReadPictures {
        /// Their addresses, `blob:` of this extension or `data:`.
        pictures: Vec<String>,
        /// Frames of a camera: looked at briefly, and nothing is said of one without a code.
        #[serde(default)]
        camera: bool,
    },
    /// The batches of Google's export that were not kept yet. Answered by [`Reply::Found`](super::Reply::Found).
    ListBatches,
    /// The accounts that a batch holds so far. Answered by [`Reply::Found`](super::Reply::Found).
    OpenBatch {
        /// Its [`BatchCard::id`](super::BatchCard::id).
        batch: String,
    },
    /// Forgets a batch. Answered by [`Reply::Found`](super::Reply::Found) with those that are left.
    DropBatch {
        /// Its [`BatchCard::id`](super::BatchCard::id).
        batch: String,
    },
    /// Keeps some of what was found last. Answered by [`Reply::Screen`](super::Reply::Screen).
    KeepFound {
        /// The [`Found::id`](super::Found::id) of what the page shows.
        id: String,
        /// Indexes into [`Found::cards`](super::Found::cards).
        cards: Vec<usize>,
        /// Those of them that replace the secret of the account of the same name instead of standing beside it.
        #[serde(default)]
        update: Vec<usize>,
        /// Where, if the person said so; else where new accounts go.
        #[serde(default)]
        keep: Option<Keep>,
    },
    /// Looks at a Casdoor server. Answered by [`Reply::Server`](super::Reply::Server).
    Discover {
        /// What the person typed.
        server: String,
        /// The organization, where the server has several.
        #[serde(default)]
        organization: Option<String>,
        /// The application, where the person typed it.
        #[serde(default)]
        application: Option<String>,
        /// The client id, where the person typed it; with it, nothing is asked of the server.
        #[serde(default)]
        client_id: Option<String>,
        /// The person agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    },
    /// Signs in at the server that was looked at last. Answered by [`Reply::Connected`](super::Reply::Connected).
    Connect {
        /// The application, where the person chose one or typed it.
        #[serde(default)]
        application: Option<String>,
        /// The client id, where the person typed it.
        #[serde(default)]
        client_id: Option<String>,
    },
    /// Asks a connection code's server whose code it is, and keeps nothing. Answered by [`Reply::CodeOwner`](super::Reply::CodeOwner).
    LookAtCode {
        /// `casdoor-authenticator://login?serverUrl=…&accessToken=…`; empty for the one that was found last.
        code: String,
        /// The person agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    },
    /// Connects by a connection code. Answered by [`Reply::Connected`](super::Reply::Connected).
    ConnectByCode {
        /// As in [`Request::LookAtCode`].
        code: String,
        /// The person agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    },
    /// Signs in again as the same user. Answered by [`Reply::Connections`](super::Reply::Connections).
    SignInAgain {
        /// Which connection.
        connection: ConnectionId,
    },
    /// Goes on where a sync waits for the person, who was told why. Answered by [`Reply::Connections`](super::Reply::Connections).
    Accept {
        /// Which connection.
        connection: ConnectionId,
        /// What.
        acceptance: Acceptance,
    },
    /// Corrects codes by the difference between two clocks. Answered by [`Reply::Screen`](super::Reply::Screen).
    CorrectClock {
        /// How many seconds the right clock is ahead of this device's.
        seconds: i64,
        /// Corrects only the codes of accounts that were enrolled on this connection's server; `None` for all codes.
        connection: Option<ConnectionId>,
    },
    /// Dismisses what was found wrong with stored data. Answered by [`Reply::Screen`](super::Reply::Screen).
    Dismiss {
        /// Which.
        alarm: Alarm,
    },
    /// Which accounts join the connection, and where new ones go. Answered by [`Reply::Done`](super::Reply::Done).
    Join {
        /// Which connection.
        connection: ConnectionId,
        /// The ticked ones.
        accounts: Vec<AccountId>,
        /// Where accounts that are added from now on go.
        new_accounts: NewAccounts,
    },
    /// Changes where one account is kept. Answered by [`Reply::Done`](super::Reply::Done).
    KeepOn {
        /// Which.
        id: AccountId,
        /// Where.
        keep: Keep,
    },
    /// Changes a connection's choices. Answered by [`Reply::Connections`](super::Reply::Connections).
    Choose {
        /// Which connection.
        connection: ConnectionId,
        /// Fill passcodes by itself on its pages.
        #[serde(default)]
        fills_by_itself: Option<bool>,
        /// Follow deletions made elsewhere.
        #[serde(default)]
        follows_deletions: Option<bool>,
        /// Where new accounts go.
        #[serde(default)]
        new_accounts: Option<NewAccounts>,
    },
    /// All connections. Answered by [`Reply::Connections`](super::Reply::Connections).
    ListConnections,
    /// Syncs with every server now. Answered by [`Reply::Done`](super::Reply::Done).
    Sync,
    /// Signs out. Answered by [`Reply::Connections`](super::Reply::Connections).
    Disconnect {
        /// Which connection.
        connection: ConnectionId,
        /// Puts the accounts that were kept there into the bin; otherwise they stay on this device.
        forget: bool,
    },
    /// How the connected user's second factors stand. Answered by [`Reply::Factors`](super::Reply::Factors).
    LookAtFactors {
        /// Which connection.
        connection: ConnectionId,
    },
    /// Changes the connected user's second factors on the server. Answered by [`Reply::Factors`](super::Reply::Factors).
    ChangeFactors {
        /// Which connection.
        connection: ConnectionId,
        /// What.
        change: FactorChange,
        /// The vault's password, asked for again: the server asks for none.
        password: String,
    },
    /// Allows an account's code on a site, or takes that back. Answered by [`Reply::Screen`](super::Reply::Screen).
    AllowSite {
        /// Which account.
        id: AccountId,
        /// The origin, e.g. `https://id.example.com`.
        origin: String,
        /// Whether; `false` takes it back.
        allowed: bool,
        /// The user was warned that the site looks like another one, and insisted.
        #[serde(default)]
        accepts_look_alike: bool,
    },
    /// Types an account's code into the current tab: a gesture in the popup. Answered by [`Reply::Filled`](super::Reply::Filled).
    Fill {
        /// Which account.
        id: AccountId,
    },
    /// The account's recovery codes: a named act that needs the password again. Answered by `Reply::RecoveryCodes`.
    ShowRecovery {
        /// Which.
        id: AccountId,
        /// What the person typed.
        password: String,
    },
    /// Removes a recovery code for good. Answered by [`Reply::RecoveryCodes`](super::Reply::RecoveryCodes).
    RemoveRecovery {
        /// Which account.
        id: AccountId,
        /// Which code.
        code: String,
    },
    /// Types a recovery code where the person picked it. Answered by [`Reply::Filled`](super::Reply::Filled).
    FillRecovery {
        /// Whose, and where.
        ask: RecoveryAsk,
        /// What the person typed.
        password: String,
    },
    /// Confirms the first use of an account on a connected server's page, and types its code there. Answered by
    /// [`Reply::Filled`](super::Reply::Filled).
    ConfirmFirstUse {
        /// Which account, and where.
        ask: FirstUse,
    },
    /// Changes settings. Answered by [`Reply::Settings`](super::Reply::Settings).
    SetSettings {
        /// All of them.
        settings: Settings,
    },
    /// Answered by [`Reply::Settings`](super::Reply::Settings).
    ReadSettings,
    /// What helps to find a fault, without names and secrets. Answered by [`Reply::Diagnostics`](super::Reply::Diagnostics).
    Diagnose,
    /// Which rows of a file are there already. Answered by [`Reply::Compared`](super::Reply::Compared).
    CompareRows {
        /// Their key URIs.
        uris: Vec<String>,
    },
    /// Keeps rows of a file, all or none. Answered by [`Reply::Imported`](super::Reply::Imported).
    Import {
        /// The ticked ones.
        rows: Vec<Parcel>,
        /// Where, if the person said so; else where new accounts go.
        #[serde(default)]
        keep: Option<Keep>,
    },
    /// Takes an import back. Answered by [`Reply::Done`](super::Reply::Done).
    UndoImport {
        /// What it kept.
        accounts: Vec<AccountId>,
    },
    /// What a format cannot hold. Answered by [`Reply::ExportPlan`](super::Reply::ExportPlan).
    PlanExport {
        /// The format's short name, or `page`.
        format: String,
    },
    /// All accounts with their secrets, for a file, which needs the password again. Answered by `Reply::Exported`.
    Export {
        /// What the person typed.
        password: String,
    },
    /// How backups stand. Answered by [`Reply::Backups`](super::Reply::Backups).
    ReadBackups,
    /// Makes a backup. Answered by [`Reply::SealedFile`](super::Reply::SealedFile).
    BackUp {
        /// A password of the backup's own; without one it opens with the vault's.
        #[serde(default)]
        own: Option<String>,
        /// The vault's password, needed where `own` is there.
        #[serde(default)]
        password: String,
    },
    /// Makes backups by themselves. Answered by [`Reply::Backups`](super::Reply::Backups).
    ScheduleBackups {
        /// Days between two; 0 for no more.
        every_days: u32,
        /// A password of their own.
        #[serde(default)]
        own: Option<String>,
        /// The vault's password, needed where `own` is there.
        #[serde(default)]
        password: String,
    },
}

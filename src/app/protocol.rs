//! The one protocol between pages and worker.
//!
//! A page sends a [`Request`] and gets a [`Reply`]; a content script sends a [`PageRequest`] and gets a [`PageReply`].
//! Both travel as JSON. A page never receives a secret except by a named, confirmed act ([`Request::ShowSecret`]);
//! a content script never receives anything but the code that its page may have.

use serde::{Deserialize, Serialize};

pub use crate::autofill::{OfferEntry, PageReply, PageRequest};
use crate::vault::{AccountId, ConnectionId, Generation, Keep, NewAccounts, Settings};

/// What a page of the extension asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// What to draw; `origin` is the current tab's, where the popup may know it. Answered by [`Reply::Screen`].
    Open {
        /// E.g. `https://id.example.com`.
        #[serde(default)]
        origin: Option<String>,
    },
    /// Makes a vault. Answered by [`Reply::Screen`].
    Create {
        /// The new password.
        password: String,
        /// PBKDF2 instead of Argon2id, where a policy asks for it.
        #[serde(default)]
        pbkdf2: bool,
    },
    /// Answered by [`Reply::Screen`].
    Unlock {
        /// What the person typed.
        password: String,
    },
    /// Answered by [`Reply::Screen`].
    Lock,
    /// Makes a new vault key and seals every generation anew. Answered by [`Reply::Done`].
    ChangePassword {
        /// The present one.
        old: String,
        /// The new one.
        new: String,
        /// PBKDF2 instead of Argon2id.
        #[serde(default)]
        pbkdf2: bool,
    },
    /// The sealed file, to be saved. Answered by [`Reply::SealedFile`].
    SealedFile,
    /// Sets the sealed file aside and begins a new vault: the password was forgotten. Answered by [`Reply::Screen`].
    BeginAnew,
    /// Opens an older generation where the last one is damaged. Answered by [`Reply::Screen`].
    OpenGeneration {
        /// Which.
        generation: Generation,
        /// What the person typed.
        password: String,
    },
    /// Adds an account by hand. Answered by [`Reply::Screen`].
    Add {
        /// The form's fields.
        form: AccountForm,
    },
    /// Adds what a text holds: `otpauth://`, `steam://`, or a bare base32 secret. Answered by [`Reply::Found`].
    ReadText {
        /// What was pasted.
        text: String,
    },
    /// Changes an account's names, note, group, pin; its secret only if the form has one. Answered by [`Reply::Screen`].
    Edit {
        /// Which.
        id: AccountId,
        /// The form's fields.
        form: AccountForm,
    },
    /// What the edit form shows: no secret. Answered by [`Reply::Form`].
    Form {
        /// Which.
        id: AccountId,
    },
    /// Shows an account before the others, or no more. Answered by [`Reply::Screen`].
    Pin {
        /// Which.
        id: AccountId,
        /// Whether.
        pinned: bool,
    },
    /// Moves an account before another one, or to the end. Answered by [`Reply::Screen`].
    Move {
        /// Which.
        id: AccountId,
        /// The one it will stand before.
        before: Option<AccountId>,
    },
    /// Puts an account into the bin. Answered by [`Reply::Screen`].
    Bin {
        /// Which.
        id: AccountId,
    },
    /// Takes it out again (also *Put back* of one that is no longer on Casdoor). Answered by [`Reply::Screen`].
    Restore {
        /// Which.
        id: AccountId,
    },
    /// Removes an account from the bin for good. Answered by [`Reply::Binned`].
    RemoveForGood {
        /// Which.
        id: AccountId,
    },
    /// What is in the bin. Answered by [`Reply::Binned`].
    ListBin,
    /// Advances a HOTP's counter, stores it, and then gives the code. Answered by [`Reply::Code`].
    NextCode {
        /// Which.
        id: AccountId,
    },
    /// The account's key URI, to be drawn as a QR code: a named act that needs the password again.
    /// Answered by [`Reply::KeyUri`].
    ShowSecret {
        /// Which.
        id: AccountId,
        /// What the person typed.
        password: String,
    },
    /// Reads the QR codes on the current tab. Answered by [`Reply::Found`].
    Scan,
    /// Keeps some of what was found last. Answered by [`Reply::Screen`].
    KeepFound {
        /// Indexes into [`Found::cards`].
        cards: Vec<usize>,
        /// Where, if the person said so; else where new accounts go.
        #[serde(default)]
        keep: Option<Keep>,
    },
    /// Looks at a Casdoor server. Answered by [`Reply::Server`].
    Discover {
        /// What the person typed.
        server: String,
        /// The organization, where the server has several.
        #[serde(default)]
        organization: Option<String>,
        /// The person agreed to http on a private address.
        #[serde(default)]
        allow_http: bool,
    },
    /// Signs in at the server that was looked at last. Answered by [`Reply::Connected`].
    Connect {
        /// The application, where the person chose one or typed it.
        #[serde(default)]
        application: Option<String>,
        /// The client id, where the person typed it.
        #[serde(default)]
        client_id: Option<String>,
    },
    /// Connects by a connection code. Answered by [`Reply::Connected`].
    ConnectByCode {
        /// `casdoor-authenticator://login?serverUrl=…&accessToken=…`.
        code: String,
    },
    /// Which accounts join the connection, and where new ones go. Answered by [`Reply::Done`].
    Join {
        /// Which connection.
        connection: ConnectionId,
        /// The ticked ones.
        accounts: Vec<AccountId>,
        /// Where accounts that are added from now on go.
        new_accounts: NewAccounts,
    },
    /// Changes where one account is kept. Answered by [`Reply::Done`].
    KeepOn {
        /// Which.
        id: AccountId,
        /// Where.
        keep: Keep,
    },
    /// Changes a connection's choices. Answered by [`Reply::Connections`].
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
    /// All connections. Answered by [`Reply::Connections`].
    ListConnections,
    /// Syncs with every server now. Answered by [`Reply::Done`].
    Sync,
    /// Signs out. Answered by [`Reply::Connections`].
    Disconnect {
        /// Which connection.
        connection: ConnectionId,
        /// Puts the accounts that were kept there into the bin; otherwise they stay on this device.
        forget: bool,
    },
    /// Allows an account's code on a site. Answered by [`Reply::Screen`].
    AllowSite {
        /// Which account.
        id: AccountId,
        /// The origin, e.g. `https://id.example.com`.
        origin: String,
        /// Whether; `false` takes it back.
        allowed: bool,
    },
    /// Types an account's code into the current tab: a gesture in the popup. Answered by [`Reply::Filled`].
    Fill {
        /// Which account.
        id: AccountId,
    },
    /// Changes settings. Answered by [`Reply::Settings`].
    SetSettings {
        /// All of them.
        settings: Settings,
    },
    /// Answered by [`Reply::Settings`].
    ReadSettings,
}

/// The fields of the add and edit forms, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountForm {
    /// Base32; empty in an edit keeps the present secret.
    #[serde(default)]
    pub secret: String,
    /// Whose account it is.
    #[serde(default)]
    pub name: String,
    /// Who issued it.
    #[serde(default)]
    pub issuer: String,
    /// `totp`, `hotp` or `steam`; empty is `totp`.
    #[serde(default)]
    pub kind: String,
    /// `SHA1`, `SHA256`, `SHA512`; empty is SHA-1.
    #[serde(default)]
    pub algorithm: String,
    /// 5 to 10; `None` is 6.
    #[serde(default)]
    pub digits: Option<u64>,
    /// 1 to 86,400 s; `None` is 30.
    #[serde(default)]
    pub period: Option<u64>,
    /// A HOTP's counter; `None` is 0.
    #[serde(default)]
    pub counter: Option<u64>,
    /// The person's own words.
    #[serde(default)]
    pub note: String,
    /// The group.
    #[serde(default)]
    pub group: String,
    /// Where it may be filled: origins and domains, for showing only.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Where it is kept; only in an add.
    #[serde(default)]
    pub keep: Option<Keep>,
}

/// What the worker answers a page of the extension.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Reply {
    /// What to draw.
    Screen {
        /// Which.
        screen: Screen,
    },
    /// What a scan or a text held.
    Found {
        /// Cards and messages.
        found: Found,
    },
    /// The form of one account, without its secret.
    Form {
        /// The fields.
        form: AccountForm,
    },
    /// One code.
    Code {
        /// Digits, or Steam's characters.
        code: String,
        /// The counter of the next code.
        counter: u64,
    },
    /// An account's key URI.
    KeyUri {
        /// Holds the secret.
        uri: String,
    },
    /// A sealed vault.
    SealedFile {
        /// The file's text.
        text: String,
    },
    /// What is in the bin.
    Binned {
        /// Newest first.
        rows: Vec<BinRow>,
    },
    /// What a server offers.
    Server {
        /// Where to ask the person.
        server: ServerOffer,
    },
    /// A connection was made.
    Connected {
        /// What came and what stays.
        connected: Connected,
    },
    /// All connections.
    Connections {
        /// In the order they were made.
        connections: Vec<ConnectionCard>,
    },
    /// Settings.
    Settings {
        /// All of them.
        settings: Settings,
    },
    /// It was done; what to say about it.
    Done {
        /// A sentence.
        message: Message,
    },
    /// What filling came to.
    Filled {
        /// Whether the code was typed; otherwise it is on the clipboard by the popup.
        filled: bool,
        /// The code, for the clipboard, where it could not be typed.
        code: Option<String>,
        /// A sentence.
        message: Message,
    },
    /// It was not done, and nothing was lost.
    Failed {
        /// What happened and what to do.
        message: Message,
    },
}

/// A sentence for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The key in `_locales`.
    pub key: String,
    /// What it says in English, for where the key has no translation.
    pub text: String,
    /// What goes into the translation's `$1`, `$2`...
    #[serde(default)]
    pub args: Vec<String>,
}

/// What the popup draws.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "screen", rename_all = "snake_case")]
pub enum Screen {
    /// There is no vault yet.
    FirstRun,
    /// There is one, and it is locked.
    Locked,
    /// The last generation is damaged: these can be opened instead.
    Damaged {
        /// Newest first.
        generations: Vec<GenerationCard>,
    },
    /// It is open.
    Board {
        /// Rows and states.
        board: Board,
    },
}

/// A generation that could be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerationCard {
    /// Which.
    pub generation: Generation,
    /// When it was sealed, in seconds since 1970.
    pub sealed_at: u64,
}

/// Everything that the list shows. Codes of coming steps are in it, so that a boundary needs no round trip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// In the order they are shown: those of the current site, pinned ones, the rest.
    pub rows: Vec<Row>,
    /// Whether these are all rows; a painted board holds the first [`Board::PAINTED_ROWS`] only.
    pub complete: bool,
    /// How many there are.
    pub total: usize,
    /// The board is nothing after this second.
    pub lock_at: u64,
    /// The current tab's host, where rows of its site come first.
    #[serde(default)]
    pub site: Option<String>,
    /// How the sync stands.
    pub sync: SyncStatus,
    /// Lines to show above the list.
    #[serde(default)]
    pub notices: Vec<Message>,
    /// How codes are shown.
    #[serde(default)]
    pub hides_codes: bool,
    /// Whether the next code is always shown.
    #[serde(default)]
    pub shows_next: bool,
    /// The connections, for "keep on".
    #[serde(default)]
    pub connections: Vec<ConnectionName>,
}

impl Board {
    /// How many rows lie in the session for the first paint.
    pub const PAINTED_ROWS: usize = 24;
}

/// One account in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Whose row.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// Seconds a code lasts; 0 for a HOTP, which has none here until it is asked for.
    pub period: u32,
    /// When the first code began, in seconds since 1970.
    pub from: u64,
    /// The codes of consecutive steps from `from` on, separated by spaces.
    pub codes: String,
    /// Shown before the others.
    #[serde(default)]
    pub pinned: bool,
    /// It may be filled on the current tab.
    #[serde(default)]
    pub fills: bool,
    /// The group; empty for none.
    #[serde(default)]
    pub group: String,
    /// Where it is kept.
    #[serde(default)]
    pub keep: Keep,
    /// Where it may be filled: origins and domains.
    #[serde(default)]
    pub sites: Vec<String>,
    /// Marks: `unconfirmed`, `missing`, `returned`, `conflict`.
    #[serde(default)]
    pub marks: Vec<String>,
}

impl Row {
    /// The code valid at `now` and the second in which the next takes over; `None` once the board is too old.
    pub fn code_at(&self, now: u64) -> Option<(&str, u64)> {
        let period = u64::from(self.period);
        let step = now.checked_sub(self.from)?.checked_div(period)?;
        let code = self.codes.split(' ').nth(usize::try_from(step).ok()?).filter(|code| !code.is_empty())?;
        Some((code, self.from.saturating_add(step.saturating_add(1).saturating_mul(period))))
    }
}

/// How the sync stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// There is no connection.
    #[default]
    None,
    /// In step.
    InStep,
    /// Something waits to be sent.
    ToSend,
    /// The person is needed: the notices say why.
    NeedsYou,
}

/// A connection by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionName {
    /// Which.
    pub id: ConnectionId,
    /// E.g. `Alice (acme)`.
    pub label: String,
    /// E.g. `id.example.com`.
    pub host: String,
}

/// What a scan or a text held.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Found {
    /// The accounts in it.
    pub cards: Vec<FoundCard>,
    /// A connection code was in it: the server's address; empty where it names none that may be used.
    #[serde(default)]
    pub connection: Option<String>,
    /// What else to say: nothing found and what was tried, codes that are no accounts.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// One found account; its secret stays with the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FoundCard {
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// E.g. `TOTP · SHA1 · 6 digits · 30 s`.
    pub summary: String,
    /// Where it would be filled; empty for nowhere yet.
    #[serde(default)]
    pub site: String,
    /// `same` if it is there already, `same_secret` under another name, `same_name` with another secret.
    #[serde(default)]
    pub known: Option<String>,
    /// The name of the account that it matches.
    #[serde(default)]
    pub known_as: String,
}

/// One account in the bin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BinRow {
    /// Whose row.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// When it goes for good, in seconds since 1970; `None` for one that stays until the person removes it.
    pub until: Option<u64>,
}

/// What a server offers before signing in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ServerOffer {
    /// The address as understood.
    pub server: String,
    /// The match pattern to ask the host permission for, e.g. `https://id.example.com/*`.
    pub permission: String,
    /// Whether that permission is there already. Without it nothing could be asked of the server yet: the page asks the
    /// person for it, and then looks again.
    #[serde(default)]
    pub granted: bool,
    /// Organizations to choose from; empty or one where there is no choice.
    #[serde(default)]
    pub organizations: Vec<String>,
    /// The organization in use.
    #[serde(default)]
    pub organization: String,
    /// The application in use.
    #[serde(default)]
    pub application: String,
    /// Its name for people.
    #[serde(default)]
    pub application_name: String,
}

/// An account with its secret, for an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUriRow {
    /// Which.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// Its `otpauth://` address; holds the secret.
    pub uri: String,
}

/// What a new connection brought.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connected {
    /// Which connection.
    pub connection: ConnectionName,
    /// How many accounts came from the server.
    pub received: usize,
    /// The accounts of this device that stay here unless ticked.
    pub local: Vec<LocalAccount>,
    /// Warnings: list public, hidden, administrator's token, no refresh.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// An account that could join a connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LocalAccount {
    /// Which.
    pub id: AccountId,
    /// Who issued it.
    pub issuer: String,
    /// Whose account.
    pub name: String,
    /// It signs in to this very server: stays here unless the person insists.
    #[serde(default)]
    pub own_factor: bool,
}

/// A connection in the options page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectionCard {
    /// Which.
    pub connection: ConnectionName,
    /// The server's address.
    pub server: String,
    /// How many accounts are kept there.
    pub accounts: usize,
    /// Where new accounts go.
    pub new_accounts: Option<NewAccounts>,
    /// Fill by itself.
    pub fills_by_itself: bool,
    /// Follow deletions made elsewhere.
    pub follows_deletions: bool,
    /// The sign-in ended: the person has to sign in again.
    pub signed_out: bool,
    /// The last sync's summary.
    #[serde(default)]
    pub last: Option<Message>,
    /// When that was, in seconds since 1970.
    #[serde(default)]
    pub last_at: Option<u64>,
}

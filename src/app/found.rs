//! What a scan or a pasted text held, until the person keeps it or not.

use serde::{Deserialize, Serialize};

use super::accounts::default_keep;
use super::protocol::{Found, FoundCard, Message, Reply};
use super::{App, AppError, DeriveKey, form};
use crate::casdoor::Http;
use crate::casdoor::sign_in::ConnectionCode;
use crate::otp::{Key, KeyUri, Otp, OtpError};
use crate::secret::{Entropy, Secret};
use crate::vault::{Account, Area, Keep, Site, Store, Vault};

/// Session key: what was found last, with its secrets; in memory, trusted contexts only, gone when locked.
pub(super) const PENDING: &str = "found";

/// More codes than fit a screen; bounds a hostile text.
const MAX_FOUND: usize = 1_000;

#[derive(Default, Serialize, Deserialize)]
struct Pending {
    uris: Vec<String>,
    /// The origin that the accounts belong to: they were found on an enrolment page of a connected server.
    site: Option<String>,
    /// A connection code, whole.
    connection: Option<String>,
}

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    /// Reads texts off QR codes or a paste, and remembers what they hold until the person says what to keep.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`]. A text that is no account is a message, not an error.
    pub async fn found(&self, texts: &[String], site: Option<&str>, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let (mut found, mut pending) = (Found::default(), Pending::default());
        for text in texts.iter().flat_map(|text| text.lines()).map(str::trim).filter(|text| !text.is_empty()) {
            if is_connection_code(text) {
                // A code that cannot be used says so when it is: here it only names its server.
                found.connection = Some(
                    ConnectionCode::parse(text, true).map_or_else(|_| String::new(), |code| code.server.to_string()),
                );
                pending.connection = Some(text.to_owned());
                continue;
            }
            match read(text) {
                Ok(_) if pending.uris.len() >= MAX_FOUND => break,
                Ok(uri) => {
                    found.cards.push(card(&uri, site, &open.session()?.vault));
                    pending.uris.push(uri.to_string());
                }
                Err(error) => found.messages.push(not_an_account(error)),
            }
        }
        pending.site = site.map(str::to_owned);
        let text = serde_json::to_string(&pending).map_err(|_| crate::vault::VaultError::Damaged)?;
        self.store.commit(Area::Session, vec![(PENDING, Some(text))]).await?;
        Ok(Reply::Found { found })
    }

    /// Keeps some of what was found last.
    pub(super) async fn keep_found(&self, cards: &[usize], keep: Option<Keep>, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let pending = self.pending().await?;
        let session = open.session()?;
        let keep = keep.unwrap_or_else(|| default_keep(session));
        for index in cards {
            let uri: KeyUri = pending.uris.get(*index).ok_or(AppError::NothingPending)?.parse()?;
            let mut account = Account::new(uri, now, &mut *self.entropy.borrow_mut());
            account.keep = keep;
            account.sites = pending.site.iter().cloned().map(Site::Origin).collect();
            session.vault.add(account)?;
        }
        let reply = self.saved_screen(open, now).await?;
        self.store.commit(Area::Session, vec![(PENDING, None)]).await?;
        Ok(reply)
    }

    async fn pending(&self) -> Result<Pending, AppError> {
        let text = self.store.load(Area::Session, &[PENDING]).await?.pop().flatten().map(Secret::new);
        let text = text.ok_or(AppError::NothingPending)?;
        serde_json::from_str(text.expose()).map_err(|_| AppError::NothingPending)
    }

    /// The connection code that was found last.
    ///
    /// # Errors
    /// [`AppError::NothingPending`].
    pub async fn found_connection_code(&self) -> Result<Secret<String>, AppError> {
        self.pending().await?.connection.map(Secret::new).ok_or(AppError::NothingPending)
    }
}

fn is_connection_code(text: &str) -> bool {
    ["casdoor-authenticator://", "casdoor-app://"].iter().any(|scheme| text.starts_with(scheme))
}

/// A key URI, or a bare base32 secret of at least 10 bytes as issuers print it beside their QR code.
fn read(text: &str) -> Result<KeyUri, OtpError> {
    match text.parse::<KeyUri>() {
        Err(OtpError::NotAKeyUri) => {
            let key = Key::from_base32(text).map_err(|_| OtpError::NotAKeyUri)?;
            if key.expose().len() < 10 {
                return Err(OtpError::NotAKeyUri);
            }
            Ok(KeyUri { issuer: String::new(), name: String::new(), otp: Otp::standard(key) })
        }
        read => read,
    }
}

fn not_an_account(error: OtpError) -> Message {
    match error {
        OtpError::NotAKeyUri => Message::new("found_no_account", "A code was read, but it holds no account."),
        error => Message::new(error.code(), format!("A code was read, but it cannot be kept: {error}.")),
    }
}

fn card(uri: &KeyUri, site: Option<&str>, vault: &Vault) -> FoundCard {
    let same_secret = vault.accounts.iter().find(|account| account.otp.key == uri.otp.key);
    let same_name = || {
        vault.accounts.iter().find(|account| {
            account.issuer == uri.issuer && account.name == uri.name && !(uri.issuer.is_empty() && uri.name.is_empty())
        })
    };
    let (known, as_whom) = match same_secret {
        Some(account) if account.issuer == uri.issuer && account.name == uri.name => (Some("same"), Some(account)),
        Some(account) => (Some("same_secret"), Some(account)),
        None => match same_name() {
            Some(account) => (Some("same_name"), Some(account)),
            None => (None, None),
        },
    };
    FoundCard {
        issuer: uri.issuer.clone(),
        name: uri.name.clone(),
        summary: form::summary(&uri.otp),
        site: site.unwrap_or_default().to_owned(),
        known: known.map(str::to_owned),
        known_as: as_whom
            .map(|account| format!("{} {}", account.issuer, account.name).trim().to_owned())
            .unwrap_or_default(),
    }
}

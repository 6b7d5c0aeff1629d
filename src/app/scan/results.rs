//! The results of a scan or of a pasted text, until the user saves or discards them.

use serde::{Deserialize, Serialize};

use crate::app::accounts::form;
use crate::app::accounts::known::KnownAccounts;
use crate::app::protocol::{DuplicateKind, Message, ScanResultCard, ScanResults};
use crate::app::scan::multi_part;
use crate::app::scan::multi_part::Added;
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform};
use crate::autofill;
use crate::casdoor::ChangedPart;
use crate::casdoor::sign_in::ConnectionCode;
use crate::exchange::MigrationPart;
use crate::label;
use crate::message;
use crate::otp::{KeyUri, Otp, OtpError, Reading, lines};
use crate::qr::CodePart;
use crate::secret::{Entropy, Secret};
use crate::vault::{Area, Connection, ScannedBatch, Store, Vault};

/// Maximum number of accounts in a result, which is more than a screen of QR codes contains. Limits the work that a
/// hostile text can cause.
const MAX_FOUND: usize = 1_000;

/// The last scan result, with its secrets.
#[derive(Default, Serialize, Deserialize)]
pub(in crate::app) struct StoredScanResults {
    /// Identifies the result, so that a page saves what it shows, and not a later result of another page.
    pub(in crate::app) id: String,
    #[serde(with = "secret_texts")]
    pub(in crate::app) uris: Vec<Secret<String>>,
    /// The origin of the page on which the accounts were found, if they belong to it.
    pub(in crate::app) site: Option<String>,
    /// The connection code, if one was found.
    #[serde(default, with = "secret_texts")]
    connection: Vec<Secret<String>>,
    /// The ids of the batches that the accounts came from. The batches are removed once the accounts are saved.
    #[serde(default)]
    pub(in crate::app) batches: Vec<String>,
}

/// A scan result in progress: the part for the page, and the secrets for the worker.
#[derive(Default)]
pub(in crate::app) struct ScanInProgress {
    pub(in crate::app) found: ScanResults,
    pub(in crate::app) pending: StoredScanResults,
}

impl<P: Platform> App<P> {
    /// Parses texts from QR codes or the clipboard, and stores the accounts in them until the user decides which ones
    /// to save. The codes of a multi-part export are stored, sealed, until all of them were scanned.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`]. A text that does not describe an account is reported as a message,
    /// not as an error.
    pub async fn read_texts(
        &self,
        texts: &[Secret<String>],
        site: Option<&str>,
        now: u64,
    ) -> Result<ScanResults, AppError> {
        let finding = self
            .transact(now, |session| {
                let (mut finding, mut touched) = (ScanInProgress::default(), Vec::new());
                let (vault, batches) = (&session.vault, &mut session.state.batches);
                // The text is exposed to the parser, which separates the secrets from the cards that the page shows.
                let lines = texts.iter().flat_map(|text| lines(text.expose())).map(|(_, line)| Secret::new(line));
                for text in lines.filter(|line| !line.expose().is_empty()) {
                    match MigrationPart::read(text.expose()) {
                        Some(part) => finding.read_part(part, text.expose(), batches, &mut touched, vault),
                        None => finding.read(text.expose(), site, vault),
                    }
                }
                for id in &touched {
                    finding.show_batch(id, batches, vault);
                }
                finding.pending.site = site.map(str::to_owned);
                Ok((finding, if touched.is_empty() { ChangedPart::Nothing } else { ChangedPart::State }))
            })
            .await?;
        self.store_results(finding, !texts.is_empty()).await
    }

    /// Stores the result, and returns it. If nothing was scanned, the previous result is kept.
    pub(in crate::app) async fn store_results(
        &self,
        mut finding: ScanInProgress,
        remember: bool,
    ) -> Result<ScanResults, AppError> {
        if remember {
            let _turn = self.saving_scan_results.lock().await;
            finding.pending.id = format!("{:032x}", u128::from_be_bytes(self.entropy.borrow_mut().generate()));
            finding.found.id.clone_from(&finding.pending.id);
            let text = serde_json::to_string(&finding.pending).map_err(|_| crate::vault::VaultError::Damaged)?;
            self.store.commit(Area::Session, vec![(SessionKey::ScanResults.name(), Some(text))]).await?;
        }
        Ok(finding.found)
    }

    pub(in crate::app) async fn stored_results(&self) -> Result<StoredScanResults, AppError> {
        let text =
            self.store.load(Area::Session, &[SessionKey::ScanResults.name()]).await?.pop().flatten().map(Secret::new);
        let text = text.ok_or(AppError::NothingPending)?;
        serde_json::from_str(text.expose()).map_err(|_| AppError::NothingPending)
    }

    /// Returns the connection code that was scanned last.
    ///
    /// # Errors
    /// [`AppError::NothingPending`].
    pub async fn scanned_connection_code(&self) -> Result<Secret<String>, AppError> {
        self.stored_results().await?.connection.pop().ok_or(AppError::NothingPending)
    }
}

impl ScanInProgress {
    /// Parses a text that is not part of a multi-part export.
    fn read(&mut self, text: &str, site: Option<&str>, vault: &Vault) {
        if ConnectionCode::is_one(text) {
            // An unusable code is reported when the user connects. Here, only its server's address is needed.
            let server = ConnectionCode::parse(text, true).map(|code| code.server.to_string());
            self.found.connection = Some(server.unwrap_or_default());
            self.pending.connection = vec![Secret::new(text.to_owned())];
            return;
        }
        if let Some((number, count)) = CodePart::named_in(text) {
            return self.add_message(message!("found_code_part", number, count));
        }
        match KeyUri::read_or_setup_key(text) {
            Ok(reading) => self.add_reading(reading, site, vault),
            Err(error) => self.add_message(rejection_message(error)),
        }
    }

    /// Adds a code of an export to those that were scanned before, or parses an export that consists of one code.
    fn read_part(
        &mut self,
        part: MigrationPart,
        text: &str,
        batches: &mut Vec<ScannedBatch>,
        touched: &mut Vec<String>,
        vault: &Vault,
    ) {
        if part.unread > 0 {
            self.add_message(message!("found_export_unread"));
        }
        if part.size == 1 {
            part.accounts.iter().for_each(|account| self.add(&account.uri, None, vault));
            return;
        }
        match multi_part::add(batches, &part, text) {
            Added::Full => self.add_message(message!("found_too_many_batches")),
            Added::Taken if touched.contains(&part.batch) => {}
            Added::Taken => touched.push(part.batch),
        }
    }

    /// Adds the accounts of a batch if it is complete, and its progress otherwise.
    fn show_batch(&mut self, id: &str, batches: &[ScannedBatch], vault: &Vault) {
        let Some(batch) = batches.iter().find(|batch| batch.id == id) else { return };
        let card = multi_part::card(batch);
        if card.missing.is_empty() {
            self.open_batch(batch, vault);
        } else {
            self.found.batches.push(card);
        }
    }

    /// Adds the accounts of a batch that were scanned so far.
    pub(in crate::app) fn open_batch(&mut self, batch: &ScannedBatch, vault: &Vault) {
        multi_part::accounts(batch).iter().for_each(|uri| self.add(uri, None, vault));
        self.pending.batches.push(batch.id.clone());
    }

    /// Adds a parsed account with its warnings. If its secret was probably mistyped or misread, adds one card for each
    /// likely reading, none of them selected.
    fn add_reading(&mut self, reading: Reading, site: Option<&str>, vault: &Vault) {
        let Reading { uri, label_issuer, is_guess, other } = reading;
        let other = other.map(|key| KeyUri { otp: Otp { key, ..uri.otp.clone() }, ..uri.clone() });
        for (uri, one) in [(uri, "L")].into_iter().chain(other.map(|other| (other, "I"))) {
            let before = self.found.cards.len();
            self.add(&uri, site, vault);
            let Some(card) = self.found.cards.get_mut(before) else { continue };
            card.is_guess = is_guess;
            if is_guess {
                card.warnings.push(message!("found_look_alikes", one));
            }
            if !label_issuer.is_empty() {
                card.warnings.push(message!("found_label_issuer", label_issuer.clone()));
            }
        }
    }

    fn add(&mut self, uri: &KeyUri, site: Option<&str>, vault: &Vault) {
        let text = Secret::new(uri.to_string());
        if self.pending.uris.len() >= MAX_FOUND || self.pending.uris.contains(&text) {
            return;
        }
        self.found.cards.push(card(uri, site, vault));
        self.pending.uris.push(text);
    }

    /// Adds a message, unless the result already contains it.
    fn add_message(&mut self, message: Message) {
        if !self.found.messages.contains(&message) {
            self.found.messages.push(message);
        }
    }
}

fn rejection_message(error: OtpError) -> Message {
    match error {
        OtpError::NotAKeyUri => message!("found_no_account"),
        error => error.message(),
    }
}

/// Returns `true` if the URI is what Casdoor's enrollment page shows to a user who is connected here: a TOTP labeled
/// with that user.
pub(in crate::app) fn is_shown_factor(uri: &KeyUri, origin: &str, vault: &Vault) -> bool {
    let is_users = |connection: &Connection| {
        let is_there = autofill::origin_of(&connection.server).is_some_and(|own| own == origin);
        is_there && autofill::is_labelled(&uri.name, connection)
    };
    autofill::makes_passcodes(&uri.otp) && vault.connections.iter().any(is_users)
}

fn card(uri: &KeyUri, site: Option<&str>, vault: &Vault) -> ScanResultCard {
    let known = KnownAccounts::new(vault).find(uri);
    // A new second factor of the same user is stored next to the old one, which works until the server has enabled the
    // new one.
    let is_new_factor = || site.is_some_and(|site| is_shown_factor(uri, site, vault));
    let known = known.filter(|known| known.how != DuplicateKind::SameName || !is_new_factor());
    ScanResultCard {
        issuer: label::clean(&uri.issuer).into_owned(),
        name: label::clean(&uri.name).into_owned(),
        summary: form::summary(&uri.otp),
        site: site.unwrap_or_default().to_owned(),
        known,
        is_guess: false,
        warnings: Vec::new(),
    }
}

/// Serializes secrets as plain text, for session memory, which is neither readable by pages nor written to disk.
mod secret_texts {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::secret::Secret;

    pub(super) fn serialize<S: Serializer>(texts: &[Secret<String>], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(texts.iter().map(Secret::expose))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Secret<String>>, D::Error> {
        Ok(Vec::<String>::deserialize(deserializer)?.into_iter().map(Secret::new).collect())
    }
}

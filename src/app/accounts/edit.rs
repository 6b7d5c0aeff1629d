//! Adding, changing, binning and using accounts.

use crate::app::accounts::form;
use crate::app::board::site_text;
use crate::app::protocol::{AccountForm, BinRow, KeyUriRow, Message, Reply};
use crate::app::session::{Open, Session};
use crate::app::{App, AppError, DeriveKey};
use crate::autofill::{self, Anywhere};
use crate::casdoor::{self, Http};
use crate::exchange::qr_svg;
use crate::otp::{KeyUri, Kind};
use crate::secret::{Entropy, Secret};
use crate::vault::{Account, AccountId, Keep, Settings, Site, Store, Vault, VaultError};

/// How long an account stays in the bin, for showing.
const BIN_SECONDS: u64 = 30 * 24 * 60 * 60;

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    pub(in crate::app) async fn add(&self, form: AccountForm, now: u64) -> Result<Reply, AppError> {
        let uri = form::key_uri(&form)?;
        let mut open = self.open(now).await?;
        let mut account = Account::new(uri, now, &mut *self.entropy.borrow_mut());
        let vault = &mut open.session()?.vault;
        let keep = form.keep.unwrap_or_else(|| vault.default_keep());
        // A pasted address says what it is for, whatever name the user gives the account.
        let is_held_back = vault.holds_back(&account, keep);
        form::rename(&form, &mut account);
        account.note = form.note.trim().into();
        account.group = form.group.trim().into();
        vault.add_new(vec![account], if is_held_back { Some(Keep::Device) } else { form.keep })?;
        self.saved_screen(open, now).await
    }

    pub(in crate::app) async fn edit(&self, id: AccountId, form: AccountForm, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let account = session.vault.account(id)?;
        // The user has insisted that this one is stored on its own server.
        let is_own_by_choice = session.vault.holds_back(account, account.keep);
        let account = session.vault.account_mut(id)?;
        let before = account.otp.clone();
        form::apply(&form, account)?;
        account.changed_at = now;
        let is_another = account.otp.key != before.key;
        let was_counting = matches!(before.kind, Kind::Hotp { .. });
        // In the form's own field, or in an address that was pasted for the secret.
        let is_by_hand = form.counter != form.shown_counter || form.secret.contains("://") || !was_counting;
        match (&mut account.otp.kind, before.kind) {
            // Another secret counts from what the form says, and so does one whose counter was set by hand.
            (Kind::Hotp { counter }, _) if is_another || is_by_hand => {
                session.state.counters.insert(id, *counter);
            }
            // Codes may have been made while the form was open: what it was shown is no wish to go back.
            (Kind::Hotp { counter }, Kind::Hotp { counter: present }) => *counter = present,
            _ if is_another => {
                session.state.counters.remove(&id);
            }
            _ => {}
        }
        if is_another && !is_own_by_choice {
            session.vault.withdraw_own_factor(id)?;
        }
        self.saved_screen(open, now).await
    }

    pub(in crate::app) async fn form(&self, id: AccountId, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let account = session.vault.account(id)?;
        Ok(Reply::Form { form: form::of(account, counter(session, account)) })
    }

    pub(in crate::app) async fn pin(&self, id: AccountId, pinned: bool, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        open.session()?.vault.account_mut(id)?.pinned = pinned;
        self.saved_screen(open, now).await
    }

    pub(in crate::app) async fn move_before(
        &self,
        id: AccountId,
        before: Option<AccountId>,
        now: u64,
    ) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let accounts = &mut open.session()?.vault.accounts;
        let at = accounts.iter().position(|account| account.id == id).ok_or(VaultError::NoSuchAccount)?;
        let account = accounts.remove(at);
        let to = before.and_then(|before| accounts.iter().position(|other| other.id == before));
        accounts.insert(to.unwrap_or(accounts.len()), account);
        self.saved_screen(open, now).await
    }

    pub(in crate::app) async fn bin(&self, id: AccountId, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        session.vault.bin(id, now, false)?;
        casdoor::forget(&mut session.state, id);
        self.saved_screen(open, now).await
    }

    /// Out of the bin, or back onto the server that no longer had it.
    pub(in crate::app) async fn restore(&self, id: AccountId, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        put_back(&mut open.session()?.vault, id, now)?;
        self.saved_screen(open, now).await
    }

    pub(in crate::app) async fn remove_for_good(&self, id: AccountId, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        session.vault.bin.retain(|binned| binned.account.id != id);
        casdoor::forget(&mut session.state, id);
        self.save(&mut open, now).await?;
        binned(&mut open)
    }

    pub(in crate::app) async fn list_bin(&self, now: u64) -> Result<Reply, AppError> {
        binned(&mut self.open(now).await?)
    }

    /// The counter is stored before the code is shown, so that no code is ever shown twice.
    pub(in crate::app) async fn next_code(&self, id: AccountId, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let account = session.vault.account(id)?.clone();
        let current = counter(session, &account).ok_or(AppError::NotCounterBased)?;
        let next = current.checked_add(1).ok_or(AppError::Otp(crate::otp::OtpError::Counter))?;
        session.state.counters.insert(id, next);
        self.save_state(&mut open).await?;
        Ok(Reply::Code { code: account.otp.code_for_counter(current).expose().clone(), counter: next })
    }

    /// A named, confirmed act: the password is asked for again.
    pub(in crate::app) async fn show_secret(
        &self,
        id: AccountId,
        password: Secret<String>,
        now: u64,
    ) -> Result<Reply, AppError> {
        self.check_exports().await?;
        let generations = self.load_generations().await?;
        self.find_key(&generations, &password).await?;
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let account = session.vault.account(id)?;
        let mut uri = account.key_uri();
        if let (Kind::Hotp { counter: shown }, Some(current)) = (&mut uri.otp.kind, counter(session, account)) {
            *shown = current;
        }
        let uri = uri.to_string();
        Ok(Reply::KeyUri { picture: qr_svg(&uri).unwrap_or_default(), uri })
    }

    /// All accounts, or the bin, with their secrets: for an export that the person asked for. No page can ask for it.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoVault`], [`AppError::Store`].
    pub async fn key_uris(&self, binned: bool, now: u64) -> Result<Vec<KeyUriRow>, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let row = |account: &Account| {
            let mut uri = account.key_uri();
            if let (Kind::Hotp { counter: shown }, Some(current)) = (&mut uri.otp.kind, counter(session, account)) {
                *shown = current;
            }
            let KeyUri { issuer, name, .. } = &uri;
            KeyUriRow { id: account.id, issuer: issuer.clone(), name: name.clone(), uri: uri.to_string() }
        };
        Ok(match binned {
            true => session.vault.bin.iter().map(|binned| row(&binned.account)).collect(),
            false => session.vault.accounts.iter().map(row).collect(),
        })
    }

    pub(in crate::app) async fn allow_site(
        &self,
        id: AccountId,
        origin: &str,
        allowed: bool,
        now: u64,
    ) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let vault = &mut open.session()?.vault;
        // The page that asked may be older than what the vault knows of look-alikes by now.
        if allowed && let Anywhere::LookAlike { of } = autofill::anywhere(vault.account(id)?, vault, origin, now) {
            return Err(AppError::Said(look_alike(&of)));
        }
        let server = vault
            .connections
            .iter()
            .any(|connection| autofill::origin_of(&connection.server).is_some_and(|server| server == origin));
        // A Casdoor server is one origin; elsewhere a sign-in wanders through the hosts of one registered domain.
        let site = if server { Some(Site::Origin(origin.to_owned())) } else { autofill::site_for(origin) };
        let sites = &mut vault.account_mut(id)?.sites;
        sites.retain(|known| site_text(known) != origin && !autofill::allows(known, origin));
        sites.extend(site.filter(|_| allowed));
        self.saved_screen(open, now).await
    }

    pub(in crate::app) async fn set_settings(&self, settings: Settings, now: u64) -> Result<Reply, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        // From a minute to a month; another time counts from now.
        let lock_after_seconds = settings.lock_after_seconds.clamp(60, 30 * 24 * 60 * 60);
        if session.has_password() && session.vault.settings.lock_after_seconds != lock_after_seconds {
            session.lock_at = now.saturating_add(lock_after_seconds);
            self.keep_key(session).await?;
        }
        session.vault.settings = Settings { lock_after_seconds, ..settings };
        self.save(&mut open, now).await?;
        Ok(Reply::Settings { settings: open.session()?.vault.settings.clone() })
    }

    pub(in crate::app) async fn read_settings(&self, now: u64) -> Result<Reply, AppError> {
        Ok(Reply::Settings { settings: self.open(now).await?.session()?.vault.settings.clone() })
    }
}

/// Out of the bin if it is there, and without the marks of a server that no longer had it.
pub(in crate::app) fn put_back(vault: &mut Vault, id: AccountId, now: u64) -> Result<(), VaultError> {
    if vault.account(id).is_err() {
        vault.restore(id)?;
    }
    let account = vault.account_mut(id)?;
    (account.missing_since, account.returned, account.changed_at) = (None, false, now);
    Ok(())
}

/// The counter of an account's next code; `None` unless it is a HOTP. The state's never goes back.
pub(in crate::app) fn counter(session: &Session, account: &Account) -> Option<u64> {
    let Kind::Hotp { counter } = account.otp.kind else { return None };
    Some(session.state.counters.get(&account.id).copied().unwrap_or(counter))
}

fn binned(open: &mut Open<'_>) -> Result<Reply, AppError> {
    let bin = &open.session()?.vault.bin;
    let row = |binned: &crate::vault::Binned| BinRow {
        id: binned.account.id,
        issuer: binned.account.issuer.clone(),
        name: binned.account.name.clone(),
        until: (!binned.by_sync).then(|| binned.binned_at.saturating_add(BIN_SECONDS)),
    };
    Ok(Reply::Binned { rows: bin.iter().rev().map(row).collect() })
}

/// Why nothing is filled on a host that looks like another one.
pub fn look_alike(of: &str) -> Message {
    let text = format!("This page looks like {of}, but it is another site. Nothing was filled: check the address.");
    Message::new("fill_look_alike", text).with([of.to_owned()])
}

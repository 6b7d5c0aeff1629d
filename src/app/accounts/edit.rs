//! Adds, changes, deletes and uses single accounts.

use crate::app::accounts::form;
use crate::app::protocol::{AccountForm, CounterCode, KeyUriRow, Screen, ShownKeyUri, TrashRow};
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::casdoor;
use crate::exchange::qr_svg;
use crate::otp::{KeyUri, Kind};
use crate::secret::Secret;
use crate::vault::{Account, AccountId, StorageLocation, Vault, VaultError};

impl<P: Platform> App<P> {
    pub(in crate::app) async fn add(&self, form: AccountForm, now: u64) -> Result<Screen, AppError> {
        let mut account = Account::new(form::key_uri(&form)?, now, &mut *self.entropy.borrow_mut());
        self.change_and_paint(now, |session| {
            let wanted = session.policy.location_for_new(form.location, &session.vault)?;
            let location = wanted.unwrap_or_else(|| session.vault.default_location());
            // Checked before renaming, because a pasted key URI identifies its server and the user's own name does not.
            let is_held_back = session.vault.must_stay_on_device(&account, location);
            form::rename(&form, &mut account);
            account.note = form::note(&form.note);
            account.group = form::group(&form.group);
            account.icon = form::icon(&form.icon)?;
            let location = if is_held_back { Some(StorageLocation::Device) } else { wanted };
            Ok(session.vault.add_new(vec![account], location)?)
        })
        .await
    }

    pub(in crate::app) async fn edit(&self, id: AccountId, form: AccountForm, now: u64) -> Result<Screen, AppError> {
        self.change_and_paint(now, |session| edit(session, id, &form, now)).await
    }

    pub(in crate::app) async fn form(&self, id: AccountId, now: u64) -> Result<AccountForm, AppError> {
        self.read(now, |session| {
            let account = session.vault.account(id)?;
            Ok(form::of(account, session.counter(account)))
        })
        .await
    }

    pub(in crate::app) async fn pin(&self, id: AccountId, pinned: bool, now: u64) -> Result<Screen, AppError> {
        self.change_and_paint(now, |session| {
            session.vault.account_mut(id)?.pinned = pinned;
            Ok(())
        })
        .await
    }

    pub(in crate::app) async fn move_to_trash(&self, id: AccountId, now: u64) -> Result<Screen, AppError> {
        self.change_and_paint(now, |session| {
            session.vault.move_to_trash(id, now, false)?;
            casdoor::forget(&mut session.state, id);
            Ok(())
        })
        .await
    }

    /// Takes an account out of the trash, or uploads it again to the server that no longer had it.
    pub(in crate::app) async fn restore(&self, id: AccountId, now: u64) -> Result<Screen, AppError> {
        self.change_and_paint(now, |session| Ok(put_back(&mut session.vault, id, now)?)).await
    }

    pub(in crate::app) async fn remove_for_good(&self, id: AccountId, now: u64) -> Result<Vec<TrashRow>, AppError> {
        self.change(now, |session| {
            session.vault.trash.retain(|trashed| trashed.account.id != id);
            casdoor::forget(&mut session.state, id);
            Ok(())
        })
        .await?;
        self.list_trash(now).await
    }

    /// Empties the trash. Accounts that are still on a server are deleted there, too.
    pub(in crate::app) async fn empty_trash(&self, now: u64) -> Result<Vec<TrashRow>, AppError> {
        self.change(now, |session| {
            for id in session.vault.empty_trash() {
                casdoor::forget(&mut session.state, id);
            }
            Ok(())
        })
        .await?;
        self.list_trash(now).await
    }

    pub(in crate::app) async fn list_trash(&self, now: u64) -> Result<Vec<TrashRow>, AppError> {
        self.read(now, |session| Ok(trashed(session))).await
    }

    /// Returns the next code of a HOTP account. Stores the new counter first, so that no code is ever shown twice.
    pub async fn next_code(&self, id: AccountId, now: u64) -> Result<CounterCode, AppError> {
        self.change_state(now, |session| {
            let account = session.vault.account(id)?;
            let current = session.counter(account).ok_or(AppError::NotCounterBased)?;
            let next = current.checked_add(1).ok_or(AppError::Otp(crate::otp::OtpError::Counter))?;
            let code = account.otp.code_for_counter(current).expose().clone();
            session.state.counters.insert(id, next);
            Ok(CounterCode { code, counter: next })
        })
        .await
    }

    /// Returns an account's secret after verifying the password again.
    pub(in crate::app) async fn show_secret(
        &self,
        id: AccountId,
        password: Secret<String>,
        now: u64,
    ) -> Result<ShownKeyUri, AppError> {
        self.policy().await.check_showing_secrets()?;
        let copies = self.load_copies().await?;
        self.find_key(&copies, &password).await?;
        self.read(now, |session| {
            let uri = current_uri(session, session.vault.account(id)?).to_string();
            Ok(ShownKeyUri { picture: qr_svg(&uri).unwrap_or_default(), uri })
        })
        .await
    }

    /// Returns all accounts, or those in the trash, with their secrets, for an export that the user requested. Pages
    /// cannot request it.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoVault`], [`AppError::Store`].
    pub async fn key_uris(&self, trashed: bool, now: u64) -> Result<Vec<KeyUriRow>, AppError> {
        self.read(now, |session| {
            let row = |account: &Account| {
                let uri = current_uri(session, account);
                let KeyUri { issuer, name, .. } = &uri;
                KeyUriRow { id: account.id, issuer: issuer.clone(), name: name.clone(), uri: uri.to_string() }
            };
            Ok(match trashed {
                true => session.vault.trash.iter().map(|trashed| row(&trashed.account)).collect(),
                false => session.vault.accounts.iter().map(row).collect(),
            })
        })
        .await
    }
}

fn edit(session: &mut Session, id: AccountId, form: &AccountForm, now: u64) -> Result<(), AppError> {
    let account = session.vault.account(id)?;
    // The user has explicitly chosen to store this account on its own server.
    let is_own_by_choice = session.vault.must_stay_on_device(account, account.location);
    let account = session.vault.account_mut(id)?;
    let before = account.otp.clone();
    form::apply(form, account)?;
    account.changed_at = now;
    let is_another = account.otp.key != before.key;
    let was_counting = matches!(before.kind, Kind::Hotp { .. });
    // The user edited the counter field, or pasted a key URI as the secret.
    let is_by_hand = form.counter != form.shown_counter || form.secret.contains("://") || !was_counting;
    match (&mut account.otp.kind, before.kind) {
        // A new secret, or a counter that was edited by hand, starts at the form's counter.
        (Kind::Hotp { counter }, _) if is_another || is_by_hand => {
            session.state.counters.insert(id, *counter);
        }
        // Codes may have been generated while the form was open. An unchanged counter in the form must not reset the
        // current one.
        (Kind::Hotp { counter }, Kind::Hotp { counter: current }) => *counter = current,
        _ if is_another => {
            session.state.counters.remove(&id);
        }
        _ => {}
    }
    if is_another && !is_own_by_choice {
        session.vault.withdraw_own_factor(id)?;
    }
    Ok(())
}

/// Returns an account's key URI, with the counter of its next code.
fn current_uri(session: &Session, account: &Account) -> KeyUri {
    let mut uri = account.key_uri();
    if let (Kind::Hotp { counter: shown }, Some(current)) = (&mut uri.otp.kind, session.counter(account)) {
        *shown = current;
    }
    uri
}

/// Takes an account out of the trash if it is there, and removes the marks for a server that no longer had it.
pub(in crate::app) fn put_back(vault: &mut Vault, id: AccountId, now: u64) -> Result<(), VaultError> {
    if vault.account(id).is_err() {
        vault.restore(id)?;
    }
    let account = vault.account_mut(id)?;
    (account.missing_since, account.returned, account.changed_at) = (None, false, now);
    Ok(())
}

fn trashed(session: &Session) -> Vec<TrashRow> {
    let row = |trashed: &crate::vault::TrashedAccount| TrashRow {
        id: trashed.account.id,
        issuer: trashed.account.issuer.clone(),
        name: trashed.account.name.clone(),
        until: trashed.expires_at(),
    };
    session.vault.trash.iter().rev().map(row).collect()
}

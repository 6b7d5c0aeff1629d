//! Imports rows of a file: marks duplicates, stores all rows in one write, and can undo it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::app::accounts::known::KnownAccounts;
use crate::app::protocol::{Duplicate, DuplicateKind, ImportedAccounts, Message};
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::casdoor;
use crate::exchange::{Imported, PortableAccount};
use crate::label;
use crate::message;
use crate::otp::KeyUri;
use crate::secret::Secret;
use crate::vault::{Account, AccountId, StorageLocation, Vault};

impl<P: Platform> App<P> {
    /// Returns the account of the vault that each row may duplicate.
    pub(in crate::app) async fn compare_rows(
        &self,
        uris: Vec<String>,
        now: u64,
    ) -> Result<Vec<Option<Duplicate>>, AppError> {
        let uris: Vec<Secret<String>> = uris.into_iter().map(Secret::new).collect();
        let rows: Vec<KeyUri> = uris.iter().map(|uri| uri.expose().parse()).collect::<Result<_, _>>()?;
        self.read(now, |session| Ok(compare(&rows, &session.vault))).await
    }

    /// Stores all rows in one write, or none.
    pub(in crate::app) async fn import(
        &self,
        rows: &[PortableAccount],
        location: Option<StorageLocation>,
        now: u64,
    ) -> Result<ImportedAccounts, AppError> {
        let rows: Vec<Imported> = rows.iter().map(Imported::try_from).collect::<Result<_, _>>()?;
        let added: Vec<Account> = rows.iter().map(|row| row.to_account(now, &mut *self.entropy.borrow_mut())).collect();
        let accounts: Vec<AccountId> = added.iter().map(|account| account.id).collect();
        self.change(now, |session| {
            let location = session.policy.location_for_new(location, &session.vault)?;
            Ok(session.vault.add_new(added, location)?)
        })
        .await?;
        let count = accounts.len();
        Ok(ImportedAccounts { accounts, message: message!("import_done", count) })
    }

    /// Undoes an import in one write. Accounts that were changed since then go to the trash instead.
    pub(in crate::app) async fn undo_import(&self, accounts: &[AccountId], now: u64) -> Result<Message, AppError> {
        let wanted: BTreeSet<AccountId> = accounts.iter().copied().collect();
        let changed = self.change(now, |session| remove_imported(session, wanted, now)).await?;
        let message =
            if changed.is_empty() { message!("done_import_undone") } else { message!("done_import_undone_trash") };
        Ok(message)
    }
}

/// Removes the accounts that an import added. Those that were changed or used since then go to the trash, and are
/// returned.
fn remove_imported(session: &mut Session, wanted: BTreeSet<AccountId>, now: u64) -> Result<Vec<AccountId>, AppError> {
    let (counted, vault) = (&session.state.counters, &mut session.vault);
    // Approving a site does not update `changed_at`, so an account with a site counts as changed, too. That covers new
    // recovery codes, because only pages of an approved site add them.
    let is_changed = |account: &Account| {
        let is_used = counted.contains_key(&account.id) || !account.sites.is_empty();
        account.changed_at != account.created_at || is_used
    };
    let is_binned = |account: &&Account| wanted.contains(&account.id) && is_changed(account);
    let changed: Vec<AccountId> = vault.accounts.iter().filter(is_binned).map(|account| account.id).collect();
    for id in &changed {
        vault.move_to_trash(*id, now, false)?;
    }
    vault.accounts.retain(|account| !wanted.contains(&account.id));
    for id in wanted {
        casdoor::leave(&mut session.state, id);
        casdoor::forget(&mut session.state, id);
    }
    Ok(changed)
}

/// Returns the account that each row may duplicate.
fn compare(rows: &[KeyUri], vault: &Vault) -> Vec<Option<Duplicate>> {
    let known = KnownAccounts::new(vault);
    let mut seen: BTreeSet<(&[u8], Cow<'_, str>, Cow<'_, str>)> = BTreeSet::new();
    let mut compared = Vec::with_capacity(rows.len());
    for row in rows {
        let is_first = seen.insert((row.otp.key.expose(), label::key(&row.issuer), label::key(&row.name)));
        let twice = Duplicate { how: DuplicateKind::Twice, who: String::new() };
        compared.push(if is_first { known.find(row) } else { Some(twice) });
    }
    compared
}

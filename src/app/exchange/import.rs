//! Keeping rows of a file: what is there already, one write for all of them, and its undoing.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::protocol::{Known, Message, Reply};
use crate::app::{App, AppError, DeriveKey};
use crate::casdoor::{self, Http};
use crate::exchange::{Imported, Parcel};
use crate::otp::KeyUri;
use crate::secret::{Entropy, Secret};
use crate::vault::{Account, AccountId, Keep, Store, Vault};

impl<S: Store, H: Http, D: DeriveKey, E: Entropy> App<S, H, D, E> {
    /// Says of each row whether it is there already.
    pub(in crate::app) async fn compare_rows(&self, uris: Vec<String>, now: u64) -> Result<Reply, AppError> {
        let uris: Vec<Secret<String>> = uris.into_iter().map(Secret::new).collect();
        let rows: Vec<KeyUri> = uris.iter().map(|uri| uri.expose().parse()).collect::<Result<_, _>>()?;
        let mut open = self.open(now).await?;
        Ok(Reply::Compared { known: compare(&rows, &open.session()?.vault) })
    }

    /// Keeps all rows in one write, or none.
    pub(in crate::app) async fn import(
        &self,
        rows: &[Parcel],
        keep: Option<Keep>,
        now: u64,
    ) -> Result<Reply, AppError> {
        let rows: Vec<Imported> = rows.iter().map(Imported::try_from).collect::<Result<_, _>>()?;
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let added: Vec<Account> = rows.iter().map(|row| row.to_account(now, &mut *self.entropy.borrow_mut())).collect();
        let accounts: Vec<AccountId> = added.iter().map(|account| account.id).collect();
        session.vault.add_new(added, keep)?;
        self.save(&mut open, now).await?;
        let count = accounts.len();
        let message = Message::new("done_imported", format!("{count} accounts were imported."));
        Ok(Reply::Imported { accounts, message: message.with([count.to_string()]) })
    }

    /// Takes an import back in one write. An account that was changed since goes to the bin instead.
    pub(in crate::app) async fn undo_import(&self, accounts: &[AccountId], now: u64) -> Result<Reply, AppError> {
        let wanted: BTreeSet<AccountId> = accounts.iter().copied().collect();
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let (counted, vault) = (&session.state.counters, &mut session.vault);
        // A site is the person's doing as well, and dates nothing; only a page of it brings recovery codes.
        let is_changed = |account: &Account| {
            let is_used = counted.contains_key(&account.id) || !account.sites.is_empty();
            account.changed_at != account.created_at || is_used
        };
        let changed: Vec<AccountId> = vault
            .accounts
            .iter()
            .filter(|account| wanted.contains(&account.id) && is_changed(account))
            .map(|account| account.id)
            .collect();
        for id in &changed {
            vault.bin(*id, now, false)?;
        }
        vault.accounts.retain(|account| !wanted.contains(&account.id));
        for id in wanted {
            casdoor::leave(&mut session.state, id);
            casdoor::forget(&mut session.state, id);
        }
        self.save(&mut open, now).await?;
        let message = if changed.is_empty() {
            Message::new("done_import_undone", "The import was taken back.")
        } else {
            let text = "The import was taken back. What was changed or used since is in the bin.";
            Message::new("done_import_undone_bin", text)
        };
        Ok(Reply::Done { message })
    }
}

/// What each row may be a duplicate of; each is looked up, so that 20,000 rows against 20,000 accounts take no time.
fn compare(rows: &[KeyUri], vault: &Vault) -> Vec<Option<Known>> {
    let mut by_key: BTreeMap<&[u8], &Account> = BTreeMap::new();
    let mut by_name: BTreeMap<(&str, &str), &Account> = BTreeMap::new();
    for account in vault.accounts.iter().rev() {
        // A secret is spent as a key to look up by; it goes nowhere.
        by_key.insert(account.otp.key.expose(), account);
        by_name.insert((&account.issuer, &account.name), account);
    }
    let mut seen: BTreeSet<(&[u8], &str, &str)> = BTreeSet::new();
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let (key, issuer, name) = (row.otp.key.expose(), row.issuer.as_str(), row.name.as_str());
        let of_name = by_name.get(&(issuer, name)).filter(|_| !(issuer.is_empty() && name.is_empty()));
        let (how, who) = match (by_key.get(key), of_name) {
            (Some(same), _) if same.issuer == issuer && same.name == name => ("same", String::new()),
            (Some(same), _) => ("same_secret", names(same)),
            (None, Some(same)) => ("same_name", names(same)),
            (None, None) => ("", String::new()),
        };
        let how = if seen.insert((key, issuer, name)) { how } else { "twice" };
        all.push((!how.is_empty()).then(|| Known { how: how.to_owned(), who }));
    }
    all
}

fn names(account: &Account) -> String {
    format!("{} {}", account.issuer, account.name).trim().to_owned()
}

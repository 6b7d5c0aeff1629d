//! Creates encrypted backups in this extension's own format, on request or on a schedule. A backup opens with the
//! vault's password or a separate one.

use crate::app::policy::Rule;
use crate::app::protocol::Backups;
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::casdoor::ChangedPart;
use crate::exchange::MAX_IMPORT_BYTES;
use crate::otp::Kind;
use crate::secret::Secret;
use crate::vault::{BackupKey, BackupPlan, Envelope, Kdf, Vault, VaultKey};

const DAY_SECONDS: u64 = 24 * 60 * 60;

/// A backup to save in the downloads folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupFile {
    /// The sealed file.
    pub text: String,
    /// The vault's revision in the backup.
    pub revision: u64,
}

impl<P: Platform> App<P> {
    /// Returns the state of backups.
    pub(in crate::app) async fn read_backups(&self, now: u64) -> Result<Backups, AppError> {
        self.read(now, |session| Ok(backup_status(session))).await
    }

    /// Makes a backup now. Choosing a separate password requires the vault's password, because anyone who knows the
    /// separate one can open the file.
    pub(in crate::app) async fn back_up(
        &self,
        own: Option<Secret<String>>,
        password: &Secret<String>,
        now: u64,
    ) -> Result<String, AppError> {
        self.policy().await.check_exports()?;
        let own = match own {
            Some(own) => Some(self.separate_key(&own, password).await?),
            None => None,
        };
        let file = self.sealed_backup(own.as_ref(), now).await?;
        self.backed_up(file.revision, now).await?;
        Ok(file.text)
    }

    /// Turns on automatic backups, or turns them off if `every_days` is 0 and the policy does not require them.
    pub(in crate::app) async fn schedule_backups(
        &self,
        every_days: u32,
        own: Option<Secret<String>>,
        password: &Secret<String>,
        now: u64,
    ) -> Result<Backups, AppError> {
        let policy = self.policy().await;
        let every_days = policy.backup_days(every_days.min(365));
        let plan = if every_days == 0 {
            None
        } else {
            policy.check_exports()?;
            let own = match own {
                Some(own) => Some(self.separate_key(&own, password).await?),
                None => None,
            };
            Some(BackupPlan { every_days, own })
        };
        self.change(now, |session| {
            if !session.has_password() && plan.as_ref().is_some_and(|plan| plan.own.is_none()) {
                return Err(AppError::BackupWithoutPassword);
            }
            session.vault.backups = plan;
            session.state.backup.failed = false;
            Ok(backup_status(session))
        })
        .await
    }

    async fn separate_key(&self, own: &Secret<String>, password: &Secret<String>) -> Result<BackupKey, AppError> {
        self.find_key(&self.load_copies().await?, password).await?;
        let key = VaultKey::generate(&mut *self.entropy.borrow_mut());
        let slot = self.password_slot(&key, own, Kdf::ARGON2ID).await?;
        Ok(BackupKey { key, slot })
    }

    async fn sealed_backup(&self, own: Option<&BackupKey>, now: u64) -> Result<BackupFile, AppError> {
        self.read(now, |session| {
            let (key, slots) = match own {
                Some(own) => (&own.key, vec![own.slot.clone()]),
                None if session.has_password() => (&session.key, session.slots.clone()),
                // A backup that only the device key opens would be useless on any other device.
                None => return Err(AppError::BackupWithoutPassword),
            };
            let (mut vault, revision) = (backup_document(session), revision(session));
            let seal = |vault: &Vault| {
                Envelope::seal(vault, key, slots.clone(), revision, now, &mut *self.entropy.borrow_mut())?.to_text()
            };
            let mut text = seal(&vault)?;
            // A backup must be small enough to be imported again. Only icons can make it too large.
            if text.len() > MAX_IMPORT_BYTES {
                vault.accounts.iter_mut().for_each(|account| account.imported_extras.icon.clear());
                vault.trash.iter_mut().for_each(|trashed| trashed.account.imported_extras.icon.clear());
                text = seal(&vault)?;
            }
            Ok(BackupFile { text, revision })
        })
        .await
    }

    /// Returns the scheduled backup if one is due; `None` if the vault is locked, no backup is due, or nothing has
    /// changed since the last one.
    ///
    /// # Errors
    /// [`AppError::Store`], [`AppError::Vault`].
    pub async fn due_backup(&self, now: u64) -> Result<Option<BackupFile>, AppError> {
        let plan = match self.read(now, |session| Ok(due_plan(session, now))).await {
            Err(AppError::Locked | AppError::NoVault | AppError::PasswordRequired) => None,
            plan => plan?,
        };
        match plan {
            Some(plan) => self.sealed_backup(plan.own.as_ref(), now).await.map(Some),
            None => Ok(None),
        }
    }

    /// Records that a backup was made.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`].
    pub async fn backed_up(&self, revision: u64, now: u64) -> Result<(), AppError> {
        self.change_state(now, |session| {
            let backup = &mut session.state.backup;
            (backup.made_at, backup.revision, backup.failed) = (Some(now), revision, false);
            Ok(())
        })
        .await
    }

    /// Records that a scheduled backup could not be saved. The popup reports this until one succeeds.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`].
    pub async fn backup_failed(&self, now: u64) -> Result<(), AppError> {
        self.transact(now, |session| {
            let was_noted = std::mem::replace(&mut session.state.backup.failed, true);
            Ok(((), if was_noted { ChangedPart::Nothing } else { ChangedPart::State }))
        })
        .await
    }
}

/// Returns the schedule if a backup is due.
fn due_plan(session: &Session, now: u64) -> Option<BackupPlan> {
    let plan = session.vault.backups.clone().filter(|_| !session.policy.has(Rule::ForbidExports))?;
    let last = &session.state.backup;
    let wait = u64::from(plan.every_days).saturating_mul(DAY_SECONDS);
    let is_due = last.made_at.is_none_or(|made| now >= made.saturating_add(wait));
    (is_due && last.revision != revision(session)).then_some(plan)
}

/// Returns the document for a backup: with the counters of the next codes, and without the backups' separate key.
fn backup_document(session: &Session) -> Vault {
    let mut vault = session.vault.clone();
    vault.backups = None;
    for account in &mut vault.accounts {
        if let Some(next) = session.counter(account) {
            account.otp.kind = Kind::Hotp { counter: next };
        }
    }
    vault
}

fn revision(session: &Session) -> u64 {
    session.copies.iter().map(|(_, envelope)| envelope.revision()).max().unwrap_or(0)
}

fn backup_status(session: &Session) -> Backups {
    let (plan, last) = (session.vault.backups.as_ref(), &session.state.backup);
    Backups {
        every_days: plan.map_or(0, |plan| plan.every_days),
        own_password: plan.is_some_and(|plan| plan.own.is_some()),
        made_at: last.made_at,
        failed: last.failed,
        forbidden: session.policy.has(Rule::ForbidExports),
    }
}

//! Shows, removes and fills recovery codes after the vault's password was entered again.

use crate::app::protocol::RecoveryRow;
use crate::app::session::Session;
use crate::app::{App, AppError, Platform};
use crate::autofill::{self, PageAddress};
use crate::message;
use crate::secret::Secret;
use crate::vault::{AccountId, RecoveryCode};

impl<P: Platform> App<P> {
    /// Returns the recovery codes after verifying the password again.
    pub(in crate::app) async fn show_recovery(
        &self,
        id: AccountId,
        password: Secret<String>,
        now: u64,
    ) -> Result<Vec<RecoveryRow>, AppError> {
        self.policy().await.check_showing_secrets()?;
        self.find_key(&self.load_copies().await?, &password).await?;
        self.read(now, |session| shown(session, id)).await
    }

    /// Removes one recovery code permanently. Codes are removed in no other way.
    pub(in crate::app) async fn remove_recovery(
        &self,
        id: AccountId,
        code: Secret<String>,
        now: u64,
    ) -> Result<Vec<RecoveryRow>, AppError> {
        self.change(now, |session| {
            session.vault.account_mut(id)?.recovery_codes.retain(|known| known.code != code);
            shown(session, id)
        })
        .await
    }

    /// Returns the account's next recovery code for the form on a connected server's page, whose origin and path the
    /// browser has reported. The code is marked as used in the vault before it is returned.
    ///
    /// # Errors
    /// The password is wrong, the vault is locked, or the account has no unused code for this page.
    pub async fn use_recovery(
        &self,
        id: AccountId,
        page: &str,
        password: &Secret<String>,
        now: u64,
    ) -> Result<Secret<String>, AppError> {
        self.find_key(&self.load_copies().await?, password).await?;
        self.change(now, |session| {
            let page = PageAddress::from(page);
            session.policy.check_fill(page.origin, &session.vault)?;
            autofill::take_recovery(&mut session.vault, id, page, now)
                .ok_or_else(|| AppError::Message(message!("recovery_none")))
        })
        .await
    }

    /// Marks a code that did not reach the page as unused again.
    ///
    /// # Errors
    /// The vault is locked, or the account no longer exists.
    pub async fn recovery_not_filled(&self, id: AccountId, code: &Secret<String>, now: u64) -> Result<(), AppError> {
        self.change(now, |session| {
            autofill::give_back_recovery(session.vault.account_mut(id)?, code);
            Ok(())
        })
        .await
    }
}

fn shown(session: &Session, id: AccountId) -> Result<Vec<RecoveryRow>, AppError> {
    let row = |known: &RecoveryCode| RecoveryRow {
        // The code is exposed because the user asked to see it and entered the password.
        code: known.code.expose().clone(),
        fate: known.fate,
        at: known.at,
    };
    Ok(session.vault.account(id)?.recovery_codes.iter().map(row).collect())
}

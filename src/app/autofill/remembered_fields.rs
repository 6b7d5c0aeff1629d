//! The fields that the user chose for codes on single sites.

use crate::app::{App, AppError, Platform};
use crate::casdoor::ChangedPart;
use crate::vault::{RememberedField, Settings};

impl<P: Platform> App<P> {
    /// Returns the field that the user chose on this origin.
    ///
    /// # Errors
    /// The vault is locked.
    pub async fn remembered_field(&self, origin: &str, now: u64) -> Result<Option<RememberedField>, AppError> {
        self.read(now, |session| Ok(session.vault.settings.remembered_field(origin).cloned())).await
    }

    /// Stores the field that the user chose on its origin.
    ///
    /// # Errors
    /// The vault is locked, or could not be written.
    pub async fn remember_field(&self, field: RememberedField, now: u64) -> Result<(), AppError> {
        self.change(now, |session| {
            session.vault.settings.remember_field(field);
            Ok(())
        })
        .await
    }

    /// Forgets the field that the user chose on this origin, and returns the settings.
    ///
    /// # Errors
    /// The vault is locked, or could not be written.
    pub async fn forget_field(&self, origin: &str, now: u64) -> Result<Settings, AppError> {
        self.transact(now, |session| {
            let is_changed = session.vault.settings.forget_field(origin);
            let reply = session.vault.settings.clone();
            Ok((reply, if is_changed { ChangedPart::Document } else { ChangedPart::Nothing }))
        })
        .await
    }
}

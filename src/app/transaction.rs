//! Transactions: the only way for a use case to access the open vault.
//!
//! | call | purpose | on an error |
//! |---|---|---|
//! | [`App::read`] | reads the vault | nothing has changed |
//! | [`App::change`] | changes the document, stores a new copy, and repaints the account list | the change is discarded |
//! | [`App::change_state`] | changes only the state: tokens, sync bases and counters | the change is discarded |
//! | [`App::transact`] | one of these three, as the closure reports | the change is discarded |
//!
//! Only the use cases that start or end a session (create, unlock, lock, change the password) access the session
//! directly.

use crate::app::protocol::Screen;
use crate::app::session::Session;
use crate::app::{App, AppError, Platform, account_list};
use crate::casdoor::ChangedPart;

impl<P: Platform> App<P> {
    /// Passes the open vault to `read`, which cannot change it.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoVault`], [`AppError::Store`], and the errors of `read`.
    pub(in crate::app) async fn read<T>(
        &self,
        now: u64,
        read: impl FnOnce(&Session) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut open = self.open(now).await?;
        read(open.session()?)
    }

    /// Changes the document and stores it. If `change` or the write fails, the open vault is restored to what is
    /// stored.
    ///
    /// # Errors
    /// Those of [`App::read`], and the errors of `change`.
    pub(in crate::app) async fn change<T>(
        &self,
        now: u64,
        change: impl FnOnce(&mut Session) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.transact(now, |session| Ok((change(session)?, ChangedPart::Document))).await
    }

    /// Changes the document, stores it, and returns the resulting account list.
    ///
    /// # Errors
    /// Those of [`App::change`].
    pub(in crate::app) async fn change_and_paint(
        &self,
        now: u64,
        change: impl FnOnce(&mut Session) -> Result<(), AppError>,
    ) -> Result<Screen, AppError> {
        let account_list = self.change(now, |session| {
            change(session)?;
            Ok(account_list::complete(session, None, now))
        });
        Ok(Screen::AccountList(account_list.await?))
    }

    /// Changes only the state: tokens, sync bases and counters. This does not create a new copy of the document, so no
    /// older copy is dropped.
    ///
    /// # Errors
    /// Those of [`App::change`].
    pub(in crate::app) async fn change_state<T>(
        &self,
        now: u64,
        change: impl FnOnce(&mut Session) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.transact(now, |session| Ok((change(session)?, ChangedPart::State))).await
    }

    /// Runs `change` and stores the parts that it reports as changed.
    ///
    /// # Errors
    /// Those of [`App::change`].
    pub(in crate::app) async fn transact<T>(
        &self,
        now: u64,
        change: impl FnOnce(&mut Session) -> Result<(T, ChangedPart), AppError>,
    ) -> Result<T, AppError> {
        let mut open = self.open(now).await?;
        let session = open.session()?;
        let lock_at = session.lock_at;
        let (value, touched) = match change(session) {
            Ok(changed) => changed,
            Err(error) => {
                open.discard();
                return Err(error);
            }
        };
        // A restarted worker reads the locking time from session memory. It is stored before the document, because
        // locking too early loses nothing.
        if session.lock_at != lock_at
            && let Err(error) = self.store_key(session).await
        {
            open.discard();
            return Err(error);
        }
        match touched {
            ChangedPart::Nothing => {}
            ChangedPart::State => self.save_state(&mut open).await?,
            ChangedPart::Document => self.save(&mut open, now).await?,
        }
        Ok(value)
    }
}

//! The only ways to the open vault, for every use case.
//!
//! | call | what it may do | on an error |
//! |---|---|---|
//! | [`App::read`] | look | nothing has changed |
//! | [`App::change`] | change the document: sealed as a new copy, stored, and the board repainted | the change is discarded |
//! | [`App::change_state`] | change tokens, bases and counters, which are sealed apart | the change is discarded |
//! | [`App::transact`] | decide in the closure which of the three it was | the change is discarded |
//!
//! Only what begins and ends a session (create, unlock, lock, a new password) holds the session itself.

use crate::app::protocol::{Reply, Screen};
use crate::app::session::Session;
use crate::app::{App, AppError, Platform, board};
use crate::casdoor::Touched;

impl<P: Platform> App<P> {
    /// Shows the open vault to `read`, which cannot change it.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::NoVault`], [`AppError::Store`], and what `read` says.
    pub(in crate::app) async fn read<T>(
        &self,
        now: u64,
        read: impl FnOnce(&Session) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut open = self.open(now).await?;
        read(open.session()?)
    }

    /// Changes the document and stores it. If `change` fails or storage refuses, the open vault is what was stored before.
    ///
    /// # Errors
    /// As [`App::read`], and what `change` says.
    pub(in crate::app) async fn change<T>(
        &self,
        now: u64,
        change: impl FnOnce(&mut Session) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.transact(now, |session| Ok((change(session)?, Touched::Document))).await
    }

    /// Changes the document, stores it, and answers with the board that it leaves.
    ///
    /// # Errors
    /// As [`App::change`].
    pub(in crate::app) async fn change_on_board(
        &self,
        now: u64,
        change: impl FnOnce(&mut Session) -> Result<(), AppError>,
    ) -> Result<Reply, AppError> {
        let board = self.change(now, |session| {
            change(session)?;
            Ok(board::whole(session, None, now))
        });
        Ok(Reply::Screen { screen: Screen::Board { board: board.await? } })
    }

    /// Changes the state alone: tokens, bases, counters. No copy of the document is pushed out by it.
    ///
    /// # Errors
    /// As [`App::change`].
    pub(in crate::app) async fn change_state<T>(
        &self,
        now: u64,
        change: impl FnOnce(&mut Session) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.transact(now, |session| Ok((change(session)?, Touched::State))).await
    }

    /// Runs `change` and stores what it says it has touched.
    ///
    /// # Errors
    /// As [`App::change`].
    pub(in crate::app) async fn transact<T>(
        &self,
        now: u64,
        change: impl FnOnce(&mut Session) -> Result<(T, Touched), AppError>,
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
        // Where a new worker learns when to lock. It comes first: a vault that locks too early has lost nothing.
        if session.lock_at != lock_at
            && let Err(error) = self.keep_key(session).await
        {
            open.discard();
            return Err(error);
        }
        match touched {
            Touched::Nothing => {}
            Touched::State => self.save_state(&mut open).await?,
            Touched::Document => self.save(&mut open, now).await?,
        }
        Ok(value)
    }
}

//! Syncs a connection in five steps: read, merge, store, write, read back.
//!
//! The worker can be stopped between any two steps, and the next sync continues from the stored state. The merge's
//! local changes are stored, together with the server's list, before anything is written, and a write counts only once
//! it has been read back. Nothing on the server is overwritten before it is in the vault.
//!
//! The server has no conditional writes, so a change that another client sends between this client's read and write is
//! lost. To keep that gap short, the list is read again if anything was stored in between, and [`SyncOutcome::gap`]
//! reports the remaining gap.

mod own_factor;
mod run;
mod sync_state;

use super::merge::Summary;
use super::{CasdoorError, Http, SignedInUser};
use crate::secret::Entropy;
use crate::time::Clock;
use crate::vault::{ConnectionId, State, Vault};
use std::time::Duration;

pub use sync_state::{SyncState, forget, leave};

/// The interface to the open vault. Changes are exclusive, and are stored completely or not at all.
pub trait VaultAccess {
    /// The error if the vault could not be opened or stored: it is locked, or there is no space.
    type Error;

    /// Passes the current document and state to `change`, stores the parts that it reports as changed, and returns its
    /// result. If storing fails, nothing is changed.
    fn transact<T>(
        &self,
        change: impl FnOnce(&mut Vault, &mut State) -> (T, ChangedPart),
    ) -> impl Future<Output = Result<T, Self::Error>>;
}

/// The parts that a transaction changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangedPart {
    /// Nothing has to be stored.
    Nothing,
    /// The state: tokens, bases, counters.
    State,
    /// The document, and perhaps the state.
    Document,
}

/// The reason why a sync stopped.
#[derive(Debug, thiserror::Error)]
pub enum SyncError<E> {
    /// The server's error.
    #[error("{0}")]
    Casdoor(#[from] CasdoorError),
    /// The vault's error.
    #[error("vault")]
    Vault(E),
}

/// The result of a sync.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncOutcome {
    /// The changes in both directions.
    pub summary: Summary,
    /// The list was written and read back.
    pub wrote: bool,
    /// Changes are waiting to be sent, because nothing may be written or there is no room.
    pub has_unsent_changes: bool,
    /// The number of requests that were sent to the server.
    pub requests: u32,
    /// The time from the last read to the write. A change that another client wrote in this time was overwritten.
    pub gap: Option<Duration>,
    /// The number of seconds by which the server's clock is ahead of this device's.
    pub clock_ahead_seconds: Option<i64>,
}

/// Sends a request as a connection's user, outside of a sync. The token is refreshed first if at least half of its
/// lifetime is over, and the request is repeated once if the server reports that the token has expired. Only one caller
/// may do this at a time, as with [`sync`].
///
/// # Errors
/// Those of [`sync`], and the errors of the request.
pub async fn as_user<H: Http, L: VaultAccess, T>(
    http: &H,
    ledger: &L,
    connection: ConnectionId,
    clock: Clock<'_>,
    question: impl AsyncFn(&SignedInUser<'_, H>) -> Result<T, CasdoorError>,
) -> Result<T, SyncError<L::Error>> {
    let mut run = run::Run::begin(http, ledger, connection, clock).await?;
    run.keep_fresh().await?;
    let mut is_second = false;
    loop {
        let result = question(&run.user()).await;
        if !matches!(result, Err(CasdoorError::SignedOut)) || is_second || !run.refresh().await? {
            return Ok(result?);
        }
        is_second = true;
    }
}

/// Syncs one connection.
///
/// # Errors
/// [`SyncError::Casdoor`] or [`SyncError::Vault`]. Nothing is lost, and unsent changes are sent by the next sync.
pub async fn sync<H: Http, L: VaultAccess, E: Entropy>(
    http: &H,
    ledger: &L,
    connection: ConnectionId,
    clock: Clock<'_>,
    entropy: &mut E,
) -> Result<SyncOutcome, SyncError<L::Error>> {
    let mut run = run::Run::begin(http, ledger, connection, clock).await?;
    run.keep_fresh().await?;
    // A loop, because each place that awaits an attempt adds a copy of the whole sync to the wasm.
    let mut is_second = false;
    loop {
        let result = run.attempt(entropy).await;
        let is_signed_out = matches!(result, Err(SyncError::Casdoor(CasdoorError::SignedOut)));
        if !is_signed_out || is_second || !run.refresh().await? {
            return result.map(|()| run.outcome);
        }
        is_second = true;
    }
}

//! One sync: read, merge, store, write, read back.
//!
//! The worker can die between any two steps, so each leaves a state from which the next sync goes on: what the merge
//! changed here is stored, with what the server held, before anything is written; what was written counts only once it
//! was read back. Nothing on the server is overwritten that is not in the vault by then.
//!
//! A server has no conditional write: whatever another client sends between our read and our write is lost to it. So
//! the list is read once more if storing took place in between, and [`Outcome::gap_ms`] says how long the gap was.

mod memory;
mod own_factor;
mod run;

use super::merge::Summary;
use super::{CasdoorError, Http, SignedInUser};
use crate::secret::Entropy;
use crate::vault::{ConnectionId, State, Vault};

pub use memory::{Memory, forget, leave};

/// The port to the open vault: changes it and stores it, all or nothing, while nobody else does.
pub trait Ledger {
    /// Why it could not be opened or stored: locked, no room.
    type Error;

    /// Shows the document and the state as they are now to `change`, stores what it touched, and returns what it says.
    /// If storing fails, nothing has changed.
    fn transact<T>(
        &self,
        change: impl FnOnce(&mut Vault, &mut State) -> (T, Touched),
    ) -> impl Future<Output = Result<T, Self::Error>>;
}

/// What a transaction changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// Nothing: there is nothing to store.
    Nothing,
    /// The state: tokens, bases, counters.
    State,
    /// The document, and perhaps the state.
    Document,
}

/// Why a sync stopped.
#[derive(Debug, thiserror::Error)]
pub enum SyncError<E> {
    /// The server.
    #[error("{0}")]
    Casdoor(#[from] CasdoorError),
    /// The vault.
    #[error("the vault could not be changed")]
    Ledger(E),
}

/// What a sync did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What changed, in both directions.
    pub summary: Summary,
    /// The list was written and read back.
    pub wrote: bool,
    /// Something waits to be sent: nothing may be written, or there is no room.
    pub waits: bool,
    /// How many requests were sent.
    pub requests: u32,
    /// How long another client's change could have been overwritten, from the last read to the write, in milliseconds.
    pub gap_ms: Option<u64>,
    /// How many seconds the server's clock is ahead of this one's.
    pub clock_ahead_seconds: Option<i64>,
}

/// Asks a server something besides the sync, as a connection's user: with a token that is refreshed first where it is
/// past half of its life, and once more where the server says that it is over. One caller at a time, as with [`sync`].
///
/// # Errors
/// As [`sync`], and what the question comes to.
pub async fn as_user<H: Http, L: Ledger, T>(
    http: &H,
    ledger: &L,
    connection: ConnectionId,
    clock: &impl Fn() -> u64,
    question: impl AsyncFn(&SignedInUser<'_, H>) -> Result<T, CasdoorError>,
) -> Result<T, SyncError<L::Error>> {
    let mut run = run::Run::begin(http, ledger, connection, clock).await?;
    run.keep_fresh().await?;
    let first = question(&run.user()).await;
    if !matches!(first, Err(CasdoorError::SignedOut)) || !run.refresh().await? {
        return Ok(first?);
    }
    Ok(question(&run.user()).await?)
}

/// Brings one connection in step. `clock` gives milliseconds since 1970.
///
/// # Errors
/// [`SyncError::Casdoor`]: nothing was lost, and what was to be sent waits. [`SyncError::Ledger`]: the same.
pub async fn sync<H: Http, L: Ledger, E: Entropy>(
    http: &H,
    ledger: &L,
    connection: ConnectionId,
    clock: &impl Fn() -> u64,
    entropy: &mut E,
) -> Result<Outcome, SyncError<L::Error>> {
    let mut run = run::Run::begin(http, ledger, connection, clock).await?;
    run.keep_fresh().await?;
    let first = run.attempt(entropy).await;
    if !matches!(first, Err(SyncError::Casdoor(CasdoorError::SignedOut))) || !run.refresh().await? {
        return first.map(|()| run.outcome);
    }
    run.attempt(entropy).await.map(|()| run.outcome)
}

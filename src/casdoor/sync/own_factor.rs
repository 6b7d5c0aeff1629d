//! Detects from the record that a sync reads anyway that the server has stored an authenticator app enrolled here.
//!
//! The server never shows the secret again, so this is inferred from a change: no app was enabled, then an account was
//! enrolled here, and now an app is enabled. If more than one account could be meant, none is confirmed until the first
//! sign-in.

use super::run::Run;
use super::{ChangedPart, SyncError, SyncState, VaultAccess};
use crate::casdoor::factors::{FactorMethod, Factors};
use crate::casdoor::{Http, ServerAddress};
use crate::vault::{AccountId, Connection, State, Vault};

impl<H: Http, L: VaultAccess> Run<'_, H, L> {
    /// Records since when no app has been enabled, and confirms the account when an app is enabled.
    pub(super) async fn detect_own_factor(&mut self, factors: Option<&Factors>) -> Result<(), SyncError<L::Error>> {
        let Some(factors) = factors else { return Ok(()) };
        let is_on = factors.has(FactorMethod::App);
        if is_on != self.memory.no_app_since.is_some() {
            return Ok(());
        }
        let (id, now) = (self.connection.id, self.now());
        let change = move |vault: &mut Vault, state: &mut State| {
            let Some(connection) = vault.connection(id) else { return ((), ChangedPart::Nothing) };
            let memory = SyncState::from_state(state, id);
            let enrolled = memory.no_app_since.filter(|_| is_on).and_then(|since| enrolled(vault, connection, since));
            let origin =
                ServerAddress::parse(&connection.server, true).map(|server| server.origin()).unwrap_or_default();
            let confirmed = enrolled.is_some_and(|id| vault.confirm_enrolled(id, &origin));
            let touched = if confirmed { ChangedPart::Document } else { ChangedPart::State };
            SyncState { no_app_since: (!is_on).then_some(now), ..memory }.store(state, id);
            ((), touched)
        };
        self.ledger.transact(change).await.map_err(SyncError::Vault)?;
        self.memory.no_app_since = (!is_on).then_some(now);
        Ok(())
    }
}

/// Returns the only unconfirmed account that was enrolled for a connection's user since then.
fn enrolled(vault: &Vault, connection: &Connection, since: u64) -> Option<AccountId> {
    let mut meant = vault.accounts.iter().filter(|account| {
        account.unconfirmed && account.created_at >= since && vault.is_own_factor(connection, account)
    });
    meant.next().filter(|_| meant.next().is_none()).map(|account| account.id)
}

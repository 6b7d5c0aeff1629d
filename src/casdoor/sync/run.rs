//! The steps of a sync.

use super::{ChangedPart, SyncError, SyncOutcome, SyncState, VaultAccess};
use crate::casdoor::api::{Api, MfaAccounts, OwnUser};
use crate::casdoor::factors::Factors;
use crate::casdoor::merge::{LocalAccounts, MergeOptions, MergeResult, merge};
use crate::casdoor::privacy::{self, ViewRule};
use crate::casdoor::row::ListRow;
use crate::casdoor::sign_in::{confirm_user, needs_refresh, refresh, revoke};
use crate::casdoor::wire::SuccessResponse;
use crate::casdoor::{CasdoorError, Http, ServerAddress, SignedInUser};
use crate::secret::{Entropy, Secret};
use crate::time::{Clock, UnixMilliseconds};
use crate::vault::{Connection, ConnectionId, Presence, State, Tokens, Vault};

/// Maximum number of reads before the sync gives up on a list that another client keeps changing.
const MAX_READS: usize = 4;
/// Maximum number of writes before the sync gives up on a server that does not store the list.
const MAX_WRITES: usize = 2;
/// How long the result of checking who can read the list is valid, in seconds.
const READERS_VALID_SECONDS: u64 = 24 * 60 * 60;

/// A sync in progress.
pub(super) struct Run<'a, H, L> {
    http: &'a H,
    pub(super) ledger: &'a L,
    clock: Clock<'a>,
    pub(super) connection: Connection,
    server: ServerAddress,
    tokens: Tokens,
    /// Refreshed tokens that the server has not confirmed yet; the previous ones probably no longer work.
    unconfirmed: Option<Tokens>,
    pub(super) memory: SyncState,
    looked_into_null: bool,
    pub(super) outcome: SyncOutcome,
}

/// The server's current data.
struct Remote {
    rows: Vec<ListRow>,
    /// The complete user, as read.
    user: SuccessResponse,
    /// The user's second factors.
    factors: Option<Factors>,
    /// The server's list is `null`.
    is_null: bool,
    read_at: UnixMilliseconds,
}

impl<'a, H: Http, L: VaultAccess> Run<'a, H, L> {
    pub(super) async fn begin(
        http: &'a H,
        ledger: &'a L,
        id: ConnectionId,
        clock: Clock<'a>,
    ) -> Result<Self, SyncError<L::Error>> {
        let read = |vault: &mut Vault, state: &mut State| {
            let unconfirmed = state.unconfirmed_tokens.get(&id).cloned();
            let tokens = (state.tokens.get(&id).cloned(), unconfirmed);
            ((vault.connection(id).cloned(), tokens, SyncState::from_state(state, id)), ChangedPart::Nothing)
        };
        let (connection, (tokens, unconfirmed), memory) = ledger.transact(read).await.map_err(SyncError::Vault)?;
        let (connection, tokens) = connection.zip(tokens).ok_or(CasdoorError::NotConnected)?;
        let server = ServerAddress::parse(&connection.server, true).map_err(|_| CasdoorError::BadServer)?;
        Ok(Self {
            http,
            ledger,
            clock,
            connection,
            server,
            tokens,
            unconfirmed,
            memory,
            looked_into_null: false,
            outcome: SyncOutcome::default(),
        })
    }

    /// Returns the connection's user with the current token.
    pub(super) fn user(&self) -> SignedInUser<'_, H> {
        SignedInUser::new(Api::with_token(self.http, &self.server, &self.tokens.access), &self.connection)
    }

    pub(super) fn now(&self) -> u64 {
        (self.clock)().seconds()
    }

    fn count(&mut self, requests: u32) {
        self.outcome.requests = self.outcome.requests.saturating_add(requests);
    }

    /// Refreshes the token if at least half of its lifetime is over. The server's error is ignored while the old token
    /// is still valid.
    pub(super) async fn keep_fresh(&mut self) -> Result<(), SyncError<L::Error>> {
        if let Some(tokens) = self.unconfirmed.take() {
            return self.confirm_tokens(tokens).await;
        }
        if needs_refresh(&self.tokens, self.now()) {
            match self.refresh().await {
                Err(SyncError::Casdoor(error)) if self.keeps_old_token(error) => {}
                other => return other.map(drop),
            }
        }
        Ok(())
    }

    /// Returns `true` if the current token can still be used after this error of a refresh.
    fn keeps_old_token(&self, error: CasdoorError) -> bool {
        let is_valid = self.now() < self.tokens.expires_at;
        is_valid && self.unconfirmed.is_none() && error != CasdoorError::TokenOfAnotherUser
    }

    /// Exchanges the refresh token, and asks the server whether the new tokens belong to the connection's user. Returns
    /// `false` if there is no refresh token.
    pub(super) async fn refresh(&mut self) -> Result<bool, SyncError<L::Error>> {
        if self.tokens.refresh.expose().is_empty() || self.tokens.received_at == self.now() {
            return Ok(false);
        }
        self.count(1);
        let fresh = refresh(self.http, &self.server, &self.connection.client_id, &self.tokens, self.now()).await?;
        self.store_tokens(&fresh, |state, id, tokens| {
            state.unconfirmed_tokens.insert(id, tokens);
        })
        .await?;
        self.confirm_tokens(fresh).await.map(|()| true)
    }

    /// Makes refreshed tokens the connection's own if the server confirms that they belong to its user, and discards
    /// them if not. If the server does not respond, the next sync asks again.
    async fn confirm_tokens(&mut self, fresh: Tokens) -> Result<(), SyncError<L::Error>> {
        self.count(1);
        match confirm_user(self.http, &self.server, &fresh, &self.connection).await {
            Ok(()) => {
                self.store_tokens(&fresh, State::set_tokens).await?;
                self.tokens = fresh;
                Ok(())
            }
            Err(error) => {
                if error.is_passing() {
                    self.unconfirmed = Some(fresh);
                } else {
                    let id = self.connection.id;
                    let discard = |_: &mut Vault, state: &mut State| {
                        let found = state.unconfirmed_tokens.remove(&id);
                        ((), if found.is_some() { ChangedPart::State } else { ChangedPart::Nothing })
                    };
                    self.ledger.transact(discard).await.map_err(SyncError::Vault)?;
                }
                Err(error.into())
            }
        }
    }

    async fn store_tokens(
        &self,
        tokens: &Tokens,
        put: impl FnOnce(&mut State, ConnectionId, Tokens),
    ) -> Result<(), SyncError<L::Error>> {
        let (id, stored) = (self.connection.id, tokens.clone());
        let store = move |vault: &mut Vault, state: &mut State| {
            if vault.connection(id).is_none() {
                return (false, ChangedPart::Nothing);
            }
            put(state, id, stored);
            (true, ChangedPart::State)
        };
        if self.ledger.transact(store).await.map_err(SyncError::Vault)? {
            return Ok(());
        }
        // The user signed out in the meantime, which revoked only the previous token.
        let _ = revoke(self.http, &self.server, tokens).await;
        Err(CasdoorError::NotConnected.into())
    }

    /// Reads, merges and, if there are changes to send, writes and reads back. Repeats this if the server did not store
    /// the list.
    pub(super) async fn attempt<E: Entropy>(&mut self, entropy: &mut E) -> Result<(), SyncError<L::Error>> {
        for _ in 0..MAX_WRITES {
            let Some((remote, merged, rows)) = self.settle(entropy).await? else { return Ok(()) };
            self.outcome.gap = Some((self.clock)().since(remote.read_at));
            self.write(&rows, &remote.user).await?;
            let back = self.read().await?;
            if back.rows == rows {
                self.outcome.wrote = true;
                return self.confirm(merged).await;
            }
        }
        Err(CasdoorError::NotStored.into())
    }

    /// Reads and merges until nothing had to be stored or requested after the last read. Returns the list to write, if
    /// any.
    async fn settle<E: Entropy>(
        &mut self,
        entropy: &mut E,
    ) -> Result<Option<(Remote, MergeResult, Vec<ListRow>)>, SyncError<L::Error>> {
        for _ in 0..MAX_READS {
            let remote = self.read().await?;
            self.detect_own_factor(remote.factors.as_ref()).await?;
            let (merged, stored) = self.merge(&remote.rows, entropy).await?;
            let Some(rows) = merged.write.clone() else { return Ok(None) };
            let asked = remote.is_null && self.investigate_null(true).await?;
            if !stored && !asked && !self.check_readers().await? {
                return Ok(Some((remote, merged, rows)));
            }
        }
        Err(CasdoorError::NotStored.into())
    }

    /// Checks before a write who can read the list, once a day. Returns `true` if this sent requests, because the list
    /// may have changed in the meantime.
    async fn check_readers(&mut self) -> Result<bool, SyncError<L::Error>> {
        let now = self.now();
        if now.abs_diff(self.memory.readers_checked_at) < READERS_VALID_SECONDS {
            return Ok(false);
        }
        self.count(2);
        let who = (self.connection.owner.as_str(), self.connection.name.as_str());
        let seen = privacy::check(self.http, &self.server, who, &self.tokens.access).await?;
        if seen.hides_own_list() {
            return Err(CasdoorError::ListHidden.into());
        }
        if seen.is_public() && !self.memory.accepts_public {
            return Err(CasdoorError::ListPublic.into());
        }
        self.remember(|memory| {
            memory.readers_checked_at = now;
            memory.accepts_public &= seen.is_public();
        })
        .await
        .map(|()| true)
    }

    /// Merges into the current vault and stores it. Returns `true` if anything had to be stored.
    async fn merge<E: Entropy>(
        &mut self,
        rows: &[ListRow],
        entropy: &mut E,
    ) -> Result<(MergeResult, bool), SyncError<L::Error>> {
        let (id, now) = (self.connection.id, self.now());
        let change = |vault: &mut Vault, state: &mut State| {
            let Some(connection) = vault.connection(id) else { return (None, ChangedPart::Nothing) };
            let policy = MergeOptions {
                receives_only: connection.receives_only,
                follows_deletions: connection.follows_deletions,
            };
            let local = LocalAccounts::from_vault(vault, state, id);
            let base = state.bases.get(&id).map_or(&[][..], Vec::as_slice);
            let merged = merge(base, &local.accounts, rows, policy, now, entropy);
            let counters = state.counters.clone();
            let document = merged.apply(vault, &mut state.counters, id, now);
            let same_state = state.bases.get(&id) == Some(&merged.base) && state.counters == counters;
            state.bases.insert(id, merged.base.clone());
            let touched = match (document, same_state) {
                (true, _) => ChangedPart::Document,
                (false, false) => ChangedPart::State,
                (false, true) => ChangedPart::Nothing,
            };
            (Some((merged, touched != ChangedPart::Nothing)), touched)
        };
        let merged = self.ledger.transact(change).await.map_err(SyncError::Vault)?;
        let (merged, stored) = merged.ok_or(CasdoorError::NotConnected)?;
        self.outcome.summary = self.outcome.summary.and(merged.summary);
        self.outcome.has_unsent_changes = merged.has_unsent_changes();
        Ok((merged, stored))
    }

    async fn read(&mut self) -> Result<Remote, SyncError<L::Error>> {
        self.count(1);
        let OwnUser { list, factors, date, reply: user } = self.user().record().await?;
        let read_at = (self.clock)();
        if let Some(date) = date {
            self.outcome.clock_ahead_seconds =
                i64::try_from(i128::from(date).saturating_sub(i128::from(self.now()))).ok();
        }
        let (rows, is_null) = match list {
            MfaAccounts::Absent => return Err(CasdoorError::ListUnknown.into()),
            MfaAccounts::Null => {
                self.investigate_null(false).await?;
                (Vec::new(), true)
            }
            MfaAccounts::Rows(rows) => (rows?, false),
        };
        Ok(Remote { rows, user, factors, is_null, read_at })
    }

    /// Investigates a `null` list, which may never have been written, may have been deleted, or may be hidden. Only in
    /// the first case does it count as empty. Returns `true` if this sent requests, because the list may have changed
    /// meanwhile.
    async fn investigate_null(&mut self, before_writing: bool) -> Result<bool, SyncError<L::Error>> {
        if self.looked_into_null {
            return Ok(false);
        }
        let id = self.connection.id;
        let read = |_: &mut Vault, state: &mut State| {
            let held = state.bases.get(&id).into_iter().flatten();
            let held = held.filter(|row| matches!(row.presence, Presence::Present | Presence::Removing)).count();
            ((held, SyncState::from_state(state, id)), ChangedPart::Nothing)
        };
        let (held, memory) = self.ledger.transact(read).await.map_err(SyncError::Vault)?;
        if memory.null_is_empty && held == 0 && !before_writing {
            return Ok(false);
        }
        self.count(1);
        if self.is_hidden().await? {
            return Err(CasdoorError::ListHidden.into());
        }
        if held > 0 && !memory.accepts_null {
            return Err(CasdoorError::ListNull.into());
        }
        self.looked_into_null = true;
        self.remember(|memory| memory.null_is_empty = true).await.map(|()| true)
    }

    /// Returns `true` if the list exists and is hidden. `get-account` is not filtered, but fails if the application
    /// that the user signed up with no longer exists; in this case, the rule alone decides.
    async fn is_hidden(&mut self) -> Result<bool, CasdoorError> {
        let api = Api::with_token(self.http, &self.server, &self.tokens.access);
        let (has_list, organization) = match api.account().await {
            Ok((has_list, organization)) => (has_list, Some(organization)),
            Err(CasdoorError::Rejected | CasdoorError::NotCasdoor | CasdoorError::UnknownApplication) => {
                self.count(1);
                let api = Api::anonymous(self.http, &self.server);
                let application = api.default_application(&self.connection.owner).await?;
                (false, application.organization_record)
            }
            Err(error) => return Err(error),
        };
        let rule = organization.as_ref().map(privacy::view_rule);
        let by_rule = matches!(rule, Some(ViewRule::Admin | ViewRule::Nobody));
        Ok(by_rule || has_list)
    }

    async fn remember(&mut self, change: impl Fn(&mut SyncState)) -> Result<(), SyncError<L::Error>> {
        change(&mut self.memory);
        let id = self.connection.id;
        let store = |_: &mut Vault, state: &mut State| {
            let known = SyncState::from_state(state, id);
            let mut memory = known.clone();
            change(&mut memory);
            memory.store(state, id);
            ((), if memory == known { ChangedPart::Nothing } else { ChangedPart::State })
        };
        self.ledger.transact(store).await.map_err(SyncError::Vault)
    }

    /// Writes the list on its own. If the server rejects this although it allows reading, writes the list as part of
    /// the complete user as just read.
    async fn write(&mut self, rows: &[ListRow], user: &SuccessResponse) -> Result<(), SyncError<L::Error>> {
        if !self.memory.writes_whole_user {
            match self.post(ListRow::write_body(rows)).await {
                Err(CasdoorError::Unauthorized | CasdoorError::Rejected) => {}
                other => return Ok(other?),
            }
        }
        let user = user.object()?.ok_or(CasdoorError::UserGone)?;
        match self.post(ListRow::write_whole_body(rows, user)?).await {
            Ok(()) => self.remember(|memory| memory.writes_whole_user = true).await,
            Err(CasdoorError::Unauthorized | CasdoorError::Rejected) => Err(CasdoorError::WriteRejected.into()),
            Err(error) => Err(error.into()),
        }
    }

    async fn post(&mut self, body: Secret<String>) -> Result<(), CasdoorError> {
        self.count(1);
        let api = Api::with_token(self.http, &self.server, &self.tokens.access);
        api.update_accounts(&self.connection.owner, &self.connection.name, body).await
    }

    /// Stores the written list as the new base, after it was read back from the server.
    async fn confirm(&mut self, merged: MergeResult) -> Result<(), SyncError<L::Error>> {
        let id = self.connection.id;
        let store = |vault: &mut Vault, state: &mut State| {
            let Some(base) = state.bases.get_mut(&id).filter(|_| vault.connection(id).is_some()) else {
                return ((), ChangedPart::Nothing);
            };
            let forgotten: Vec<_> =
                base.iter().filter(|row| row.presence == Presence::Removing).map(|row| row.account).collect();
            *base = merged.written_base;
            for row in base.iter_mut() {
                // The account was removed permanently while the list was being written.
                if row.presence == Presence::Present && row.account.is_some() && forgotten.contains(&row.account) {
                    row.presence = Presence::Removing;
                }
            }
            let mut memory = SyncState::from_state(state, id);
            memory.accepts_null = false;
            memory.null_is_empty = false;
            memory.store(state, id);
            ((), ChangedPart::State)
        };
        self.ledger.transact(store).await.map_err(SyncError::Vault)
    }
}

//! Connects to a Casdoor server: looks it up, signs the user in, and lists the accounts that can be stored there.

use serde::{Deserialize, Serialize};

use crate::app::account_list::connection_name;
use crate::app::connections::manage::expires_at;
use crate::app::connections::sign_in_step::{SignInStep, signed_in_as_another};
use crate::app::protocol::{CodeOwner, Connected, JoinableAccount, Message, ServerLookup};
use crate::app::session::Session;
use crate::app::storage_keys::SessionKey;
use crate::app::{App, AppError, Platform};
use crate::autofill::imitated_by_server;
use crate::casdoor::sign_in::{self, Attempt, ConnectionCode, SignInChoice, SignInOptions, SignedIn};
use crate::casdoor::{CasdoorError, ServerAddress, SyncState, privacy};
use crate::label::clean;
use crate::message;
use crate::secret::{Entropy, Secret};
use crate::time::Clock;
use crate::vault::{Account, Area, Connection, ConnectionId, State, StorageLocation, Store};

#[derive(Serialize, Deserialize)]
struct LookedUpServer {
    server: String,
    allow_http: bool,
    choice: SignInChoice,
}

impl<P: Platform> App<P> {
    /// Parses a server address without sending a request.
    ///
    /// # Errors
    /// A message for the user that says what is wrong with the address.
    pub fn server_address(&self, text: &str, allow_http: bool) -> Result<ServerAddress, AppError> {
        ServerAddress::parse(text, allow_http).map_err(|error| AppError::Message(error.message()))
    }

    /// Asks a server for its organizations and applications, and stores the answer for [`App::begin_sign_in`].
    pub(in crate::app) async fn discover(
        &self,
        server: &str,
        choice: SignInChoice,
        allow_http: bool,
        now: u64,
    ) -> Result<ServerLookup, AppError> {
        let address = self.server_address(server, allow_http)?;
        let looks_like = self.imitated_host(&address, now).await?;
        self.policy().await.check_server(&address.to_string())?;
        let offer = sign_in::discover(&self.http, &address, &choice).await?;
        self.remember(
            SessionKey::LookedUpServer.name(),
            &LookedUpServer { server: address.to_string(), allow_http, choice },
        )
        .await?;
        Ok(ServerLookup { looks_like, ..server_offer(&offer) })
    }

    /// Returns the host that a server could be mistaken for, unless the policy names the server.
    async fn imitated_host(&self, address: &ServerAddress, now: u64) -> Result<Option<String>, AppError> {
        let imitated = self.read(now, |session| Ok(imitated_by_server(&address.origin(), &session.vault))).await?;
        let is_organizations = self.policy().await.names_server(&address.to_string());
        Ok(imitated.filter(|_| !is_organizations))
    }

    /// Starts a sign-in at the last server that was looked up, and returns its id; [`App::continue_sign_in`] continues
    /// it.
    ///
    /// # Errors
    /// [`AppError::NothingPending`], and the server's errors.
    pub async fn begin_sign_in(
        &self,
        application: Option<String>,
        client_id: Option<String>,
        redirect_uri: &str,
        now: u64,
    ) -> Result<String, AppError> {
        self.read(now, |_| Ok(())).await?;
        let looked_up: LookedUpServer = self.recall(SessionKey::LookedUpServer.name()).await?;
        let address = self.server_address(&looked_up.server, looked_up.allow_http)?;
        let known = looked_up.choice;
        let choice = SignInChoice {
            organization: known.organization,
            application: application.or(known.application),
            client_id: client_id.or(known.client_id),
        };
        self.begin_sign_in_at(address, choice, redirect_uri).await
    }

    /// Starts a sign-in at a server, and returns its id. It replaces one that is in progress.
    pub(super) async fn begin_sign_in_at(
        &self,
        address: ServerAddress,
        choice: SignInChoice,
        redirect_uri: &str,
    ) -> Result<String, AppError> {
        self.policy().await.check_server(&address.to_string())?;
        let offer = sign_in::discover(&self.http, &address, &choice).await?;
        let offer = sign_in::complete(&self.http, offer, redirect_uri).await?;
        let attempt = Attempt::new(&offer, redirect_uri, &mut *self.entropy.borrow_mut())?;
        self.remember(SessionKey::SigningIn.name(), &attempt).await?;
        Ok(attempt.id().to_owned())
    }

    /// Continues the sign-in with this id as far as possible without the user. If the browser is signed in at the
    /// server, the connection is made and synced for the first time, which downloads accounts but uploads none.
    ///
    /// # Errors
    /// A message for the user, also if the browser is signed in as a user of another organization.
    /// [`AppError::NothingPending`] if a later sign-in has replaced this one: the window of one server must not
    /// continue the sign-in at another.
    pub async fn continue_sign_in(&self, id: &str, clock: Clock<'_>) -> Result<SignInStep<Connected>, AppError> {
        let mut attempt: Attempt = self.recall(SessionKey::SigningIn.name()).await?;
        if attempt.id() != id {
            return Err(AppError::NothingPending);
        }
        let signed_in = match self.advance(&mut attempt, None, clock().seconds()).await? {
            SignInStep::Finished(signed_in) => signed_in,
            SignInStep::Page(page) => {
                self.remember(SessionKey::SigningIn.name(), &attempt).await?;
                return Ok(SignInStep::Page(page));
            }
        };
        self.store.commit(Area::Session, vec![(SessionKey::SigningIn.name(), None)]).await?;
        // Like Casdoor's own sign-in page, do not use the session of another organization's user.
        if signed_in.owner != attempt.organization() {
            let wanted = message!("connect_user_of", clean(attempt.organization()).as_ref());
            return Err(AppError::Message(signed_in_as_another(signed_in.server.host(), wanted, &signed_in)));
        }
        self.connect(signed_in, clock).await.map(SignInStep::Finished)
    }

    /// Asks the server who a connection code belongs to, without storing anything.
    ///
    /// # Errors
    /// A message for the user that says what is wrong with the code.
    pub(in crate::app) async fn read_connection_code(
        &self,
        code: Secret<String>,
        allow_http: bool,
        now: u64,
    ) -> Result<CodeOwner, AppError> {
        let signed_in = self.owner_of_code(code, allow_http, now).await?;
        let owner = CodeOwner {
            looks_like: self.imitated_host(&signed_in.server, now).await?,
            server: signed_in.server.to_string(),
            owner: clean(&signed_in.owner).into_owned(),
            name: clean(&signed_in.name).into_owned(),
            display_name: signed_in.display_name,
            is_admin: signed_in.is_admin,
            until: signed_in.tokens.expires_at,
        };
        Ok(owner)
    }

    /// Connects with a connection code. The connection only receives until the user selects accounts to send. An empty
    /// code means the one that was scanned last.
    ///
    /// # Errors
    /// A message for the user.
    pub async fn connect_by_code(
        &self,
        code: Secret<String>,
        allow_http: bool,
        clock: Clock<'_>,
    ) -> Result<Connected, AppError> {
        let signed_in = self.owner_of_code(code, allow_http, clock().seconds()).await?;
        self.connect(signed_in, clock).await
    }

    async fn owner_of_code(&self, code: Secret<String>, allow_http: bool, now: u64) -> Result<SignedIn, AppError> {
        self.read(now, |_| Ok(())).await?;
        let code = if code.expose().is_empty() { self.scanned_connection_code().await? } else { code };
        let code = ConnectionCode::parse(code.expose(), allow_http)?;
        self.policy().await.check_server(&code.server.to_string())?;
        Ok(sign_in::with_token(&self.http, &code.server, code.token, now).await?)
    }

    /// Creates a connection from a sign-in, or renews the existing one, and syncs it for the first time.
    ///
    /// # Errors
    /// [`AppError::Locked`], [`AppError::Store`], or a message if the policy does not allow the server. The server's
    /// errors are in the reply.
    pub async fn connect(&self, signed_in: SignedIn, clock: Clock<'_>) -> Result<Connected, AppError> {
        let now = clock().seconds();
        let mut messages: Vec<Message> = administrator_warning(&signed_in).into_iter().collect();
        let (server, who) = (signed_in.server.clone(), (signed_in.owner.clone(), signed_in.name.clone()));
        let access = signed_in.tokens.access.clone();
        let is_demo = self.demo.borrow().as_ref() == Some(&signed_in.server);
        let (id, again) = self
            .change(now, |session| {
                session.policy.check_server(&signed_in.server.to_string())?;
                let admitted = create_or_renew(session, signed_in, is_demo, &mut *self.entropy.borrow_mut());
                session.enforce();
                Ok(admitted)
            })
            .await?;
        match privacy::check(&self.http, &server, (&who.0, &who.1), &access).await {
            Ok(visibility) => {
                self.note_visibility(id, visibility, now).await?;
                messages.extend(visibility_warning(visibility));
            }
            // It is unknown who can read the list. The user is told why, and the sync checks again before it sends.
            Err(error) => messages.push(error.into()),
        }
        let received = match self.sync_one(id, clock).await {
            Ok(outcome) => outcome.summary.added,
            Err(error) => {
                let said = error.message();
                // The check above may already have reported why the list cannot be read.
                if !messages.iter().any(|message| message.key == said.key) {
                    messages.push(said);
                }
                0
            }
        };
        self.read(now, |session| {
            let connection = session.vault.connection(id).ok_or(AppError::NothingPending)?;
            let connected = Connected {
                connection: connection_name(connection),
                owner: clean(&connection.owner).into_owned(),
                name: clean(&connection.name).into_owned(),
                server: connection.server.clone(),
                again,
                is_demo: connection.is_demo,
                until: expires_at(connection, session),
                new_accounts: connection.new_accounts,
                received,
                local: joinable_accounts(session, connection),
                messages,
            };
            Ok(connected)
        })
        .await
    }

    /// Records that the user is being told who can read the list, so that later syncs do not stop because it is public.
    async fn note_visibility(
        &self,
        id: ConnectionId,
        visibility: privacy::Visibility,
        now: u64,
    ) -> Result<(), AppError> {
        self.change_state(now, |session| {
            let known = SyncState::from_state(&session.state, id);
            SyncState { readers_checked_at: now, accepts_public: visibility.is_public(), ..known }
                .store(&mut session.state, id);
            Ok(())
        })
        .await
    }

    pub(in crate::app) async fn remember(&self, key: &'static str, value: &impl Serialize) -> Result<(), AppError> {
        let text = serde_json::to_string(value).map_err(|_| AppError::NothingPending)?;
        Ok(self.store.commit(Area::Session, vec![(key, Some(text))]).await?)
    }

    pub(in crate::app) async fn recall<T: for<'de> Deserialize<'de>>(&self, key: &'static str) -> Result<T, AppError> {
        let text = self.store.load(Area::Session, &[key]).await?.pop().flatten().map(Secret::new);
        let text = text.ok_or(AppError::NothingPending)?;
        serde_json::from_str(text.expose()).map_err(|_| AppError::NothingPending)
    }
}

/// Finds or creates the connection of this user at this server, and returns its id. The second value is `true` if it
/// already existed.
fn create_or_renew(
    session: &mut Session,
    signed_in: SignedIn,
    is_demo: bool,
    entropy: &mut impl Entropy,
) -> (ConnectionId, bool) {
    let server = signed_in.server.to_string();
    let connections = &mut session.vault.connections;
    let known = connections.iter().position(|known| known.server == server && known.user_id == signed_in.user_id);
    let id = known.and_then(|at| connections.get(at)).map_or_else(|| ConnectionId::generate(entropy), |known| known.id);
    let by_code = signed_in.client_id.is_empty();
    // A connection code expires and cannot be renewed, so it must not replace a sign-in that still works.
    let is_lesser = by_code && known.is_some() && is_renewable(&session.state, id);
    if is_lesser {
        return (id, true);
    }
    if let Some(connection) = known.and_then(|at| connections.get_mut(at)) {
        (connection.owner, connection.name) = (signed_in.owner, signed_in.name);
        connection.display_name = signed_in.display_name;
        connection.client_id = signed_in.client_id;
    } else {
        connections.push(Connection {
            id,
            server,
            owner: signed_in.owner,
            name: signed_in.name,
            user_id: signed_in.user_id,
            display_name: signed_in.display_name,
            client_id: signed_in.client_id,
            new_accounts: None,
            fills_automatically: false,
            follows_deletions: false,
            receives_only: by_code || is_demo,
            is_demo,
        });
    }
    session.state.set_tokens(id, signed_in.tokens);
    let memory = SyncState::from_state(&session.state, id);
    SyncState { tried_silently: false, ..memory }.store(&mut session.state, id);
    (id, known.is_some())
}

/// Returns `true` if a connection can probably renew its sign-in automatically.
fn is_renewable(state: &State, id: ConnectionId) -> bool {
    let ended = state.reports.get(&id).is_some_and(|report| report.signed_out);
    !ended && state.tokens.get(&id).is_some_and(|tokens| !tokens.refresh.expose().is_empty())
}

/// Returns the accounts on this device that could be stored on a connection.
fn joinable_accounts(session: &Session, connection: &Connection) -> Vec<JoinableAccount> {
    let local = |account: &&Account| account.location == StorageLocation::Device;
    let own = session.vault.own_factors(connection);
    let card = |account: &Account| JoinableAccount {
        id: account.id,
        issuer: account.issuer.clone(),
        name: account.name.clone(),
        own_factor: own.contains(account),
    };
    session.vault.accounts.iter().filter(local).map(card).collect()
}

fn server_offer(offer: &SignInOptions) -> ServerLookup {
    ServerLookup {
        server: offer.server.to_string(),
        permission: permission_pattern(&offer.server),
        granted: true,
        organizations: offer.organizations.iter().map(|organization| organization.name.clone()).collect(),
        organization: offer.organization.clone().unwrap_or_default(),
        application: offer.application.clone().unwrap_or_default(),
        application_name: clean(offer.application.as_deref().unwrap_or_default()).into_owned(),
        looks_like: None,
    }
}

/// Returns the match pattern of the host permission that a server needs. It contains no port, because host permissions
/// do not distinguish ports.
pub fn permission_pattern(server: &ServerAddress) -> String {
    let scheme = if server.is_secure() { "https" } else { "http" };
    format!("{scheme}://{}/*", server.host())
}

fn administrator_warning(signed_in: &SignedIn) -> Option<Message> {
    signed_in.is_admin.then(|| message!("connect_administrator"))
}

fn visibility_warning(visibility: privacy::Visibility) -> Option<Message> {
    if visibility.is_public() {
        return Some(message!("connect_public_list"));
    }
    visibility.hides_own_list().then(|| CasdoorError::ListHidden.into())
}

impl From<CasdoorError> for Message {
    fn from(error: CasdoorError) -> Self {
        error.message()
    }
}

impl From<CasdoorError> for AppError {
    fn from(error: CasdoorError) -> Self {
        Self::Message(error.into())
    }
}

//! The authenticator in a terminal: the same `App` as in the browser, with a file for storage and ureq for the network.
//!
//! ```text
//! VAULT_PASSWORD=... cargo run --release --example cli -- --vault FILE COMMAND
//!
//! init                         creates the vault
//! add URI                      adds an account: otpauth://..., steam://...
//! list --json | trash --json   [{"id","issuer","name","uri"}], secrets included
//! code NAME                    the current code
//! rename NAME NEW              delete NAME              restore NAME (from the trash, or to the server)
//! connect URL --token TOKEN [--new here|server]
//! connect URL --client-id ID --user NAME --password PW [--new here|server]
//! keep NAME --on here|server   moves an account between this device and the server
//! sync [--json]                syncs every connection
//! ```
//!
//! NAME is an account's name, `issuer:name` or id.

#![allow(clippy::print_stdout, reason = "a program in a terminal prints")]

#[path = "cli/http.rs"]
mod http;
#[path = "cli/store.rs"]
mod store;

use std::error::Error;
use std::process::ExitCode;

use casdoor_authenticator::app::protocol::{
    CreateVault, EditAccount, GenerateNextCode, KeyUriRow, ListConnections, Message, MoveToTrash, ReadAccountForm,
    ReadText, RestoreAccount, SaveScanResults, SelectAccounts, UnlockVault,
};
use casdoor_authenticator::app::{App, SameThread};
use casdoor_authenticator::casdoor::sign_in::{self, SignedIn};
use casdoor_authenticator::casdoor::{ServerAddress, SyncOutcome};
use casdoor_authenticator::otp::{KeyUri, Kind};
use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::time::UnixMilliseconds;
use casdoor_authenticator::vault::{AccountId, ConnectionId, NewAccounts, StorageLocation};
use futures_lite::future::block_on;
use serde_json::json;

/// The operating system's random generator.
struct System;

impl Entropy for System {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Continuing with predictable bytes would create keys that anyone can guess.
            std::process::abort();
        }
    }
}

type Failure = Box<dyn Error>;
type Authenticator = App<(store::FileStore, http::Network, SameThread, System)>;

fn main() -> ExitCode {
    match block_on(run(std::env::args().skip(1).collect())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the current time.
#[expect(clippy::disallowed_methods, reason = "this is a native program, and the one place where its time comes from")]
fn clock() -> UnixMilliseconds {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    UnixMilliseconds(since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX)))
}

fn now() -> u64 {
    clock().seconds()
}

/// The words of a command line and its `--name value` options.
struct Words {
    plain: Vec<String>,
    options: Vec<(String, String)>,
}

impl Words {
    fn read(words: Vec<String>) -> Result<Self, Failure> {
        let (mut plain, mut options) = (Vec::new(), Vec::new());
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                Some("json") => options.push(("json".into(), String::new())),
                Some(name) => options.push((name.into(), words.next().ok_or("an option needs a value")?)),
                None => plain.push(word),
            }
        }
        Ok(Self { plain, options })
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn needed(&self, name: &str) -> Result<&str, Failure> {
        self.option(name).ok_or_else(|| format!("--{name} is missing").into())
    }
}

async fn run(words: Vec<String>) -> Result<(), Failure> {
    let words = Words::read(words)?;
    let password = std::env::var("VAULT_PASSWORD").map_err(|_| "the environment variable VAULT_PASSWORD is not set")?;
    let store = store::FileStore::new(words.needed("vault")?.into());
    let app = App::new(store, http::Network::new(), SameThread, System);
    let plain: Vec<&str> = words.plain.iter().map(String::as_str).collect();
    if plain == ["init"] {
        return done(app.ask(CreateVault { password, pbkdf2: false }, now()).await);
    }
    said(app.ask(UnlockVault { password }, now()).await)?;
    match plain.as_slice() {
        ["add", uri] => add(&app, uri).await,
        ["list"] => list(&app, false).await,
        ["trash"] => list(&app, true).await,
        ["code", name] => code(&app, name).await,
        ["rename", name, new] => rename(&app, name, new).await,
        ["delete", name] => done(app.ask(MoveToTrash { id: find(&app, name, false).await? }, now()).await),
        ["restore", name] => done(app.ask(RestoreAccount { id: restorable(&app, name).await? }, now()).await),
        ["connect", server] => connect(&app, server, &words).await,
        ["keep", name] => store_account(&app, name, words.needed("on")?).await,
        ["sync"] => sync(&app, words.option("json").is_some()).await,
        _ => Err("a command is missing or unknown; examples/cli.rs lists them".into()),
    }
}

/// Returns the answer, or the text of the error message.
fn said<A>(answer: Result<A, Message>) -> Result<A, Failure> {
    answer.map_err(|message| message.to_string().into())
}

fn done<A>(answer: Result<A, Message>) -> Result<(), Failure> {
    said(answer).map(|_| ())
}

async fn add(app: &Authenticator, uri: &str) -> Result<(), Failure> {
    let found = said(app.ask(ReadText { text: uri.into() }, now()).await)?;
    if let (true, Some(message)) = (found.cards.is_empty(), found.messages.first()) {
        return Err(message.to_string().into());
    }
    let cards = (0..found.cards.len()).collect();
    done(app.ask(SaveScanResults { id: found.id, cards, update: Vec::new(), location: None }, now()).await)
}

async fn list(app: &Authenticator, trashed: bool) -> Result<(), Failure> {
    println!("{}", serde_json::to_string(&app.key_uris(trashed, now()).await?)?);
    Ok(())
}

/// Finds the only account with this name. Names are compared as a user would type them.
async fn find(app: &Authenticator, name: &str, trashed: bool) -> Result<AccountId, Failure> {
    let rows = app.key_uris(trashed, now()).await?;
    let is_it = |row: &&KeyUriRow| {
        row.name == name || format!("{}:{}", row.issuer, row.name) == name || row.id.to_string() == name
    };
    let found: Vec<&KeyUriRow> = rows.iter().filter(is_it).collect();
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => Err("there is no account of that name".into()),
        _ => Err("several accounts have that name; use issuer:name or the id".into()),
    }
}

async fn restorable(app: &Authenticator, name: &str) -> Result<AccountId, Failure> {
    match find(app, name, true).await {
        Ok(id) => Ok(id),
        Err(_) => find(app, name, false).await,
    }
}

async fn code(app: &Authenticator, name: &str) -> Result<(), Failure> {
    let id = find(app, name, false).await?;
    let rows = app.key_uris(false, now()).await?;
    let row = rows.iter().find(|row| row.id == id).ok_or("there is no account of that name")?;
    let uri: KeyUri = row.uri.parse()?;
    if !matches!(uri.otp.kind, Kind::Hotp { .. }) {
        println!("{}", uri.otp.code_at(now()).expose());
    } else {
        println!("{}", said(app.ask(GenerateNextCode { id }, now()).await)?.code);
    }
    Ok(())
}

async fn rename(app: &Authenticator, name: &str, new: &str) -> Result<(), Failure> {
    let id = find(app, name, false).await?;
    let mut form = said(app.ask(ReadAccountForm { id }, now()).await)?;
    form.name = new.into();
    done(app.ask(EditAccount { id, form }, now()).await)
}

async fn connect(app: &Authenticator, server: &str, words: &Words) -> Result<(), Failure> {
    let server = ServerAddress::parse(server, true)?;
    let signed_in = sign_in(app, &server, words).await?;
    let connected = app.connect(signed_in, &clock).await?;
    for message in &connected.messages {
        eprintln!("{message}");
    }
    let new_accounts = match words.option("new") {
        None => None,
        Some("here") => Some(NewAccounts::Device),
        Some("server") => Some(NewAccounts::Server),
        Some(_) => return Err("--new is here or server".into()),
    };
    if let Some(new_accounts) = new_accounts {
        let selected = SelectAccounts { connection: connected.connection.id, accounts: Vec::new(), new_accounts };
        said(app.ask(selected, now()).await)?;
    }
    println!("connected as {}; {} accounts received", connected.connection.label, connected.received);
    Ok(())
}

async fn sign_in(app: &Authenticator, server: &ServerAddress, words: &Words) -> Result<SignedIn, Failure> {
    if let Some(token) = words.option("token") {
        return Ok(sign_in::with_token(app.http(), server, Secret::new(token.into()), now()).await?);
    }
    let password = Secret::new(words.needed("password")?.to_owned());
    let who = (words.needed("user")?, &password);
    Ok(sign_in::password_grant(app.http(), server, words.needed("client-id")?, who, now()).await?)
}

async fn connections(app: &Authenticator) -> Result<Vec<(ConnectionId, String)>, Failure> {
    let connections = said(app.ask(ListConnections, now()).await)?;
    Ok(connections.into_iter().map(|card| (card.connection.id, card.server)).collect())
}

async fn store_account(app: &Authenticator, name: &str, place: &str) -> Result<(), Failure> {
    let id = find(app, name, false).await?;
    let location = match place {
        "here" => StorageLocation::Device,
        "server" => StorageLocation::Connection(connections(app).await?.last().ok_or("there is no connection")?.0),
        _ => return Err("--on is here or server".into()),
    };
    app.store_account_on(id, location, &clock).await?;
    Ok(())
}

async fn sync(app: &Authenticator, as_json: bool) -> Result<(), Failure> {
    let (mut reports, mut failure) = (Vec::new(), None);
    for (id, server) in connections(app).await? {
        let result = app.sync_one(id, &clock).await;
        reports.push(match &result {
            Ok(outcome) if as_json => report(&server, outcome),
            Ok(outcome) => json!(format!("{server}: {}{}", outcome.summary, gap(outcome))),
            Err(error) => json!({"server": server, "error": error.message().key, "text": error.to_string()}),
        });
        failure = failure.or(result.err());
    }
    if as_json {
        println!("{}", serde_json::to_string(&reports)?);
    } else {
        reports.iter().filter_map(|report| report.as_str()).for_each(|line| println!("{line}"));
    }
    failure.map_or(Ok(()), |error| Err(error.into()))
}

fn gap(outcome: &SyncOutcome) -> String {
    outcome.gap.map_or(String::new(), |gap| format!(" ({} ms between reading and writing)", gap.as_millis()))
}

fn report(server: &str, outcome: &SyncOutcome) -> serde_json::Value {
    json!({
        "server": server,
        "summary": outcome.summary,
        "said": outcome.summary.to_string(),
        "wrote": outcome.wrote,
        "waits": outcome.has_unsent_changes,
        "requests": outcome.requests,
        "gap_ms": outcome.gap.map(|gap| u64::try_from(gap.as_millis()).unwrap_or(u64::MAX)),
        "clock_ahead_seconds": outcome.clock_ahead_seconds,
    })
}

//! The Casdoor server of the main user journey: the mock server, or a real server that is already running.

use crate::package::root;
use anyhow::{Context, Result, ensure};
use mock_casdoor::contract::StoredUserReader;
use mock_casdoor::{MockServer, Options, sample_accounts};
use serde_json::Value;
use std::net::{SocketAddr, ToSocketAddrs};

/// The server's public-looking name. A server that is addressed as 127.0.0.1 skips its Origin check.
pub const HOST: &str = "id.acme.test";

const USER: &str = "acme/alice";
/// An application in alice's organization that allows the password grant.
const CLIENT: &str = "acme-client";

/// A server where alice's list has two accounts and she has no second factor.
pub enum Server {
    /// The mock server in this process; its stored data is read from memory.
    Mock(MockServer),
    /// A real server; its stored data is read with alice's token.
    Real(SocketAddr, StoredUserReader),
}

impl Server {
    /// Starts the mock server; 0 means any free port.
    pub fn start_mock(port: u16) -> Result<Self> {
        let web = root().join("dist/mock-casdoor-web");
        ensure!(web.is_dir(), "the mock server's pages are not bundled; run ./build.sh demo");
        Ok(Self::Mock(MockServer::start(Options { port, web, sample: true, ..Options::default() })?))
    }

    /// Uses the real server at `url`, such as `http://127.0.0.1:8000`, and resets alice.
    pub fn real(url: &str) -> Result<Self> {
        let place = url.trim_start_matches("http://").trim_end_matches('/');
        let server = place.to_socket_addrs()?.next().context("the server has no address")?;
        ensure!(server.ip().is_loopback(), "{url} is not on this machine; tests only send traffic to loopback");
        let reader = StoredUserReader::sign_in(server, CLIENT, USER)?;
        reader.reset(&sample_accounts())?;
        Ok(Self::Real(server, reader))
    }

    /// Returns the real server at `$CASDOOR_URL` if that is set, as `./build.sh live` does; otherwise the mock server.
    pub fn from_environment() -> Result<Self> {
        match std::env::var("CASDOOR_URL") {
            Ok(url) => Self::real(&url),
            Err(_) => Self::start_mock(0),
        }
    }

    /// Returns the server's URL with the public-looking name.
    pub fn url(&self) -> String {
        match self {
            Self::Mock(server) => server.url(HOST),
            Self::Real(server, _) => format!("http://{HOST}:{}", server.port()),
        }
    }

    /// Returns alice's stored list.
    pub fn accounts(&self) -> Result<Value> {
        match self {
            Self::Mock(server) => Ok(server.user(USER).context("the server has no user alice")?.mfa_accounts),
            Self::Real(_, reader) => field(reader, "mfaAccounts"),
        }
    }

    /// Returns alice's stored preferred second factor, such as `app`; empty if she has none.
    pub fn second_factor(&self) -> Result<String> {
        match self {
            Self::Mock(server) => Ok(server.user(USER).context("the server has no user alice")?.preferred_mfa_type),
            Self::Real(_, reader) => Ok(field(reader, "preferredMfaType")?.as_str().unwrap_or_default().to_owned()),
        }
    }
}

fn field(reader: &StoredUserReader, name: &str) -> Result<Value> {
    Ok(reader.record()?.get(name).cloned().unwrap_or_default())
}

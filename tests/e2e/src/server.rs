//! The Casdoor that the user's day is lived with: the mock server, or a real one that runs already.

use crate::package::root;
use anyhow::{Context, Result, ensure};
use mock_casdoor::contract::Witness;
use mock_casdoor::{MockServer, Options, sample_accounts};
use serde_json::Value;
use std::net::{SocketAddr, ToSocketAddrs};

/// The server's public-looking name: a server that is reached as 127.0.0.1 does not look at `Origin`.
pub const HOST: &str = "id.acme.test";

const USER: &str = "acme/alice";
/// An application of hers that knows the password grant.
const CLIENT: &str = "acme-client";

/// A server with two accounts on alice's list and no second factor of hers.
pub enum Server {
    /// In this process; what it has stored is read from its memory.
    Mock(MockServer),
    /// A real one; what it has stored is read with a token of alice's own.
    Real(SocketAddr, Witness),
}

impl Server {
    /// Starts the mock server; port 0 is any free one.
    pub fn start_mock(port: u16) -> Result<Self> {
        let web = root().join("dist/mock-casdoor-web");
        ensure!(web.is_dir(), "the mock server's pages are not bundled: ./build.sh demo");
        Ok(Self::Mock(MockServer::start(Options { port, web, sample: true, ..Options::default() })?))
    }

    /// Takes the real server at `url`, such as `http://127.0.0.1:8000`, and puts alice back to where the day begins.
    pub fn real(url: &str) -> Result<Self> {
        let place = url.trim_start_matches("http://").trim_end_matches('/');
        let server = place.to_socket_addrs()?.next().context("the server's address is none")?;
        ensure!(server.ip().is_loopback(), "{url} is not on this machine: tests talk to loopback only");
        let witness = Witness::sign_in(server, CLIENT, USER)?;
        witness.begin_with(&sample_accounts())?;
        Ok(Self::Real(server, witness))
    }

    /// The real server at `$CASDOOR_URL` where that names one, as `./build.sh live` does; else the mock server.
    pub fn at_hand() -> Result<Self> {
        match std::env::var("CASDOOR_URL") {
            Ok(url) => Self::real(&url),
            Err(_) => Self::start_mock(0),
        }
    }

    /// Its address under the public-looking name.
    pub fn url(&self) -> String {
        match self {
            Self::Mock(server) => server.url(HOST),
            Self::Real(server, _) => format!("http://{HOST}:{}", server.port()),
        }
    }

    /// Alice's list as the server has stored it.
    pub fn accounts(&self) -> Result<Value> {
        match self {
            Self::Mock(server) => Ok(server.user(USER).context("alice is gone")?.mfa_accounts),
            Self::Real(_, witness) => field(witness, "mfaAccounts"),
        }
    }

    /// Alice's preferred second factor as the server has stored it, such as `app`; empty without any.
    pub fn second_factor(&self) -> Result<String> {
        match self {
            Self::Mock(server) => Ok(server.user(USER).context("alice is gone")?.preferred_mfa_type),
            Self::Real(_, witness) => Ok(field(witness, "preferredMfaType")?.as_str().unwrap_or_default().to_owned()),
        }
    }
}

fn field(witness: &Witness, name: &str) -> Result<Value> {
    Ok(witness.record()?.get(name).cloned().unwrap_or_default())
}

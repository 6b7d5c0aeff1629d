//! An in-memory mock of Casdoor's API and web pages, with its own organizations, users and clock.
//!
//! `./build.sh demo` starts it, and the end-to-end tests use it. It responds to every recorded request as the real
//! server did ([`contract`] replays the recordings in `tests/fixtures/casdoor`), rejects what the real server rejects,
//! and can imitate five older releases ([`Release`]) and seven kinds of failure ([`Fault`]).
//!
//! To check a real server instead, use [`contract::replay`]. To imitate a hostile server, put a [`Proxy`] in front.
//!
//! ```
//! use mock_casdoor::{Options, MockServer};
//!
//! let server = MockServer::start(Options::default())?;
//! // A browser resolves the name with --host-resolver-rules="MAP id.acme.test 127.0.0.1".
//! assert!(server.url("id.acme.test").starts_with("http://id.acme.test:"));
//! server.set_mfa_accounts("acme/alice", serde_json::json!([]));
//! assert_eq!(server.user("acme/alice").unwrap().mfa_accounts, serde_json::json!([]));
//! # Ok::<(), mock_casdoor::StartError>(())
//! ```

mod clock;
pub mod contract;
mod control;
mod fault;
mod messages;
mod mock_server;
mod origin;
mod pages;
mod proxy;
mod random;
mod release;
mod request_log;
mod routes;
mod server;
pub mod totp;
pub mod web;
mod world;

pub use control::UserState;
pub use fault::Fault;
pub use mock_server::{MockServer, Options, StartError, sample_accounts};
pub use pages::bundle;
pub use proxy::{ProxiedRequest, Proxy, ProxyResponse};
pub use release::{PasscodeForm, Release, ReleaseError};
pub use request_log::RequestLine;
pub use world::PASSWORD;

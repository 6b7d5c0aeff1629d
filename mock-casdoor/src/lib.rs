//! A Casdoor that is none: its API and its pages, with organizations, users and a clock of its own, all in memory.
//!
//! It is what `./build.sh demo` shows and what the end-to-end tests talk to. It answers every recorded request as the real
//! server did (the recordings are in `tests/fixtures/casdoor`, [`contract`] replays them), refuses what the real one
//! refuses, and can play five older releases ([`Age`]) and seven misfortunes ([`Fault`]).
//!
//! For a real server, [`contract::replay`] asks the same questions.
//!
//! ```
//! use mock_casdoor::{Options, MockServer};
//!
//! let server = MockServer::start(Options::default())?;
//! // A browser is told to resolve the name: --host-resolver-rules="MAP id.acme.test 127.0.0.1"
//! assert!(server.url("id.acme.test").starts_with("http://id.acme.test:"));
//! server.set_mfa_accounts("acme/alice", serde_json::json!([]));
//! assert_eq!(server.user("acme/alice").unwrap().mfa_accounts, serde_json::json!([]));
//! # Ok::<(), mock_casdoor::StartError>(())
//! ```

mod age;
mod call;
mod clock;
pub mod contract;
mod control;
mod dice;
mod fault;
mod handle;
mod journal;
mod origin;
mod pages;
mod routes;
mod server;
pub mod totp;
pub mod web;
mod world;

pub use age::{Age, AgeError, PasscodeForm};
pub use control::UserState;
pub use fault::Fault;
pub use handle::{MockServer, Options, StartError, sample_accounts};
pub use journal::RequestLine;
pub use pages::bundle;
pub use world::PASSWORD;

//! The requests of the extension's pages, in one file for each topic, like the submodules of [`app`](crate::app).
//!
//! Each request is a type of its own that knows the type of its answer, so a page that asks for the trash gets the
//! trash or the reason for a failure, and nothing else:
//!
//! ```
//! use casdoor_authenticator::app::protocol::{TypedRequest, ListTrash, TrashRow};
//!
//! fn rows(answer: <ListTrash as TypedRequest>::Answer) -> Vec<TrashRow> {
//!     answer
//! }
//! ```
//!
//! A request is sent as one JSON object: its name in the field `do`, next to its own fields. The answer is the JSON of
//! a `Result`: `{"Ok": …}`, or `{"Err": …}` with the message for the user.

mod accounts;
mod autofill;
mod browser;
mod connections;
mod exchange;
mod scan;
mod settings;
mod vault;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::reply::Answer;

pub use accounts::*;
pub use autofill::*;
pub use browser::*;
pub use connections::*;
pub use exchange::*;
pub use scan::*;
pub use settings::*;
pub use vault::*;

/// A request whose answer has a type of its own.
pub trait TypedRequest: Serialize {
    /// The answer if the request succeeds.
    type Answer: Answer + Serialize + DeserializeOwned + 'static;
}

/// Defines the requests of a topic as `Name -> Answer { fields }`: a type for each request, and an enum of all of them
/// that their handler matches exhaustively.
macro_rules! requests {
    (
        $(#[$about_room:meta])*
        $topic:ident in $all:ident::$variant:ident;

        $($(#[$about:meta])* $name:ident -> $answer:ty { $($fields:tt)* })*
    ) => {
        $(#[$about_room])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $topic {
            $($(#[$about])* $name($name),)*
        }

        impl $topic {
            /// Parses the JSON of the request with this name; `None` if this topic has no such request.
            pub(super) fn parse(name: &str, json: &str) -> Option<serde_json::Result<Self>> {
                match name {
                    $(stringify!($name) => Some(serde_json::from_str(json).map(Self::$name)),)*
                    _ => None,
                }
            }
        }

        $(
            $crate::app::protocol::requests::request! { $(#[$about])* $name { $($fields)* } }

            impl $crate::app::protocol::requests::TypedRequest for $name {
                type Answer = $answer;
            }

            impl From<$name> for $crate::app::protocol::requests::$all {
                fn from(request: $name) -> Self {
                    Self::$variant($topic::$name(request))
                }
            }
        )*
    };
}

/// Defines the type of one request. Its JSON contains the name of the type in the field `do`.
macro_rules! request {
    ($(#[$about:meta])* $name:ident {}) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name;

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map([("do", stringify!($name))])
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
            }
        }
    };
    ($(#[$about:meta])* $name:ident { $($(#[$about_field:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "do")]
        pub struct $name {
            $($(#[$about_field])* pub $field: $type,)*
        }
    };
}

use {request, requests};

/// A request that the core handles, by topic.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// About the vault.
    Vault(VaultRequest),
    /// About accounts.
    Accounts(AccountsRequest),
    /// About the sites where codes are filled.
    Autofill(AutofillRequest),
    /// About the results of scans.
    Scan(ScanRequest),
    /// About servers and connections.
    Connections(ConnectionsRequest),
    /// About imports and exports.
    Exchange(ExchangeRequest),
    /// About settings.
    Settings(SettingsRequest),
}

/// Any request of a page.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyRequest {
    /// A request that the core handles.
    Core(Request),
    /// A request that needs the browser.
    Browser(BrowserRequest),
}

/// The name in a request's JSON.
#[derive(Deserialize)]
struct Name {
    r#do: String,
}

impl AnyRequest {
    /// Parses the JSON of a request; `None` if there is no such request.
    pub fn parse(json: &str) -> Option<Self> {
        let Name { r#do: name } = serde_json::from_str(json).ok()?;
        if let Some(request) = BrowserRequest::parse(&name, json) {
            return request.map(Self::Browser).ok();
        }
        Request::parse(&name, json).map(Self::Core)
    }
}

impl Request {
    fn parse(name: &str, json: &str) -> Option<Self> {
        VaultRequest::parse(name, json)
            .map(|request| request.map(Self::Vault))
            .or_else(|| AccountsRequest::parse(name, json).map(|request| request.map(Self::Accounts)))
            .or_else(|| AutofillRequest::parse(name, json).map(|request| request.map(Self::Autofill)))
            .or_else(|| ScanRequest::parse(name, json).map(|request| request.map(Self::Scan)))
            .or_else(|| ConnectionsRequest::parse(name, json).map(|request| request.map(Self::Connections)))
            .or_else(|| ExchangeRequest::parse(name, json).map(|request| request.map(Self::Exchange)))
            .or_else(|| SettingsRequest::parse(name, json).map(|request| request.map(Self::Settings)))?
            .ok()
    }
}

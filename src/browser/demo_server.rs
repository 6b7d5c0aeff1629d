//! The public demo server, configured in the package's `demo-server.json`.

use js_sys::{JSON, JsString};
use serde::Deserialize;
use wasm_bindgen_futures::JsFuture;
use web_sys::RequestInit;

use super::global;
use super::worker::WorkerApp;
use crate::casdoor::ServerAddress;

/// The server and the application to sign in to, as in Casdoor's mobile app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoServer {
    /// The server's address.
    pub server: String,
    /// The client id.
    pub client_id: String,
    /// The application's name.
    pub application: String,
    /// The organization.
    pub organization: String,
}

impl DemoServer {
    /// Reads the packaged file, from a page or the worker; `None` if the package has none.
    pub async fn read() -> Option<Self> {
        let response = global::fetch("/demo-server.json", &RequestInit::new()).await.ok()?;
        let fields = JsFuture::from(response.json().ok()?).await.ok()?;
        let text: JsString = JSON::stringify(&fields).ok()?;
        serde_json::from_str(&String::from(text)).ok()
    }

    /// Returns the address. Unencrypted http on a private network is accepted, for the mock server.
    pub fn address(&self) -> Option<ServerAddress> {
        ServerAddress::parse(&self.server, true).ok()
    }
}

/// Tells the app which server is the demo.
pub(super) async fn tell(app: &WorkerApp) {
    if let Some(address) = DemoServer::read().await.and_then(|demo| demo.address()) {
        app.set_demo_server(address);
    }
}

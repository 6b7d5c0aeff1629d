//! The rule that removes the `Origin` header from the extension's own POST requests to a connected server.
//!
//! Casdoor rejects a POST whose `Origin` is an extension's, with status 403 and an empty body. The rule names this
//! extension as the initiator and excludes tabs. Without the initiator, it would also remove the header from the
//! server's own pages, whose only defense against cross-site request forgery is that header.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::chrome::{extension_url, from_js, to_js};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: u32,
    action: Action,
    condition: Condition,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    r#type: String,
    request_headers: Vec<HeaderChange>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct HeaderChange {
    header: String,
    operation: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    initiator_domains: Vec<String>,
    request_domains: Vec<String>,
    request_methods: Vec<String>,
    resource_types: Vec<String>,
    tab_ids: Vec<i32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    remove_rule_ids: Vec<u32>,
    add_rules: Vec<Rule>,
}

/// Rules with tab ids are session rules, which end with the browser, so the rule is checked before each POST.
mod session {
    use super::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = ["chrome", "declarativeNetRequest"], js_name = getSessionRules, catch)]
        pub(super) async fn rules() -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_namespace = ["chrome", "declarativeNetRequest"], js_name = updateSessionRules, catch)]
        pub(super) async fn update(change: &JsValue) -> Result<JsValue, JsValue>;
    }
}

/// Activates the rule for this URL's host if necessary.
///
/// # Errors
/// The browser's error, which is not meant for users.
pub async fn ensure(url: &str) -> Result<(), JsValue> {
    let host = web_sys::Url::new(url)?.hostname();
    // The host of the extension's own origin: in Chromium its id, in Firefox an id of this installation.
    let extension = web_sys::Url::new(&extension_url(""))?.hostname();
    let rules: Vec<Rule> = from_js(session::rules().await?).unwrap_or_default();
    if rules.iter().any(|rule| rule.condition.request_domains.contains(&host)) {
        return Ok(());
    }
    let id = rules.iter().map(|rule| rule.id).max().unwrap_or(0).saturating_add(1);
    let update = Update { remove_rule_ids: Vec::new(), add_rules: vec![rule(id, extension, host)] };
    session::update(&to_js(&update)).await.map(|_| ())
}

fn rule(id: u32, extension: String, host: String) -> Rule {
    Rule {
        id,
        action: Action {
            r#type: "modifyHeaders".into(),
            request_headers: vec![HeaderChange { header: "origin".into(), operation: "remove".into() }],
        },
        condition: Condition {
            initiator_domains: vec![extension],
            request_domains: vec![host],
            request_methods: vec!["post".into()],
            resource_types: vec!["xmlhttprequest".into()],
            tab_ids: vec![-1],
        },
    }
}

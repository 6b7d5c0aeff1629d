//! The robustness of the worker: a trap in its wasm, and content scripts that try to read the vault's storage.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on should fail")]

use e2e::browser::Options;
use e2e::devtools::until;
use e2e::other_site::{self, Answer};
use e2e::package::{Installed, ask, copied, granted};
use serde_json::json;
use std::fs;

/// Creates a package whose wasm traps the next time it reads the clock after `trapNext` was set in the worker. An
/// exception in an imported function ends a call just as `unreachable` does.
fn trapping_package() -> tempfile::TempDir {
    let folder = copied(&granted()).unwrap();
    let glue = folder.path().join("wasm/worker.js");
    let text = fs::read_to_string(&glue).unwrap();
    let changed = text.replace("Date.now()", "(globalThis.trapNext ? trap() : Date.now())");
    assert_ne!(text, changed, "the generated JavaScript does not read the clock");
    let trap =
        "\nfunction trap() { globalThis.trapNext = false; throw new WebAssembly.RuntimeError('unreachable'); }\n";
    fs::write(&glue, changed + trap).unwrap();
    folder
}

#[test]
fn after_a_trap_pending_requests_fail_and_the_next_one_succeeds() {
    let folder = trapping_package();
    let installed = Installed::start(folder.path(), &Options::default()).unwrap();
    let tab = installed.open("manifest.json").unwrap();
    ask(&tab, &json!({ "do": "CreateVault", "password": "correct horse battery", "pbkdf2": true })).unwrap();
    let form = json!({ "issuer": "Example", "name": "alice", "secret": "JBSWY3DPEHPK3PXP" });
    ask(&tab, &json!({ "do": "AddAccount", "form": form })).unwrap();
    let worker = installed.extension.worker("self.isSecureContext").unwrap();
    worker.evaluate("globalThis.trapNext = true").unwrap();
    // The caller must receive a failure, not wait forever.
    let pending = "Promise.race([
        chrome.runtime.sendMessage({ page: { do: 'ReadScreen' } }).then(reply => reply ?? 'no answer'),
        new Promise(done => setTimeout(done, 5000, 'nothing')),
    ])";
    assert_eq!(tab.evaluate(pending).unwrap(), "no answer");
    assert_eq!(worker.evaluate("globalThis.trapNext").unwrap(), json!(false), "the wasm did not trap");
    let reply = until("the worker replies again", || Ok(ask(&tab, &json!({ "do": "ReadScreen" })).ok())).unwrap();
    assert_eq!(reply["Ok"]["account_list"]["rows"][0]["name"], "alice");
}

#[test]
fn content_scripts_cannot_read_vault_or_session_storage() {
    let installed = Installed::headless().unwrap();
    let tab = installed.open("manifest.json").unwrap();
    ask(&tab, &json!({ "do": "CreateVault", "password": "correct horse battery", "pbkdf2": true })).unwrap();
    let address = other_site::serve(vec![Answer { path: "/", kind: "text/html", body: "<p>A shop".into() }]).unwrap();
    let page = installed.browser.open(&address).unwrap();
    page.activate().unwrap();
    page.wait_for("document.readyState === 'complete' && document.querySelector('p')").unwrap();
    let worker = installed.extension.worker("typeof chrome.scripting === 'object'").unwrap();
    for area in ["local", "session"] {
        let tried = worker
            .evaluate(&format!(
                "chrome.tabs.query({{ active: true, lastFocusedWindow: true }}).then(([{{ id: tabId }}]) =>
                    chrome.scripting.executeScript({{ target: {{ tabId }}, func: async () => {{
                        try {{
                            await chrome.storage.{area}.clear();
                            return JSON.stringify(await chrome.storage.{area}.get(null));
                        }} catch (error) {{ return 'rejected: ' + error.message; }}
                    }} }}).then(([{{ result }}]) => result))"
            ))
            .unwrap();
        assert!(tried.as_str().unwrap().starts_with("rejected: "), "{area}: {tried}");
    }
    assert!(ask(&tab, &json!({ "do": "ReadScreen" })).unwrap()["Ok"]["account_list"].is_object());
}

#[test]
fn a_key_is_derived_although_the_memory_with_the_salt_grows() {
    let installed = Installed::headless().unwrap();
    let tab = installed.open("manifest.json").unwrap();
    // The salt is a view of the caller's memory, which is detached when that memory grows.
    let derived = tab
        .evaluate(
            "(async () => {
                const { deriveKey } = await import('/kdf.js');
                const memory = new WebAssembly.Memory({ initial: 1 });
                const salt = new Uint8Array(memory.buffer, 0, 16);
                const key = deriveKey('{\"name\":\"pbkdf2\",\"iterations\":600000}', 'password', salt);
                memory.grow(1);
                return (await key).length;
            })()",
        )
        .unwrap();
    assert_eq!(derived, 32);
}

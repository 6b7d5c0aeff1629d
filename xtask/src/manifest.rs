//! Derives the other manifests from `manifest.json`, which is Chromium's.
//!
//! The one for tests differs only in its host permissions: a permission prompt cannot be answered in headless Chromium,
//! so the test package is granted access to the test servers. Firefox's differs where the two browsers do.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// The host permissions for end-to-end tests: the mock server's public-looking names on any port.
pub const TEST_HOSTS: [&str; 2] = ["http://*.acme.test/*", "https://*.acme.test/*"];

/// Adds the test hosts to the host permissions of the release manifest.
pub fn for_tests(shipped: &[u8]) -> Result<Vec<u8>> {
    let mut manifest: Value = serde_json::from_slice(shipped).context("manifest.json is not JSON")?;
    let Some(fields) = manifest.as_object_mut() else { bail!("manifest.json is not an object") };
    let hosts = fields.entry("host_permissions").or_insert_with(|| json!([]));
    let Some(hosts) = hosts.as_array_mut() else { bail!("host_permissions is not a list") };
    hosts.extend(TEST_HOSTS.map(Value::from));
    Ok(serde_json::to_vec_pretty(&manifest)?)
}

/// The extension's id in Firefox. Users' data, the redirect address of sign-ins and administrators' policies depend on
/// it.
pub const FIREFOX_ID: &str = "authenticator@casdoor.org";

/// The oldest supported Firefox: since 153, a message can be sent to one document, so that a code never reaches the
/// next document in the same tab.
const FIREFOX_VERSION: &str = "153.0";

/// In Firefox, Ctrl+Shift+Y shows the downloads, and an extension cannot have a shortcut that the browser uses.
const FIREFOX_POPUP_SHORTCUT: &str = "Alt+Shift+Y";

/// Returns Firefox's manifest: its own id and oldest version, a background page instead of a service worker, a sidebar
/// instead of a side panel, and no entry that it does not know.
pub fn for_firefox(shipped: &[u8]) -> Result<Vec<u8>> {
    let mut manifest: Value = serde_json::from_slice(shipped).context("manifest.json is not JSON")?;
    let Some(fields) = manifest.as_object_mut() else { bail!("manifest.json is not an object") };
    // Firefox reads an administrator's settings without a schema.
    for unknown in ["minimum_chrome_version", "storage"] {
        fields.shift_remove(unknown);
    }
    let panel = fields.shift_remove("side_panel").context("there is no side panel")?;
    let panel = panel.get("default_path").cloned().context("the side panel has no document")?;
    let icons = fields.get("icons").cloned().context("there are no icons")?;
    // Without the last entry, Firefox would open the sidebar when the extension is installed.
    let sidebar = json!({ "default_panel": panel, "default_icon": icons, "open_at_install": false });
    fields.insert("sidebar_action".into(), sidebar);
    if let Some(permissions) = fields.get_mut("permissions").and_then(Value::as_array_mut) {
        permissions.retain(|permission| permission != "sidePanel");
    }
    let background = fields.get_mut("background").and_then(Value::as_object_mut).context("there is no background")?;
    let script = background.shift_remove("service_worker").context("the background is not a service worker")?;
    background.insert("scripts".into(), json!([script]));
    if let Some(shortcut) = fields.get_mut("commands").and_then(|commands| commands.get_mut("_execute_action")) {
        *shortcut = json!({ "suggested_key": { "default": FIREFOX_POPUP_SHORTCUT } });
    }
    let gecko = json!({
        "id": FIREFOX_ID,
        "strict_min_version": FIREFOX_VERSION,
        // Account secrets are sent to a server that the user connects. Firefox asks about it together with the access
        // to that server.
        "data_collection_permissions": { "required": ["none"], "optional": ["authenticationInfo"] },
    });
    fields.insert("browser_specific_settings".into(), json!({ "gecko": gecko }));
    Ok(serde_json::to_vec_pretty(&manifest)?)
}

/// Returns the `version` of a manifest.
pub fn version(manifest: &[u8]) -> Result<String> {
    let manifest: Value = serde_json::from_slice(manifest).context("manifest.json is not JSON")?;
    let version = manifest.get("version").and_then(Value::as_str).context("manifest.json has no version")?;
    Ok(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_manifest_differs_in_its_host_permissions_only() {
        let shipped = br#"{"name": "x", "version": "1.2", "permissions": ["storage"], "action": {"default_popup": "popup.html"}}"#;
        let mut tested: Value = serde_json::from_slice(&for_tests(shipped).unwrap()).unwrap();
        let hosts = tested.as_object_mut().unwrap().remove("host_permissions").unwrap();
        assert_eq!(hosts, json!(TEST_HOSTS));
        assert_eq!(tested, serde_json::from_slice::<Value>(shipped).unwrap());
    }

    #[test]
    fn the_firefox_manifest_differs_only_where_the_browsers_do() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let shipped = std::fs::read(root.join("manifest.json")).unwrap();
        let mut derived: Value = serde_json::from_slice(&for_firefox(&shipped).unwrap()).unwrap();
        let mut original: Value = serde_json::from_slice(&shipped).unwrap();
        let gecko = derived.as_object_mut().unwrap().remove("browser_specific_settings").unwrap();
        assert_eq!(gecko["gecko"]["id"], FIREFOX_ID);
        assert_eq!(gecko["gecko"]["data_collection_permissions"]["required"], json!(["none"]));
        assert_eq!(derived["background"], json!({ "type": "module", "scripts": ["worker.js"] }));
        assert_eq!(
            derived["commands"]["_execute_action"]["suggested_key"],
            json!({ "default": FIREFOX_POPUP_SHORTCUT })
        );
        assert_eq!(derived["sidebar_action"]["default_panel"], original["side_panel"]["default_path"]);
        assert_eq!(derived["sidebar_action"]["open_at_install"], false);
        for manifest in [&mut derived, &mut original] {
            let fields = manifest.as_object_mut().unwrap();
            for changed in ["background", "minimum_chrome_version", "storage", "side_panel", "sidebar_action"] {
                fields.remove(changed);
            }
            fields["permissions"].as_array_mut().unwrap().retain(|permission| permission != "sidePanel");
            fields["commands"].as_object_mut().unwrap().remove("_execute_action");
        }
        assert_eq!(derived, original);
    }

    #[test]
    fn a_background_without_a_service_worker_is_rejected() {
        assert!(for_firefox(br#"{"background": {"scripts": ["worker.js"]}}"#).is_err());
        assert!(for_firefox(b"{}").is_err());
    }

    #[test]
    fn a_manifest_that_is_not_an_object_is_rejected() {
        assert!(for_tests(b"[]").is_err());
        assert!(version(b"{}").is_err());
    }
}

//! Creates the manifest for tests, which differs from the release only in its host permissions.
//!
//! A permission prompt cannot be answered headless, so the test package is granted access to the test servers.

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
    fn a_manifest_that_is_not_an_object_is_rejected() {
        assert!(for_tests(b"[]").is_err());
        assert!(version(b"{}").is_err());
    }
}

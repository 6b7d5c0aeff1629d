//! The answers to the stores' questions about privacy and permissions, in `store/answers.md`. Each permission of the
//! manifest must be justified, and no other.

use crate::build::MANIFEST;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const FILE: &str = "store/answers.md";
/// The second-level heading of the permissions.
const PERMISSIONS: &str = "Permission justifications";
/// The other sections that a store asks for.
const SECTIONS: [&str; 4] = ["Single purpose", "Remote code", "Data use", "Notes for reviewers"];
/// The limits of Chrome's store for a justification, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 40..=1000;

/// Returns the answers.
///
/// # Errors
/// A section or the justification of a permission is missing, or there is one for a permission that is not requested.
pub fn read(root: &Path) -> Result<String> {
    let answers = fs::read_to_string(root.join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    let manifest = fs::read(root.join(MANIFEST)).context("cannot read manifest.json")?;
    check(&answers, &serde_json::from_slice(&manifest)?)?;
    Ok(answers)
}

fn check(answers: &str, manifest: &Value) -> Result<()> {
    let sections = by_heading(answers, "## ");
    for needed in SECTIONS {
        if sections.get(needed).is_none_or(|text| text.len() < *LENGTHS.start()) {
            bail!("{FILE} has no section {needed}");
        }
    }
    let section = sections.get(PERMISSIONS).with_context(|| format!("{FILE} has no section {PERMISSIONS}"))?;
    let justified = by_heading(section, "### ");
    let requested = requested(manifest);
    for (permission, text) in &justified {
        if !requested.contains(permission) {
            bail!("{FILE} justifies {permission}, which the manifest does not request");
        }
        if !LENGTHS.contains(&text.chars().count()) {
            bail!("the justification of {permission} must have {LENGTHS:?} characters");
        }
    }
    match requested.iter().find(|permission| !justified.contains_key(*permission)) {
        Some(missing) => bail!("{FILE} does not justify {missing}"),
        None => Ok(()),
    }
}

/// Returns what the manifest requests: each permission, and the hosts together.
fn requested(manifest: &Value) -> Vec<String> {
    let list = |name: &str| {
        let entries = manifest.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        entries.iter().filter_map(|entry| entry.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let mut requested = [list("permissions"), list("optional_permissions")].concat();
    let hosts = [list("host_permissions"), list("optional_host_permissions")].concat();
    if !hosts.is_empty() {
        requested.push(hosts.join(" and "));
    }
    requested
}

/// Returns the texts below the headings that start with this mark.
fn by_heading(text: &str, mark: &str) -> BTreeMap<String, String> {
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix(mark) {
            current = Some(heading.to_owned());
            sections.entry(heading.to_owned()).or_default();
        } else if let Some(section) = current.as_ref().and_then(|heading| sections.get_mut(heading)) {
            section.push_str(line);
            section.push('\n');
        }
    }
    sections.into_iter().map(|(heading, text)| (heading, text.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    #[test]
    fn each_permission_of_the_manifest_is_justified() {
        let answers = read(root()).unwrap();
        let mut manifest: Value = serde_json::from_slice(&fs::read(root().join(MANIFEST)).unwrap()).unwrap();
        let hosts = requested(&manifest).pop().unwrap();
        for permission in requested(&manifest) {
            let shorter = answers.replace(&format!("### {permission}\n"), "");
            let error = check(&shorter, &manifest).unwrap_err().to_string();
            assert!(error.contains(&permission) || error.contains("characters"), "{permission}: {error}");
        }
        assert!(answers.contains(&hosts));
        manifest["permissions"].as_array_mut().unwrap().push(json!("tabs"));
        assert!(check(&answers, &manifest).unwrap_err().to_string().contains("does not justify tabs"));
    }

    #[test]
    fn a_justification_without_a_permission_is_rejected() {
        let answers = read(root()).unwrap();
        let manifest = json!({ "permissions": ["activeTab"] });
        assert!(check(&answers, &manifest).unwrap_err().to_string().contains("does not request"));
    }

    #[test]
    fn the_readme_explains_the_same_permissions() {
        let readme = fs::read_to_string(root().join("README.md")).unwrap();
        let manifest: Value = serde_json::from_slice(&fs::read(root().join(MANIFEST)).unwrap()).unwrap();
        for permission in requested(&manifest).iter().filter(|permission| !permission.contains('/')) {
            assert!(readme.contains(&format!("`{permission}`")), "{permission}");
        }
    }
}

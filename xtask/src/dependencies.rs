//! Checks the dependencies: allowed licenses, allowed sources, and no crate in two versions in the release.
//!
//! The checks read `cargo metadata`, so they need no additional tool and no network. `advisories.rs` checks for known
//! vulnerabilities.

#[cfg(test)]
mod tests {
    use crate::command::cargo;
    use crate::licenses;
    use crate::wasm;
    use serde_json::Value;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// Allowed licenses of crates, including build and test dependencies. All of them require only attribution, except
    /// MPL-2.0, which also covers changes to its files.
    const LICENSES: [&str; 14] = [
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "CC0-1.0",
        // The root certificates of the examples' HTTP client, which is not part of the release.
        "CDLA-Permissive-2.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "Unicode-3.0",
        "Zlib",
    ];

    /// The only allowed registry.
    const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

    /// Crates that are in the release in two versions, with the reason.
    const TWICE: [(&str, &str); 3] = [
        (
            "base64",
            "leptos does not support version 0.23 yet; it needs the crate for server functions, which are not linked",
        ),
        ("constant_time_eq", "totp-rs does not support version 0.6 yet; the crate is one function"),
        ("thiserror", "gloo-net and pinned, which leptos depends on, do not support version 2 yet"),
    ];

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    /// Returns the output of `cargo metadata` for one platform, with build and test dependencies.
    fn metadata(platform: &str) -> Value {
        let output = cargo(root(), "metadata --format-version 1 --filter-platform").arg(platform).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Returns true if the allowed licenses satisfy an SPDX expression. `AND` binds more tightly than `OR`.
    fn is_allowed(expression: &str) -> bool {
        let flat = expression.replace('/', " OR ");
        if let Some((head, rest)) = flat.split_once('(') {
            let (group, tail) = rest.split_once(')').unwrap_or((rest, ""));
            let meaning = if is_allowed(group) { "MIT" } else { "none" };
            return is_allowed(&format!("{head}{meaning}{tail}"));
        }
        flat.split(" OR ").any(|choice| choice.split(" AND ").all(|license| LICENSES.contains(&license.trim())))
    }

    #[test]
    fn a_license_expression_needs_one_alternative_of_or_and_both_sides_of_and() {
        for allowed in ["MIT", "MIT OR GPL-3.0", "Apache-2.0/MIT", "(MIT OR GPL-3.0) AND Unicode-3.0", "MIT AND (ISC)"]
        {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for rejected in ["GPL-3.0", "MIT AND GPL-3.0", "(GPL-2.0 OR GPL-3.0) AND MIT", ""] {
            assert!(!is_allowed(rejected), "{rejected}");
        }
    }

    #[test]
    fn every_crate_is_from_the_registry_and_has_an_allowed_license() {
        let platforms = ["wasm32-unknown-unknown", "x86_64-unknown-linux-gnu"].map(metadata);
        let packages: Vec<&Value> =
            platforms.iter().flat_map(|platform| platform["packages"].as_array().unwrap()).collect();
        let mut wrong = Vec::new();
        for package in &packages {
            let (name, license) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or_default());
            if !is_allowed(license) {
                wrong.push(format!("{name}: license {license:?}"));
            }
            if package["source"].as_str().is_some_and(|source| source != REGISTRY) {
                wrong.push(format!("{name}: from {}", package["source"]));
            }
        }
        assert!(packages.len() > 100, "the crates are no longer found");
        assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn no_crate_ships_in_two_versions_without_a_reason() {
        let shipped = licenses::names_and_versions(root(), &wasm::contexts(root()).unwrap()).unwrap();
        let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, version) in &shipped {
            versions.entry(name).or_default().insert(version);
        }
        let twice: Vec<_> = versions.iter().filter(|(_, versions)| versions.len() > 1).collect();
        let names: Vec<&str> = twice.iter().map(|(name, _)| **name).collect();
        assert_eq!(names, TWICE.map(|(name, _)| name), "{twice:?}");
    }
}

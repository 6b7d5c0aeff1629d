//! Runs Mozilla's `web-ext lint` on the Firefox package. It must report no errors, and only the accepted warnings.

use crate::tools;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Accepted warnings: the rule, the file, and why the code is correct.
const ACCEPTED: [(&str, &str, &str); 5] = [
    (
        "UNSAFE_VAR_ASSIGNMENT",
        "first_frame.js",
        "The markup is the extension's own: the popup stored it in the session, and the policy forbids scripts in it.",
    ),
    (
        "UNSAFE_VAR_ASSIGNMENT",
        "wasm/options.js",
        "The code that wasm-bindgen generates for the UI framework uses it with constant templates only.",
    ),
    (
        "UNSAFE_VAR_ASSIGNMENT",
        "wasm/pages.js",
        "The code that wasm-bindgen generates for the UI framework uses it with constant templates only.",
    ),
    (
        "UNSUPPORTED_API",
        "content/page_images.js",
        "The script calls the function only where it exists. In Firefox, it reads a property instead.",
    ),
    (
        "UNSUPPORTED_API",
        "wasm/pages.js",
        "The popup opens the side panel only where it exists. In Firefox, it opens the sidebar instead.",
    ),
];

/// Checks the package in `dist/firefox`.
pub fn check(root: &Path) -> Result<()> {
    let tools = tools::install(&root.join("xtask/web-ext"))?.context("web-ext needs node and npm")?;
    let mut lint = Command::new(tools.join("node_modules/.bin/web-ext"));
    lint.args(["lint", "--no-config-discovery", "--no-input", "--output=json", "--source-dir=dist/firefox"]);
    let output = lint.current_dir(root).output().context("cannot start web-ext")?;
    let report: Value = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("web-ext lint printed no JSON: {}", String::from_utf8_lossy(&output.stderr)))?;
    let wrong = unaccepted(&report);
    if !wrong.is_empty() {
        bail!("web-ext lint dist/firefox:\n{}", wrong.join("\n"));
    }
    println!("web-ext lint: no errors, {} accepted warnings", ACCEPTED.len());
    Ok(())
}

/// Returns a line for each error, each warning that is not accepted, and each accepted warning that is not reported.
fn unaccepted(report: &Value) -> Vec<String> {
    let listed = |kind: &str| report.get(kind).and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let line = |entry: &Value| format!("{} {}: {}", text(entry, "code"), text(entry, "file"), text(entry, "message"));
    let warnings: Vec<Value> = ["warnings", "notices"].iter().flat_map(|kind| listed(kind)).collect();
    let is = |entry: &Value, (code, file, _): &(&str, &str, &str)| {
        text(entry, "code") == *code && text(entry, "file") == *file
    };
    let mut lines: Vec<String> = listed("errors").iter().map(line).collect();
    lines.extend(warnings.iter().filter(|entry| !ACCEPTED.iter().any(|known| is(entry, known))).map(line));
    let gone = ACCEPTED.iter().filter(|known| !warnings.iter().any(|entry| is(entry, known)));
    lines.extend(gone.map(|(code, file, _)| format!("{code} {file}: accepted, but no longer reported")));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(code: &str, file: &str) -> Value {
        json!({ "code": code, "file": file, "message": "x" })
    }

    #[test]
    fn accepted_warnings_pass_and_each_of_them_must_be_reported() {
        let mut warnings: Vec<Value> = ACCEPTED.iter().map(|(code, file, _)| entry(code, file)).collect();
        assert_eq!(unaccepted(&json!({ "errors": [], "notices": [], "warnings": warnings })), Vec::<String>::new());
        let error =
            unaccepted(&json!({ "errors": [entry("ADDON_ID_REQUIRED", "manifest.json")], "warnings": warnings }));
        assert_eq!(error, ["ADDON_ID_REQUIRED manifest.json: x"]);
        warnings.push(entry("UNSAFE_VAR_ASSIGNMENT", "worker.js"));
        assert_eq!(unaccepted(&json!({ "warnings": warnings })), ["UNSAFE_VAR_ASSIGNMENT worker.js: x"]);
        let gone = unaccepted(&json!({ "warnings": warnings.split_off(1) }));
        assert_eq!(gone.len(), 2, "{gone:?}");
    }
}

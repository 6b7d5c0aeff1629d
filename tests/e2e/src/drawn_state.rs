//! Checks of a drawn state of the extension, which are the same for every screen: no violation that axe-core finds, in
//! both themes and both directions, and click targets that are large enough. Screenshots are saved for reviewers.

use crate::package::root;
use crate::page::Page;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::fs;
use std::process::Command;

/// Runs axe-core with the rules for WCAG 2.2 AA and its best practices, and returns the violations.
const RUN_AXE: &str = "axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
    preload: false,
}).then(({ violations }) => violations.map(({ id, nodes }) =>
    `${id}: ${nodes.map(({ html, any }) => html.slice(0, 200) + ' ' + (any[0]?.message ?? '')).join(' | ')}`))";

/// Click targets smaller than 24 px (WCAG 2.2, 2.5.8). A field's label is part of its target.
const SMALL_TARGETS: &str = "[...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
    .filter(it => it.checkVisibility())
    .map(it => it.closest('label') ?? it)
    .map(it => [it.outerHTML.slice(0, 120), it.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([html, box]) => [html, box.width, box.height])";

/// Checks the state and saves its screenshots in `dist/states/`.
///
/// # Errors
/// A violation, with the elements that cause it.
pub fn check(page: &Page, name: &str) -> Result<()> {
    let small = page.evaluate(SMALL_TARGETS)?;
    if small != json!([]) {
        bail!("small targets in {name}: {small}");
    }
    load_axe(page)?;
    let mut violations = Vec::new();
    let direction = page.evaluate("document.documentElement.dir")?;
    for scheme in ["light", "dark"] {
        page.emulate_media("prefers-color-scheme", scheme)?;
        page.screenshot(&root().join(format!("dist/states/{name}-{scheme}.png")))?;
        for direction in ["ltr", "rtl"] {
            page.evaluate(&format!("document.documentElement.dir = {direction:?}"))?;
            for violation in page.evaluate(RUN_AXE)?.as_array().into_iter().flatten() {
                violations.push(format!("{name}, {scheme}, {direction}: {}", violation.as_str().unwrap_or_default()));
            }
        }
        page.evaluate(&format!("document.documentElement.dir = {direction}"))?;
    }
    if violations.is_empty() { Ok(()) } else { bail!("{}", violations.join("\n")) }
}

/// Loads axe-core into the document. The page's content security policy does not apply to the debugger.
fn load_axe(page: &Page) -> Result<()> {
    if page.evaluate("typeof globalThis.axe")? == "object" {
        return Ok(());
    }
    let folder = root().join("tests/axe");
    let script = folder.join("node_modules/axe-core/axe.min.js");
    if !script.exists() {
        let quietly = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
        let installed = Command::new("npm").args(quietly).current_dir(&folder).status().context("npm is missing")?;
        if !installed.success() {
            bail!("npm ci in {} failed", folder.display());
        }
    }
    page.evaluate(&format!("{}; void 0", fs::read_to_string(script)?))?;
    Ok(())
}

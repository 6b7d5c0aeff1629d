//! Makes `extension/service_icons.json` from the npm package `simple-icons` and the list in `service_icons/`.
//!
//! The result is committed, so that a build needs neither npm nor the network, and so that a new version of the package
//! is reviewed like any other change. `cargo xtask test` compares it with the content of the package.
//!
//! Only icons that the package publishes under CC0 are included: an icon with another license is an error. The icons
//! stay trademarks of their owners; they are shown only to identify the account of that service.

mod color;
mod path;

use crate::tools;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The list of services, below the `xtask` folder.
const SERVICES: &str = "service_icons/services.txt";
/// The result.
const OUTPUT: &str = "extension/service_icons.json";
/// The maximum size of the result in bytes. The popup loads it after its first frame.
const MAX_BYTES: usize = 250_000;

/// A line of the list.
struct Service<'a> {
    slug: &'a str,
    is_unmistakable: bool,
    names: Vec<&'a str>,
    domains: Vec<&'a str>,
}

/// Writes the file.
///
/// # Errors
/// Node is missing, the list names an icon that the package does not have under CC0, or the file is too large.
pub fn write(root: &Path) -> Result<()> {
    let text = generate(root)?;
    fs::write(root.join(OUTPUT), &text)?;
    println!("{OUTPUT}: {} icons, {} bytes", text.lines().count().saturating_sub(4), text.len());
    Ok(())
}

/// Compares the committed file with the content of the package and the list.
///
/// # Errors
/// The file differs from the package or the list, and the errors of [`write()`].
pub fn check(root: &Path) -> Result<()> {
    let committed = fs::read_to_string(root.join(OUTPUT)).unwrap_or_default();
    if committed != generate(root)? {
        bail!("{OUTPUT} is out of date: cargo xtask icons");
    }
    Ok(())
}

/// Returns the version of the package that the committed file was made from.
///
/// # Errors
/// The file is missing or has another form.
pub fn version(root: &Path) -> Result<String> {
    let text = fs::read_to_string(root.join(OUTPUT)).with_context(|| format!("cannot read {OUTPUT}"))?;
    let file: Value = serde_json::from_str(&text)?;
    Ok(version_in(&file)?.to_owned())
}

fn version_in(file: &Value) -> Result<&str> {
    file.get("version").and_then(Value::as_str).context("the file has no version")
}

fn generate(root: &Path) -> Result<String> {
    let tools = tools::install(&tools::folder(root))?
        .context("the icons need node and npm. On Debian: sudo apt-get install npm")?;
    let package = tools.join("node_modules/simple-icons");
    let list = fs::read_to_string(root.join("xtask").join(SERVICES)).context("cannot read the list of services")?;
    let data: Vec<Value> = serde_json::from_str(&fs::read_to_string(package.join("data/simple-icons.json"))?)?;
    let by_slug: BTreeMap<&str, &Value> =
        data.iter().filter_map(|icon| icon["slug"].as_str().map(|slug| (slug, icon))).collect();
    let mut lines = Vec::new();
    for service in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(parse) {
        let icon = by_slug.get(service.slug).with_context(|| format!("simple-icons has no {}", service.slug))?;
        let svg = fs::read_to_string(package.join(format!("icons/{}.svg", service.slug)))?;
        lines.push(entry(&service, icon, &svg).with_context(|| format!("the icon {}", service.slug))?.to_string());
    }
    let manifest: Value = serde_json::from_str(&fs::read_to_string(package.join("package.json"))?)?;
    let version = version_in(&manifest)?;
    let text = format!("{{\"version\":\"{version}\",\"icons\":[\n{}\n]}}\n", lines.join(",\n"));
    if text.len() > MAX_BYTES {
        bail!("{OUTPUT} would have {} bytes, more than {MAX_BYTES}: shorten {SERVICES}", text.len());
    }
    Ok(text)
}

fn parse(line: &str) -> Service<'_> {
    let mut parts = line.split('|').map(str::trim);
    let slug = parts.next().unwrap_or_default();
    let names = parts.next().unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let domains = parts.next().unwrap_or_default().split_whitespace().collect();
    Service { slug: slug.trim_end_matches('+'), is_unmistakable: slug.ends_with('+'), names, domains }
}

fn entry(service: &Service, icon: &Value, svg: &str) -> Result<Value> {
    let license = icon.pointer("/license/type").and_then(Value::as_str).unwrap_or("CC0-1.0");
    if license != "CC0-1.0" {
        bail!("its license is {license}");
    }
    let drawing = svg.split(" d=\"").nth(1).and_then(|rest| rest.split('"').next()).context("it has no path")?;
    let brand = color::Color::parse(icon["hex"].as_str().unwrap_or_default()).context("it has no color")?;
    let [light, dark] = color::themed(brand);
    let title = icon["title"].as_str().context("it has no title")?;
    let mut entry = json!({ "slug": service.slug, "title": title });
    if let Some(fields) = entry.as_object_mut() {
        if service.is_unmistakable {
            fields.insert("unmistakable".into(), true.into());
        }
        for (name, list) in [("names", &service.names), ("domains", &service.domains)] {
            if !list.is_empty() {
                fields.insert(name.into(), json!(list));
            }
        }
        fields
            .insert("colors".into(), json!([light, dark].concat().iter().map(ToString::to_string).collect::<Vec<_>>()));
        fields.insert("path".into(), path::rounded(drawing)?.into());
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_list_has_a_slug_names_and_domains() {
        let service = parse("github+ | gh, git hub | github.com github.dev");
        assert_eq!((service.slug, service.is_unmistakable), ("github", true));
        assert_eq!((service.names, service.domains), (vec!["gh", "git hub"], vec!["github.com", "github.dev"]));
        let bare = parse("box");
        assert!(!bare.is_unmistakable && bare.names.is_empty() && bare.domains.is_empty());
    }

    #[test]
    fn an_icon_with_another_license_is_rejected() {
        let icon = |license: Value| json!({ "title": "Acme", "hex": "4A3FC8", "license": license });
        let made = |license| entry(&parse("acme"), &icon(license), "<svg><path d=\"M0 0h1\"/></svg>");
        assert!(made(Value::Null).is_ok() && made(json!({ "type": "CC0-1.0" })).is_ok());
        for license in ["GPL-3.0-only", "custom", "CC-BY-NC-4.0", "MIT"] {
            assert!(made(json!({ "type": license })).is_err(), "{license}");
        }
    }
}

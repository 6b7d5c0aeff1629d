//! The schema of the managed policy, and the examples in the administration guide.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use casdoor_authenticator::app::ManagedKey;
use casdoor_authenticator::app::policy::{Policy, Rule};
use serde_json::Value;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(&read("extension/managed.json")).unwrap()
}

/// Returns the code blocks of the guide in a language.
fn examples(language: &str) -> Vec<String> {
    let (guide, start) = (read("docs/administration.md"), format!("```{language}\n"));
    let blocks = guide.split(start.as_str()).skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// Returns the problem of a value under a schema, as a browser checks it: types and the names of properties.
fn problem(value: &Value, schema: &Value, place: &str) -> Option<String> {
    let wanted = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_of_type = match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        other => panic!("{place} has the unknown type {other}"),
    };
    if !is_of_type {
        return Some(format!("{place} is not of the type {wanted}"));
    }
    let properties = |(name, value): (&String, &Value)| match schema.pointer(&format!("/properties/{name}")) {
        Some(schema) => problem(value, schema, &format!("{place}/{name}")),
        None => Some(format!("{place}/{name} is not in the schema")),
    };
    let found = value.as_object().and_then(|object| object.iter().find_map(properties));
    let items = || value.as_array()?.iter().find_map(|item| problem(item, schema.get("items")?, place));
    found.or_else(items)
}

fn parsed(value: &Value) -> Policy {
    let texts: Vec<(&String, String)> =
        value.as_object().unwrap().iter().map(|(key, value)| (key, value.to_string())).collect();
    Policy::parse(texts.iter().map(|(key, text)| (key.as_str(), text.as_str())))
}

/// Asserts that an example is what the guide says: one server and no exports, with a password.
fn assert_complete(value: &Value, place: &str) {
    assert_eq!(problem(value, &schema(), place), None);
    let policy = parsed(value);
    assert!(policy.not_understood.is_empty(), "{place}: {:?}", policy.not_understood);
    assert_eq!(policy.servers.first().map(|server| server.name.as_str()), Some("Acme Corporation"), "{place}");
    assert!(policy.has(Rule::ForbidExports) && policy.has(Rule::RequirePassword), "{place}");
    assert_eq!(policy.auto_lock_minutes, Some(480), "{place}");
}

#[test]
fn the_schema_has_every_key_of_the_policy_with_a_title_and_a_description() {
    let schema = schema();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap();
    let known: BTreeSet<&str> = ManagedKey::ALL.iter().map(|key| key.name()).collect();
    assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for (name, property) in properties {
        for field in ["title", "description"] {
            let text = property.get(field).and_then(Value::as_str).unwrap_or_default();
            assert!(text.len() > 5, "{name} has no {field}");
        }
        // Chromium would drop a misspelled choice before the extension could apply the strictest reading.
        assert!(property.get("enum").is_none() && property.get("minimum").is_none(), "{name}");
        // The value that the schema's type admits is understood, and one of another type is not.
        let other = if property.get("type").unwrap() == "boolean" { "\"x\"" } else { "true" };
        assert_eq!(Policy::parse([(name.as_str(), other)]).not_understood, std::slice::from_ref(name), "{name}");
    }
}

#[test]
fn every_key_is_explained_in_the_guide() {
    let guide = read("docs/administration.md");
    for key in ManagedKey::ALL {
        assert!(guide.contains(&format!("\n| `{}` |", key.name())), "{} is missing in the table", key.name());
    }
}

#[test]
fn every_json_example_is_a_valid_policy() {
    const ID: &str = "abcdefghijklmnopabcdefghijklmnop";
    let examples = examples("json");
    let places =
        [format!("/3rdparty/extensions/{ID}"), String::from("/policies/3rdparty/Extensions/authenticator@casdoor.org")];
    let mut checked = 0;
    for (number, text) in examples.iter().enumerate() {
        let place = format!("example {number}");
        let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{place}: {error}"));
        if let Some(policy) = places.iter().find_map(|place| value.pointer(place)) {
            assert_complete(policy, &place);
        } else if value.get("servers").is_some() {
            // The admin console wraps each value.
            let unwrapped: serde_json::Map<String, Value> = value
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, it)| (key.clone(), it.get("Value").unwrap().clone()))
                .collect();
            assert_complete(&Value::Object(unwrapped), &place);
        } else {
            assert!(value.get(ID).is_some(), "{place} is neither a policy nor an installation");
            continue;
        }
        checked += 1;
    }
    assert_eq!((examples.len(), checked), (4, 3), "an example was added or removed");
}

#[test]
fn the_registry_example_has_the_same_policy() {
    let [text] = examples("reg").try_into().unwrap();
    let (_, section) = text.split_once("\\policy]\n").unwrap();
    let mut values = serde_json::Map::new();
    for line in section.lines().filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once("\"=").unwrap();
        let name = name.trim_start_matches('"');
        let kind = schema().pointer(&format!("/properties/{name}/type")).cloned().unwrap_or_default();
        let value = match value.strip_prefix("dword:") {
            Some(number) => {
                let number = u64::from_str_radix(number, 16).unwrap();
                if kind == "boolean" { Value::from(number == 1) } else { Value::from(number) }
            }
            None => {
                let text = value.trim_matches('"').replace("\\\"", "\"");
                if kind == "array" { serde_json::from_str(&text).unwrap() } else { Value::from(text) }
            }
        };
        values.insert(name.to_owned(), value);
    }
    assert_complete(&Value::Object(values), "the registry");
}

#[test]
fn the_other_examples_name_only_keys_of_the_schema() {
    let known: BTreeSet<&str> = ManagedKey::ALL.iter().map(|key| key.name()).collect();
    let [admx, adml, profile] = examples("xml").try_into().unwrap();
    let names = |text: &str, before: &str, after: char| -> BTreeSet<String> {
        text.split(before).skip(1).map(|rest| rest.split(after).next().unwrap().to_owned()).collect()
    };
    let in_admx = names(&admx, "<policy name=\"", '"');
    assert!(in_admx.len() == 3 && in_admx.iter().all(|name| known.contains(name.as_str())), "{in_admx:?}");
    assert!(in_admx.iter().all(|name| adml.contains(&format!("<string id=\"{name}\">"))));
    let (_, policy) = profile.split_once("com.example.casdoor-authenticator.policy").unwrap();
    let fields = ["PayloadUUID", "address", "organization", "displayName"];
    let in_profile = names(policy, "<key>", '<');
    let unknown: Vec<_> = in_profile.iter().filter(|name| !known.contains(name.as_str())).collect();
    assert!(unknown.iter().all(|name| fields.contains(&name.as_str())), "{unknown:?}");
    let [script] = examples("powershell").try_into().unwrap();
    let in_script = names(&script, "-Name \"", '"');
    assert!(in_script.len() > 3 && in_script.iter().all(|name| known.contains(name.as_str())), "{in_script:?}");
}

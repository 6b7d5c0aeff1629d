//! The schema of the managed policy, and the examples in the administration guide.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use casdoor_authenticator::app::ManagedKey;
use casdoor_authenticator::app::policy::Policy;
use serde_json::Value;

/// The extension's id in the examples.
const ID: &str = "abcdefghijklmnopabcdefghijklmnop";

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

/// Asserts that an example sets the same policy as the one for Linux, which a test loads in a real browser.
fn assert_same_policy(value: &Value, place: &str) {
    assert_eq!(problem(value, &schema(), place), None);
    let policy = parsed(value);
    assert!(policy.not_understood.is_empty(), "{place}: {:?}", policy.not_understood);
    let tested = examples("json").iter().find_map(|text| {
        let example: Value = serde_json::from_str(text).unwrap();
        example.pointer(&format!("/3rdparty/extensions/{ID}")).map(parsed)
    });
    assert_eq!(Some(policy), tested, "{place}");
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
    let examples = examples("json");
    let places =
        [format!("/3rdparty/extensions/{ID}"), String::from("/policies/3rdparty/Extensions/authenticator@casdoor.org")];
    let mut checked = 0;
    for (number, text) in examples.iter().enumerate() {
        let place = format!("example {number}");
        let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{place}: {error}"));
        if let Some(policy) = places.iter().find_map(|place| value.pointer(place)) {
            assert_same_policy(policy, &place);
        } else if value.get("servers").is_some() {
            // The admin console wraps each value.
            let unwrapped: serde_json::Map<String, Value> = value
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, it)| (key.clone(), it.get("Value").unwrap().clone()))
                .collect();
            assert_same_policy(&Value::Object(unwrapped), &place);
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
    assert_same_policy(&Value::Object(values), "the registry");
}

/// Parses a value of a property list, and returns it with the remaining text.
fn property(text: &str) -> (Value, &str) {
    let text = text.trim_start();
    for (tag, value) in [("<true/>", Value::from(true)), ("<false/>", Value::from(false))] {
        if let Some(rest) = text.strip_prefix(tag) {
            return (value, rest);
        }
    }
    let (tag, mut rest) = text.strip_prefix('<').and_then(|text| text.split_once('>')).unwrap();
    let end = format!("</{tag}>");
    match tag {
        "dict" => {
            let mut dictionary = serde_json::Map::new();
            while let Some(pair) = rest.trim_start().strip_prefix("<key>") {
                let (key, value) = pair.split_once("</key>").unwrap();
                let (value, left) = property(value);
                dictionary.insert(key.to_owned(), value);
                rest = left;
            }
            (dictionary.into(), rest.trim_start().strip_prefix(&end).unwrap())
        }
        "array" => {
            let mut list = Vec::new();
            while !rest.trim_start().starts_with(&end) {
                let (value, left) = property(rest);
                list.push(value);
                rest = left;
            }
            (list.into(), rest.trim_start().strip_prefix(&end).unwrap())
        }
        "string" | "integer" => {
            let (value, rest) = rest.split_once(&end).unwrap();
            (if tag == "integer" { Value::from(value.parse::<u64>().unwrap()) } else { Value::from(value) }, rest)
        }
        other => panic!("unknown element {other}"),
    }
}

#[test]
fn the_configuration_profile_has_the_same_policy() {
    let [_, _, profile] = examples("xml").try_into().unwrap();
    let (_, list) = profile.split_once("<plist version=\"1.0\">").unwrap();
    let (profile, _) = property(list);
    let payloads = profile.get("PayloadContent").and_then(Value::as_array).unwrap();
    let kind = format!("com.google.Chrome.extensions.{ID}");
    let policy = payloads.iter().find(|payload| payload.get("PayloadType") == Some(&Value::from(kind.as_str())));
    let mut policy = policy.and_then(Value::as_object).unwrap().clone();
    policy.retain(|name, _| !name.starts_with("Payload"));
    assert_same_policy(&policy.into(), "the configuration profile");
    let ids: BTreeSet<_> =
        payloads.iter().chain([&profile]).filter_map(|payload| payload.get("PayloadUUID")?.as_str()).collect();
    assert_eq!(ids.len(), 3, "{ids:?}");
}

#[test]
fn the_script_for_intune_sets_the_same_policy() {
    let [script] = examples("powershell").try_into().unwrap();
    let schema = schema();
    let kind = |name: &str| schema.pointer(&format!("/properties/{name}/type")).and_then(Value::as_str).unwrap();
    let assigned = |variable: &str| {
        let line = script.lines().find_map(|line| line.strip_prefix(&format!("${variable} = ")));
        line.unwrap().trim_matches(['"', '\'']).to_owned()
    };
    assert_eq!(assigned("id"), ID);
    let mut policy = serde_json::Map::new();
    let rules = script.split_once("foreach ($rule in ").and_then(|(_, rest)| rest.split_once(") {")).unwrap().0;
    for rule in rules.split(", ") {
        policy.insert(rule.trim_matches('"').to_owned(), true.into());
    }
    assert!(script.contains("-Name $rule -Value 1 -Type DWord"));
    for line in script.lines().filter_map(|line| line.strip_prefix("Set-ItemProperty -Path $key -Name \"")) {
        let (name, value) = line.split_once("\" -Value ").unwrap();
        let value = match kind(name) {
            "integer" => value.strip_suffix(" -Type DWord").unwrap().parse::<u64>().unwrap().into(),
            "array" => serde_json::from_str(&assigned(value.trim_start_matches('$'))).unwrap(),
            _ => Value::from(value.trim_matches('"')),
        };
        policy.insert(name.to_owned(), value);
    }
    assert_same_policy(&policy.into(), "the script");
}

#[test]
fn the_group_policy_template_writes_values_of_the_schemas_types() {
    let [admx, adml, _] = examples("xml").try_into().unwrap();
    let schema = schema();
    let policies: Vec<&str> = admx.split("<policy name=\"").skip(1).collect();
    assert_eq!(policies.len(), 3);
    for policy in policies {
        let (name, rest) = policy.split_once('"').unwrap();
        let kind = schema.pointer(&format!("/properties/{name}/type")).and_then(Value::as_str).unwrap();
        let written = match kind {
            // The browser parses lists from texts.
            "array" | "string" => format!("<text id=\"{name}\" valueName=\"{name}\""),
            "integer" => format!("<decimal id=\"{name}\" valueName=\"{name}\""),
            _ => format!("valueName=\"{name}\""),
        };
        assert!(rest.contains(&written), "{name}");
        assert!(rest.contains(&format!("3rdparty\\extensions\\{ID}\\policy")), "{name}");
        assert!(adml.contains(&format!("<string id=\"{name}\">")), "{name}");
    }
}

//! Parses the values of a policy. No input fails, and the work is bounded.

use serde_json::{Map, Value};

use super::{KeyDerivation, ManagedServer, MinimumStrength, Policy, Rule, WhenRemoved};
use crate::app::LANGUAGES;
use crate::app::storage_keys::ManagedKey;
use crate::autofill::origin_of;
use crate::casdoor::ServerAddress;
use crate::label::clean;
use crate::vault::{NewAccounts, Site};

/// Maximum size of one value, in bytes of JSON. A longer one is not understood.
const MAX_VALUE_BYTES: usize = 64 * 1024;
/// Maximum number of servers, and of names in [`Policy::not_understood`].
const MAX_ENTRIES: usize = 20;
/// Maximum number of sites.
const MAX_SITES: usize = 500;
/// Maximum length of a name or an address, in characters.
const MAX_NAME_CHARS: usize = 300;
/// Maximum length of the text about support, in characters.
const MAX_TEXT_CHARS: usize = 1_000;

/// Parses pairs of a key's name and its value as JSON text.
pub(super) fn policy<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Policy {
    let mut policy = Policy::default();
    for (name, text) in values {
        let key = ManagedKey::ALL.into_iter().find(|key| key.name() == name);
        let value = Some(text).filter(|text| text.len() <= MAX_VALUE_BYTES);
        let value = value.and_then(|text| serde_json::from_str(text).ok());
        let is_understood = match (key, value) {
            (None, _) => false,
            // Some management tools write null for a key that is not set.
            (Some(_), Some(Value::Null)) => true,
            // Text that is not JSON has no type that any key accepts.
            (Some(key), value) => read(&mut policy, key, &value.unwrap_or(Value::Object(Map::new()))),
        };
        if !is_understood {
            note(&mut policy, name);
        }
    }
    policy
}

/// Reports a key that is unknown or whose value is not understood.
pub(super) fn note(policy: &mut Policy, name: &str) {
    let name: String = clean(name).chars().take(MAX_NAME_CHARS).collect();
    if policy.not_understood.len() < MAX_ENTRIES && !policy.not_understood.contains(&name) {
        policy.not_understood.push(name);
    }
}

/// Stores the value of a key, and returns `true` if all of it was understood.
fn read(policy: &mut Policy, key: ManagedKey, value: &Value) -> bool {
    match key {
        ManagedKey::OnlyTheseServers => rule(policy, Rule::OnlyTheseServers, value),
        ManagedKey::RequireSignIn => rule(policy, Rule::RequireSignIn, value),
        ManagedKey::ForbidOwnFactorOnServer => rule(policy, Rule::ForbidOwnFactorOnServer, value),
        ManagedKey::ForbidMfaChanges => rule(policy, Rule::ForbidMfaChanges, value),
        ManagedKey::ForbidExports => rule(policy, Rule::ForbidExports, value),
        ManagedKey::ForbidShowingSecrets => rule(policy, Rule::ForbidShowingSecrets, value),
        ManagedKey::RequirePassword => rule(policy, Rule::RequirePassword, value),
        ManagedKey::Servers => servers(policy, value),
        ManagedKey::FillSites => sites(policy, value),
        ManagedKey::AutomaticFilling => {
            let known = [("on", Some(true)), ("off", Some(false)), ("user", None)];
            chosen(&mut policy.automatic_filling, &known, Some(false), value)
        }
        ManagedKey::NewAccounts => {
            let known = [("device", Some(NewAccounts::Device)), ("server", Some(NewAccounts::Server)), ("user", None)];
            chosen(&mut policy.new_accounts, &known, Some(NewAccounts::Device), value)
        }
        ManagedKey::MinimumPasswordStrength => {
            let [fair, good, strong] =
                [MinimumStrength::Fair, MinimumStrength::Good, MinimumStrength::Strong].map(Some);
            chosen(&mut policy.minimum_strength, &[("fair", fair), ("good", good), ("strong", strong)], strong, value)
        }
        ManagedKey::KeyDerivation => {
            let [argon2id, pbkdf2] = [KeyDerivation::Argon2id, KeyDerivation::Pbkdf2].map(Some);
            // Both derivations are sufficient, so neither is the more restrictive one.
            chosen(
                &mut policy.key_derivation,
                &[("argon2id", argon2id), ("pbkdf2", pbkdf2), ("user", None)],
                None,
                value,
            )
        }
        ManagedKey::WhenRemoved => {
            let [keep, forget] = [WhenRemoved::Keep, WhenRemoved::Forget].map(Some);
            // Deleting cannot be undone, so it needs an instruction that is understood.
            chosen(&mut policy.when_removed, &[("keep", keep), ("forget", forget), ("user", None)], None, value)
        }
        ManagedKey::MinimumPbkdf2Iterations => {
            number(&mut policy.minimum_iterations, (600_000, 10_000_000), 10_000_000, value)
        }
        ManagedKey::AutoLockMinutes => number(&mut policy.auto_lock_minutes, (1, 30 * 24 * 60), 1, value),
        ManagedKey::IdleLockMinutes => number(&mut policy.idle_lock_minutes, (1, 24 * 60), 1, value),
        ManagedKey::BackupEveryDays => number(&mut policy.backup_every_days, (1, 365), 1, value),
        ManagedKey::Language => language(policy, value),
        ManagedKey::SupportUrl => {
            let address = text(value, MAX_NAME_CHARS).filter(|address| origin_of(address).is_some());
            (policy.support_url = address, policy.support_url.is_some()).1
        }
        ManagedKey::SupportText => (policy.support_text = text(value, MAX_TEXT_CHARS), policy.support_text.is_some()).1,
    }
}

/// Turns a restriction on or off. A value that is not a Boolean turns it on, because the administrator has set the key
/// for a reason.
fn rule(policy: &mut Policy, rule: Rule, value: &Value) -> bool {
    if value.as_bool().unwrap_or(true) {
        policy.rules.insert(rule);
    }
    value.is_boolean()
}

/// Stores one of several named choices, or `strictest` if the name is unknown.
fn chosen<T: Copy>(setting: &mut Option<T>, known: &[(&str, Option<T>)], strictest: Option<T>, value: &Value) -> bool {
    let found = value.as_str().and_then(|name| known.iter().find(|(known, _)| *known == name.trim()));
    *setting = found.map_or(strictest, |(_, choice)| *choice);
    found.is_some()
}

/// Stores a number within bounds. A value that is not a number is read as `strictest`.
fn number(setting: &mut Option<u32>, (least, most): (u32, u32), strictest: u32, value: &Value) -> bool {
    let whole = value.as_u64().map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    *setting = Some(whole.map_or(strictest, |number| number.clamp(least, most)));
    whole.is_some_and(|number| (least..=most).contains(&number))
}

/// Returns a text without invisible characters; `None` if it is missing, empty or too long.
fn text(value: &Value, most: usize) -> Option<String> {
    let text = clean(value.as_str()?.trim()).into_owned();
    (!text.is_empty() && text.chars().count() <= most).then_some(text)
}

/// Reads the list of servers. An entry that is not understood is left out.
fn servers(policy: &mut Policy, value: &Value) -> bool {
    let Some(list) = value.as_array() else { return false };
    let mut is_understood = list.len() <= MAX_ENTRIES;
    for entry in list.iter().take(MAX_ENTRIES) {
        match server(entry) {
            Some(server) if policy.servers.iter().all(|known| *known != server) => policy.servers.push(server),
            Some(_) => {}
            None => is_understood = false,
        }
    }
    is_understood
}

fn server(entry: &Value) -> Option<ManagedServer> {
    const FIELDS: [&str; 5] = ["address", "organization", "application", "clientId", "displayName"];
    let fields = entry.as_object()?;
    if !fields.keys().all(|name| FIELDS.contains(&name.as_str())) {
        return None;
    }
    // A field that is missing differs from one that is not understood: signing in to another organization than the
    // administrator meant would be worse than no sign-in.
    let optional = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => text(value, MAX_NAME_CHARS).map(Some),
    };
    // The administrator decides whether http is acceptable on a private network.
    let address = ServerAddress::parse(&text(fields.get("address")?, MAX_NAME_CHARS)?, true).ok()?;
    let organization = optional("organization")?;
    let name = optional("displayName")?.or_else(|| organization.clone());
    Some(ManagedServer {
        name: name.unwrap_or_else(|| address.host().to_owned()),
        address: address.to_string(),
        organization,
        application: optional("application")?,
        client_id: optional("clientId")?,
    })
}

/// Reads the list of sites. An entry that is not understood allows nothing.
fn sites(policy: &mut Policy, value: &Value) -> bool {
    let Some(list) = value.as_array() else {
        policy.fill_sites = Some(Vec::new());
        return false;
    };
    let read: Vec<Option<Site>> = list.iter().take(MAX_SITES).map(site).collect();
    let is_understood = list.len() <= MAX_SITES && read.iter().all(Option::is_some);
    policy.fill_sites = Some(read.into_iter().flatten().collect());
    is_understood
}

/// Parses an origin, such as `https://shop.example`, or a domain with its subdomains, such as `example.com`.
fn site(entry: &Value) -> Option<Site> {
    let entry = text(entry, MAX_NAME_CHARS)?.to_ascii_lowercase();
    if entry.contains("://") {
        return origin_of(&entry).map(Site::Origin);
    }
    let domain = entry.strip_prefix("*.").unwrap_or(&entry);
    let is_label =
        |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (domain.contains('.') && domain.split('.').all(is_label)).then(|| Site::Domain(domain.to_owned()))
}

/// Reads the language, as the name of its folder (`pt_BR`) or as a tag (`pt-BR`).
fn language(policy: &mut Policy, value: &Value) -> bool {
    let wanted = text(value, MAX_NAME_CHARS).map(|language| language.replace('-', "_"));
    let known =
        LANGUAGES.iter().find(|(known, _)| wanted.as_ref().is_some_and(|wanted| wanted.eq_ignore_ascii_case(known)));
    policy.language = known.map(|(known, _)| (*known).to_owned());
    known.is_some()
}

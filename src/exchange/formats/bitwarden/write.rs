//! Writes the formats of Bitwarden's password manager. It does not support HOTP, so such accounts are left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::Keys;
use crate::exchange::codecs::ciphers::{self, Prf};
use crate::exchange::codecs::json::Value;
use crate::exchange::{ExchangeError, Imported, encoding};
use crate::otp::Kind;
use crate::secret::{Entropy, Secret};

/// The number of PBKDF2 iterations that Bitwarden uses by default.
const ROUNDS: u32 = 600_000;

const HEADER: [&str; 11] = [
    "folder",
    "favorite",
    "type",
    "name",
    "notes",
    "fields",
    "reprompt",
    "login_uri",
    "login_username",
    "login_password",
    "login_totp",
];

/// Writes unencrypted JSON.
pub(in crate::exchange) fn json(accounts: &[&Imported], entropy: &mut impl Entropy) -> String {
    let names: BTreeSet<&str> = accounts.iter().filter_map(|account| account.group()).collect();
    let ids: BTreeMap<&str, String> = names.into_iter().map(|name| (name, encoding::uuid(entropy))).collect();
    let items: Vec<Value> = accounts.iter().map(|account| item(account, &ids, entropy)).collect();
    let folders: Vec<Value> = ids.iter().map(|(name, id)| json!({ "id": id, "name": name })).collect();
    json!({ "encrypted": false, "folders": folders, "items": items }).to_string()
}

/// Writes JSON that is encrypted with a password.
pub(in crate::exchange) fn sealed_json(
    accounts: &[&Imported],
    password: &Secret<String>,
    entropy: &mut impl Entropy,
) -> Result<String, ExchangeError> {
    let salt = encoding::to_base64(&entropy.generate::<16>());
    // Exposed for the key derivation.
    let key = ciphers::derive_pbkdf2(Prf::Sha256, password.expose().as_bytes(), salt.as_bytes(), ROUNDS)?;
    let keys = Keys::stretch(&key)?;
    let open = Secret::new(json(accounts, entropy));
    let check = keys.seal(encoding::uuid(entropy).as_bytes(), entropy.generate());
    let data = keys.seal(open.expose().as_bytes(), entropy.generate());
    let file = json!({
        "encrypted": true, "passwordProtected": true, "salt": salt, "kdfType": 0, "kdfIterations": ROUNDS,
        "kdfMemory": null, "kdfParallelism": null, "encKeyValidation_DO_NOT_EDIT": check, "data": data,
    });
    Ok(file.to_string())
}

fn item(account: &Imported, ids: &BTreeMap<&str, String>, entropy: &mut impl Entropy) -> Value {
    let uris: Vec<Value> = account.sites.iter().map(|site| json!({ "match": null, "uri": site })).collect();
    json!({
        "id": encoding::uuid(entropy), "organizationId": null, "folderId": account.group().and_then(|name| ids.get(name)),
        "type": 1, "reprompt": 0, "name": account.uri.issuer, "favorite": account.pinned, "collectionIds": null,
        "notes": (!account.note.is_empty()).then_some(&account.note),
        "login": { "uris": uris, "username": account.uri.name, "password": null, "totp": totp(account) },
    })
}

/// Returns a key URI, or `steam://` and the secret for Steam, as Bitwarden does.
fn totp(account: &Imported) -> String {
    match account.uri.otp.kind {
        Kind::Steam => format!("steam://{}", account.uri.otp.key.to_base32().expose()),
        _ => account.uri.to_string(),
    }
}

/// Writes CSV.
pub(in crate::exchange) fn csv(accounts: &[&Imported]) -> Result<Vec<u8>, ExchangeError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut record = |cells: &[&str]| writer.write_record(cells).map_err(|_| ExchangeError::NotRepresentable);
    record(&HEADER)?;
    for account in accounts {
        let (uri, favorite) = (&account.uri, if account.pinned { "1" } else { "" });
        let (group, sites, totp) = (account.group().unwrap_or_default(), account.sites.join(","), totp(account));
        record(&[group, favorite, "login", &uri.issuer, &account.note, "", "0", &sites, &uri.name, "", &totp])?;
    }
    writer.into_inner().map_err(|_| ExchangeError::NotRepresentable)
}

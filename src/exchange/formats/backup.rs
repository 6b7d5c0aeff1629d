//! This extension's own backup: a vault in its sealed envelope (`docs/vault-format.md`), encrypted with the vault's
//! password or another one.
//!
//! Unlike the other formats, a backup contains connections, trash, sites and recovery codes. An import reads the
//! accounts with their recovery codes, and their sites as suggestions. It reports the number of accounts in the trash.

use super::json::{self, Value};
use super::report::Rows;
use super::{ExchangeError, Format, Icon, Imported, Reason, Report, Skipped, budget, ciphers, encoding};
use crate::exchange::registry::{Detect, Entry, Export, Groups, Read};
use crate::label::{clean, clean_lines};
use crate::secret::{Entropy, Secret};
use crate::vault::{Account, Envelope, ImportedExtras, Kdf, KeySlot, Site, Vault, VaultError, VaultKey};

pub(in crate::exchange) const ENTRY: Entry = Entry {
    id: "casdoor-authenticator",
    title: "Casdoor Authenticator (backup)",
    detect: &[Detect::Json(sniff)],
    read: Read::MayBeEncrypted(read),
    export: Some(Export {
        can_encrypt: true,
        groups: Groups::All,
        notes_and_pins: true,
        icons: true,
        chosen_icons: true,
        sites: true,
        recovery_codes: true,
        ..Export::DEFAULT
    }),
    write: |mut it| {
        let password = it.password.ok_or(ExchangeError::NeedsPassword)?;
        Ok(write(it.accounts, password, it.now_seconds, &mut it.entropy)?.into_bytes())
    },
    ..Entry::DEFAULT
};

pub(in crate::exchange) fn sniff(value: &Value) -> bool {
    value.get("slots").is_some()
        && value.get("sealed_at").is_some()
        && match Envelope::from_text(&value.to_string()) {
            Ok(envelope) => !envelope.slots().is_empty(),
            // The reader reports that the key derivation is too costly.
            Err(error) => error == VaultError::Kdf,
        }
}

/// Seals an entire vault as a backup with a password, which may differ from the vault's.
///
/// # Errors
/// [`VaultError::Kdf`] if the parameters are out of range.
pub fn seal_backup(
    vault: &Vault,
    password: &Secret<String>,
    kdf: Kdf,
    now_seconds: u64,
    entropy: &mut impl Entropy,
) -> Result<String, VaultError> {
    let (key, salt) = (VaultKey::generate(entropy), entropy.generate());
    let derived = kdf.derive(password, &salt)?;
    let slot = KeySlot::seal(&key, kdf, salt, &derived, entropy)?;
    Envelope::seal(vault, &key, vec![slot], 1, now_seconds, entropy)?.to_text()
}

/// Creates a backup that contains only these accounts.
pub(in crate::exchange) fn write(
    accounts: &[&Imported],
    password: &Secret<String>,
    now_seconds: u64,
    entropy: &mut impl Entropy,
) -> Result<String, ExchangeError> {
    let mut vault = Vault::default();
    for account in accounts {
        vault.add(account.to_account(now_seconds, entropy)).map_err(|_| ExchangeError::TooManyRows)?;
    }
    seal_backup(&vault, password, Kdf::ARGON2ID, now_seconds, entropy).map_err(|_| ExchangeError::NotRepresentable)
}

/// Reads the accounts of a backup.
pub(in crate::exchange) fn read(bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    // This checks the limits on nesting and size before the envelope is parsed.
    json::parse(bytes)?;
    let text = encoding::text(bytes).ok_or(ExchangeError::Damaged("UTF-8"))?;
    let envelope = Envelope::from_text(&text).map_err(error)?;
    if !envelope.has_password() {
        return Err(ExchangeError::DeviceBound);
    }
    ciphers::require_password(password)?;
    let key = password.and_then(|password| unlock(&envelope, password).transpose());
    let vault = envelope.open(&key.ok_or(ExchangeError::WrongPassword)??).map_err(error)?;
    let mut report =
        Rows::read(Format::Backup, &vault.accounts, |row, account| Ok(Imported { row, ..Imported::from(account) }))?;
    // Deleted accounts are counted, but not imported.
    let trashed = (1..=vault.trash.len()).map(|number| vault.accounts.len().saturating_add(number));
    report.skipped.extend(trashed.map(|row| Skipped { row, reason: Reason::InTrash }));
    Ok(report)
}

fn unlock(envelope: &Envelope, password: &Secret<String>) -> Result<Option<VaultKey>, ExchangeError> {
    let cost = |kdf: Kdf| budget::cost_of(kdf.cost(), Kdf::MAX_COST);
    budget::check_total(&envelope.slots().iter().filter_map(KeySlot::kdf).map(cost).collect::<Vec<_>>())?;
    for slot in envelope.slots() {
        if !slot.is_password() {
            continue;
        }
        let (kdf, salt) = slot.derivation().map_err(error)?;
        budget::spend(cost(kdf))?;
        match slot.open(&kdf.derive(password, &salt).map_err(error)?) {
            Ok(key) => return Ok(Some(key)),
            Err(VaultError::WrongPassword) => {}
            Err(other) => return Err(error(other)),
        }
    }
    Ok(None)
}

fn error(error: VaultError) -> ExchangeError {
    match error {
        VaultError::WrongPassword => ExchangeError::WrongPassword,
        VaultError::Kdf => ExchangeError::TooCostly,
        VaultError::Newer => ExchangeError::Newer,
        _ => ExchangeError::Damaged("envelope"),
    }
}

impl From<&Account> for Imported {
    /// Converts an account for export. A caller that stores a newer HOTP counter elsewhere must set it first.
    fn from(account: &Account) -> Self {
        let ImportedExtras { further_groups, icon, sites, used, last_used } = &account.imported_extras;
        let mut imported = Self::new(1, account.key_uri())
            .with_note(Some(&account.note))
            .with_groups(std::iter::once(&account.group).chain(further_groups))
            .with_pin(account.pinned)
            .with_usage(*used, *last_used);
        imported.icon = Icon::from_data_url(icon);
        imported.chosen_icon.clone_from(&account.icon);
        imported.recovery_codes.clone_from(&account.recovery_codes);
        let allowed = account.sites.iter().filter_map(|site| match site {
            Site::Origin(address) | Site::StartsWith(address) => Some(address.clone()),
            Site::Domain(domain) => Some(format!("https://{domain}")),
            Site::Unknown(_) => None,
        });
        allowed.chain(sites.iter().cloned()).fold(imported, |imported, site| imported.with_site(Some(&site)))
    }
}

impl Imported {
    /// Returns a new account to store on this device. Its sites are suggestions: nothing is filled there until the user
    /// confirms one.
    pub fn to_account(&self, now_seconds: u64, entropy: &mut impl Entropy) -> Account {
        Account {
            note: clean_lines(&self.note).into_owned(),
            group: clean(self.group().unwrap_or_default()).into_owned(),
            icon: self.chosen_icon.clone(),
            pinned: self.pinned,
            recovery_codes: self.recovery_codes.clone(),
            imported_extras: ImportedExtras {
                further_groups: self.groups.iter().skip(1).map(|group| clean(group).into_owned()).collect(),
                icon: self.icon.as_ref().map(Icon::to_data_url).unwrap_or_default(),
                sites: self.sites.iter().map(|site| clean(site).into_owned()).collect(),
                used: self.usage.count,
                last_used: self.usage.last_seconds,
            },
            ..Account::new(self.uri.clone(), now_seconds, entropy)
        }
    }
}

//! Input for both merge benchmarks: a device and a server that each changed some of the same accounts.

use casdoor_authenticator::casdoor::{ListRow, LocalAccounts, MergeOptions, MergeResult, merge};
use casdoor_authenticator::otp::{Key, KeyUri, Otp};
use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::vault::{Account, AccountId, BaseRow, Presence, State, StorageLocation, Vault};

/// A seeded random generator.
pub struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// The base, local and remote lists.
pub struct Sides {
    here: AccountId,
    vault: Vault,
    base: Vec<BaseRow>,
    remote: Vec<ListRow>,
    rng: Seeded,
}

impl Sides {
    /// Creates this many rows on both sides; every fifth is renamed on the server, every seventh on the device.
    pub fn new(rows: u32) -> Self {
        let mut rng = Seeded(1);
        let here = AccountId::generate(&mut rng);
        let (mut vault, mut base, mut remote) = (Vault::default(), Vec::new(), Vec::new());
        for n in 0..rows {
            let key = Key::new(rng.generate::<20>().to_vec()).unwrap();
            let (name, secret) = (format!("user {n}"), key.to_base32());
            let uri = KeyUri { issuer: "Issuer".into(), name: name.clone(), otp: Otp::standard(key) };
            let mut account = Account::new(uri, 1, &mut rng);
            account.location = StorageLocation::Connection(here);
            let origin = if n % 2 == 0 { format!("cab1:{}", account.id) } else { "a phone".into() };
            base.push(base_row(&account, &secret, &origin));
            let there = if n % 5 == 0 { format!("there {n}") } else { name };
            remote.push(ListRow { account_name: there, issuer: "Issuer".into(), secret_key: secret, origin });
            if n % 7 == 0 {
                account.name = format!("here {n}");
            }
            vault.add(account).unwrap();
        }
        Self { here, vault, base, remote, rng }
    }

    /// Merges once, as a sync does once or twice.
    pub fn merge(&mut self) -> MergeResult {
        let local = LocalAccounts::from_vault(&self.vault, &State::default(), self.here);
        merge(&self.base, &local.accounts, &self.remote, MergeOptions::default(), 1_790_000_000, &mut self.rng)
    }
}

fn base_row(account: &Account, secret: &Secret<String>, origin: &str) -> BaseRow {
    BaseRow {
        account: Some(account.id),
        account_name: account.name.clone(),
        issuer: account.issuer.clone(),
        secret_key: secret.clone(),
        origin: origin.into(),
        written_at: 0,
        presence: Presence::Present,
        rewritten: false,
    }
}

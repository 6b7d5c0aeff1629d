//! How long a merge of 500 by 500 rows takes: `cargo bench --bench merge`. A sync does it once or twice.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a native bench: a wrong input should stop it, and its clock is the machine's"
)]

use std::time::Instant;

use casdoor_authenticator::casdoor::{Local, Policy, Row, merge};
use casdoor_authenticator::otp::{Key, KeyUri, Otp};
use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::vault::{Account, AccountId, BaseRow, Keep, Presence, State, Vault};

const ROWS: u32 = 500;
const RUNS: usize = 51;

struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

fn main() {
    let mut rng = Seeded(1);
    let here = AccountId::generate(&mut rng);
    let (mut vault, mut base, mut remote) = (Vault::default(), Vec::new(), Vec::new());
    for n in 0..ROWS {
        let key = Key::new(rng.generate::<20>().to_vec()).unwrap();
        let (name, secret) = (format!("user {n}"), key.to_base32());
        let uri = KeyUri { issuer: "Issuer".into(), name: name.clone(), otp: Otp::standard(key) };
        let mut account = Account::new(uri, 1, &mut rng);
        account.keep = Keep::Connection(here);
        let origin = if n % 2 == 0 { format!("cab1:{}", account.id) } else { "a phone".into() };
        base.push(base_row(&account, &secret, &origin));
        // Every fifth was renamed on the server, every seventh here.
        let there = if n % 5 == 0 { format!("there {n}") } else { name };
        remote.push(Row { account_name: there, issuer: "Issuer".into(), secret_key: secret, origin });
        if n % 7 == 0 {
            account.name = format!("here {n}");
        }
        vault.add(account).unwrap();
    }
    let mut micros: Vec<u128> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            let local = Local::of(&vault, &State::default(), here);
            let merged = merge(&base, &local.accounts, &remote, Policy::default(), 1_790_000_000, &mut rng);
            std::hint::black_box(merged);
            begin.elapsed().as_micros()
        })
        .collect();
    micros.sort_unstable();
    println!("merge of {ROWS} by {ROWS} rows: {} us (median of {RUNS})", micros.get(RUNS.div_euclid(2)).unwrap());
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

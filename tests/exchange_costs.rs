//! All key derivations of a file share one cost limit.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "test functions outside #[test], one of which measures"
)]

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use casdoor_authenticator::exchange::{self, ExchangeError, Format, Imported};
use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::vault::{Envelope, VaultError};
use serde_json::{Value, json};

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| {
            self.0 = self.0.wrapping_add(1);
            self.0
        });
    }
}

fn password() -> Secret<String> {
    Secret::new(String::from("correct horse"))
}

fn accounts() -> Vec<Imported> {
    exchange::read(b"otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQ\n", None, None).unwrap().accounts
}

/// Returns an encrypted file of this format, as JSON.
fn sealed(format: Format) -> Value {
    let bytes = exchange::write(format, &accounts(), Some(&password()), 1, &mut Counting(0)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Replaces the slot by sixteen, of which only the last one can be opened. `change` makes each slot expensive.
fn sixteen_slots(mut file: Value, slots: &str, change: impl Fn(&mut Value)) -> Value {
    let right = file.pointer(slots).unwrap()[0].clone();
    let all: Vec<Value> = (0..16)
        .map(|index| {
            let mut slot = right.clone();
            if index < 15 && slot.get("n").is_some() {
                slot["salt"] = json!(format!("{index:064x}"));
            } else if index < 15 {
                slot["salt"] = json!(format!("AAAAAAAAAAAAAAAAAAAA{}A==", char::from(b'A' + index)));
            }
            change(&mut slot);
            slot
        })
        .collect();
    *file.pointer_mut(slots).unwrap() = Value::Array(all);
    file
}

/// Returns a backup of Authenticator-Extension whose keys have expensive password hashes.
fn costly_checks(count: u8) -> Value {
    let mut file = serde_json::Map::new();
    for index in 0..count {
        let id = format!("key {index}");
        // The maximum cost of one derivation; the derivation of the key is additional.
        let hash = "$argon2id$v=19$m=1048576,t=4,p=1$c2FsdHNhbHQ$5AbqDicEo0tqdeqRc5o8Vilx+OSAv/6+D9Rkj8tR+gA";
        file.insert(id.clone(), json!({ "dataType": "Key", "id": id, "salt": "saltsalt", "hash": hash }));
        let entry = json!({ "dataType": "EncOTPStorage", "keyId": id, "data": "U2FsdGVkX18xMjM0NTY3OA==" });
        file.insert(format!("entry {index}"), entry);
    }
    Value::Object(file)
}

#[test]
fn a_file_of_costly_key_slots_is_rejected() {
    let scrypt = |n: u64, r: u32, p: u32| {
        move |slot: &mut Value| {
            slot["n"] = json!(n);
            slot["r"] = json!(r);
            slot["p"] = json!(p);
        }
    };
    let argon2 = |slot: &mut Value| {
        slot["kdf"] = json!({ "name": "argon2id", "memory_kib": 262_144, "passes": 4, "lanes": 1 });
    };
    let pbkdf2 = |slot: &mut Value| slot["kdf"] = json!({ "name": "pbkdf2", "iterations": 2_000_000 });
    // Each slot is within the limit of a single derivation, but all together exceed the budget, which takes about ten
    // seconds.
    let hostile = [
        ("scrypt, memory", sixteen_slots(sealed(Format::Aegis), "/header/slots", scrypt(1 << 18, 8, 1))),
        ("scrypt, lanes", sixteen_slots(sealed(Format::Aegis), "/header/slots", scrypt(1 << 15, 8, 16))),
        ("scrypt, blocks", sixteen_slots(sealed(Format::Aegis), "/header/slots", scrypt(1 << 12, 512, 1))),
        ("Argon2", sixteen_slots(sealed(Format::Backup), "/slots", argon2)),
        ("PBKDF2", sixteen_slots(sealed(Format::Backup), "/slots", pbkdf2)),
    ];
    for (name, file) in hostile {
        let start = Instant::now();
        let result = exchange::read(file.to_string().as_bytes(), None, Some(&password()));
        assert_eq!(result.map(|_| ()), Err(ExchangeError::TooCostly), "{name}");
        assert!(start.elapsed() < Duration::from_secs(5), "{name}: the file was not rejected before the work");
    }
    // The costs of these hashes are only known one after the other.
    let result = exchange::read(costly_checks(8).to_string().as_bytes(), None, Some(&password()));
    assert_eq!(result.map(|_| ()), Err(ExchangeError::TooCostly));
}

#[test]
fn a_long_password_that_old_slots_try_in_three_forms_counts_three_times() {
    let old = |slot: &mut Value| {
        slot["n"] = json!(1_u64 << 16);
        slot["repaired"] = json!(false);
    };
    // Sixteen slots of 64 MiB use the entire budget, so three forms of the password exceed it.
    let file = sixteen_slots(sealed(Format::Aegis), "/header/slots", old);
    let long = Secret::new("a password of more than sixty-four characters ".repeat(2));
    let result = exchange::read(file.to_string().as_bytes(), None, Some(&long));
    assert_eq!(result.map(|_| ()), Err(ExchangeError::TooCostly));
}

#[test]
fn sixteen_ordinary_slots_are_tried_one_after_the_other_and_counted() {
    let file = sixteen_slots(sealed(Format::Aegis), "/header/slots", |_| ());
    let told = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&told);
    let progress = move |it: exchange::Progress| sink.borrow_mut().push((it.done, it.of));
    let report = exchange::read_with_progress(file.to_string().as_bytes(), None, Some(&password()), progress).unwrap();
    assert_eq!(report.accounts.len(), 1);
    assert_eq!(*told.borrow(), (0..16).map(|done| (done, 16)).collect::<Vec<_>>());
}

#[test]
fn all_slots_of_a_stored_vault_share_one_cost_limit() {
    let argon2 = |slot: &mut Value| {
        slot["kdf"] = json!({ "name": "argon2id", "memory_kib": 262_144, "passes": 16, "lanes": 1 });
    };
    let one = {
        let mut file = sealed(Format::Backup);
        argon2(&mut file["slots"][0]);
        file
    };
    assert!(Envelope::from_text(&one.to_string()).is_ok(), "one slot may use the entire budget");
    let many = sixteen_slots(sealed(Format::Backup), "/slots", argon2);
    assert_eq!(Envelope::from_text(&many.to_string()).unwrap_err(), VaultError::Kdf);
}

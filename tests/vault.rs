//! Tests the public interface of the vault: sealing, opening, passwords, damage, copies.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot build its input should fail")]

#[path = "support/seeded.rs"]
mod seeded;

use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::vault::{
    Account, Envelope, Kdf, KeySlot, Vault, VaultCopies, VaultCopy, VaultError, VaultKey,
};
use seeded::Seeded;

const URI: &str = "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme";
const DAY: u64 = 86_400;

fn vault_of(names: &[&str], entropy: &mut Seeded) -> Vault {
    let mut vault = Vault::default();
    for name in names {
        let mut account = Account::new(URI.parse().expect("a valid URI"), 1, entropy);
        account.name = (*name).into();
        vault.add(account).expect("the vault is not full");
    }
    vault
}

fn slot(password: &str, key: &VaultKey, entropy: &mut Seeded) -> KeySlot {
    let salt = entropy.generate();
    let derived = Kdf::PBKDF2.derive(&Secret::new(password.into()), &salt).expect("valid parameters");
    KeySlot::seal(key, Kdf::PBKDF2, salt, &derived, entropy).expect("valid parameters")
}

fn unlock(envelope: &Envelope, password: &str) -> Result<VaultKey, VaultError> {
    let slot = envelope.slots().first().expect("there is one");
    let (kdf, salt) = slot.derivation()?;
    slot.open(&kdf.derive(&Secret::new(password.into()), &salt)?)
}

#[test]
fn only_the_right_password_opens_the_vault() {
    let mut entropy = Seeded(1);
    let key = VaultKey::generate(&mut entropy);
    let vault = vault_of(&["alice", "bob"], &mut entropy);
    let slots = vec![slot("right", &key, &mut entropy)];
    let text = Envelope::seal(&vault, &key, slots, 1, 7, &mut entropy).and_then(|e| e.to_text()).expect("seals");
    assert!(!text.contains("alice") && !text.contains("GEZDGNBV"));

    let envelope = Envelope::from_text(&text).expect("reads");
    assert_eq!(unlock(&envelope, "right").and_then(|key| envelope.open(&key)), Ok(vault));
    assert_eq!(unlock(&envelope, "wrong").unwrap_err(), VaultError::WrongPassword);
}

#[test]
fn argon2id_returns_the_value_of_the_reference_implementation() {
    // The reference program: echo -n password | argon2 somesaltsomesalt -id -t 3 -k 65536 -p 1 -r
    let key = Kdf::ARGON2ID.derive(&Secret::new("password".into()), b"somesaltsomesalt").expect("valid parameters");
    assert_eq!(
        data_encoding::HEXLOWER.encode(key.expose()),
        "7664ad4ba1a3c999fcdd0991ffc2270f78302d2383233db5e7befc85d1bb1819"
    );
}

#[test]
fn any_changed_byte_of_the_sealed_document_is_detected() {
    let mut entropy = Seeded(2);
    let key = VaultKey::generate(&mut entropy);
    let vault = vault_of(&["alice"], &mut entropy);
    let envelope = Envelope::seal(&vault, &key, Vec::new(), 41, 1_000, &mut entropy).expect("seals");
    let text = envelope.to_text().expect("writes");
    for at in (0..text.len()).step_by(7) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let Ok(altered) = String::from_utf8(bytes) else { continue };
        let opened = Envelope::from_text(&altered).and_then(|envelope| envelope.open(&key));
        assert!(opened.is_err() || opened == Ok(vault.clone()), "changing byte {at} was not detected");
    }
    for (from, to) in [("\"revision\":41", "\"revision\":42"), ("\"sealed_at\":1000", "\"sealed_at\":1001")] {
        let altered = Envelope::from_text(&text.replace(from, to)).expect("still an envelope");
        assert_eq!(altered.open(&key), Err(VaultError::Damaged), "{to}");
    }
    for end in 0..text.len() {
        assert!(Envelope::from_text(&text[..end]).is_err(), "a prefix of {end} bytes was accepted");
    }
}

#[test]
fn hostile_parameters_are_rejected_before_a_key_is_derived() {
    for kdf in [
        Kdf::Argon2id { memory_kib: 1 << 30, passes: 3, lanes: 1 },
        Kdf::Argon2id { memory_kib: 65_536, passes: 0, lanes: 1 },
        Kdf::Argon2id { memory_kib: 65_536, passes: 3, lanes: 0 },
        Kdf::Argon2id { memory_kib: 8, passes: 1, lanes: 1 },
        Kdf::Pbkdf2 { iterations: 1 },
        Kdf::Pbkdf2 { iterations: u32::MAX },
    ] {
        assert_eq!(kdf.derive(&Secret::new("x".into()), &[0; 16]).unwrap_err(), VaultError::Kdf, "{kdf:?}");
    }
}

#[test]
fn a_newer_vault_and_other_files_are_reported_as_such() {
    let newer = r#"{"format":"casdoor-authenticator-vault","version":2,"anything":[]}"#;
    assert_eq!(Envelope::from_text(newer), Err(VaultError::Newer));
    assert_eq!(Envelope::from_text(r#"{"format":"x","version":1}"#), Err(VaultError::NotAVault));
    assert_eq!(Envelope::from_text("not json"), Err(VaultError::NotAVault));
}

fn sealed_at(now: u64, revision: u64, key: &VaultKey, entropy: &mut Seeded) -> Envelope {
    Envelope::seal(&Vault::default(), key, Vec::new(), revision, now, entropy).expect("seals")
}

#[test]
fn four_copies_of_different_ages_are_kept() {
    let mut entropy = Seeded(3);
    let key = VaultKey::generate(&mut entropy);
    let mut kept = VaultCopies::default();
    let mut now = 0;
    for revision in 1..500 {
        now += DAY / 5;
        let before = kept.envelope(VaultCopy::Last).map(Envelope::revision);
        kept = kept.push(sealed_at(now, revision, &key, &mut entropy));
        assert_eq!(kept.envelope(VaultCopy::Last).map(Envelope::revision), Some(revision));
        assert_eq!(kept.envelope(VaultCopy::Previous).map(Envelope::revision), before);
        let age = |copy| kept.envelope(copy).map(|e: &Envelope| now - e.sealed_at());
        if now > 20 * DAY {
            let (day, week) = (age(VaultCopy::Day).expect("kept"), age(VaultCopy::Week).expect("kept"));
            assert!(day <= 2 * DAY + DAY / 5, "{day}");
            assert!((DAY..=17 * DAY).contains(&week), "{week}");
        }
    }
}

#[test]
fn a_clock_that_was_ahead_for_a_few_saves_does_not_prevent_later_copies() {
    let mut entropy = Seeded(5);
    let key = VaultKey::generate(&mut entropy);
    let mut kept = VaultCopies::default();
    let mut now = 0;
    for revision in 1..300 {
        now += DAY / 5;
        let ahead = if (150..155).contains(&revision) { 60 * DAY } else { 0 };
        kept = kept.push(sealed_at(now + ahead, revision, &key, &mut entropy));
    }
    for (copy, days) in [(VaultCopy::Day, 3), (VaultCopy::Week, 17)] {
        let at = kept.envelope(copy).map(Envelope::sealed_at).expect("kept");
        assert!((now - days * DAY..=now).contains(&at), "{copy:?}: {at} at {now}");
    }
}

#[test]
fn a_clock_that_jumps_for_many_saves_leaves_a_copy_from_before() {
    let mut entropy = Seeded(6);
    let key = VaultKey::generate(&mut entropy);
    for jumped in [DAY, 9_000 * DAY] {
        let mut kept = VaultCopies::default();
        for revision in 1..50 {
            kept = kept.push(sealed_at(5_000 * DAY + revision * DAY, revision, &key, &mut entropy));
        }
        for revision in 50..150 {
            kept = kept.push(sealed_at(jumped + revision, revision, &key, &mut entropy));
        }
        assert!(
            kept.iter().any(|(_, envelope)| envelope.revision() < 50),
            "all copies from before the jump to {jumped} are gone"
        );
    }
}

#[test]
fn a_temporarily_wrong_clock_does_not_empty_the_trash() {
    let mut entropy = Seeded(7);
    let key = VaultKey::generate(&mut entropy);
    let mut vault = vault_of(&["alice"], &mut entropy);
    let id = vault.accounts[0].id;
    let (mut kept, mut revision) = (VaultCopies::default(), 0);
    let mut save = |vault: &mut Vault, now: u64| {
        vault.expire_trash(now, &kept);
        revision += 1;
        kept = kept.clone().push(sealed_at(now, revision, &key, &mut entropy));
    };
    let today = 20_000 * DAY;
    save(&mut vault, today);
    // The clock was reset because its battery is empty.
    vault.move_to_trash(id, DAY, false).expect("it is there");
    save(&mut vault, DAY);
    assert_eq!(vault.trash[0].trashed_at, today);
    for now in [today + 60, today + 120, today + 60 * DAY, today + 180, today + 30 * DAY] {
        save(&mut vault, now);
        assert_eq!(vault.trash.len(), 1, "at {now}");
    }
    save(&mut vault, today + 30 * DAY + 1);
    assert!(vault.trash.is_empty());
}

#[test]
fn saving_an_emptied_vault_repeatedly_keeps_the_full_copy_for_a_day() {
    let mut entropy = Seeded(4);
    let key = VaultKey::generate(&mut entropy);
    let full = Envelope::seal(&vault_of(&["alice"], &mut entropy), &key, Vec::new(), 1, 10 * DAY, &mut entropy)
        .expect("seals");
    let mut kept = VaultCopies::default().push(full);
    for revision in 2..200 {
        kept = kept.push(sealed_at(10 * DAY + revision, revision, &key, &mut entropy));
    }
    let found = kept.iter().any(|(_, e)| e.open(&key).is_ok_and(|vault| vault.accounts.len() == 1));
    assert!(found, "the only copy with an account was dropped within minutes");
}

#[test]
fn a_vault_with_a_name_of_any_length_opens_again() {
    let mut vault = vault_of(&["a"], &mut Seeded(5));
    let account = vault.accounts.first_mut().expect("there is one");
    (account.issuer, account.name) = ("ü".repeat(5_000), "!".repeat(20_000));
    let text = serde_json::to_string(&vault).expect("writes");
    assert_eq!(serde_json::from_str::<Vault>(&text).expect("reads"), vault);
}

//! Opens the golden vaults of every release, also with an independent script.

#![allow(clippy::expect_used, reason = "a test that cannot build its input should fail")]

mod python;

use std::path::Path;

use casdoor_authenticator::secret::{Entropy, Secret};
use casdoor_authenticator::vault::{Account, ChosenIcon, Envelope, Kdf, KeySlot, Vault, VaultKey};

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| {
            self.0 = self.0.wrapping_add(1);
            self.0
        });
    }
}

fn golden(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vault").join(name)
}

/// Returns the sealed vault that each golden file contains. Its password is `correct horse`.
fn sealed(kdf: Kdf) -> String {
    let mut entropy = Counting(0);
    let mut vault = Vault::default();
    let uri = "otpauth://hotp/Acme%20Works:alice%2Bx?secret=GEZDGNBVGY3TQOJQ&issuer=Acme%20Works&digits=8&counter=7";
    vault
        .add(Account::new(uri.parse().expect("a valid URI"), 1_790_000_000, &mut entropy))
        .expect("the vault is not full");
    let key = VaultKey::generate(&mut entropy);
    let salt = entropy.generate();
    let derived = kdf.derive(&Secret::new("correct horse".into()), &salt).expect("valid parameters");
    let slot = KeySlot::seal(&key, kdf, salt, &derived, &mut entropy).expect("valid parameters");
    let envelope = Envelope::seal(&vault, &key, vec![slot], 3, 1_790_000_000, &mut entropy).expect("seals");
    envelope.to_text().expect("writes")
}

#[test]
fn golden_vaults_of_every_release_open() {
    for (name, kdf) in [("0.1.0-argon2id.json", Kdf::ARGON2ID), ("0.1.0-pbkdf2.json", Kdf::PBKDF2)] {
        let path = golden(name);
        if std::env::var_os("WRITE_GOLDEN").is_some() {
            std::fs::write(&path, sealed(kdf)).expect("writable");
        }
        let text = std::fs::read_to_string(&path).expect("the golden file is there");
        let envelope = Envelope::from_text(&text).expect("an envelope");
        let slot = envelope.slots().first().expect("a slot");
        let (kdf, salt) = slot.derivation().expect("valid parameters");
        let derived = kdf.derive(&Secret::new("correct horse".into()), &salt).expect("valid parameters");
        let vault = slot.open(&derived).and_then(|key| envelope.open(&key)).expect("opens");
        let account = vault.accounts.first().expect("an account");
        assert_eq!((account.issuer.as_str(), account.name.as_str()), ("Acme Works", "alice+x"));
        assert_eq!(account.otp.code_at(0).expose(), account.otp.code_for_counter(7).expose());
    }
}

#[test]
fn an_independent_script_opens_a_vault() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/open_vault.py");
    for name in ["0.1.0-argon2id.json", "0.1.0-pbkdf2.json"] {
        let output = python::python().arg(&script).arg(golden(name)).arg("correct horse").output().expect("runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("otpauth://hotp/Acme%20Works:alice%2Bx"), "{}", String::from_utf8_lossy(&output.stderr));
        let wrong = python::python().arg(&script).arg(golden(name)).arg("wrong").output().expect("runs");
        assert!(!wrong.status.success());
    }
}

#[test]
fn an_earlier_build_keeps_the_icon_that_a_user_has_chosen() {
    let uri = "otpauth://totp/Acme:alice?secret=GEZDGNBVGY3TQOJQ&issuer=Acme";
    let mut account = Account::new(uri.parse().expect("a valid URI"), 1_790_000_000, &mut Counting(0));
    for picture in ["", "data:image/png;base64,iVBORw0="] {
        account.icon = ChosenIcon::text("🏦");
        picture.clone_into(&mut account.imported_extras.icon);
        let stored = serde_json::to_value(&account).expect("writes");
        // A build without this choice writes the fields that it knows, and every field of the account is one of them.
        let known = ["id", "uri", "keep", "brought", "created_at", "changed_at"];
        let fields = stored.as_object().expect("an object");
        assert!(fields.keys().all(|field| known.contains(&field.as_str())), "{stored}");
        // Such a build keeps the text in `imported_extras`, of which it uses only `data:` URLs.
        let icon = stored.pointer("/brought/icon").and_then(serde_json::Value::as_str).expect("a text");
        assert!(icon.starts_with("text:🏦") && icon.ends_with(picture), "{icon}");
        assert_eq!(serde_json::from_value::<Account>(stored).expect("reads"), account);
    }
}

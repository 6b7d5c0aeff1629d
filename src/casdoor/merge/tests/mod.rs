//! Tests each row of the table in `merge/mod.rs`, and properties that hold for any sequence of changes.

mod presence;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::otp::KeyUri;
use crate::secret::Secret;
use crate::vault::{Account, Connection, ConnectionId, Presence, Site, State, StorageLocation, Vault};

const NOW: u64 = 1_790_000_000;
const A: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const B: &str = "JBSWY3DPEHPK3PXP";

struct Rng(u64);

impl Entropy for Rng {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// A device with one connection, and a server whose list it is merged with.
struct Device {
    vault: Vault,
    state: State,
    base: Vec<BaseRow>,
    here: ConnectionId,
    policy: MergeOptions,
    now: u64,
    rng: Rng,
}

fn row(name: &str, issuer: &str, secret: &str, origin: &str) -> ListRow {
    ListRow {
        account_name: name.into(),
        issuer: issuer.into(),
        secret_key: Secret::new(secret.into()),
        origin: origin.into(),
    }
}

impl Device {
    fn new(seed: u64) -> Self {
        let mut rng = Rng(seed);
        let here = ConnectionId::generate(&mut rng);
        let (vault, state, policy) = Default::default();
        Self { vault, state, base: Vec::new(), here, policy, now: NOW, rng }
    }

    fn add(&mut self, uri: &str) -> AccountId {
        let uri: KeyUri = uri.parse().unwrap();
        let mut account = Account::new(uri, self.now, &mut self.rng);
        account.location = StorageLocation::Connection(self.here);
        let id = account.id;
        self.vault.add(account).unwrap();
        id
    }

    /// Merges this device with the server. If `writes` is `true`, the list is also written to the server and confirmed.
    fn merge(&mut self, server: &mut Vec<ListRow>, writes: bool) -> MergeResult {
        let local = LocalAccounts::from_vault(&self.vault, &self.state, self.here);
        let merged = merge(&self.base, &local.accounts, server, self.policy, self.now, &mut self.rng);
        merged.apply(&mut self.vault, &mut self.state.counters, self.here, self.now);
        self.base = merged.base.clone();
        if let (true, Some(list)) = (writes, &merged.write) {
            server.clone_from(list);
            self.base = merged.written_base.clone();
        }
        self.state.bases.insert(self.here, self.base.clone());
        merged
    }

    fn sync(&mut self, server: &mut Vec<ListRow>) -> Summary {
        self.merge(server, true).summary
    }

    fn account(&self, id: AccountId) -> &Account {
        self.vault.account(id).unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.vault.accounts.iter().map(|account| account.name.clone()).collect()
    }
}

fn uri(name: &str, secret: &str) -> String {
    format!("otpauth://totp/X:{name}?secret={secret}&issuer=X")
}

#[test]
fn another_clients_row_is_shown_decoded_and_written_back_unchanged() {
    let (mut device, raw) = (Device::new(1), row("Acme%20Works:acme/bob", "Acme%20Works", A, "phone"));
    let mut server = vec![raw.clone()];
    assert_eq!(device.sync(&mut server).added, 1);
    let account = device.vault.accounts[0].clone();
    assert_eq!((account.name.as_str(), account.issuer.as_str()), ("acme/bob", "Acme Works"));
    device.add(&uri("new", B));
    device.sync(&mut server);
    assert_eq!(server[0], raw);
    assert_eq!(server[1].origin, format!("cab1:{}", device.vault.accounts[1].id));
    assert!(device.merge(&mut server, true).write.is_none());
}

#[test]
fn a_second_browser_receives_an_account_with_its_id_and_all_parameters() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let odd = format!("otpauth://totp/X:odd?secret={A}&issuer=X&algorithm=SHA256&digits=8&period=60");
    let ids = [one.add(&odd), one.add(&uri("even", B)), one.add(&format!("otpauth://steam/S:s?secret={A}&issuer=S"))];
    one.sync(&mut server);
    assert_eq!(two.sync(&mut server).added, 3);
    for id in ids {
        assert_eq!(two.account(id).key_uri(), one.account(id).key_uri());
    }
    assert!(server[0].secret_key.expose().starts_with("otpauth://totp/"), "a phone cannot show a wrong code");
    assert_eq!(server[1].secret_key.expose(), B, "the secret of a standard account is sent unchanged");
}

#[test]
fn a_rename_is_synced_as_a_rename_in_both_directions() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let id = one.add(&uri("a", A));
    one.sync(&mut server);
    two.sync(&mut server);
    two.vault.account_mut(id).unwrap().name = "b".into();
    assert_eq!(two.sync(&mut server).updated, 1);
    assert_eq!(one.sync(&mut server).renamed, 1);
    assert_eq!((one.names(), server.len()), (vec!["b".into()], 1));
}

#[test]
fn an_account_keeps_its_sites_through_every_change_from_the_server() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let id = one.add(&uri("a", A));
    one.sync(&mut server);
    two.sync(&mut server);
    let newer = Site::Unknown(serde_json::json!({ "pattern": "https://*.example.com/*" }));
    let path = Site::StartsWith("https://example.com/team".into());
    let sites = vec![Site::Domain("example.org".into()), path, newer];
    one.vault.account_mut(id).unwrap().sites = sites.clone();
    two.vault.account_mut(id).unwrap().name = "b".into();
    two.sync(&mut server);
    assert_eq!(one.sync(&mut server).renamed, 1);
    two.vault.account_mut(id).unwrap().otp = uri("b", B).parse::<KeyUri>().unwrap().otp;
    two.sync(&mut server);
    one.sync(&mut server);
    let account = one.account(id);
    assert_eq!((account.name.as_str(), &account.sites), ("b", &sites));
    assert!(two.account(id).sites.is_empty(), "sites are not sent to the server");
}

#[test]
fn a_rename_by_the_mobile_app_is_recognized_by_the_secret_and_keeps_the_row() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone"), row("b", "X", B, "phone")]);
    device.sync(&mut server);
    let id = device.vault.accounts[0].id;
    server[0].account_name = "renamed".into();
    assert_eq!(device.sync(&mut server).renamed, 1);
    assert_eq!(device.account(id).name, "renamed");
    device.vault.account_mut(id).unwrap().name = "100%25".into();
    device.sync(&mut server);
    assert_eq!((server[0].account_name.as_str(), server[0].origin.as_str()), ("100%2525", "phone"));
    device.sync(&mut server);
    assert_eq!(device.account(id).name, "100%25");
}

#[test]
fn names_changed_on_both_sides_are_both_kept_without_a_sync_loop() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let id = one.add(&uri("a", A));
    one.sync(&mut server);
    two.sync(&mut server);
    one.vault.account_mut(id).unwrap().name = "one".into();
    two.vault.account_mut(id).unwrap().name = "two".into();
    one.sync(&mut server);
    assert_eq!(two.sync(&mut server).conflicts, 1);
    one.sync(&mut server);
    assert_eq!(one.names(), ["one", "two"]);
    assert_eq!(two.account(id).name, "one");
    assert_eq!(two.vault.accounts[1].conflict_of, Some(id));
    assert!(one.merge(&mut server, true).write.is_none() && two.merge(&mut server, true).write.is_none());
}

#[test]
fn different_fields_changed_on_both_sides_merge() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let id = one.add(&uri("a", A));
    one.sync(&mut server);
    two.sync(&mut server);
    one.vault.account_mut(id).unwrap().name = "n".into();
    two.vault.account_mut(id).unwrap().issuer = "I".into();
    one.sync(&mut server);
    two.sync(&mut server);
    one.sync(&mut server);
    for device in [&one, &two] {
        assert_eq!((device.account(id).name.as_str(), device.account(id).issuer.as_str()), ("n", "I"));
    }
}

#[test]
fn a_secret_changed_in_another_browser_is_used_and_the_old_one_goes_to_the_trash() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let id = one.add(&uri("a", A));
    one.sync(&mut server);
    two.sync(&mut server);
    one.vault.account_mut(id).unwrap().otp = uri("a", B).parse::<KeyUri>().unwrap().otp;
    one.sync(&mut server);
    assert_eq!(two.sync(&mut server).replaced, 1);
    assert_eq!(two.account(id).otp.key.to_base32().expose(), B);
    assert_eq!(two.vault.trash[0].account.otp.key.to_base32().expose(), A);
    assert!(two.vault.trash[0].by_sync);
}

#[test]
fn another_secret_under_the_same_name_is_another_account() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone")]);
    device.sync(&mut server);
    server[0] = row("a", "X", B, "phone");
    let summary = device.sync(&mut server);
    assert_eq!((summary.added, summary.missing), (1, 1));
    assert_eq!(device.vault.accounts.len(), 2);
    assert!(device.vault.accounts[0].missing_since.is_some());
}

#[test]
fn the_larger_counter_wins() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let id = one.add(&format!("otpauth://hotp/X:h?secret={A}&issuer=X&counter=5"));
    one.sync(&mut server);
    two.sync(&mut server);
    one.state.counters.insert(id, 9);
    two.state.counters.insert(id, 7);
    one.sync(&mut server);
    two.sync(&mut server);
    one.sync(&mut server);
    assert_eq!((one.state.counters[&id], two.state.counters[&id]), (9, 9));
    assert_eq!(one.vault.accounts.len(), 1);
    assert_eq!(server[0].content().unwrap().counter(), Some(9));
}

#[test]
fn a_new_secret_starts_with_its_own_counter_and_the_old_one_keeps_its_counter() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let hotp = |secret: &str| format!("otpauth://hotp/X:h?secret={secret}&issuer=X&counter=0");
    let id = one.add(&hotp(A));
    one.sync(&mut server);
    two.sync(&mut server);
    one.state.counters.insert(id, 40);
    two.vault.account_mut(id).unwrap().otp = hotp(B).parse::<KeyUri>().unwrap().otp;
    two.sync(&mut server);
    assert_eq!(one.sync(&mut server).replaced, 1);
    assert_eq!((one.account(id).otp.key.to_base32().expose().as_str(), one.state.counters[&id]), (B, 0));
    let old = one.vault.trash[0].account.id;
    assert_eq!(one.state.counters[&old], 40);
    // A sync merges its own stored result again, which must not change the new secret's counter.
    assert!(one.merge(&mut server, true).write.is_none());
    assert_eq!((one.state.counters[&id], server[0].content().unwrap().counter()), (0, Some(0)));
}

#[test]
fn the_same_key_with_other_digits_keeps_its_counter() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let hotp = |digits: u8| format!("otpauth://hotp/X:h?secret={A}&issuer=X&counter=0&digits={digits}");
    let id = one.add(&hotp(6));
    one.sync(&mut server);
    two.sync(&mut server);
    one.state.counters.insert(id, 40);
    two.vault.account_mut(id).unwrap().otp = hotp(8).parse::<KeyUri>().unwrap().otp;
    two.sync(&mut server);
    one.sync(&mut server);
    assert_eq!((one.account(id).otp.digits.count(), one.state.counters[&id]), (8, 40));
    assert_eq!(server[0].content().unwrap().counter(), Some(40));
}

fn any_row() -> impl Strategy<Value = ListRow> {
    let secret = prop_oneof![Just(A), Just(B), Just("MFRGGZDFMZTWQ2LK"), Just("not base32"), Just("")];
    let origin = prop_oneof![Just(""), Just("phone"), Just("cab1:00000000-0000-4000-8000-000000000001")];
    ("[ab:%2]{0,3}", "[ab:%2]{0,3}", secret, origin).prop_map(|(n, i, s, o)| row(&n, &i, s, o))
}

proptest! {
    #[test]
    fn a_second_merge_changes_nothing_for_any_list(
        lists in prop::collection::vec(prop::collection::vec(any_row(), 0..7), 1..4),
    ) {
        let mut device = Device::new(7);
        for list in lists {
            let mut server = list;
            device.sync(&mut server);
            let keys: Vec<_> = server.iter().filter(|row| row.content().is_some()).map(ListRow::mobile_app_key).collect();
            let distinct: std::collections::HashSet<_> = keys.iter().collect();
            prop_assert_eq!(distinct.len(), keys.len());
            let again = device.merge(&mut server, true);
            prop_assert_eq!(again.write, None);
            prop_assert_eq!(again.changes, vec![]);
            device.now = device.now.saturating_add(700);
        }
    }

    #[test]
    fn no_secret_that_was_received_is_ever_lost(
        lists in prop::collection::vec(prop::collection::vec(any_row(), 0..7), 1..5),
    ) {
        let mut device = Device::new(7);
        let mut ever = BTreeMap::new();
        for list in lists {
            for content in list.iter().filter_map(ListRow::content) {
                ever.insert(content.otp.key.to_base32().expose().clone(), ());
            }
            let mut server = list;
            device.sync(&mut server);
            device.now = device.now.saturating_add(700);
        }
        let held = device.vault.accounts.iter().chain(device.vault.trash.iter().map(|trashed| &trashed.account));
        let held: Vec<_> = held.map(|account| account.otp.key.to_base32().expose().clone()).collect();
        prop_assert!(ever.keys().all(|secret| held.contains(secret)));
    }
}

//! Each line of the table in `mod.rs`, and the properties that hold for any history.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::otp::KeyUri;
use crate::secret::Secret;
use crate::vault::{Account, Connection, ConnectionId, Keep, Presence, State, Vault};

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
    policy: Policy,
    now: u64,
    rng: Rng,
}

fn row(name: &str, issuer: &str, secret: &str, origin: &str) -> Row {
    Row {
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
        account.keep = Keep::Connection(self.here);
        let id = account.id;
        self.vault.add(account).unwrap();
        id
    }

    /// Merges and, if told so, stands for the list having been written and read back.
    fn merge(&mut self, server: &mut Vec<Row>, writes: bool) -> Merged {
        let local = Local::of(&self.vault, &self.state, self.here);
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

    fn sync(&mut self, server: &mut Vec<Row>) -> Summary {
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
fn a_row_of_another_client_is_shown_decoded_and_written_back_as_it_came() {
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
fn an_account_arrives_in_a_second_browser_with_its_id_and_all_its_parameters() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let odd = format!("otpauth://totp/X:odd?secret={A}&issuer=X&algorithm=SHA256&digits=8&period=60");
    let ids = [one.add(&odd), one.add(&uri("even", B)), one.add(&format!("otpauth://steam/S:s?secret={A}&issuer=S"))];
    one.sync(&mut server);
    assert_eq!(two.sync(&mut server).added, 3);
    for id in ids {
        assert_eq!(two.account(id).key_uri(), one.account(id).key_uri());
    }
    assert!(server[0].secret_key.expose().starts_with("otpauth://totp/"), "a phone shows no wrong code");
    assert_eq!(server[1].secret_key.expose(), B, "a standard account goes as it is");
}

#[test]
fn a_rename_stays_a_rename_in_both_directions() {
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
fn a_phones_rename_is_known_by_the_secret_and_keeps_the_phones_row() {
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
fn when_both_sides_rename_both_names_are_kept_and_nobody_loops() {
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
fn a_secret_changed_by_another_browser_is_taken_and_the_old_one_is_in_the_bin() {
    let (mut one, mut two, mut server) = (Device::new(1), Device::new(2), Vec::new());
    let id = one.add(&uri("a", A));
    one.sync(&mut server);
    two.sync(&mut server);
    one.vault.account_mut(id).unwrap().otp = uri("a", B).parse::<KeyUri>().unwrap().otp;
    one.sync(&mut server);
    assert_eq!(two.sync(&mut server).replaced, 1);
    assert_eq!(two.account(id).otp.key.to_base32().expose(), B);
    assert_eq!(two.vault.bin[0].account.otp.key.to_base32().expose(), A);
    assert!(two.vault.bin[0].by_sync);
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
fn a_counter_goes_up_to_the_larger_and_never_down() {
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
    assert_eq!(server[0].meaning().unwrap().counter(), Some(9));
}

#[test]
fn a_missing_row_is_not_a_deletion_and_can_be_put_back_as_it_was() {
    let (mut device, raw) = (Device::new(1), row("A%20b", "X", A, "phone"));
    let mut server = vec![raw.clone()];
    device.sync(&mut server);
    let id = device.vault.accounts[0].id;
    server.clear();
    assert_eq!(device.sync(&mut server).missing, 1);
    assert_eq!(device.account(id).missing_since, Some(NOW));
    assert_eq!(device.sync(&mut server), Summary { room_left_bytes: MAX_LIST_BYTES - 2, ..Summary::default() });
    device.vault.account_mut(id).unwrap().missing_since = None;
    assert_eq!(device.sync(&mut server).sent, 1);
    assert_eq!(server, [raw]);
}

#[test]
fn a_missing_row_that_is_back_clears_the_mark() {
    let (mut device, raw) = (Device::new(1), row("a", "X", A, "phone"));
    let mut server = vec![raw.clone()];
    device.sync(&mut server);
    server.clear();
    device.sync(&mut server);
    server.push(raw);
    assert_eq!(device.sync(&mut server).found, 1);
    assert_eq!((device.vault.accounts.len(), device.vault.accounts[0].missing_since), (1, None));
}

#[test]
fn what_vanishes_within_ten_minutes_of_our_writing_it_is_written_again_once() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    let id = device.add(&uri("a", A));
    device.sync(&mut server);
    server.clear();
    device.now += 599;
    assert_eq!(device.sync(&mut server).rewritten, 1);
    assert_eq!(server.len(), 1);
    server.clear();
    device.now += 60;
    assert_eq!(device.sync(&mut server).missing, 1);
    assert!(server.is_empty() && device.account(id).missing_since.is_some());
}

#[test]
fn what_vanishes_later_is_only_marked() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    device.add(&uri("a", A));
    device.sync(&mut server);
    server.clear();
    device.now += 601;
    assert_eq!(device.sync(&mut server).missing, 1);
    assert!(server.is_empty());
}

#[test]
fn followed_deletions_go_to_the_bin_and_stay_there() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone")]);
    device.policy.follows_deletions = true;
    device.sync(&mut server);
    let gone = server.clone();
    server.clear();
    assert_eq!(device.sync(&mut server).binned, 1);
    assert!(device.vault.accounts.is_empty() && device.vault.bin[0].by_sync);
    device.vault.empty_old_bin(NOW + 365 * 86_400);
    assert_eq!(device.vault.bin.len(), 1);
    server = gone;
    assert_eq!(device.sync(&mut server).found, 1);
    assert!(device.vault.bin.is_empty() && !device.vault.accounts[0].returned);
}

#[test]
fn our_deletion_leaves_the_list_and_what_comes_back_is_shown_as_returned() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone"), row("b", "X", B, "phone")]);
    device.sync(&mut server);
    let (id, raw) = (device.vault.accounts[0].id, server[0].clone());
    device.vault.bin(id, NOW, false).unwrap();
    assert_eq!(device.sync(&mut server).removed, 1);
    assert_eq!(server.len(), 1);
    server.push(raw);
    assert_eq!(device.sync(&mut server).returned, 1);
    assert!(device.account(id).returned && device.vault.bin.is_empty());
    assert_eq!(server.len(), 2);
}

#[test]
fn a_deletion_that_was_never_seen_to_arrive_is_sent_again() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone")]);
    device.sync(&mut server);
    let id = device.vault.accounts[0].id;
    device.vault.bin(id, NOW, false).unwrap();
    assert!(device.merge(&mut server, false).write.is_some());
    assert_eq!(device.merge(&mut server, true).write, Some(Vec::new()));
    assert!(server.is_empty() && device.vault.accounts.is_empty());
}

#[test]
fn an_account_restored_from_the_bin_goes_up_again() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone")]);
    device.sync(&mut server);
    let (id, raw) = (device.vault.accounts[0].id, server[0].clone());
    device.vault.bin(id, NOW, false).unwrap();
    device.sync(&mut server);
    device.vault.restore(id).unwrap();
    device.sync(&mut server);
    assert_eq!(server, [raw]);
}

#[test]
fn an_account_moved_to_this_device_leaves_the_server() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    let id = device.add(&uri("a", A));
    device.sync(&mut server);
    device.vault.account_mut(id).unwrap().keep = Keep::Device;
    device.sync(&mut server);
    assert!(server.is_empty() && device.account(id).missing_since.is_none());
}

#[test]
fn an_account_moved_to_another_server_leaves_this_one_only_once_it_was_seen_there() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    let id = device.add(&uri("a", A));
    device.sync(&mut server);
    let there = ConnectionId::generate(&mut device.rng);
    device.vault.connections.push(Connection {
        id: there,
        server: "https://b.example".into(),
        owner: "o".into(),
        name: "n".into(),
        user_id: "u".into(),
        display_name: String::new(),
        client_id: String::new(),
        new_accounts: None,
        fills_by_itself: false,
        follows_deletions: false,
        receives_only: false,
    });
    device.vault.account_mut(id).unwrap().keep = Keep::Connection(there);
    assert!(device.merge(&mut server, true).write.is_none());
    let seen = server[0].in_base(Some(id), Presence::Present, NOW);
    device.state.bases.insert(there, vec![seen]);
    device.sync(&mut server);
    assert!(server.is_empty());
}

#[test]
fn a_row_that_cannot_be_read_is_kept_where_it_is() {
    let (mut device, odd) = (Device::new(1), row("sealed", "Y", "cab2:sealed!", "cab2"));
    let mut server = vec![row("a", "X", A, "phone"), odd.clone(), row("", "", "", "")];
    device.sync(&mut server);
    device.add(&uri("b", B));
    device.sync(&mut server);
    assert_eq!((device.vault.accounts.len(), server.len(), &server[1]), (2, 4, &odd));
}

#[test]
fn no_two_rows_that_are_written_share_a_phones_key() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "b:c", A, "p"), row("a:b", "c", B, "p")]);
    device.sync(&mut server);
    let c = "MFRGGZDFMZTWQ2LK";
    for _ in 0..3 {
        device.add(&format!("otpauth://totp/c:a%3Ab?secret={c}&issuer=c"));
    }
    device.sync(&mut server);
    let keys: std::collections::HashSet<_> = server.iter().map(Row::phone_key).collect();
    assert_eq!((keys.len(), server.len()), (5, 5));
    assert!(device.merge(&mut server, true).write.is_none());
    let mut other = Device::new(2);
    other.sync(&mut server);
    let sorted = |device: &Device| {
        let mut names = device.names();
        names.sort();
        names
    };
    assert_eq!(sorted(&other), sorted(&device));
}

#[test]
fn a_connection_that_only_receives_writes_nothing() {
    let (mut device, mut server) = (Device::new(1), vec![row("a", "X", A, "phone"), row("a", "X", B, "phone")]);
    device.policy.receives_only = true;
    device.sync(&mut server);
    let before = server.clone();
    device.add(&uri("mine", "MFRGGZDFMZTWQ2LK"));
    let id = device.vault.accounts[0].id;
    device.vault.bin(id, NOW, false).unwrap();
    let merged = device.merge(&mut server, true);
    assert_eq!((merged.write.clone(), merged.summary.sent), (None, 0));
    assert!(merged.waits() && server == before);
    device.policy.receives_only = false;
    device.sync(&mut server);
    assert_eq!(server.len(), 2);
}

#[test]
fn what_does_not_fit_waits_here() {
    let (mut device, mut server) = (Device::new(1), Vec::new());
    for n in 0..600 {
        device.add(&uri(&format!("{n}"), A));
    }
    let summary = device.sync(&mut server);
    assert!(summary.no_room > 0 && summary.sent + summary.no_room == 600);
    assert!(Row::write_list(&server).expose().len() <= MAX_LIST_BYTES);
    assert_eq!(device.vault.accounts.len(), 600);
}

#[test]
fn an_origin_of_ours_cannot_reach_an_account_that_is_not_on_that_server() {
    let mut device = Device::new(1);
    let id = device.add(&uri("mine", A));
    device.vault.account_mut(id).unwrap().keep = Keep::Device;
    let mut server = vec![row("evil", "X", B, &format!("cab1:{id}"))];
    device.sync(&mut server);
    assert_eq!(device.account(id).key_uri().to_string(), uri("mine", A));
    device.vault.bin(id, NOW, false).unwrap();
    let mut other = vec![row("evil2", "X", "MFRGGZDFMZTWQ2LK", &format!("cab1:{id}"))];
    device.base.clear();
    device.sync(&mut other);
    assert_eq!(device.vault.bin[0].account.otp.key.to_base32().expose(), A);
}

#[test]
fn after_an_older_document_was_restored_nothing_is_lost() {
    let (mut device, mut server) = (Device::new(1), vec![row("there", "X", A, "phone"), row("gone", "X", B, "phone")]);
    device.sync(&mut server);
    device.vault.accounts.clear();
    server.pop();
    device.sync(&mut server);
    assert_eq!(device.names(), ["there", "gone"]);
    assert!(device.vault.accounts[1].missing_since.is_some());
    assert_eq!(server.len(), 1);
}

#[test]
fn without_its_base_a_device_meets_its_own_rows_again() {
    let (mut device, mut server) = (Device::new(1), vec![row("p", "X", B, "phone")]);
    let id = device.add(&uri("a", A));
    device.sync(&mut server);
    device.base.clear();
    let merged = device.merge(&mut server, true);
    assert_eq!((merged.write, device.vault.accounts.len()), (None, 2));
    assert_eq!(device.account(id).name, "a");
}

fn any_row() -> impl Strategy<Value = Row> {
    let secret = prop_oneof![Just(A), Just(B), Just("MFRGGZDFMZTWQ2LK"), Just("not base32"), Just("")];
    let origin = prop_oneof![Just(""), Just("phone"), Just("cab1:00000000-0000-4000-8000-000000000001")];
    ("[ab:%2]{0,3}", "[ab:%2]{0,3}", secret, origin).prop_map(|(n, i, s, o)| row(&n, &i, s, o))
}

proptest! {
    #[test]
    fn whatever_stands_on_the_server_a_second_merge_has_nothing_to_say(
        lists in prop::collection::vec(prop::collection::vec(any_row(), 0..7), 1..4),
    ) {
        let mut device = Device::new(7);
        for list in lists {
            let mut server = list;
            device.sync(&mut server);
            let keys: Vec<_> = server.iter().filter(|row| row.meaning().is_some()).map(Row::phone_key).collect();
            let distinct: std::collections::HashSet<_> = keys.iter().collect();
            prop_assert_eq!(distinct.len(), keys.len());
            let again = device.merge(&mut server, true);
            prop_assert_eq!(again.write, None);
            prop_assert_eq!(again.changes, vec![]);
            device.now = device.now.saturating_add(700);
        }
    }

    #[test]
    fn no_secret_that_was_ever_read_is_lost(
        lists in prop::collection::vec(prop::collection::vec(any_row(), 0..7), 1..5),
    ) {
        let mut device = Device::new(7);
        let mut ever = BTreeMap::new();
        for list in lists {
            for meaning in list.iter().filter_map(Row::meaning) {
                ever.insert(meaning.otp.key.to_base32().expose().clone(), ());
            }
            let mut server = list;
            device.sync(&mut server);
            device.now = device.now.saturating_add(700);
        }
        let held = device.vault.accounts.iter().chain(device.vault.bin.iter().map(|binned| &binned.account));
        let held: Vec<_> = held.map(|account| account.otp.key.to_base32().expose().clone()).collect();
        prop_assert!(ever.keys().all(|secret| held.contains(secret)));
    }
}

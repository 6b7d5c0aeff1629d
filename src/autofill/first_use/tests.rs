use super::*;
use crate::secret::test_entropy::ConstantEntropy;
use crate::vault::Site;

const HERE: &str = "https://id.example.com";
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn account(number: u8, name: &str, sites: &[&str]) -> Account {
    let uri = format!("otpauth://totp/{name}?secret={SECRET}");
    let mut account = Account::new(uri.parse().unwrap(), 0, &mut ConstantEntropy(number));
    account.sites = sites.iter().map(|origin| Site::Origin((*origin).into())).collect();
    account
}

fn connection(last: u8, server: &str) -> Connection {
    serde_json::from_value(serde_json::json!({
        "id": format!("00000000-0000-4000-8000-00000000000{last}"), "server": server, "owner": "acme", "name": "alice",
        "user_id": "1", "display_name": "Alice",
    }))
    .unwrap()
}

/// A vault connected to [`HERE`] and to another server, both of which call their user `acme/alice`.
fn vault(accounts: Vec<Account>) -> Vault {
    let connections = vec![connection(1, HERE), connection(2, "https://good.example")];
    Vault { accounts, connections, ..Vault::default() }
}

#[test]
fn the_popup_may_propose_accounts_of_this_device_and_of_the_connection() {
    let mut vault =
        vault(vec![account(1, "acme/alice", &[]), account(2, "acme/alice", &[]), account(3, "acme/bob", &[])]);
    vault.accounts[1].location = StorageLocation::Connection(vault.connections[0].id);
    let proposed: Vec<_> = proposals(HERE, &vault).iter().map(|account| account.id).collect();
    assert_eq!(proposed, [vault.accounts[0].id, vault.accounts[1].id]);
    assert!(proposals("https://evil.example", &vault).is_empty());
}

#[test]
fn accounts_with_a_site_or_of_another_connection_cannot_be_confirmed() {
    let mut vault = vault(vec![account(1, "acme/alice", &["https://good.example"]), account(2, "acme/alice", &[])]);
    vault.accounts[1].location = StorageLocation::Connection(vault.connections[1].id);
    for account in &vault.accounts {
        assert!(!can_confirm(account, HERE, &vault), "{:?}", account.id);
    }
    assert!(proposals(HERE, &vault).is_empty());
    assert!(can_confirm(&vault.accounts[1], "https://good.example", &vault));
}

#[test]
fn nothing_is_proposed_if_a_confirmed_account_of_this_origin_exists() {
    let mut vault = vault(vec![account(1, "acme/alice", &[HERE]), account(2, "acme/alice", &[])]);
    assert!(proposals(HERE, &vault).is_empty());
    vault.accounts[0].unconfirmed = true;
    assert_eq!(proposals(HERE, &vault).len(), 1);
}

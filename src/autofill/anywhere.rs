//! Filling on any site, when the user starts it in the popup, the context menu or by the shortcut.

use super::look_alike::looks_like;
use super::site::{allows, host_of, origin_of, site_for};
use super::{LEAD_SECONDS, PageReply, passcode};
use crate::otp::Kind;
use crate::vault::{Account, Site, Vault};

/// What the user's gesture comes to on a page of this origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anywhere {
    /// The code may be typed: the origin is among the account's sites. It is the code of a moment that lasts.
    Type {
        /// Digits, or Steam's characters.
        code: String,
    },
    /// The origin is among the account's sites, and its code is of a counter: the caller advances it first.
    TypeNextCounter,
    /// The code ends within two seconds, and other servers take no code of one step ahead: ask again then.
    Wait {
        /// Seconds since 1970.
        until: u64,
    },
    /// The user is asked once whether the account is for this site; confirmed, it joins the account's sites.
    Confirm {
        /// What would be stored.
        site: Site,
    },
    /// The host looks like one that an account is for, and is another: warn, and do not fill.
    LookAlike {
        /// The site that it looks like.
        of: String,
    },
    /// http in a private network: the code would travel in plain text there, and the user is asked once whether it may.
    ConfirmUnencrypted {
        /// What would be stored: this origin only.
        site: Site,
    },
    /// Neither https, nor this machine, nor a private network: the code would travel in plain text.
    NotSecure,
    /// The tab shows no site: a page of the browser, a file.
    NotASite,
}

/// Decides about one account and the tab's origin, as the browser names it. `now` is in seconds since 1970.
///
/// A server over http that the user connected all the same has its origin among the accounts' sites, and is filled.
pub fn anywhere(account: &Account, vault: &Vault, origin: &str, now: u64) -> Anywhere {
    let Some(site) = site_for(origin) else { return Anywhere::NotASite };
    if account.sites.iter().any(|site| allows(site, origin)) {
        return code(account, vault, now);
    }
    if !is_secure(origin) {
        return if is_in_private_network(origin) { Anywhere::ConfirmUnencrypted { site } } else { Anywhere::NotSecure };
    }
    let host = host_of(origin).unwrap_or_default();
    match known_hosts(account, vault).find(|known| looks_like(host, known)) {
        Some(of) => Anywhere::LookAlike { of },
        None => Anywhere::Confirm { site },
    }
}

fn code(account: &Account, vault: &Vault, now: u64) -> Anywhere {
    if matches!(account.otp.kind, Kind::Hotp { .. }) {
        return Anywhere::TypeNextCounter;
    }
    // The passcode of a moment later is another one exactly when this one is about to end.
    let (current, later) =
        (passcode(account, vault, None, now.saturating_sub(LEAD_SECONDS)), passcode(account, vault, None, now));
    match (current, later) {
        (PageReply::Fill { code, until, .. }, PageReply::Fill { until: next, .. }) if until == next => {
            Anywhere::Type { code }
        }
        (PageReply::Fill { until, .. }, _) => Anywhere::Wait { until: until.saturating_add(LEAD_SECONDS) },
        _ => Anywhere::TypeNextCounter,
    }
}

/// The host of an http origin, without its port.
fn http_host(origin: &str) -> Option<&str> {
    let rest = origin.strip_prefix("http://")?;
    let port = rest.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    Some(port.map_or(rest, |(host, _)| host))
}

/// http to an address or a name that no public network has: RFC 1918, RFC 4193, link-local, `.local`, `.lan`, `.home.arpa`,
/// `.internal`, or a name of one label.
fn is_in_private_network(origin: &str) -> bool {
    let Some(host) = http_host(origin).filter(|host| !host.is_empty()) else { return false };
    if let Ok(address) = host.parse::<std::net::Ipv4Addr>() {
        return address.is_private() || address.is_link_local();
    }
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address = inner.parse::<std::net::Ipv6Addr>();
        return address.is_ok_and(|address| address.is_unique_local() || address.is_unicast_link_local());
    }
    !host.contains('.') || [".local", ".lan", ".home.arpa", ".internal"].iter().any(|end| host.ends_with(end))
}

/// https, or http that does not leave this machine.
fn is_secure(origin: &str) -> bool {
    let Some(host) = http_host(origin) else { return origin.starts_with("https://") };
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || is_loopback_v4(host)
}

fn is_loopback_v4(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// The hosts and domains that accounts of this vault are for, this account's first.
fn known_hosts<'a>(account: &'a Account, vault: &'a Vault) -> impl Iterator<Item = String> + 'a {
    let sites = account.sites.iter().chain(vault.accounts.iter().flat_map(|other| &other.sites));
    let servers = vault.connections.iter().filter_map(|connection| origin_of(&connection.server));
    let hosts = sites.filter_map(|site| match site {
        Site::Domain(domain) => Some(domain.clone()),
        Site::Origin(origin) => host_of(origin).map(str::to_owned),
    });
    hosts.chain(servers.filter_map(|origin| host_of(&origin).map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Entropy;

    struct Count(u8);

    impl Entropy for Count {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    const NOW: u64 = 1_790_000_010;

    fn account(uri: &str, sites: &[Site]) -> Account {
        let uri = uri.replace("SECRET", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let mut account = Account::new(uri.parse().unwrap(), 0, &mut Count(1));
        account.sites = sites.to_vec();
        account
    }

    fn github(sites: &[Site]) -> Account {
        account("otpauth://totp/GitHub:alice?secret=SECRET", sites)
    }

    fn vault() -> Vault {
        Vault { accounts: vec![github(&[Site::Domain("github.com".into())])], ..Vault::default() }
    }

    #[test]
    fn a_new_site_is_confirmed_once_and_trusted_then() {
        let mut account = github(&[]);
        let Anywhere::Confirm { site } = anywhere(&account, &Vault::default(), "https://login.example.com", NOW) else {
            panic!("not asked")
        };
        account.sites.push(site);
        for page in ["https://login.example.com", "https://example.com", "https://www.example.com:8443"] {
            let code = account.otp.code_at(NOW).expose().clone();
            assert_eq!(anywhere(&account, &Vault::default(), page, NOW), Anywhere::Type { code }, "{page}");
        }
    }

    #[test]
    fn a_look_alike_of_any_accounts_site_is_warned_of() {
        let of = String::from("github.com");
        for page in [
            "https://github.com.evil.net",
            "https://githvb.com",
            "https://login-github.com",
            "https://xn--gthub-n4a.com",
        ] {
            assert_eq!(anywhere(&github(&[]), &vault(), page, NOW), Anywhere::LookAlike { of: of.clone() }, "{page}");
        }
        assert!(matches!(anywhere(&github(&[]), &vault(), "https://example.org", NOW), Anywhere::Confirm { .. }));
    }

    #[test]
    fn other_peoples_pages_under_a_public_suffix_are_other_sites() {
        let account = github(&[Site::Domain("alice.github.io".into())]);
        assert!(matches!(anywhere(&account, &Vault::default(), "https://alice.github.io", NOW), Anywhere::Type { .. }));
        assert!(!matches!(
            anywhere(&account, &Vault::default(), "https://mallory.github.io", NOW),
            Anywhere::Type { .. }
        ));
    }

    #[test]
    fn what_is_no_site_or_travels_in_plain_text_gets_nothing() {
        for (page, reply) in [
            ("chrome://settings", Anywhere::NotASite),
            ("null", Anywhere::NotASite),
            ("http://login.example.com", Anywhere::NotSecure),
            ("http://127.0.0.1.evil.net", Anywhere::NotSecure),
        ] {
            assert_eq!(anywhere(&github(&[]), &Vault::default(), page, NOW), reply, "{page}");
        }
        for page in [
            "http://192.168.1.7",
            "http://10.0.0.2:8080",
            "http://nas.local",
            "http://router.lan",
            "http://nas",
            "http://[fd00::1]:8080",
            "http://ha.home.arpa",
        ] {
            let asked = anywhere(&github(&[]), &Vault::default(), page, NOW);
            assert_eq!(asked, Anywhere::ConfirmUnencrypted { site: Site::Origin(page.into()) }, "{page}");
        }
        for page in [
            "http://192.168.1.7.evil.example",
            "http://8.8.8.8",
            "http://[2001:db8::1]",
            "http://nas.localx",
            "http://172.32.0.1",
        ] {
            assert_eq!(anywhere(&github(&[]), &Vault::default(), page, NOW), Anywhere::NotSecure, "{page}");
        }
        for page in ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80"] {
            assert!(!matches!(anywhere(&github(&[]), &Vault::default(), page, NOW), Anywhere::NotSecure), "{page}");
        }
        let server = Site::Origin("http://id.acme.test:8000".into());
        let account = github(&[server]);
        assert!(matches!(anywhere(&account, &vault(), "http://id.acme.test:8000", NOW), Anywhere::Type { .. }));
    }

    #[test]
    fn a_code_that_is_about_to_end_is_waited_for() {
        let account = github(&[Site::Domain("github.com".into())]);
        let at = |now| anywhere(&account, &vault(), "https://github.com", now);
        assert!(matches!(at(NOW + 27), Anywhere::Type { .. }));
        assert_eq!(at(NOW + 28), Anywhere::Wait { until: NOW + 30 });
        assert_eq!(at(NOW + 29), Anywhere::Wait { until: NOW + 30 });
        assert_eq!(at(NOW + 30), Anywhere::Type { code: account.otp.code_at(NOW + 30).expose().clone() });
    }

    #[test]
    fn counters_are_advanced_by_the_caller() {
        let site = [Site::Domain("github.com".into())];
        let account = account("otpauth://hotp/a?secret=SECRET", &site);
        assert_eq!(anywhere(&account, &vault(), "https://github.com", NOW), Anywhere::TypeNextCounter);
    }
}

//! Decides whether an account's code may be filled on an arbitrary site, after the user asked for it in the popup, the
//! context menu or with the keyboard shortcut.

use super::look_alike::{imitated_vendor, looks_like};
use super::site::{host_of, origin_of, site_for};
use super::{LEAD_SECONDS, PageAddress, PageReply, has_site, passcode};
use crate::otp::Kind;
use crate::vault::{Account, Site, Vault};

/// The decision about filling one account's code on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FillDecision {
    /// The code may be filled: a site of the account covers the page, and the code remains valid long enough.
    Type {
        /// The code: digits, or the characters that Steam uses.
        code: String,
    },
    /// A site of the account covers the page, but the account is counter-based: the caller advances the counter and
    /// fills the new code.
    TypeNextCounter,
    /// The code expires within two seconds, and unlike Casdoor, other servers may reject the next code before its time:
    /// ask again later.
    Wait {
        /// When to ask again, in seconds since 1970.
        until: u64,
    },
    /// Ask the user once whether the account is for this site. If so, the site is added to the account's sites.
    Confirm {
        /// The site that would be added to the account.
        site: Site,
    },
    /// The host looks like a host that an account is for, but is a different one: warn the user and do not fill.
    LookAlike {
        /// The host that the page's host looks like.
        of: String,
    },
    /// The page uses http in a private network, where the code would be sent in plain text: ask the user once whether
    /// that is acceptable.
    ConfirmUnencrypted {
        /// The site that would be added to the account, which covers only this origin.
        site: Site,
    },
    /// The page uses http outside this machine and private networks, so the code would be sent in plain text.
    NotSecure,
    /// The tab does not show a website but, for example, a page of the browser or a local file.
    NotASite,
}

/// Decides whether to fill one account's code on a page. `page` is the document's address as the browser reports it;
/// `now` is in seconds since 1970.
///
/// If the user connected to a server over http despite the warning, that server's origin is among its accounts' sites,
/// so its pages are filled as well.
pub fn decide_fill<'a>(account: &Account, vault: &Vault, page: impl Into<PageAddress<'a>>, now: u64) -> FillDecision {
    let page = page.into();
    if site_for(page.origin).is_some() && has_site(account, page) {
        return code(account, vault, now);
    }
    before_first_use(account, vault, page.origin, None)
}

/// Decides what the user is asked before an account is filled on a new site, or before a site is added by hand: one of
/// [`FillDecision::Confirm`], [`FillDecision::LookAlike`], [`FillDecision::ConfirmUnencrypted`],
/// [`FillDecision::NotSecure`] and [`FillDecision::NotASite`]. `replaced` is the site that the new one replaces; it is
/// ignored by the look-alike check.
pub fn before_first_use(account: &Account, vault: &Vault, origin: &str, replaced: Option<&Site>) -> FillDecision {
    let Some(site) = site_for(origin) else { return FillDecision::NotASite };
    if !is_secure(origin) {
        return if is_in_private_network(origin) {
            FillDecision::ConfirmUnencrypted { site }
        } else {
            FillDecision::NotSecure
        };
    }
    let host = host_of(origin).unwrap_or_default();
    match known_hosts(account, vault, host_of, replaced).find(|known| looks_like(host, known)) {
        Some(of) => FillDecision::LookAlike { of },
        None => FillDecision::Confirm { site },
    }
}

fn code(account: &Account, vault: &Vault, now: u64) -> FillDecision {
    if matches!(account.otp.kind, Kind::Hotp { .. }) {
        return FillDecision::TypeNextCounter;
    }
    // If the code two seconds from now is different, the current code is about to expire.
    let (current, later) =
        (passcode(account, vault, None, now.saturating_sub(LEAD_SECONDS)), passcode(account, vault, None, now));
    match (current, later) {
        (PageReply::Fill { code, until, .. }, PageReply::Fill { until: next, .. }) if until == next => {
            FillDecision::Type { code }
        }
        (PageReply::Fill { until, .. }, _) => FillDecision::Wait { until: until.saturating_add(LEAD_SECONDS) },
        _ => FillDecision::TypeNextCounter,
    }
}

/// Returns the host of an http origin, without its port.
fn http_host(origin: &str) -> Option<&str> {
    let rest = origin.strip_prefix("http://")?;
    let port = rest.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    Some(port.map_or(rest, |(host, _)| host))
}

/// Returns true for http origins whose host is in a private network: addresses of RFC 1918, RFC 4193 or the link-local
/// ranges, names that end in `.local`, `.lan`, `.home.arpa` or `.internal`, and single-label names.
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

/// Returns true for https origins, and for http origins on this machine.
fn is_secure(origin: &str) -> bool {
    let Some(host) = http_host(origin) else { return origin.starts_with("https://") };
    host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || is_loopback_v4(host)
}

fn is_loopback_v4(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Returns the site of this vault that a page's host imitates, even if either of them uses http.
pub fn imitated_site(account: &Account, vault: &Vault, origin: &str) -> Option<String> {
    let host = named_host(origin)?;
    known_hosts(account, vault, named_host, None).find(|known| looks_like(host, known))
}

/// Returns the host that a server imitates, which the user wants to connect to: a site or a server of this vault, or
/// the site of a well-known vendor. A host that the vault already contains imitates nothing.
pub fn imitated_by_server(origin: &str, vault: &Vault) -> Option<String> {
    let host = named_host(origin)?;
    let known = || all_known_hosts(vault, named_host);
    if known().any(|known| covers_host(&known, host)) {
        return None;
    }
    known().find(|known| looks_like(host, known)).or_else(|| imitated_vendor(host).map(str::to_owned))
}

/// Returns true if a host is a known host or domain, or below it.
fn covers_host(known: &str, host: &str) -> bool {
    host.strip_suffix(known).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// Returns the host of an origin, or `None` if it is an IP address or a single-label name.
fn named_host(origin: &str) -> Option<&str> {
    let host = host_of(origin).or_else(|| http_host(origin))?;
    let is_number = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    (host.contains('.') && !is_number).then_some(host)
}

/// Returns the hosts and domains that accounts of this vault are for, starting with those of this account. A site of
/// this account that is about to be replaced is left out.
fn known_hosts<'a>(
    account: &'a Account,
    vault: &'a Vault,
    host: fn(&str) -> Option<&str>,
    replaced: Option<&'a Site>,
) -> impl Iterator<Item = String> + 'a {
    let own = account.sites.iter().filter(move |site| Some(*site) != replaced);
    let others = vault
        .accounts
        .iter()
        .filter(move |other| replaced.is_none() || other.id != account.id)
        .flat_map(|other| &other.sites);
    hosts_of(own.chain(others), vault, host)
}

/// Returns the hosts and domains that any account of this vault is for.
fn all_known_hosts(vault: &Vault, host: fn(&str) -> Option<&str>) -> impl Iterator<Item = String> {
    hosts_of(vault.accounts.iter().flat_map(|account| &account.sites), vault, host)
}

/// Returns the hosts and domains of the sites, followed by the hosts of the vault's servers.
fn hosts_of<'a>(
    sites: impl Iterator<Item = &'a Site> + 'a,
    vault: &'a Vault,
    host: fn(&str) -> Option<&str>,
) -> impl Iterator<Item = String> + 'a {
    let servers = vault.connections.iter().filter_map(|connection| origin_of(&connection.server));
    let hosts = sites.filter_map(move |site| match site {
        Site::Domain(domain) => Some(domain.clone()),
        _ => site.origin().and_then(host).map(str::to_owned),
    });
    hosts.chain(servers.filter_map(move |origin| host(&origin).map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::test_entropy::ConstantEntropy;

    const NOW: u64 = 1_790_000_010;

    fn account(uri: &str, sites: &[Site]) -> Account {
        let uri = uri.replace("SECRET", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let mut account = Account::new(uri.parse().unwrap(), 0, &mut ConstantEntropy(1));
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
    fn a_new_site_is_confirmed_once_and_then_trusted() {
        let mut account = github(&[]);
        let FillDecision::Confirm { site } = decide_fill(&account, &Vault::default(), "https://login.example.com", NOW)
        else {
            panic!("not asked")
        };
        account.sites.push(site);
        for page in ["https://login.example.com", "https://example.com", "https://www.example.com:8443"] {
            let code = account.otp.code_at(NOW).expose().clone();
            assert_eq!(decide_fill(&account, &Vault::default(), page, NOW), FillDecision::Type { code }, "{page}");
        }
    }

    #[test]
    fn a_look_alike_of_any_accounts_site_causes_a_warning() {
        let of = String::from("github.com");
        for page in [
            "https://github.com.evil.net",
            "https://githvb.com",
            "https://login-github.com",
            "https://xn--gthub-n4a.com",
        ] {
            assert_eq!(
                decide_fill(&github(&[]), &vault(), page, NOW),
                FillDecision::LookAlike { of: of.clone() },
                "{page}"
            );
        }
        assert!(matches!(
            decide_fill(&github(&[]), &vault(), "https://example.org", NOW),
            FillDecision::Confirm { .. }
        ));
    }

    #[test]
    fn a_look_alike_is_noticed_over_http_too() {
        let over_http = github(&[Site::Origin("http://portal.acme-works.test:8000".into())]);
        for (account, page, imitated) in [
            (&github(&[]), "http://githvb.com", Some("github.com")),
            (&github(&[]), "https://github.com.evil.net", Some("github.com")),
            (&over_http, "http://portai.acme-works.test", Some("portal.acme-works.test")),
            (&github(&[]), "http://github.com", None),
            (&github(&[]), "http://example.org:8080", None),
            (&github(&[Site::Origin("http://192.168.1.7".into())]), "http://192.168.1.8", None),
            (&github(&[Site::Origin("http://nas".into())]), "http://nas2", None),
            (&github(&[]), "null", None),
        ] {
            assert_eq!(imitated_site(account, &vault(), page).as_deref(), imitated, "{page}");
        }
    }

    #[test]
    fn subdomains_of_a_public_suffix_are_different_sites() {
        let account = github(&[Site::Domain("alice.github.io".into())]);
        assert!(matches!(
            decide_fill(&account, &Vault::default(), "https://alice.github.io", NOW),
            FillDecision::Type { .. }
        ));
        assert!(!matches!(
            decide_fill(&account, &Vault::default(), "https://mallory.github.io", NOW),
            FillDecision::Type { .. }
        ));
    }

    #[test]
    fn pages_without_a_site_or_encryption_get_no_code() {
        for (page, reply) in [
            ("chrome://settings", FillDecision::NotASite),
            ("null", FillDecision::NotASite),
            ("http://login.example.com", FillDecision::NotSecure),
            ("http://127.0.0.1.evil.net", FillDecision::NotSecure),
        ] {
            assert_eq!(decide_fill(&github(&[]), &Vault::default(), page, NOW), reply, "{page}");
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
            let asked = decide_fill(&github(&[]), &Vault::default(), page, NOW);
            assert_eq!(asked, FillDecision::ConfirmUnencrypted { site: Site::Origin(page.into()) }, "{page}");
        }
        for page in [
            "http://192.168.1.7.evil.example",
            "http://8.8.8.8",
            "http://[2001:db8::1]",
            "http://nas.localx",
            "http://172.32.0.1",
        ] {
            assert_eq!(decide_fill(&github(&[]), &Vault::default(), page, NOW), FillDecision::NotSecure, "{page}");
        }
        for page in ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80"] {
            assert!(
                !matches!(decide_fill(&github(&[]), &Vault::default(), page, NOW), FillDecision::NotSecure),
                "{page}"
            );
        }
        let server = Site::Origin("http://id.acme.test:8000".into());
        let account = github(&[server]);
        assert!(matches!(decide_fill(&account, &vault(), "http://id.acme.test:8000", NOW), FillDecision::Type { .. }));
    }

    #[test]
    fn a_code_that_is_about_to_expire_is_not_filled() {
        let account = github(&[Site::Domain("github.com".into())]);
        let at = |now| decide_fill(&account, &vault(), "https://github.com", now);
        assert!(matches!(at(NOW + 27), FillDecision::Type { .. }));
        assert_eq!(at(NOW + 28), FillDecision::Wait { until: NOW + 30 });
        assert_eq!(at(NOW + 29), FillDecision::Wait { until: NOW + 30 });
        assert_eq!(at(NOW + 30), FillDecision::Type { code: account.otp.code_at(NOW + 30).expose().clone() });
    }

    #[test]
    fn counters_are_advanced_by_the_caller() {
        let site = [Site::Domain("github.com".into())];
        let account = account("otpauth://hotp/a?secret=SECRET", &site);
        assert_eq!(decide_fill(&account, &vault(), "https://github.com", NOW), FillDecision::TypeNextCounter);
    }
}

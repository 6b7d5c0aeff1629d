//! Detects hosts that imitate a known site: `examp1e.com`, `example-login.com`, `example.com.evil.net`.

use super::domain_families::{is_one_vendor, vendor_domains};
use super::site::registrable_domain;

/// Minimum length of a name for letter-by-letter comparison. Many unrelated shorter names differ in only one letter.
const MIN_COMPARED: usize = 5;
/// The same for the names of well-known vendors, of which there are many more than of a user's sites.
const MIN_VENDOR_COMPARED: usize = 7;

/// Returns true if a user could mistake `host` for a host of `known`, which is a registrable domain or a host.
///
/// The result is only a warning, which the user can overrule. The domains of one vendor are not considered look-alikes
/// of each other. Internationalized names (`xn--`) are compared as they are displayed: `gıthub.com` looks like
/// `github.com`, `müller.de` does not.
///
/// ```
/// use casdoor_authenticator::autofill::looks_like;
///
/// assert!(looks_like("login.examp1e.com", "example.com"));
/// assert!(!looks_like("login.example.com", "example.com"));
/// assert!(!looks_like("wikipedia.org", "example.com"));
/// ```
pub fn looks_like(host: &str, known: &str) -> bool {
    if is_ip_address(host) || is_ip_address(known) {
        return false;
    }
    let Some((domain, known)) = different_domains(host, known) else { return false };
    if known.is_empty() || is_one_vendor(&domain, &known) {
        return false;
    }
    let shown = shown(host);
    if let Some(shown) = &shown {
        // A name that is displayed exactly like the known one, or like another domain of its vendor, is the most
        // deceptive.
        let plain = plain_letters(shown);
        let read_as = own_domain(&plain);
        if read_as == known || is_one_vendor(&read_as, &known) || looks_like(&plain, &known) {
            return true;
        }
    }
    let (label, known_label) = (first_label(&domain), first_label(&known));
    if known_label.len() < MIN_COMPARED {
        return skeleton(label) == skeleton(known_label) || has_domain_inside(host, &known);
    }
    let (shape, known_shape) = (skeleton(label), skeleton(known_label));
    differs_by_one_at_most(&shape, &known_shape) || skeleton(host).contains(&known_shape)
}

/// Returns the well-known domain that a server's host imitates.
///
/// This is stricter than [`looks_like`], because a company may have a name that contains a well-known one, while the
/// sites of a vault are few and were chosen by the user.
pub fn imitated_vendor(host: &str) -> Option<&'static str> {
    let domain = own_domain(host);
    if vendor_domains().any(|known| known == domain) {
        return None;
    }
    let plain = shown(host).map(|shown| plain_letters(&shown));
    let plain_domain = plain.as_deref().map(own_domain);
    vendor_domains().find(|known| plain_domain.as_deref() == Some(*known) || imitates_closely(host, &domain, known))
}

fn imitates_closely(host: &str, domain: &str, known: &str) -> bool {
    if has_domain_inside(host, known) {
        return true;
    }
    let (label, known_label) = (first_label(domain), first_label(known));
    if known_label.len() < MIN_COMPARED {
        return false;
    }
    let (shape, known_shape) = (skeleton(label), skeleton(known_label));
    shape == known_shape || known_label.len() >= MIN_VENDOR_COMPARED && differs_by_one_at_most(&shape, &known_shape)
}

/// Returns the registrable domain of a host. Under an internal top-level domain, which the list does not contain, these
/// are the last two labels.
fn own_domain(host: &str) -> String {
    registrable_domain(host).unwrap_or_else(|| {
        let labels: Vec<&str> = host.rsplitn(3, '.').take(2).collect();
        labels.into_iter().rev().collect::<Vec<_>>().join(".")
    })
}

/// Returns the parts of two hosts that their owners chose: the registrable domains, or under an internal top-level
/// domain as many labels as are needed until the hosts differ. Returns `None` if the hosts are in the same registrable
/// domain, or one is below the other.
fn different_domains(host: &str, known: &str) -> Option<(String, String)> {
    let (domain, known_domain) = (own_domain(host), own_domain(known));
    if domain != known_domain {
        return Some((domain, known_domain));
    }
    if registrable_domain(host).is_some() {
        return None;
    }
    let labels = host.rsplit('.').zip(known.rsplit('.'));
    let count = labels.take_while(|(one, other)| one == other).count().saturating_add(1);
    let last = |name: &str| {
        let labels: Vec<&str> = name.rsplit('.').take(count).collect();
        (labels.len() == count).then(|| labels.into_iter().rev().collect::<Vec<_>>().join("."))
    };
    Some((last(host)?, last(known)?))
}

/// Returns true for an IP address. Its numbers are no name that could be imitated, and neighboring addresses differ in
/// only one digit.
fn is_ip_address(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    inner.parse::<std::net::IpAddr>().is_ok()
}

/// Returns true if a host contains a domain as whole labels or words: `example.com.evil.net`, `my-example.com`.
fn has_domain_inside(host: &str, domain: &str) -> bool {
    let is_boundary = |byte: Option<&u8>| byte.is_none_or(|byte| matches!(byte, b'.' | b'-'));
    host.match_indices(domain).any(|(start, found)| {
        let bytes = host.as_bytes();
        let before = start.checked_sub(1).and_then(|at| bytes.get(at));
        is_boundary(before) && is_boundary(bytes.get(start.saturating_add(found.len())))
    })
}

/// Returns the host as it is displayed, with its `xn--` labels decoded, or `None` if it has no such labels.
fn shown(host: &str) -> Option<String> {
    let decode = |label: &str| match label.strip_prefix("xn--") {
        Some(code) => punycode(code).unwrap_or_else(|| label.to_owned()),
        None => label.to_owned(),
    };
    host.contains("xn--").then(|| host.split('.').map(decode).collect::<Vec<_>>().join("."))
}

/// Replaces accented letters and letters of other scripts by the ASCII letters that they resemble.
fn plain_letters(name: &str) -> String {
    const ALIKE: [&str; 26] = [
        "aàáâãäåāăąаαɑạả",
        "bƀьβЬв",
        "cçćčсϲ",
        "dďđԁɗ",
        "eèéêëēĕėęěеёεҽẹ",
        "fƒ",
        "gğģġɡց",
        "hħһн",
        "iìíîïīĭįıіιíɩỉị",
        "jјʝ",
        "kķκкҝ",
        "lĺļľłӏⅼł",
        "mмṃ",
        "nñńņňпηɴ",
        "oòóôõöøōŏőоοσọỏօ",
        "pрρ",
        "qԛ",
        "rŕřгɾ",
        "sśşšѕș",
        "tţťтτț",
        "uùúûüūŭůűųυцս",
        "vνѵ",
        "wŵѡԝω",
        "xхχ",
        "yýÿуγү",
        "zźżžʐ",
    ];
    let plain = |letter: char| {
        ALIKE.iter().find(|row| row.contains(letter)).and_then(|row| row.chars().next()).unwrap_or(letter)
    };
    name.chars().map(plain).collect()
}

/// Decodes a Punycode label by RFC 3492.
fn punycode(code: &str) -> Option<String> {
    const BASE: u32 = 36;
    let (basic, rest) = code.rsplit_once('-').unwrap_or(("", code));
    let mut letters: Vec<char> = basic.chars().collect();
    let (mut number, mut place, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = rest.bytes();
    while digits.len() > 0 {
        let start = place;
        let (mut weight, mut k) = (1_u32, BASE);
        loop {
            let digit = match digits.next()?.to_ascii_lowercase() {
                letter @ b'a'..=b'z' => u32::from(letter).checked_sub(97)?,
                figure @ b'0'..=b'9' => u32::from(figure).checked_sub(22)?,
                _ => return None,
            };
            place = place.checked_add(digit.checked_mul(weight)?)?;
            let limit = if k <= bias { 1 } else { k.saturating_sub(bias).min(26) };
            if digit < limit {
                break;
            }
            weight = weight.checked_mul(BASE.checked_sub(limit)?)?;
            k = k.checked_add(BASE)?;
        }
        let count = u32::try_from(letters.len()).ok()?.checked_add(1)?;
        bias = adapted(place.checked_sub(start)?, count, start == 0);
        number = number.checked_add(place.checked_div(count)?)?;
        place = place.checked_rem(count)?;
        letters.insert(usize::try_from(place).ok()?, char::from_u32(number)?);
        place = place.checked_add(1)?;
    }
    Some(letters.into_iter().collect())
}

/// Adapts the bias after each letter, by RFC 3492, section 6.1.
fn adapted(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = delta.checked_div(if is_first { 700 } else { 2 }).unwrap_or(0);
    delta = delta.saturating_add(delta.checked_div(count).unwrap_or(0));
    let mut k = 0_u32;
    while delta > 455 {
        delta = delta.checked_div(35).unwrap_or(0);
        k = k.saturating_add(36);
    }
    k.saturating_add(delta.saturating_mul(36).checked_div(delta.saturating_add(38)).unwrap_or(0))
}

/// Returns the first label of a registrable domain, which is the part that its owner chose.
fn first_label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or(domain)
}

/// Reduces a name to its appearance at a glance: similar letters and digits become the same letter, and punctuation is
/// removed.
fn skeleton(name: &str) -> String {
    let alike = |letter| match letter {
        '0' => 'o',
        '1' | 'i' | '|' => 'l',
        '3' => 'e',
        '5' => 's',
        '8' => 'b',
        '9' | 'q' => 'g',
        'u' => 'v',
        other => other,
    };
    let name = name.to_ascii_lowercase().replace("rn", "m").replace("vv", "w").replace("cl", "d");
    name.chars().filter(|letter| !matches!(letter, '-' | '.' | '_')).map(alike).collect()
}

/// Returns true if the names differ at most by one inserted, missing or replaced letter, or by two swapped letters.
fn differs_by_one_at_most(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let head = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (one.get(head..).unwrap_or(&[]), other.get(head..).unwrap_or(&[]));
    match (one, other) {
        ([a, b, rest @ ..], [c, d, others @ ..]) if a == d && b == c && rest == others => true,
        ([], []) => true,
        ([_, rest @ ..], [_, others @ ..]) if rest == others => true,
        ([_, rest @ ..], others) if rest == others => true,
        (rest, [_, others @ ..]) => rest == others,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn imitations_of_a_name_are_detected() {
        for host in [
            "examp1e.com",
            "login.exarnple.com",
            "exmaple.com",
            "exampl.com",
            "examplee.com",
            "example.net",
            "example-login.com",
            "secure-example.com",
            "example.com.evil.net",
            "example-com.evil.net",
            "login.example.evil.co.uk",
            "xn--exmple-cua.com",
            "xn--xample-2of.com",
        ] {
            assert!(looks_like(host, "example.com"), "{host}");
            assert!(looks_like(host, "login.example.com"), "{host}");
        }
    }

    #[test]
    fn a_homograph_of_a_vendors_other_domain_is_detected() {
        assert!(looks_like("xn--amzon-5ve.com", "amazon.de"));
    }

    #[test]
    fn imitations_of_an_internal_domain_are_detected() {
        for host in [
            "sso.acme-w0rks.internal",
            "sso.acrne-works.internal",
            "acme-works.lan",
            "sso.acme-works.internal.evil.net",
            "acme-works-login.internal",
            "acme-works.internal.",
        ] {
            assert!(looks_like(host, "sso.acme-works.internal"), "{host}");
        }
        assert!(looks_like("casd00r", "casdoor"));
        assert!(looks_like("porta1.acme-works.internal", "portal.acme-works.internal"));
    }

    #[test]
    fn a_short_domain_inside_another_name_is_detected() {
        for host in ["x.com.evil.net", "login-x.com", "my.x.com-login.net"] {
            assert!(looks_like(host, "x.com"), "{host}");
        }
    }

    #[test]
    fn imitations_of_a_vendors_domain_are_detected() {
        for (host, known) in [
            ("micros0ft.com", "microsoft.com"),
            ("login.rnicrosoft.com", "microsoft.com"),
            ("microsft.com", "microsoft.com"),
            ("login.google.com.evil.net", "google.com"),
            ("sso.google.evil", "google.com"),
            ("door.casd00r.com", "casdoor.com"),
            ("casdoor.evil", "casdoor.com"),
            ("xn--pple-43d.com", "apple.com"),
            ("sign-in-x.com", "x.com"),
        ] {
            assert_eq!(imitated_vendor(host), Some(known), "{host}");
        }
    }

    #[test]
    fn vendors_and_companies_with_similar_names_imitate_no_vendor() {
        for host in [
            "door.casdoor.com",
            "login.microsoftonline.com",
            "sso.pineapple.com",
            "office.acme.com",
            "windows.internal.acme.org",
            "www.netflix.com",
            "id.acme-works.com",
            "stripes.com",
            "xn--mller-kva.de",
            "10.0.0.5",
            "localhost",
            "sso",
        ] {
            assert_eq!(imitated_vendor(host), None, "{host}");
        }
    }

    #[test]
    fn unrelated_names_are_accepted() {
        for (host, known) in [
            ("example.com", "example.com"),
            ("a.b.example.com", "example.com"),
            ("github.com", "gitlab.com"),
            ("wikipedia.org", "example.com"),
            ("x.com", "t.co"),
            ("www.netflix.com", "x.com"),
            ("login.acme.com", "me.com"),
            ("sample.org", "amplitude.org"),
            ("anything.org", ""),
            ("www.amazon.de", "amazon.com"),
            ("login.microsoftonline.com", "microsoft.com"),
            ("xn--mller-kva.de", "xn--mller-kva.de"),
            ("xn--mller-kva.de", "github.com"),
            ("xn--bcher-kva.example", "github.com"),
            ("xn--85x722f.xn--55qx5d.cn", "example.com"),
            ("sso.a.internal", "sso.b.internal"),
            ("sso.a.acme-works.internal", "sso.b.acme-works.internal"),
            ("acme-works.internal", "sso.acme-works.internal"),
            ("casdoor.berlin.internal", "casdoor.paris.internal"),
            ("login.acme.internal", "sso.acme.internal"),
            ("10.0.0.5", "10.0.0.6"),
            ("[fd00::1]", "[fd00::2]"),
            ("192.168.1.5", "192.168.1.5.example"),
        ] {
            assert!(!looks_like(host, known), "{host} {known}");
        }
    }

    proptest! {
        #[test]
        fn no_name_panics_and_no_name_looks_like_itself(host in ".{0,40}", known in "[a-z0-9.-]{0,40}") {
            let _ = (looks_like(&host, &known), imitated_vendor(&host));
            prop_assert!(!looks_like(&host, &host));
        }
    }
}

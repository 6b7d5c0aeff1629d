//! Hosts that look like a site and are another: `examp1e.com`, `example-login.com`, `example.com.evil.net`.

use super::site::registrable_domain;

/// Names shorter than this are not compared letter by letter: too many honest ones differ by one.
const MIN_COMPARED: usize = 5;

/// Whether somebody could take `host` for a page of `known`, a registrable domain or a host, although it is none.
///
/// A warning and no judgement: `amazon.de` looks like `amazon.com` to this function as it does to a person. A host with
/// letters outside ASCII (`xn--`) looks like everything.
///
/// ```
/// use casdoor_authenticator::autofill::looks_like;
///
/// assert!(looks_like("login.examp1e.com", "example.com"));
/// assert!(!looks_like("login.example.com", "example.com"));
/// assert!(!looks_like("wikipedia.org", "example.com"));
/// ```
pub fn looks_like(host: &str, known: &str) -> bool {
    let own = |name: &str| registrable_domain(name).unwrap_or_else(|| name.to_owned());
    let (domain, known) = (own(host), own(known));
    if domain == known || known.is_empty() {
        return false;
    }
    if host.split('.').any(|label| label.starts_with("xn--")) {
        return true;
    }
    let (label, known_label) = (first_label(&domain), first_label(&known));
    if known_label.len() < MIN_COMPARED {
        return skeleton(label) == skeleton(known_label) || host.contains(&known);
    }
    let (shape, known_shape) = (skeleton(label), skeleton(known_label));
    differs_by_one_at_most(&shape, &known_shape) || skeleton(host).contains(&known_shape)
}

/// What was registered, without its public suffix.
fn first_label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or(domain)
}

/// How a name looks at a glance: letters and digits that are taken for each other become one, dashes and dots go.
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

/// Whether one letter more, less, other, or two exchanged make the one of the other.
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
    fn tricks_with_names_are_noticed() {
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
        ] {
            assert!(looks_like(host, "example.com"), "{host}");
            assert!(looks_like(host, "login.example.com"), "{host}");
        }
    }

    #[test]
    fn honest_names_pass() {
        for (host, known) in [
            ("example.com", "example.com"),
            ("a.b.example.com", "example.com"),
            ("github.com", "gitlab.com"),
            ("wikipedia.org", "example.com"),
            ("x.com", "t.co"),
            ("sample.org", "amplitude.org"),
            ("anything.org", ""),
        ] {
            assert!(!looks_like(host, known), "{host} {known}");
        }
    }

    proptest! {
        #[test]
        fn no_name_panics_and_no_name_looks_like_itself(host in ".{0,40}", known in "[a-z0-9.-]{0,40}") {
            let _ = looks_like(&host, &known);
            prop_assert!(!looks_like(&host, &host));
        }
    }
}

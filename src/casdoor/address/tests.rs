//! Tests of server addresses.

use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Result<String, AddressError> {
    ServerAddress::parse(text, false).map(|server| server.to_string())
}

#[test]
fn addresses_are_parsed_as_users_type_them() {
    for (typed, address) in [
        ("id.example.com", "https://id.example.com"),
        ("  HTTPS://ID.Example.com/ ", "https://id.example.com"),
        ("id.example.com:8443", "https://id.example.com:8443"),
        ("https://id.example.com:443", "https://id.example.com"),
        ("example.com/sso/", "https://example.com/sso"),
        ("https://example.com/sso/login/oauth/authorize?client_id=x#y", "https://example.com/sso"),
        ("https://id.example.com/account", "https://id.example.com"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("[2001:DB8::1]", "https://[2001:db8::1]"),
        ("2001:db8::1", "https://[2001:db8::1]"),
        ("192.168.1.10", "https://192.168.1.10"),
        ("id.example.com.", "https://id.example.com"),
        ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("casdoor", "https://casdoor"),
    ] {
        assert_eq!(parse(typed), Ok(address.into()), "{typed}");
    }
}

#[test]
fn http_is_allowed_for_this_device_and_with_consent_in_private_networks() {
    assert_eq!(parse("http://id.example.com"), Err(AddressError::Insecure));
    assert_eq!(parse("http://8.8.8.8"), Err(AddressError::Insecure));
    for private in
        ["http://10.1.2.3", "http://nas.local", "http://casdoor:8000", "http://[fd00::1]", "http://id.acme.test"]
    {
        assert_eq!(parse(private), Err(AddressError::NeedsConsent), "{private}");
        assert!(ServerAddress::parse(private, true).is_ok(), "{private}");
    }
    assert_eq!(ServerAddress::parse("http://id.example.com", true), Err(AddressError::Insecure));
}

#[test]
fn an_invalid_address_is_rejected_with_a_reason() {
    for (typed, error) in [
        ("", AddressError::Empty),
        ("ftp://example.com", AddressError::NotAnAddress),
        ("javascript://example.com", AddressError::NotAnAddress),
        ("alice:pw@example.com", AddressError::HasCredentials),
        ("exa mple.com", AddressError::NotAnAddress),
        ("example.com:99999", AddressError::NotAnAddress),
        ("example..com", AddressError::NotAnAddress),
        ("0x7f.1", AddressError::NotAnAddress),
        ("example.com/../x", AddressError::NotAnAddress),
        ("[::1", AddressError::NotAnAddress),
    ] {
        assert_eq!(parse(typed), Err(error), "{typed}");
    }
    assert_eq!(parse(&"a".repeat(1 << 20)), Err(AddressError::TooLong));
}

#[test]
fn page_patterns_match_only_the_servers_scheme_host_port_and_path() {
    let is_page = |server: &str, url: &str| {
        let patterns = ServerAddress::parse(server, true).unwrap().page_patterns();
        patterns.iter().any(|pattern| matches_page(pattern, url))
    };
    for (server, own, other) in [
        (
            "https://id.example.com:8443/casdoor",
            vec!["/casdoor", "/casdoor/", "/casdoor/login?x=1#y", "/casdoor?x=1", "/casdoor#y"],
            vec!["", "/", "/login", "/casdoor-admin/login", "/Casdoor/login", "/x/casdoor/login", "/?/casdoor/"],
        ),
        ("https://id.example.com:8443", vec!["/", "/login", "/casdoor/login"], vec![]),
    ] {
        for path in own {
            assert!(is_page(server, &format!("https://id.example.com:8443{path}")), "{server} {path}");
            for elsewhere in [
                "https://id.example.com",
                "https://id.example.com:443",
                "https://id.example.com:84430",
                "http://id.example.com:8443",
                "https://id.example.com.evil.example:8443",
                "https://evil.example/https://id.example.com:8443",
                "https://id.example.com:8443@evil.example",
            ] {
                assert!(!is_page(server, &format!("{elsewhere}{path}")), "{server} {elsewhere}{path}");
            }
        }
        for path in other {
            assert!(!is_page(server, &format!("https://id.example.com:8443{path}")), "{server} {path}");
        }
    }
    assert!(is_page("https://id.example.com", "https://id.example.com/login"));
    assert!(!is_page("https://id.example.com", "https://id.example.com:8443/login"));
    assert!(is_page("http://[::1]:8000", "http://[::1]:8000/login"));
    assert!(is_page("http://[::1]", "http://[::1]/login"));
    assert!(!is_page("http://[::1]:8000", "http://[::1]/login"));
}

proptest! {
    #[test]
    fn parsing_never_panics_and_is_stable(text in ".*") {
        if let Ok(server) = ServerAddress::parse(&text, true) {
            prop_assert_eq!(ServerAddress::parse(&server.to_string(), true), Ok(server));
        }
    }

    #[test]
    fn a_parsed_address_parses_again(host in "[a-z][a-z0-9-]{0,9}(\\.[a-z][a-z0-9]{0,9}){0,3}", port in proptest::option::of(1_u16..), path in "(/[a-z0-9]{1,8}){0,3}") {
        let port = port.map_or(String::new(), |port| format!(":{port}"));
        if let Ok(server) = ServerAddress::parse(&format!("https://{host}{port}{path}"), false) {
            prop_assert_eq!(ServerAddress::parse(&server.to_string(), false), Ok(server));
        }
    }
}

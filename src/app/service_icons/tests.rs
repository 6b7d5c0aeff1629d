//! Tests with the icons that ship.

#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows should fail")]

use super::*;

fn shipped() -> ServiceIcons {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("extension").join(ServiceIcons::FILE);
    ServiceIcons::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn found<'a>(icons: &'a ServiceIcons, issuer: &str, sites: &[&str]) -> &'a str {
    let site = |site: &&str| match site.contains("://") {
        true => Site::Origin((*site).to_owned()),
        false => Site::Domain((*site).to_owned()),
    };
    let sites: Vec<Site> = sites.iter().map(site).collect();
    icons.find(issuer, &sites).map_or("", |icon| &icon.slug)
}

#[test]
fn a_service_is_found_by_its_name_however_it_is_written() {
    let icons = shipped();
    for (issuer, slug) in [
        ("GitHub", "github"),
        ("github", "github"),
        ("GITHUB", "github"),
        ("Git Hub", "github"),
        ("git-hub", "github"),
        ("ＧｉｔＨｕｂ", "github"),
        ("Digital Ocean", "digitalocean"),
        ("DigitalOcean", "digitalocean"),
        ("1Password", "1password"),
        ("Battle.net", "battledotnet"),
        ("Cloudflare, Inc.", "cloudflare"),
        ("Box", "box"),
        ("X", "x"),
        ("Stripe", "stripe"),
        ("Home Assistant", "homeassistant"),
        ("微博", "sinaweibo"),
        ("GitHub Enterprise", "github"),
        ("Dropbox Business", "dropbox"),
        ("Acme GitHub", "github"),
        ("GitLab acme-prod (eu)", "gitlab"),
        ("Notion (Acme Works)", "notion"),
        ("Google:alice@acme.test", "google"),
        ("PayPal alice@acme.test", "paypal"),
        ("Box: alice@acme.test", "box"),
        ("Proton Mail", "protonmail"),
    ] {
        assert_eq!(found(&icons, issuer, &[]), slug, "{issuer}");
    }
}

#[test]
fn a_service_is_found_by_its_short_names() {
    let icons = shipped();
    for (issuer, slug) in [
        ("gh", "github"),
        ("GL", "gitlab"),
        ("fb", "facebook"),
        ("insta", "instagram"),
        ("cf", "cloudflare"),
        ("yt", "youtube"),
        ("Twitter", "x"),
        ("PSN", "playstation"),
        ("G Suite", "google"),
        ("GCP", "googlecloud"),
        ("tutanota", "tuta"),
        ("Apple ID", "apple"),
    ] {
        assert_eq!(found(&icons, issuer, &[]), slug, "{issuer}");
    }
}

#[test]
fn a_service_is_found_by_domain() {
    let icons = shipped();
    for (issuer, sites, slug) in [
        ("github.com", &[][..], "github"),
        ("https://accounts.google.com/", &[], "google"),
        ("ads.google.com", &[], "googleads"),
        ("", &["https://github.com"], "github"),
        ("Work", &["id.gitlab.com"], "gitlab"),
        ("", &["https://github.com:443", "github.com"], "github"),
        // The issuer decides first.
        ("GitLab", &["https://github.com"], "gitlab"),
    ] {
        assert_eq!(found(&icons, issuer, sites), slug, "{issuer} {sites:?}");
    }
}

#[test]
fn an_uncertain_service_has_no_icon() {
    let icons = shipped();
    for issuer in [
        "",
        "MetaMask",
        "Metaverse",
        "Mail Box",
        "Xbox",
        "Boxing Club",
        "Box of Crayons",
        "Target practice",
        "Stripes",
        "Make a Wish",
        "Notional",
        "Apple Federal Credit Union",
        "Linear Algebra",
        "Zoomer",
        "Ocean",
        "Goo Gle2",
        "Signal Iduna",
        "Steamboat Bank",
        "Acme Works",
        "casdoor.github",
        // Other hosts that contain the name, and a host that only starts like the domain.
        "paypal.example.com",
        "github.com.evil.test",
        "notgithub.com",
        // Two services.
        "GitHub GitLab mirror",
        "Lime",
        "XX",
    ] {
        assert_eq!(found(&icons, issuer, &[]), "", "{issuer}");
    }
    let sites =
        [&["https://evilgithub.com"][..], &["https://github.com.evil.test"], &["github.com", "gitlab.com"], &["com"]];
    for sites in sites {
        assert_eq!(found(&icons, "", sites), "", "{sites:?}");
    }
}

#[test]
fn no_name_or_domain_belongs_to_two_services() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("extension").join(ServiceIcons::FILE);
    let file: File = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut seen = HashMap::new();
    for entry in &file.icons {
        let names = entry.names.iter().chain([&entry.title]).map(|name| letters(name)).collect::<Vec<_>>();
        assert!(names.iter().all(|name| !name.is_empty()), "{}", entry.slug);
        assert!(!entry.unmistakable || letters(&entry.title).chars().count() > 2, "{}", entry.slug);
        for key in names.into_iter().chain(entry.domains.clone()) {
            if let Some(other) = seen.insert(key.clone(), entry.slug.clone()) {
                assert_eq!(other, entry.slug, "{key}");
            }
        }
    }
    assert!(file.icons.len() >= 380, "{}", file.icons.len());
}

/// Returns the contrast of two colors as WCAG 2.2 defines it.
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |color: &str| {
        let channel = |from: usize| {
            let value = f64::from(u8::from_str_radix(&color[from..from + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) + 0.05
    };
    let (one, other) = (luminance(one), luminance(other));
    one.max(other) / one.min(other)
}

#[test]
fn every_icon_is_readable_in_the_light_and_the_dark_theme() {
    for icon in shipped().iter() {
        let [light, light_ground, dark, dark_ground] = &icon.colors;
        for (color, ground) in [(light, light_ground), (dark, dark_ground)] {
            assert!(contrast(color, ground) >= 3.0, "{}: {color} on {ground}", icon.slug);
        }
        // A page has no bright tiles in the dark theme.
        assert!(contrast(dark_ground, "#17181e") < 3.0, "{}: {dark_ground}", icon.slug);
        // An outline of 24 by 24 has only these characters, so it cannot break out of the attribute.
        assert!(icon.path.chars().all(|letter| letter.is_ascii_alphanumeric() || " .-".contains(letter)));
    }
}

#[test]
fn services_are_searched_by_the_beginning_of_a_name_first() {
    let icons = shipped();
    let found = |query: &str| icons.search(query, 4).into_iter().map(|icon| icon.slug.as_str()).collect::<Vec<_>>();
    assert_eq!(found("git"), ["gitcode", "gitea", "github", "gitlab"]);
    assert_eq!(found("Git Hub"), ["github"]);
    assert_eq!(found("HUB")[..1], ["hubspot"]);
    assert!(icons.search("hub", 9).iter().any(|icon| icon.slug == "github"));
    // Short names find a service, too.
    assert!(found("gh").contains(&"github"));
    assert_eq!(found("no such service"), Vec::<&str>::new());
    assert_eq!(icons.search("", 1000).len(), icons.iter().count());
    assert_eq!(icons.get("github").map(|icon| icon.title.as_str()), Some("GitHub"));
    assert_eq!(icons.get("nosuchicon"), None);
    // Every icon can be chosen.
    assert!(icons.iter().all(|icon| crate::vault::ChosenIcon::service(&icon.slug).is_some()));
}

#[test]
fn a_malformed_file_has_no_icons() {
    for text in ["", "{}", "[]", r#"{"icons":[{"slug":"x"}]}"#] {
        assert!(ServiceIcons::parse(text).is_none(), "{text}");
    }
    assert_eq!(ServiceIcons::default().find("GitHub", &[]), None);
}

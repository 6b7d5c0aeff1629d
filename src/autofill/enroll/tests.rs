use super::*;
use crate::autofill::{Seen, Shape};
use crate::secret::test_entropy::ConstantEntropy;
use crate::vault::Site;

const HERE: &str = "https://id.example.com";
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const OTHER: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

fn page() -> PageContext {
    let seen = Seen { shape: Shape::Setup, ..Seen::default() };
    PageContext { origin: HERE.into(), path: "/login".into(), frame: FramePosition::Top, seen }
}

fn vault() -> Vault {
    serde_json::from_value(serde_json::json!({ "accounts": [], "connections": [{
        "id": "00000000-0000-4000-8000-000000000001", "server": HERE, "owner": "acme", "name": "bob",
        "user_id": "1", "display_name": "Bob",
    }] }))
    .unwrap()
}

fn uri(secret: &str) -> Secret<String> {
    let tail = "algorithm=SHA1&digits=6&issuer=Acme%20Works&period=30";
    Secret::new(format!("otpauth://totp/Acme%20Works:acme/bob?{tail}&secret={secret}"))
}

fn names(enrollment: Result<Enrollment, EnrollmentError>) -> (String, String, String) {
    let Ok(Enrollment::New(uri)) = enrollment else { panic!("nothing new: {enrollment:?}") };
    (uri.issuer, uri.name, uri.otp.key.to_base32().expose().clone())
}

#[test]
fn the_qr_code_and_the_text_next_to_it_must_agree() {
    let (both, different) =
        (enroll(&page(), SECRET, &[uri(SECRET)], &vault()), enroll(&page(), OTHER, &[uri(SECRET)], &vault()));
    assert_eq!(names(both), ("Acme Works".into(), "acme/bob".into(), SECRET.into()));
    assert_eq!(different, Err(EnrollmentError::Mismatch));
    assert_eq!(enroll(&page(), "", &[uri(SECRET), uri(OTHER)], &vault()), Err(EnrollmentError::Mismatch));
}

#[test]
fn the_qr_code_or_the_text_alone_is_enough() {
    assert_eq!(names(enroll(&page(), "", &[uri(SECRET)], &vault())).0, "Acme Works");
    let text_only = names(enroll(&page(), "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", &[], &vault()));
    assert_eq!(text_only, ("acme".into(), "acme/bob".into(), SECRET.into()));
    let other_code = Secret::new("https://example.com".to_owned());
    assert_eq!(enroll(&page(), "", &[other_code], &vault()), Err(EnrollmentError::NothingThere));
    assert_eq!(enroll(&page(), "not base32!", &[], &vault()), Err(EnrollmentError::NothingThere));
}

#[test]
fn saving_twice_stores_once() {
    let mut vault = vault();
    let account = Account::new(uri(SECRET).expose().parse().unwrap(), 0, &mut ConstantEntropy(0));
    vault.accounts.push(account.clone());
    assert_eq!(enroll(&page(), SECRET, &[uri(SECRET)], &vault), Ok(Enrollment::Known(account.id)));
}

#[test]
fn an_account_of_another_site_or_server_does_not_get_this_page_as_a_site() {
    let mut account = Account::new(uri(SECRET).expose().parse().unwrap(), 0, &mut ConstantEntropy(0));
    account.sites.push(Site::Origin("https://good.example".into()));
    let mut vault = vault();
    vault.accounts.push(account);
    assert_eq!(enroll(&page(), SECRET, &[], &vault), Err(EnrollmentError::Elsewhere));
    vault.accounts[0].sites.clear();
    vault.accounts[0].location =
        StorageLocation::Connection(serde_json::from_str("\"00000000-0000-4000-8000-000000000002\"").unwrap());
    assert_eq!(enroll(&page(), SECRET, &[], &vault), Err(EnrollmentError::Elsewhere));
    vault.accounts[0].location = StorageLocation::Connection(vault.connections[0].id);
    assert_eq!(enroll(&page(), SECRET, &[], &vault), Ok(Enrollment::Known(vault.accounts[0].id)));
}

#[test]
fn a_page_that_enrolls_repeatedly_does_not_fill_the_vault() {
    let mut vault = vault();
    for number in 0.. {
        let secret = Secret::new(format!(
            "otpauth://totp/a?secret={}",
            Key::new(vec![number; 20]).unwrap().to_base32().expose()
        ));
        match enroll(&page(), "", &[secret], &vault) {
            Ok(Enrollment::New(uri)) => {
                let mut account = Account::new(uri, 0, &mut ConstantEntropy(number));
                (account.unconfirmed, account.sites) = (true, vec![Site::Origin(HERE.into())]);
                vault.accounts.push(account);
            }
            error => {
                assert_eq!(error, Err(EnrollmentError::TooMany));
                break;
            }
        }
    }
    assert_eq!(vault.accounts.len(), 10);
    vault.accounts[0].unconfirmed = false;
    assert!(matches!(enroll(&page(), SECRET, &[], &vault), Ok(Enrollment::New(_))));
}

#[test]
fn pages_of_unconnected_servers_and_foreign_frames_save_nothing() {
    let elsewhere = PageContext { origin: "https://evil.example".into(), ..page() };
    let framed = PageContext { frame: FramePosition::Foreign, ..page() };
    for page in [elsewhere, framed] {
        assert_eq!(enroll(&page, SECRET, &[uri(SECRET)], &vault()), Err(EnrollmentError::NotHere));
    }
}

#[test]
fn an_account_with_codes_of_eight_digits_is_not_saved() {
    let eight = Secret::new(format!("otpauth://totp/a?secret={SECRET}&digits=8"));
    assert_eq!(enroll(&page(), SECRET, &[eight], &vault()), Err(EnrollmentError::OtherKind));
}

#[test]
fn the_modules_are_dark_in_either_theme_and_have_a_quiet_zone() {
    let (light, dark, clear) = ([0, 0, 0, 255], [255, 255, 255, 224], [0, 0, 0, 0]);
    for color in [light, dark] {
        let rgba = [color, clear, clear, color].concat();
        let picture = ink(2, 2, &rgba).unwrap();
        assert_eq!((picture.width, picture.height, picture.grey.len()), (34, 34, 34 * 34));
        let at = |x: usize, y: usize| picture.grey[y * 34 + x];
        assert!(at(16, 16) < 64 && at(17, 17) < 64 && at(17, 16) == 255 && at(16, 17) == 255 && at(0, 0) == 255);
    }
    let opaque = [[0, 0, 0, 255], [255, 255, 255, 255]].concat();
    let picture = ink(2, 1, &opaque).unwrap();
    assert_eq!(picture.grey.iter().filter(|grey| **grey < 128).count(), 1);
}

#[test]
fn a_canvas_of_invalid_size_is_rejected() {
    for (width, height, bytes) in [(0, 0, 0), (2, 2, 15), (2, 2, 17), (1025, 1, 4100), (u32::MAX, u32::MAX, 4)] {
        assert_eq!(ink(width, height, &vec![0; bytes]), None);
    }
}

#[test]
fn a_confirmed_account_takes_over_the_old_accounts_recovery_codes() {
    let mut vault = vault();
    let mut account = |number: u8, secret: &str| {
        let mut account = Account::new(uri(secret).expose().parse().unwrap(), 0, &mut ConstantEntropy(number));
        account.sites.push(Site::Origin(HERE.into()));
        account.keep_recovery_code(Secret::new(format!("code-{number}")));
        vault.accounts.push(account);
    };
    account(1, SECRET);
    account(2, OTHER);
    let new = vault.accounts[1].id;
    vault.accounts[1].unconfirmed = true;
    assert!(vault.confirm_enrolled(new, HERE));
    let codes: Vec<_> = vault.accounts[1].recovery_codes.iter().map(|code| code.code.expose().as_str()).collect();
    assert_eq!(codes, ["code-2", "code-1"]);
    assert!(
        vault.accounts[0].sites.is_empty() && vault.accounts[0].recovery_codes.len() == 1,
        "the old account keeps its recovery code"
    );
}

#[test]
fn a_secret_alone_gets_no_name_if_two_users_are_connected() {
    let mut vault = vault();
    let mut other = vault.connections[0].clone();
    other.name = "carol".into();
    vault.connections.push(other);
    assert_eq!(names(enroll(&page(), SECRET, &[], &vault)).1, "");
    // An account without a name replaces no other account.
    let mut older =
        Account::new(format!("otpauth://totp/?secret={OTHER}").parse().unwrap(), 0, &mut ConstantEntropy(1));
    older.sites.push(Site::Origin(HERE.into()));
    let mut new = Account::new(format!("otpauth://totp/?secret={SECRET}").parse().unwrap(), 0, &mut ConstantEntropy(2));
    (new.unconfirmed, new.sites) = (true, older.sites.clone());
    let id = new.id;
    vault.accounts = vec![older, new];
    assert!(vault.confirm_enrolled(id, HERE) && !vault.accounts[0].sites.is_empty());
}

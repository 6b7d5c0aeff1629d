//! A key URI results in the same account or the same error whether it is pasted, typed into the form, or read from a
//! file.

use super::{NOW, account_list, ask, failure, form, found, with_vault};
use crate::worker::{Disk, app};
use casdoor_authenticator::app::protocol::{AccountForm, AddAccount, ReadText, SaveScanResults};
use casdoor_authenticator::exchange;
use casdoor_authenticator::message::Argument;
use casdoor_authenticator::otp::{KeyUri, Otp};
use futures_lite::future::block_on;
use std::collections::BTreeSet;

/// Key URIs of many programs, with the expected codes.
const CODES: &str = include_str!("../fixtures/key-uris/codes.tsv");

fn uris() -> BTreeSet<&'static str> {
    CODES.lines().filter_map(|line| line.split('\t').next()).collect()
}

/// Returns the parameters of the only account.
fn kept(disk: &Disk) -> Otp {
    let rows = block_on(app(disk).key_uris(false, NOW)).unwrap();
    assert_eq!(rows.len(), 1);
    rows[0].uri.parse::<KeyUri>().unwrap().otp
}

#[test]
fn a_key_uri_makes_the_same_account_when_pasted_typed_or_imported() {
    assert!(uris().len() > 35);
    for uri in uris() {
        let read = KeyUri::read_or_setup_key(uri).unwrap();
        let disk = with_vault();
        let shown = found(ask(&disk, ReadText { text: uri.into() }));
        assert!(shown.cards.iter().all(|card| card.is_guess == read.is_guess), "{uri}");
        account_list(ask(&disk, SaveScanResults { id: shown.id, cards: vec![0], update: vec![], location: None }));
        assert_eq!(kept(&disk), read.uri.otp, "pasted: {uri}");

        let disk = with_vault();
        let form = AccountForm { secret: uri.into(), accepts_look_alikes: read.is_guess, ..form("alice") };
        account_list(ask(&disk, AddAccount { form }));
        assert_eq!(kept(&disk), read.uri.otp, "typed: {uri}");

        // A setup key without a key URI is not a file of any format.
        if uri.contains("://") {
            let report = exchange::read(uri.as_bytes(), None, None).unwrap();
            let accounts: Vec<_> = report.accounts.iter().map(|account| account.uri.otp.clone()).collect();
            let expected = if read.is_guess { Vec::new() } else { vec![read.uri.otp] };
            assert_eq!((accounts, report.skipped.len()), (expected, usize::from(read.is_guess)), "imported: {uri}");
        }
    }
}

#[test]
fn a_key_with_digits_is_saved_only_after_the_user_confirmed_it() {
    let disk = with_vault();
    let mistyped = "KRUGK1DR0VUWG2ZAMJZG8530";
    let shown = found(ask(&disk, ReadText { text: mistyped.into() }));
    assert_eq!(shown.cards.len(), 2, "one card with L and one with I");
    assert!(shown.cards.iter().all(|card| card.is_guess && card.warnings[0].key == "found_look_alikes"));
    assert_eq!(
        shown.cards.iter().map(|card| card.warnings[0].args[0].clone()).collect::<Vec<_>>(),
        ["L", "I"].map(Argument::from)
    );
    let typed = |accepts_look_alikes| AddAccount {
        form: AccountForm { secret: mistyped.into(), accepts_look_alikes, ..form("alice") },
    };
    assert_eq!(failure(ask(&disk, typed(false))), "otp_look_alikes");
    assert_eq!(account_list(ask(&disk, typed(true))).total, 1);
}

#[test]
fn a_card_warns_if_label_and_parameter_name_different_issuers() {
    let disk = with_vault();
    let text = "otpauth://totp/Lookalike%20Bank:ann?secret=JBSWY3DPEHPK3PXP&issuer=Bank";
    let card = found(ask(&disk, ReadText { text: text.into() })).cards.remove(0);
    assert_eq!((card.issuer.as_str(), card.warnings[0].key.as_str()), ("Bank", "found_label_issuer"));
    assert_eq!(card.warnings[0].args, ["Lookalike Bank".into()]);
}

#[test]
fn a_key_uri_with_line_breaks_is_joined_before_parsing() {
    let disk = with_vault();
    let text = "otpauth://totp/Acme:ann?secret=JBSWY3DPEHPK3PXP\n&digits=8&period=60";
    let card = found(ask(&disk, ReadText { text: text.into() })).cards.remove(0);
    assert_eq!(card.summary.to_string(), "TOTP · SHA1 · 8 digits · 60 s");
}

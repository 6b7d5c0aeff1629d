//! Ways to add an account that take several steps: multi-part exports, a new secret for a known account, and showing an
//! account as a QR code.

use super::{NOW, SECRET, Seeded, account_list, add, ask, ask_at, failure, form, found, with_vault};
use casdoor_authenticator::app::protocol::{
    DiscardBatch, DuplicateKind, ListBatches, ListTrash, LockVault, OpenBatch, ReadText, RestoreAccount,
    SaveScanResults, ScanResults, ShowKeyUri, ShownKeyUri, UnlockVault,
};
use casdoor_authenticator::exchange::{self, Format, Imported};
use casdoor_authenticator::otp::KeyUri;
use casdoor_authenticator::vault::Area;

/// Returns the URIs in the QR codes of an export with this number of accounts, ten in each code.
fn export(accounts: usize, seed: u64) -> Vec<String> {
    export_of("user", accounts, seed)
}

fn export_of(who: &str, accounts: usize, seed: u64) -> Vec<String> {
    let uri = |index: usize| format!("otpauth://totp/Acme:{who}{index}?secret={SECRET}&issuer=Acme");
    let rows: Vec<Imported> = (0..accounts).map(|index| Imported::new(1, uri(index).parse().unwrap())).collect();
    let text = exchange::write(Format::GoogleMigration, &rows, None, NOW, &mut Seeded(seed)).unwrap();
    String::from_utf8(text).unwrap().lines().map(str::to_owned).collect()
}

fn read(text: &str) -> ReadText {
    ReadText { text: text.to_owned() }
}

fn keep(shown: &ScanResults, cards: Vec<usize>, update: Vec<usize>) -> SaveScanResults {
    SaveScanResults { id: shown.id.clone(), cards, update, location: None }
}

#[test]
fn a_multi_part_export_is_complete_after_its_last_code_in_any_order() {
    let disk = with_vault();
    let codes = export(25, 3);
    assert_eq!(codes.len(), 3);
    let first = found(ask(&disk, read(&codes[2])));
    assert!(first.cards.is_empty());
    let batch = &first.batches[0];
    assert_eq!((batch.read, batch.size, batch.accounts, batch.missing.as_slice()), (1, 3, 5, [1, 2].as_slice()));
    // Scanning the same code again adds nothing.
    assert_eq!(found(ask(&disk, read(&codes[2]))).batches[0].read, 1);
    assert_eq!(found(ask(&disk, read(&codes[0]))).batches[0].missing, [2]);
    let whole = found(ask(&disk, read(&codes[1])));
    assert!(whole.batches.is_empty());
    let names: Vec<_> = whole.cards.iter().map(|card| card.name.clone()).collect();
    assert_eq!(names, (0..25).map(|index| format!("user{index}")).collect::<Vec<_>>());
    // The export is complete, but not saved yet, so it is still listed.
    assert_eq!(found(ask(&disk, ListBatches)).batches[0].read, 3);
    assert_eq!(account_list(ask(&disk, keep(&whole, (0..25).collect(), vec![]))).total, 25);
    assert!(found(ask(&disk, ListBatches)).batches.is_empty());
}

#[test]
fn a_partial_export_is_sealed_and_survives_a_restart_and_a_lock() {
    let disk = with_vault();
    let codes = export(12, 3);
    found(ask(&disk, read(&codes[0])));
    let local = format!("{:?}", disk.memory);
    assert!(!local.contains("otpauth-migration") && !local.contains(&codes[0][40..60]));
    let _ = ask(&disk, LockVault);
    assert_eq!(failure(ask(&disk, ListBatches)), "error_locked");
    account_list(ask(&disk, UnlockVault { password: "one".into() }));
    let batch = found(ask(&disk, ListBatches)).batches.remove(0);
    assert_eq!(batch.read, 1);
    assert!(disk.memory.value(Area::Session, "found").is_none_or(|pending| !pending.contains("otpauth")));
}

#[test]
fn a_partial_export_can_be_used_or_discarded() {
    let disk = with_vault();
    let (one, other) = (export(12, 3), export(22, 4));
    found(ask(&disk, read(&format!("{}\n{}", one[0], other[1]))));
    let batches = found(ask(&disk, ListBatches)).batches;
    assert_eq!(batches.len(), 2);
    let so_far = found(ask(&disk, OpenBatch { batch: batches[0].id.clone() }));
    assert_eq!(so_far.cards.len(), 10);
    account_list(ask(&disk, keep(&so_far, vec![0, 1], vec![])));
    let left = found(ask(&disk, ListBatches)).batches;
    assert_eq!(left.iter().map(|batch| batch.id.clone()).collect::<Vec<_>>(), [batches[1].id.clone()]);
    let gone = found(ask(&disk, DiscardBatch { batch: left[0].id.clone() }));
    assert!(gone.batches.is_empty());
    assert_eq!(failure(ask(&disk, OpenBatch { batch: left[0].id.clone() })), "error_nothing_pending");
}

#[test]
fn incomplete_exports_of_a_hostile_page_cannot_fill_the_vault() {
    let disk = with_vault();
    let codes: Vec<String> = (0..12).map(|seed| export(12, seed + 50).remove(0)).collect();
    let read_all = found(ask(&disk, read(&codes.join("\n"))));
    assert_eq!(read_all.batches.len(), 8);
    assert!(read_all.messages.iter().any(|message| message.key == "found_too_many_batches"));
}

#[test]
fn a_part_of_a_text_that_is_split_over_several_qr_codes_is_reported_and_not_imported() {
    let disk = with_vault();
    let result = found(ask(&disk, read("qr-code-part:2/3")));
    assert!(result.cards.is_empty());
    let [message] = &result.messages[..] else { panic!("{:?}", result.messages) };
    assert_eq!(message.key, "found_code_part");
    assert_eq!(message.to_string(), "This QR code is part 2 of 3. Scan one image that shows all parts.");
}

#[test]
fn a_single_code_export_and_other_lines_are_shown_in_one_list() {
    let disk = with_vault();
    let text = format!("{}\nsteam://{SECRET}\n{SECRET}\nJBSWY3DPEHPK3PXP", export(2, 1)[0]);
    let cards = found(ask(&disk, read(&text))).cards;
    let kinds: Vec<_> =
        cards.iter().map(|card| card.summary.to_string().split(' ').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(kinds, ["TOTP", "TOTP", "Steam", "TOTP", "TOTP"]);
}

#[test]
fn a_new_secret_for_a_known_account_replaces_the_old_one_which_goes_to_the_trash() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    let text = "otpauth://totp/Acme:alice?secret=MZXW6YTBOIMZXW6Y&issuer=Acme";
    let shown = found(ask(&disk, read(text)));
    assert_eq!(shown.cards[0].known.as_ref().map(|known| known.how), Some(DuplicateKind::SameName));
    let rows = account_list(ask(&disk, keep(&shown, vec![0], vec![0]))).rows;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    let otp = text.parse::<KeyUri>().unwrap().otp;
    assert_eq!(rows[0].code_at(NOW).unwrap().0, otp.code_at(NOW).expose());
    let Ok(rows) = ask(&disk, ListTrash) else { panic!("no trash") };
    assert_eq!((rows.len(), rows[0].name.as_str()), (1, "alice"));
    let rows = account_list(ask(&disk, RestoreAccount { id: rows[0].id })).rows;
    let before = format!("otpauth://totp/a?secret={SECRET}").parse::<KeyUri>().unwrap().otp;
    assert!(rows.iter().any(|row| row.code_at(NOW).unwrap().0 == before.code_at(NOW).expose()));
}

#[test]
fn both_accounts_are_stored_unless_the_user_chooses_to_update() {
    let disk = with_vault();
    add(&disk, form("alice"));
    let shown = found(ask(&disk, read("otpauth://totp/Acme:alice?secret=MZXW6YTBOIMZXW6Y&issuer=Acme")));
    assert_eq!(account_list(ask(&disk, keep(&shown, vec![0], vec![]))).total, 2);
}

#[test]
fn an_account_is_shown_as_a_qr_code_only_after_entering_the_password() {
    let disk = with_vault();
    let id = add(&disk, form("alice"));
    let show = |password: &str| ask_at(&disk, ShowKeyUri { id, password: password.into() }, NOW);
    assert_eq!(failure(show("two")), "vault_wrong_password");
    let Ok(ShownKeyUri { uri, picture }) = show("one") else { panic!("no key URI") };
    assert!(uri.contains(SECRET));
    assert!(picture.starts_with("<svg") && picture.contains("#fff"));
}

#[test]
fn another_export_with_the_same_number_starts_a_new_batch() {
    let disk = with_vault();
    let (ours, theirs) = (export(25, 3), export_of("other", 24, 3));
    for code in [&ours[0], &ours[1], &theirs[0]] {
        found(ask(&disk, read(code)));
    }
    assert_eq!(found(ask(&disk, ListBatches)).batches[0].read, 1, "the codes of two exports were mixed");
    found(ask(&disk, read(&theirs[1])));
    assert_eq!(found(ask(&disk, read(&theirs[2]))).cards.len(), 24);
}

//! Which format a file has, from its bytes alone.
//!
//! In this order: magic bytes; JSON by its keys; XML preferences by their names; a CSV by its header; a list of
//! addresses; base64; addresses somewhere in a text; and last what has no mark at all.

use super::archive::{self, Archive};
use super::json::Value;
use super::sqlite::{self, Database};
use super::{
    Format, aegis, andotp, authenticator_extension, authenticator_plus, authy, backup, battle_net, bitwarden,
    casdoor_app, csv_table, cxf, duo, encoding, ente, freeotp, google_database, java, json, kdbx, keepassxc, lastpass,
    microsoft, one_password, otpauth_list, preferences, proton, proton_pass, raivo, sqlcipher, steam, stratum,
    totp_authenticator, two_fas, two_fauth, vastblast,
};

/// Names a file's format from its bytes, never from its name.
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    if bytes.len() > super::MAX_IMPORT_BYTES {
        return None;
    }
    match bytes {
        _ if bytes.starts_with(sqlite::MAGIC) => return sniff_database(bytes),
        _ if bytes.starts_with(archive::MAGIC) => return sniff_archive(bytes),
        _ if bytes.starts_with(java::MAGIC) => return Some(Format::FreeOtp2),
        _ if bytes.starts_with(kdbx::MAGIC) => return Some(Format::Kdbx),
        _ if bytes.starts_with(stratum::MAGIC) || bytes.starts_with(stratum::OLD_MAGIC) => {
            return Some(Format::Stratum);
        }
        _ if json::is_json(bytes) => {
            let known = sniff_json(&json::parse(bytes).ok()?);
            return known.or_else(|| otpauth_list::sniff_within(&encoding::text(bytes)?));
        }
        _ => {}
    }
    let Some(text) = encoding::text(bytes) else {
        return otpauth_list::sniff(&String::from_utf8_lossy(bytes)).or_else(|| sniff_unmarked(bytes));
    };
    if preferences::is_xml(&text) {
        return sniff_preferences(&preferences::read(bytes).ok()?);
    }
    sniff_csv(&text)
        .or_else(|| otpauth_list::sniff(&text))
        .or_else(|| totp_authenticator::sniff(&text).then_some(Format::TotpAuthenticator))
        .or_else(|| otpauth_list::sniff_within(&text))
}

/// What is sealed from its first byte: whole pages without andOTP's number of rounds are Authenticator Plus's database.
fn sniff_unmarked(bytes: &[u8]) -> Option<Format> {
    match bytes {
        _ if !andotp::may_be_sealed(bytes) => None,
        _ if sqlcipher::may_be_one(bytes) && !andotp::has_rounds(bytes) => Some(Format::AuthenticatorPlus),
        _ => Some(Format::AndOtp),
    }
}

fn sniff_database(bytes: &[u8]) -> Option<Format> {
    let database = Database::open(bytes).ok()?;
    if database.table("authenticator").ok()?.is_some_and(|table| stratum::sniff_table(&table)) {
        return Some(Format::Stratum);
    }
    let table = database.table("accounts").ok()??;
    match table {
        _ if microsoft::sniff(&table) => Some(Format::Microsoft),
        _ if authenticator_plus::sniff(&table) => Some(Format::AuthenticatorPlus),
        _ if casdoor_app::sniff_table(&table) => Some(Format::CasdoorApp),
        _ if google_database::sniff(&table) => Some(Format::GoogleDatabase),
        _ => None,
    }
}

fn sniff_archive(bytes: &[u8]) -> Option<Format> {
    let mut archive = Archive::open(bytes).ok()?;
    let members = [
        ("raivo-otp-export.json", Format::Raivo),
        ("accounts.txt", Format::AuthenticatorPlus),
        ("export.data", Format::OnePassword),
        ("proton pass/data.json", Format::ProtonPass),
        ("proton pass/data.pgp", Format::ProtonPass),
        ("phonefactor", Format::Microsoft),
    ];
    let known = members.into_iter().find(|(member, _)| archive.find(member).is_some()).map(|(_, format)| format);
    let known = known.or_else(|| otpauth_list::sniff_archive(&archive).then_some(Format::WinAuth));
    known.or_else(|| {
        // Several programs call it so: what is in it tells.
        let member = archive.find("data.json")?;
        sniff_json(&json::parse(&archive.read(&member, None).ok()?).ok()?)
    })
}

/// Whether a document, or an item of its list, has the keys that tell a format.
type IsOne = fn(&Value) -> bool;

fn sniff_json(value: &Value) -> Option<Format> {
    if let Some(items) = value.as_array() {
        return items.iter().take(8).find_map(sniff_item);
    }
    let known: [(IsOne, Format); 19] = [
        (backup::sniff, Format::Backup),
        (aegis::sniff, Format::Aegis),
        (two_fas::sniff, Format::TwoFas),
        (ente::sniff, Format::Ente),
        (bitwarden::sniff, Format::Bitwarden),
        (stratum::sniff, Format::Stratum),
        (vastblast::sniff, Format::VastBlast),
        (two_fauth::sniff, Format::TwoFAuth),
        (proton::sniff, Format::Proton),
        (proton_pass::sniff, Format::ProtonPass),
        (cxf::sniff, Format::Cxf),
        (one_password::sniff, Format::OnePassword),
        (steam::sniff, Format::Steam),
        (lastpass::sniff, Format::LastPass),
        (freeotp::sniff, Format::FreeOtpPlus),
        (casdoor_app::sniff_user, Format::CasdoorApp),
        (authy::sniff, Format::Authy),
        (authenticator_extension::sniff, Format::AuthenticatorExtension),
        (bitwarden::sniff_empty, Format::Bitwarden),
    ];
    known.into_iter().find(|(is, _)| is(value)).map(|(_, format)| format)
}

fn sniff_item(item: &Value) -> Option<Format> {
    let known: [(IsOne, Format); 5] = [
        (raivo::sniff, Format::Raivo),
        (duo::sniff, Format::Duo),
        (authy::sniff, Format::Authy),
        (casdoor_app::sniff, Format::CasdoorApp),
        (andotp::sniff, Format::AndOtp),
    ];
    known.into_iter().find(|(is, _)| is(item)).map(|(_, format)| format)
}

fn sniff_preferences(entries: &[(String, String)]) -> Option<Format> {
    match entries {
        _ if battle_net::sniff(entries) => Some(Format::BattleNet),
        _ if authy::sniff_preferences(entries) => Some(Format::Authy),
        _ if totp_authenticator::sniff_preferences(entries) => Some(Format::TotpAuthenticator),
        _ if freeotp::sniff_preferences(entries) => Some(Format::FreeOtp),
        _ => None,
    }
}

fn sniff_csv(text: &str) -> Option<Format> {
    let header = csv_table::header(text)?;
    match header {
        _ if bitwarden::sniff_csv(&header) => Some(Format::BitwardenCsv),
        _ if keepassxc::sniff(&header) => Some(Format::KeepassxcCsv),
        _ if one_password::sniff_csv(&header) => Some(Format::OnePasswordCsv),
        _ => None,
    }
}

//! What a column is, by its name in many programs and languages, and by what is in its cells.

use super::{Mapping, Sheet};
use crate::exchange::formats::otpauth_list::is_key_uri;
use crate::otp::SetupKey;

/// The meaning of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The column is not used.
    Other,
    /// The issuer.
    Issuer,
    /// The account name.
    Account,
    /// Issuer and account in one, or either.
    Label,
    /// A key URI or a bare setup key.
    Secret,
    /// TOTP, HOTP or Steam.
    Kind,
    /// The length of a code.
    Digits,
    /// The validity of a code, in seconds.
    Period,
    /// The hash.
    Algorithm,
    /// HOTP's counter.
    Counter,
    /// A note.
    Note,
    /// A group, folder or tags.
    Group,
    /// The address of a site.
    Site,
    /// A mark of pinned accounts.
    Pinned,
    /// A password, which is not kept.
    Password,
    /// A mark of entries in the other program's trash.
    Deleted,
}

/// The column names that are recognized for each field, in lower case without punctuation. If several lists contain a
/// name, the first one applies.
const NAMES: [(Field, &[&str]); 13] = [
    (
        Field::Secret,
        &[
            "secret",
            "totp",
            "otp",
            "otpauth",
            "otpauthurl",
            "otpauthuri",
            "otpurl",
            "otpuri",
            "otpsecret",
            "totpsecret",
            "totpseed",
            "totpuri",
            "totpurl",
            "totpcode",
            "totpkey",
            "totptoken",
            "logintotp",
            "seed",
            "secretkey",
            "secretcode",
            "setupkey",
            "onetimepassword",
            "onetimecode",
            "onetimepasscode",
            "2fa",
            "2fasecret",
            "2fakey",
            "2facode",
            "twofactorsecret",
            "twofactor",
            "twofactorauthentication",
            "tfa",
            "mfa",
            "mfasecret",
            "mfakey",
            "mfacode",
            "authenticatorkey",
            "authenticator",
            "authkey",
            "decryptedseed",
            "decryptedsecret",
            "sharedsecret",
            "base32",
            "verificationcode",
            "otpkey",
            "keyuri",
            "geheimnis",
            "geheimschluessel",
            "einmalpasswort",
            "密钥",
            "秘钥",
            "シークレット",
            "clesecrete",
            "secreto",
            "clavesecreta",
            "segreto",
            "segredo",
        ],
    ),
    (
        Field::Issuer,
        &[
            "issuer",
            "issuername",
            "service",
            "servicename",
            "provider",
            "title",
            "app",
            "application",
            "company",
            "platform",
            "vendor",
            "passwordname",
            "secretname",
            "sitename",
            "dienst",
            "anbieter",
            "titel",
            "titre",
            "titulo",
            "发行者",
            "发行方",
            "服务",
            "标题",
            "サービス",
        ],
    ),
    (
        Field::Account,
        &[
            "account",
            "accountname",
            "username",
            "user",
            "login",
            "loginname",
            "loginusername",
            "email",
            "emailaddress",
            "mail",
            "userid",
            "upn",
            "identity",
            "benutzername",
            "benutzer",
            "konto",
            "utilisateur",
            "compte",
            "usuario",
            "cuenta",
            "账号",
            "账户",
            "用户名",
            "アカウント",
            "ユーザー名",
        ],
    ),
    (Field::Label, &["name", "label", "displayname", "item", "itemname", "entry", "nom", "nombre", "名称", "名前"]),
    (Field::Digits, &["digits", "digit", "otpdigits", "codelength", "codedigits", "numdigits", "length", "stellen"]),
    (Field::Period, &["period", "interval", "step", "timestep", "timeinterval", "refresh", "otpperiod", "intervall"]),
    (
        Field::Algorithm,
        &["algorithm", "algo", "alg", "hash", "hashalgorithm", "hashfunction", "otpalgorithm", "digest"],
    ),
    (Field::Counter, &["counter", "movingfactor", "hotpcounter"]),
    (Field::Kind, &["type", "otptype", "kind", "tokentype"]),
    (
        Field::Note,
        &[
            "note",
            "notes",
            "extra",
            "comment",
            "comments",
            "description",
            "notesplain",
            "remark",
            "notiz",
            "notizen",
            "备注",
        ],
    ),
    (
        Field::Group,
        &[
            "group",
            "groups",
            "folder",
            "folders",
            "grouping",
            "category",
            "tag",
            "tags",
            "collections",
            "vault",
            "gruppe",
            "ordner",
            "分组",
        ],
    ),
    (
        Field::Site,
        &[
            "url",
            "urls",
            "website",
            "websiteurl",
            "weburl",
            "loginuri",
            "loginurl",
            "site",
            "domain",
            "matchurl",
            "passwordurl",
            "link",
        ],
    ),
    (Field::Password, &["password", "pwd", "pass", "loginpassword", "passwort", "密码"]),
];

const DELETED: [&str; 5] = ["deleted", "isdeleted", "trashed", "istrashed", "intrash"];
const PINNED: [&str; 5] = ["favorite", "favourite", "fav", "pinned", "starred"];

/// Prefixes that programs put before the names of their fields.
const PREFIXES: [&str; 6] = ["websitepassword", "totp", "otp", "login", "item", "account"];

/// The part of a column's name that is looked at, in characters: a damaged file may have a name of many megabytes.
const MAX_NAME_CHARACTERS: usize = 256;

/// The maximum length of a setup key with its spaces.
const MAX_KEY_BYTES: usize = 4096;

/// A name in lower case, without spaces and punctuation.
fn plain(name: &str) -> String {
    name.chars()
        .take(MAX_NAME_CHARACTERS)
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(64)
        .collect()
}

/// Returns the meaning of a column's name, if it is known.
pub(super) fn by_name(name: &str) -> Option<Field> {
    let name = plain(name);
    let known = |name: &str| {
        let listed = NAMES.iter().find(|(_, names)| names.contains(&name)).map(|(field, _)| *field);
        let marks = [(Field::Pinned, &PINNED), (Field::Deleted, &DELETED)];
        let mark = marks.iter().find(|(_, names)| names.contains(&name)).map(|(field, _)| *field);
        listed.or(mark)
    };
    known(&name).or_else(|| {
        PREFIXES.iter().find_map(|prefix| {
            let rest = name.strip_prefix(prefix)?;
            known(rest).or_else(|| PREFIXES.iter().find_map(|prefix| known(rest.strip_prefix(prefix)?)))
        })
    })
}

/// Maps each column.
pub(super) fn map(sheet: &Sheet) -> Mapping {
    let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or(0).max(sheet.columns.len());
    let mut mapping: Mapping = (0..width)
        .map(|column| {
            let named = sheet.columns.get(column).and_then(|name| by_name(name));
            named.filter(|field| *field != Field::Secret || !is_foreign(sheet, column)).unwrap_or(Field::Other)
        })
        .collect();
    if !mapping.contains(&Field::Secret) {
        let by_content = (0..width).find(|column| holds_secrets(sheet, *column));
        if let Some(field) = by_content.and_then(|column| mapping.get_mut(column)) {
            *field = Field::Secret;
        }
    }
    name_by_position(sheet, &mut mapping);
    mapping
}

fn cells(sheet: &Sheet, column: usize) -> impl Iterator<Item = &str> {
    let cells = sheet.rows.iter().filter_map(move |row| row.cells.get(column));
    cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
}

/// A column that is named like a secret, but has only web addresses or codes of today in it.
fn is_foreign(sheet: &Sheet, column: usize) -> bool {
    let is_other =
        |cell: &str| cell.starts_with("http") || (cell.len() <= 10 && cell.bytes().all(|b| b.is_ascii_digit()));
    let mut cells = cells(sheet, column).peekable();
    cells.peek().is_some() && cells.all(is_other)
}

/// Returns whether most of a column's cells are key URIs or look like setup keys.
fn holds_secrets(sheet: &Sheet, column: usize) -> bool {
    let (mut good, mut all) = (0_usize, 0_usize);
    for cell in cells(sheet, column) {
        all = all.saturating_add(1);
        good = good.saturating_add(usize::from(is_key_uri(cell) || is_like_a_key(cell)));
    }
    good > 0 && good.saturating_mul(2) >= all
}

/// Returns whether a text is base32 as issuers print it: 16 characters or more, upper case or with digits, not prose.
pub(in crate::exchange) fn is_like_a_key(text: &str) -> bool {
    if text.len() > MAX_KEY_BYTES {
        return false;
    }
    let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_one_case = !compact.contains(char::is_lowercase)
        || (!compact.contains(char::is_uppercase) && compact.contains(|c: char| c.is_ascii_digit()));
    compact.len() >= 16 && is_one_case && SetupKey::read(text).is_ok_and(|read| !read.is_guess)
}

/// Maps columns without names: the first texts other than the secret are the issuer and the account name.
fn name_by_position(sheet: &Sheet, mapping: &mut Mapping) {
    let is_named = |field: &Field| matches!(field, Field::Issuer | Field::Account | Field::Label);
    if mapping.iter().any(is_named) {
        return;
    }
    let mut fields = [Field::Issuer, Field::Account].into_iter();
    for (column, field) in mapping.iter_mut().enumerate().filter(|(_, field)| **field == Field::Other) {
        let is_text = |cell: &str| cell.contains(char::is_alphabetic) && !cell.contains("://") && cell.len() < 100;
        if cells(sheet, column).next().is_some_and(is_text) {
            let Some(next) = fields.next() else { return };
            *field = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_programs_and_languages_are_known() {
        for (name, field) in [
            ("login_totp", Field::Secret),
            ("OTPAuth", Field::Secret),
            ("One-time password", Field::Secret),
            ("website_password_totp_code", Field::Secret),
            ("website_password_totp_digits", Field::Digits),
            ("website_password_title", Field::Issuer),
            ("User Name", Field::Account),
            ("密钥", Field::Secret),
            ("Time Interval", Field::Period),
            ("hash_algorithm", Field::Algorithm),
            ("Favourite", Field::Pinned),
        ] {
            assert_eq!(by_name(name), Some(field), "{name}");
        }
        assert_eq!(by_name("reprompt"), None);
    }

    #[test]
    fn prose_and_words_are_not_taken_for_keys() {
        for text in ["hello my dear friends", "ABCDEFGH", "correcthorsebatterystaple", "Mixed Case Words And Names"] {
            assert!(!is_like_a_key(text), "{text}");
        }
        for text in ["JBSWY3DPEHPK3PXP", "jbsw y3dp ehpk 3pxp", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ===="] {
            assert!(is_like_a_key(text), "{text}");
        }
    }
}

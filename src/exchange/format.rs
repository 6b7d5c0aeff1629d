//! Which format a file has, from its bytes alone.

use super::{
    aegis, authenticator_extension, bitwarden, csv_table, encoding, ente, json, keepassxc, microsoft, otpauth_list,
    proton, sqlite, stratum, two_fas,
};

/// A format that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Key URIs, one a line.
    Otpauth,
    /// Google Authenticator's `otpauth-migration://`.
    GoogleMigration,
    /// Google Authenticator's database.
    GoogleDatabase,
    /// Microsoft Authenticator's database.
    Microsoft,
    /// Aegis Authenticator.
    Aegis,
    /// 2FAS Authenticator.
    TwoFas,
    /// Authenticator-Extension.
    AuthenticatorExtension,
    /// Bitwarden and Bitwarden Authenticator, JSON.
    Bitwarden,
    /// Bitwarden and Bitwarden Authenticator, CSV.
    BitwardenCsv,
    /// Ente Auth.
    Ente,
    /// Proton Authenticator.
    Proton,
    /// Stratum, once Authenticator Pro.
    Stratum,
    /// WinAuth.
    WinAuth,
    /// KeePassXC, CSV.
    KeepassxcCsv,
}

impl Format {
    /// Every format, in the order they are shown.
    pub const ALL: &[Self] = &[
        Self::Otpauth,
        Self::GoogleMigration,
        Self::GoogleDatabase,
        Self::Microsoft,
        Self::Aegis,
        Self::TwoFas,
        Self::AuthenticatorExtension,
        Self::Bitwarden,
        Self::BitwardenCsv,
        Self::Ente,
        Self::Proton,
        Self::Stratum,
        Self::WinAuth,
        Self::KeepassxcCsv,
    ];

    /// A short name, stable: for message keys, the command line and reports.
    pub fn id(self) -> &'static str {
        self.names().0
    }

    /// The product's name, as a person knows it.
    pub fn title(self) -> &'static str {
        self.names().1
    }

    /// The format of a short name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.id() == id)
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Otpauth => ("otpauth", "List of otpauth:// addresses"),
            Self::GoogleMigration => ("google-migration", "Google Authenticator"),
            Self::GoogleDatabase => ("google-database", "Google Authenticator (database)"),
            Self::Microsoft => ("microsoft", "Microsoft Authenticator (database)"),
            Self::Aegis => ("aegis", "Aegis Authenticator"),
            Self::TwoFas => ("2fas", "2FAS Authenticator"),
            Self::AuthenticatorExtension => ("authenticator-extension", "Authenticator Extension"),
            Self::Bitwarden => ("bitwarden", "Bitwarden"),
            Self::BitwardenCsv => ("bitwarden-csv", "Bitwarden (CSV)"),
            Self::Ente => ("ente", "Ente Auth"),
            Self::Proton => ("proton", "Proton Authenticator"),
            Self::Stratum => ("stratum", "Stratum"),
            Self::WinAuth => ("winauth", "WinAuth"),
            Self::KeepassxcCsv => ("keepassxc-csv", "KeePassXC (CSV)"),
        }
    }
}

/// Names a file's format from its bytes, never from its name: magic bytes, then JSON by its keys, then the header of a
/// CSV, then a list of addresses.
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    if bytes.len() > super::MAX_IMPORT_BYTES {
        return None;
    }
    if bytes.starts_with(sqlite::MAGIC) {
        return microsoft::sniff(bytes);
    }
    if bytes.starts_with(stratum::MAGIC) || bytes.starts_with(stratum::OLD_MAGIC) {
        return Some(Format::Stratum);
    }
    if json::is_json(bytes) {
        return sniff_json(&json::parse(bytes).ok()?);
    }
    let text = encoding::text(bytes)?;
    sniff_csv(&text).or_else(|| otpauth_list::sniff(&text))
}

/// Whether a document has the keys that tell a format.
type IsOne = fn(&json::Value) -> bool;

fn sniff_json(value: &json::Value) -> Option<Format> {
    let known: [(IsOne, Format); 7] = [
        (aegis::sniff, Format::Aegis),
        (two_fas::sniff, Format::TwoFas),
        (ente::sniff, Format::Ente),
        (bitwarden::sniff, Format::Bitwarden),
        (stratum::sniff, Format::Stratum),
        (proton::sniff, Format::Proton),
        (authenticator_extension::sniff, Format::AuthenticatorExtension),
    ];
    known.into_iter().find(|(is, _)| is(value)).map(|(_, format)| format)
}

fn sniff_csv(text: &str) -> Option<Format> {
    let header = csv_table::header(text)?;
    if bitwarden::sniff_csv(&header) {
        Some(Format::BitwardenCsv)
    } else if keepassxc::sniff(&header) {
        Some(Format::KeepassxcCsv)
    } else {
        None
    }
}

//! The formats by name. Which one a file has is found in `sniffing`.

/// A format that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Our own encrypted backup.
    Backup,
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
    /// Proton Pass, zip.
    ProtonPass,
    /// Stratum, once Authenticator Pro.
    Stratum,
    /// andOTP.
    AndOtp,
    /// Authy's preferences.
    Authy,
    /// Authenticator Plus, zip.
    AuthenticatorPlus,
    /// Battle.net's preferences.
    BattleNet,
    /// The Casdoor mobile app's database, or its list on a server.
    CasdoorApp,
    /// FIDO's Credential Exchange Format.
    Cxf,
    /// Duo Mobile.
    Duo,
    /// FreeOTP 1, and FreeOTP+'s preferences.
    FreeOtp,
    /// FreeOTP+, JSON.
    FreeOtpPlus,
    /// FreeOTP 2.
    FreeOtp2,
    /// KeePass databases, KDBX 2, 3.1 and 4.
    Kdbx,
    /// KeePassXC, CSV.
    KeepassxcCsv,
    /// LastPass Authenticator.
    LastPass,
    /// 1Password, 1PUX.
    OnePassword,
    /// 1Password, CSV.
    OnePasswordCsv,
    /// Raivo OTP.
    Raivo,
    /// Steam, and Steam Desktop Authenticator.
    Steam,
    /// TOTP Authenticator.
    TotpAuthenticator,
    /// 2FAuth.
    TwoFAuth,
    /// VastBlast's authenticator-2fa.
    VastBlast,
    /// WinAuth.
    WinAuth,
}

impl Format {
    /// Every format, in the order they are shown.
    pub const ALL: &[Self] = &[
        Self::Backup,
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
        Self::ProtonPass,
        Self::Stratum,
        Self::AndOtp,
        Self::Authy,
        Self::AuthenticatorPlus,
        Self::BattleNet,
        Self::CasdoorApp,
        Self::Cxf,
        Self::Duo,
        Self::FreeOtp,
        Self::FreeOtpPlus,
        Self::FreeOtp2,
        Self::Kdbx,
        Self::KeepassxcCsv,
        Self::LastPass,
        Self::OnePassword,
        Self::OnePasswordCsv,
        Self::Raivo,
        Self::Steam,
        Self::TotpAuthenticator,
        Self::TwoFAuth,
        Self::VastBlast,
        Self::WinAuth,
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
            Self::Backup => ("casdoor-authenticator", "Casdoor Authenticator (backup)"),
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
            Self::ProtonPass => ("proton-pass", "Proton Pass"),
            Self::Stratum => ("stratum", "Stratum"),
            Self::AndOtp => ("andotp", "andOTP"),
            Self::Authy => ("authy", "Authy (preferences)"),
            Self::AuthenticatorPlus => ("authenticator-plus", "Authenticator Plus"),
            Self::BattleNet => ("battle-net", "Battle.net (preferences)"),
            Self::CasdoorApp => ("casdoor-app", "Casdoor Authenticator (mobile app)"),
            Self::Cxf => ("cxf", "Credential Exchange Format"),
            Self::Duo => ("duo", "Duo Mobile"),
            Self::FreeOtp => ("freeotp", "FreeOTP (preferences)"),
            Self::FreeOtpPlus => ("freeotp-plus", "FreeOTP+"),
            Self::FreeOtp2 => ("freeotp-2", "FreeOTP 2"),
            Self::Kdbx => ("kdbx", "KeePass database"),
            Self::KeepassxcCsv => ("keepassxc-csv", "KeePassXC (CSV)"),
            Self::LastPass => ("lastpass", "LastPass Authenticator"),
            Self::OnePassword => ("1password", "1Password (1PUX)"),
            Self::OnePasswordCsv => ("1password-csv", "1Password (CSV)"),
            Self::Raivo => ("raivo", "Raivo OTP"),
            Self::Steam => ("steam", "Steam"),
            Self::TotpAuthenticator => ("totp-authenticator", "TOTP Authenticator"),
            Self::TwoFAuth => ("2fauth", "2FAuth"),
            Self::VastBlast => ("vastblast", "2FA Authenticator (VastBlast)"),
            Self::WinAuth => ("winauth", "WinAuth"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn every_format_is_listed_once_and_found_by_its_short_name() {
        for (index, format) in Format::ALL.iter().enumerate() {
            assert_eq!(Format::from_id(format.id()), Some(*format));
            assert!(!Format::ALL[..index].contains(format));
        }
    }
}

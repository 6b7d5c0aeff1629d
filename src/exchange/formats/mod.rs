//! The formats, each in its own file or folder. To add one, write its file with an `ENTRY`, and list it here twice: as
//! a module, and in the `formats!` list, which adds it to [`Format`].

pub(super) mod aegis;
pub(super) mod andotp;
pub(super) mod authenticator_extension;
pub(super) mod authenticator_plus;
pub(super) mod authy;
pub(super) mod backup;
pub(super) mod battle_net;
pub(super) mod bitwarden;
pub(super) mod casdoor_app;
pub(super) mod cxf;
pub(super) mod duo;
pub(super) mod enpass;
pub(super) mod ente;
pub(super) mod freeotp;
pub(super) mod freeotp_2;
pub(super) mod google_database;
pub(super) mod google_migration;
pub(super) mod kdbx;
pub(super) mod keepassxc;
pub(super) mod lastpass;
pub(super) mod manager_tables;
pub(super) mod microsoft;
pub(super) mod one_password;
pub(super) mod open_authenticator;
pub(super) mod otp_auth;
pub(super) mod otpauth_list;
pub(super) mod proton;
pub(super) mod proton_pass;
pub(super) mod pskc;
pub(super) mod raivo;
pub(super) mod steam;
pub(super) mod stratum;
pub(super) mod totp_authenticator;
pub(super) mod two_fas;
pub(super) mod two_fauth;
pub(super) mod vastblast;
pub(super) mod winauth;

use super::codecs::{
    android_preferences, argon2_phc, byte_reader, ciphers, csv_table, encoding, java_serialization, json,
    property_list, protobuf, secretstream, sqlcipher, sqlite, zip_archive,
};
use super::registry::{Entry, Export};
use super::{ExchangeError, Icon, Imported, Reason, Report, Skipped, account_fields, budget, embedded_uris, report};

/// Declares [`Format`], and the registry entry of each variant.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident = $entry:path,)*) => {
        /// A supported file format.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Format {
            $($(#[$doc])* $variant,)*
        }

        impl Format {
            /// All formats, in the order in which they are shown and detected.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the identifier of the format. It never changes: message keys, the command line and reports
            /// contain it.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => const { $entry.id },)*
                }
            }

            /// Returns the product's name, as users know it.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => const { $entry.title },)*
                }
            }

            /// Returns what an exported file can store; `None` if the format cannot be exported.
            pub(in crate::exchange) fn export(self) -> Option<Export> {
                match self {
                    $(Self::$variant => const { $entry.export },)*
                }
            }

            /// Returns the whole entry. A program that calls this contains the readers and writers of all formats; the
            /// functions above do not refer to them.
            pub(in crate::exchange) fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$variant => &$entry,)*
                }
            }
        }
    };
}

formats! {
    /// This extension's own encrypted backup.
    Backup = backup::ENTRY,
    /// Key URIs, one per line.
    Otpauth = otpauth_list::ENTRY,
    /// The `otpauth-migration://` URIs of Google Authenticator.
    GoogleMigration = otpauth_list::MIGRATION,
    /// Microsoft Authenticator's database.
    Microsoft = microsoft::ENTRY,
    /// Aegis Authenticator.
    Aegis = aegis::ENTRY,
    /// 2FAS Authenticator.
    TwoFas = two_fas::ENTRY,
    /// Ente Auth.
    Ente = ente::ENTRY,
    /// Authenticator-Extension.
    AuthenticatorExtension = authenticator_extension::ENTRY,
    /// Bitwarden and Bitwarden Authenticator, JSON.
    Bitwarden = bitwarden::ENTRY,
    /// Bitwarden and Bitwarden Authenticator, CSV.
    BitwardenCsv = bitwarden::CSV,
    /// Proton Authenticator.
    Proton = proton::ENTRY,
    /// Proton Pass, zip.
    ProtonPass = proton_pass::ENTRY,
    /// Stratum, formerly Authenticator Pro.
    Stratum = stratum::ENTRY,
    /// Authenticator Plus.
    AuthenticatorPlus = authenticator_plus::ENTRY,
    /// Battle.net's preferences.
    BattleNet = battle_net::ENTRY,
    /// The Casdoor mobile app's database, or its list on a server.
    CasdoorApp = casdoor_app::ENTRY,
    /// Google Authenticator's database.
    GoogleDatabase = google_database::ENTRY,
    /// FIDO's Credential Exchange Format.
    Cxf = cxf::ENTRY,
    /// Duo Mobile.
    Duo = duo::ENTRY,
    /// FreeOTP 1, and FreeOTP+'s preferences.
    FreeOtp = freeotp::PREFERENCES,
    /// FreeOTP+, JSON.
    FreeOtpPlus = freeotp::ENTRY,
    /// FreeOTP 2.
    FreeOtp2 = freeotp_2::ENTRY,
    /// KeePass databases, KDBX 2, 3.1 and 4.
    Kdbx = kdbx::ENTRY,
    /// KeePassXC, CSV.
    KeepassxcCsv = keepassxc::ENTRY,
    /// LastPass Authenticator.
    LastPass = lastpass::ENTRY,
    /// 1Password, 1PUX.
    OnePassword = one_password::ENTRY,
    /// 1Password, CSV.
    OnePasswordCsv = one_password::CSV,
    /// Raivo OTP.
    Raivo = raivo::ENTRY,
    /// Steam, and Steam Desktop Authenticator.
    Steam = steam::ENTRY,
    /// TOTP Authenticator.
    TotpAuthenticator = totp_authenticator::ENTRY,
    /// 2FAuth.
    TwoFAuth = two_fauth::ENTRY,
    /// VastBlast's authenticator-2fa.
    VastBlast = vastblast::ENTRY,
    /// Enpass.
    Enpass = enpass::ENTRY,
    /// KeePass 2 and KeeWeb, XML.
    KeePassXml = kdbx::XML,
    /// KeePass 1 and 2, CSV.
    KeePassCsv = manager_tables::KEEPASS_CSV,
    /// LastPass's vault, CSV.
    LastPassVault = manager_tables::LASTPASS_VAULT,
    /// Apple Passwords and Safari, CSV.
    ApplePasswords = manager_tables::APPLE_PASSWORDS,
    /// Google Password Manager, Chrome and Edge, CSV.
    GooglePasswords = manager_tables::GOOGLE_PASSWORDS,
    /// Firefox, CSV.
    Firefox = manager_tables::FIREFOX,
    /// Dashlane, zip, CSV and JSON.
    Dashlane = manager_tables::DASHLANE,
    /// NordPass, CSV.
    NordPass = manager_tables::NORDPASS,
    /// RoboForm, CSV.
    RoboForm = manager_tables::ROBOFORM,
    /// Zoho Vault, CSV.
    ZohoVault = manager_tables::ZOHO_VAULT,
    /// SafeInCloud, XML.
    SafeInCloud = manager_tables::SAFE_IN_CLOUD,
    /// Psono.
    Psono = manager_tables::PSONO,
    /// Keeper, JSON.
    Keeper = manager_tables::KEEPER,
    /// Passky.
    Passky = manager_tables::PASSKY,
    /// Open Authenticator.
    OpenAuthenticator = open_authenticator::ENTRY,
    /// Authme.
    Authme = manager_tables::AUTHME,
    /// OTPClient.
    OtpClient = manager_tables::OTPCLIENT,
    /// Seeds of hardware tokens, in the format of SafeID, Token2 and Microsoft Entra.
    HardwareTokens = manager_tables::HARDWARE_TOKENS,
    /// Seeds of hardware tokens, in the format of RFC 6030.
    Pskc = pskc::ENTRY,
    /// Symantec VIP, in the file of the program vipaccess.
    VipAccess = manager_tables::VIP_ACCESS,
    /// RSA SecurID's software tokens.
    RsaSecurId = manager_tables::RSA_SECURID,
    /// A list of the accounts on a YubiKey.
    YubiKey = manager_tables::YUBIKEY,
    /// OTP Auth for iOS.
    OtpAuth = otp_auth::ENTRY,
    /// 2FAGuard's encrypted backup.
    TwoFaGuard = manager_tables::TWO_FA_GUARD,
    /// Authy's preferences.
    Authy = authy::ENTRY,
    /// andOTP.
    AndOtp = andotp::ENTRY,
    /// WinAuth.
    WinAuth = otpauth_list::WINAUTH,
    /// A table or list of an unknown program.
    Table = manager_tables::TABLE,
}

//! The names of formats that users see. Product names are the same in every language; descriptions are translated.

use super::Format;
use crate::message;
use crate::message::Message;

impl Format {
    /// Returns the name of the format that users see.
    pub fn name(self) -> Message {
        match self {
            Self::Backup => message!("format_backup", "Casdoor Authenticator"),
            Self::CasdoorApp => message!("format_mobile_app", "Casdoor Authenticator"),
            Self::Microsoft => message!("format_database", "Microsoft Authenticator"),
            Self::GoogleDatabase => message!("format_database", "Google Authenticator"),
            Self::Kdbx => message!("format_database", "KeePass"),
            Self::FreeOtp => message!("format_preferences", "FreeOTP"),
            Self::Authy => message!("format_preferences", "Authy"),
            Self::BattleNet => message!("format_preferences", "Battle.net"),
            Self::Otpauth => message!("format_links"),
            Self::YubiKey => message!("format_yubikey"),
            Self::HardwareTokens => message!("format_hardware_tokens"),
            Self::Table => message!("format_table"),
            product => message!("format_product", product.title()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_format_has_a_different_name() {
        let names: BTreeSet<String> = Format::ALL.iter().map(|format| format.name().to_string()).collect();
        assert_eq!(names.len(), Format::ALL.len());
    }
}

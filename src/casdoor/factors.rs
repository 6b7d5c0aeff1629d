//! A user's second factors on a Casdoor server, by its API: which are set up, and changing them.
//!
//! | function | endpoint | |
//! |---|---|---|
//! | [`look`] | `get-user` | `multiFactorAuths`, `mfaRememberDeadline` of the own record |
//! | [`propose`] | `mfa/setup/initiate` | a secret and a recovery code, of which the server keeps nothing |
//! | [`prove`] | `mfa/setup/verify` | a passcode of that secret |
//! | [`enable`] | `mfa/setup/enable` | from here on the server asks for passcodes of that secret |
//! | [`prefer`] | `set-preferred-mfa` | which method it asks for first |
//! | [`switch_off`] | `delete-mfa` | removes **all** methods and all recovery codes |
//!
//! The server asks for no password in any of them, so that whoever calls them does. Between [`prove`] and [`enable`]
//! the account has to be stored: after it, nobody signs in without its codes. Servers before v3.40 (April 2026) refuse
//! all of it to tokens: [`CasdoorError::FactorsOnPageOnly`].

use serde::{Deserialize, Serialize};

use super::api::SignedInUser;
use super::wire::{FactorRecord, OwnRecord, ProposalRecord, elements, read_raw};
use super::{CasdoorError, Http};
use crate::label::clean;
use crate::otp::{Digits, Key, KeyUri, Kind, Otp};
use crate::secret::Secret;

/// Longer than any recovery code; Casdoor's are UUIDs.
const MAX_RECOVERY_CODE_BYTES: usize = 200;
/// More methods than any server knows; bounds the work on a hostile one.
const MAX_FACTORS: usize = 64;

/// A way to prove a second time who one is, as Casdoor names it (`mfaType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A code sent as a text message.
    Sms,
    /// A code sent by e-mail.
    Email,
    /// A TOTP passcode of an authenticator.
    App,
    /// A RADIUS server's word.
    Radius,
    /// A push notification.
    Push,
}

impl Method {
    /// All of them.
    const ALL: [Self; 5] = [Self::Sms, Self::Email, Self::App, Self::Radius, Self::Push];

    /// As Casdoor spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
            Self::App => "app",
            Self::Radius => "radius",
            Self::Push => "push",
        }
    }
}

/// One method, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Which.
    pub method: Method,
    /// Whether it is set up.
    pub is_on: bool,
    /// Whether the server asks for it first.
    pub is_preferred: bool,
    /// Where its codes go, masked by the server; empty where there is nothing to say.
    #[serde(default)]
    pub destination: String,
}

/// How a user's second factors stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// The methods in the server's order, those that are not set up among them.
    pub methods: Vec<Factor>,
    /// Until then, in seconds since 1970, no device of this user is asked for a second factor.
    #[serde(default)]
    pub remembered_until: Option<u64>,
}

impl Factors {
    /// Whether a method is set up.
    pub fn has(&self, method: Method) -> bool {
        self.methods.iter().any(|factor| factor.method == method && factor.is_on)
    }

    /// Reads a user's record. A method of a newer server is left out.
    pub(super) fn of(user: &OwnRecord<'_>) -> Option<Self> {
        let records = elements(user.factors?, MAX_FACTORS).ok()?;
        let records = records.into_iter().filter_map(|record| read_raw::<FactorRecord>(record).ok());
        let factor = |record: FactorRecord| {
            let method = Method::ALL.into_iter().find(|method| method.as_str() == record.kind)?;
            let is_preferred = record.is_on && record.is_preferred;
            Some(Factor {
                method,
                is_on: record.is_on,
                is_preferred,
                destination: clean(&record.destination).into_owned(),
            })
        };
        let remembered_until = seconds_of(&user.remember_deadline);
        Some(Self { methods: records.filter_map(factor).collect(), remembered_until })
    }
}

/// What the server proposes for an authenticator app. It holds the secret.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// What is to be stored here.
    pub uri: KeyUri,
    /// Good for one sign-in without the authenticator.
    pub recovery_code: Secret<String>,
    /// The server's clock, in seconds since 1970: its passcodes are compared there.
    pub server_time: Option<u64>,
}

/// Reads how the user's second factors stand.
///
/// # Errors
/// [`CasdoorError::UserGone`] also where somebody else has the name now; [`CasdoorError::FactorsOnPageOnly`] where the
/// server does not say.
pub async fn look<H: Http>(user: &SignedInUser<'_, H>) -> Result<Factors, CasdoorError> {
    user.record().await?.factors.ok_or(CasdoorError::FactorsOnPageOnly)
}

/// Asks for a secret. Nothing is changed by it.
///
/// # Errors
/// [`CasdoorError::FactorsOnPageOnly`]; [`CasdoorError::NotCasdoor`] where the answer holds no TOTP of six digits.
pub async fn propose<H: Http>(user: &SignedInUser<'_, H>) -> Result<Proposal, CasdoorError> {
    let reply = user.factor_step("/api/mfa/setup/initiate", &[("mfaType", Method::App.as_str())]).await;
    let reply = reply.map_err(on_page_only)?;
    let record: ProposalRecord = reply.data()?.ok_or(CasdoorError::NotCasdoor)?;
    let key = Key::from_base32(&record.secret).map_err(|_| CasdoorError::NotCasdoor)?;
    let uri = match record.url.parse::<KeyUri>() {
        Ok(uri) => uri,
        // Without an address the account is named as Casdoor itself would have.
        Err(_) => KeyUri {
            issuer: user.owner().to_owned(),
            name: format!("{}/{}", user.owner(), user.name()),
            otp: Otp::standard(key.clone()),
        },
    };
    let recovery_code = record.recovery_codes.into_iter().flatten().next().unwrap_or_default();
    let is_passcode = matches!(uri.otp.kind, Kind::Totp { .. }) && uri.otp.digits == Digits::default();
    let is_sound = is_passcode && uri.otp.key == key;
    if !is_sound || recovery_code.is_empty() || recovery_code.len() > MAX_RECOVERY_CODE_BYTES {
        return Err(CasdoorError::NotCasdoor);
    }
    Ok(Proposal { uri, recovery_code: Secret::new(recovery_code), server_time: reply.date() })
}

/// Shows the server a passcode of the proposed secret. Nothing is changed by it.
///
/// # Errors
/// [`CasdoorError::PasscodeRefused`].
pub async fn prove<H: Http>(
    user: &SignedInUser<'_, H>,
    proposal: &Proposal,
    passcode: &Secret<String>,
) -> Result<(), CasdoorError> {
    let secret = proposal.uri.otp.key.to_base32();
    // Spent here: the server made the secret, and compares the passcode.
    let form =
        [("mfaType", Method::App.as_str()), ("secret", secret.expose().as_str()), ("passcode", passcode.expose())];
    match user.factor_step("/api/mfa/setup/verify", &form).await {
        Err(CasdoorError::Refused) => Err(CasdoorError::PasscodeRefused),
        other => other.map(drop).map_err(on_page_only),
    }
}

/// Makes the proposed secret the user's: from here on the server asks for its passcodes. The account and its recovery
/// code are stored before.
///
/// # Errors
/// After any error but a refusal the server may have stored it all the same: [`look`] tells.
pub async fn enable<H: Http>(user: &SignedInUser<'_, H>, proposal: &Proposal) -> Result<(), CasdoorError> {
    let secret = proposal.uri.otp.key.to_base32();
    // Spent here: the server has both, and is asked to keep them.
    let form = [
        ("mfaType", Method::App.as_str()),
        ("secret", secret.expose().as_str()),
        ("recoveryCodes", proposal.recovery_code.expose()),
    ];
    user.factor_step("/api/mfa/setup/enable", &form).await.map(drop).map_err(on_page_only)
}

/// Makes a method the one that is asked for first.
///
/// # Errors
/// What the server says.
pub async fn prefer<H: Http>(user: &SignedInUser<'_, H>, method: Method) -> Result<(), CasdoorError> {
    let form = [("mfaType", method.as_str())];
    user.factor_step("/api/set-preferred-mfa", &form).await.map(drop).map_err(on_page_only)
}

/// Removes all methods and recovery codes: from here on the password alone signs in.
///
/// # Errors
/// What the server says.
pub async fn switch_off<H: Http>(user: &SignedInUser<'_, H>) -> Result<(), CasdoorError> {
    user.factor_step("/api/delete-mfa", &[]).await.map(drop).map_err(on_page_only)
}

/// Older servers let only their own pages do this: they answer a token's request as not authorized.
fn on_page_only(error: CasdoorError) -> CasdoorError {
    match error {
        CasdoorError::Unauthorized => CasdoorError::FactorsOnPageOnly,
        other => other,
    }
}

/// A time as Casdoor writes it (RFC 3339, seconds, `2026-11-23T18:00:00+01:00`), in seconds since 1970.
fn seconds_of(text: &str) -> Option<u64> {
    let (day, rest) = text.split_once('T')?;
    let (clock, zone) = rest.split_at_checked(8)?;
    let numbers = |text: &str, between: char| -> Option<[u64; 3]> {
        let parts: Option<Vec<u64>> = text.split(between).map(|part| part.parse().ok()).collect();
        parts?.try_into().ok()
    };
    let [year, month, date] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    let at = super::http::unix_seconds(year, month.checked_sub(1)?, date, [hour, minute, second])?;
    let zone = zone.trim_start_matches(|sign: char| sign == '.' || sign.is_ascii_digit());
    if zone == "Z" {
        return Some(at);
    }
    let (sign, offset) = zone.split_at_checked(1)?;
    let (hours, minutes) = offset.split_once(':')?;
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let offset = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    match sign {
        "+" => at.checked_sub(offset),
        "-" => at.checked_add(offset),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_users_record_is_read_with_its_methods_and_the_time_that_is_left() {
        let read = |user: serde_json::Value| Factors::of(&serde_json::from_str(&user.to_string()).unwrap());
        let user = json!({
            "mfaRememberDeadline": "2026-11-23T18:39:15+01:00",
            "multiFactorAuths": [
                {"enabled": true, "isPreferred": false, "mfaType": "sms", "secret": "138****1234", "countryCode": "CN"},
                {"enabled": false, "isPreferred": true, "mfaType": "email"},
                {"enabled": true, "isPreferred": true, "mfaType": "app"},
                {"enabled": true, "isPreferred": false, "mfaType": "of a newer server"},
            ],
        });
        let factors = read(user).unwrap();
        let methods = factors.methods.iter().map(|factor| (factor.method, factor.is_on, factor.is_preferred));
        assert_eq!(
            methods.collect::<Vec<_>>(),
            [(Method::Sms, true, false), (Method::Email, false, false), (Method::App, true, true)]
        );
        assert_eq!(factors.methods[0].destination, "138****1234");
        assert_eq!(factors.remembered_until, Some(1_795_455_555));
        assert!(factors.has(Method::App) && !factors.has(Method::Email));
        assert_eq!(read(json!({ "multiFactorAuths": null })), None);
    }

    #[test]
    fn times_are_read_in_every_zone() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-23T17:39:15Z", Some(1_795_455_555)),
            ("2026-11-24T01:39:15+08:00", Some(1_795_455_555)),
            ("2026-11-23T12:09:15.123-05:30", Some(1_795_455_555)),
            ("", None),
            ("2026-11-23", None),
            ("2026-13-23T17:39:15Z", None),
            ("2026-11-23T17:39:15", None),
        ] {
            assert_eq!(seconds_of(text), seconds, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_time_panics(text in "[0-9TZ:.+-]{0,40}") {
            let _ = seconds_of(&text);
        }
    }
}

//! Reads and changes a user's second factors through Casdoor's API.
//!
//! | function | endpoint | purpose |
//! |---|---|---|
//! | [`read`] | `get-user` | reads `multiFactorAuths` and `mfaRememberDeadline` in the user's own record |
//! | [`required`] | `get-account` | reads `mfaItems`, the rules of the user or the organization |
//! | [`initiate`] | `mfa/setup/initiate` | requests a secret and a recovery code, which the server does not store |
//! | [`verify`] | `mfa/setup/verify` | sends a passcode of this secret to be verified |
//! | [`enable`] | `mfa/setup/enable` | makes the server ask for passcodes of this secret from now on |
//! | [`set_preferred`] | `set-preferred-mfa` | chooses the method that the server asks for first |
//! | [`delete_all`] | `delete-mfa` | removes **all** methods and all recovery codes |
//!
//! The server does not ask for a password in any of these steps, so the caller must do so. The account must be stored
//! before [`enable`] is called, because from then on the user cannot sign in without its codes. Servers before v3.40
//! (April 2026) reject these requests from token holders: [`CasdoorError::FactorsOnPageOnly`].

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::api::SignedInUser;
use super::wire::{FactorRecord, FactorRuleRecord, FactorRules, FactorSetupRecord, OwnUserRecord, elements, read_raw};
use super::{CasdoorError, Http};
use crate::label::clean;
use crate::otp::{Digits, Key, KeyUri, Kind, Otp};
use crate::secret::Secret;

/// Maximum length of a recovery code, in bytes; Casdoor's are UUIDs.
const MAX_RECOVERY_CODE_BYTES: usize = 200;
/// Maximum number of methods, which limits the work for a hostile server.
const MAX_FACTORS: usize = 64;

/// A second-factor method, as Casdoor names it (`mfaType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactorMethod {
    /// A code sent as a text message.
    Sms,
    /// A code sent by email.
    Email,
    /// A TOTP passcode from an authenticator app.
    App,
    /// RADIUS authentication.
    Radius,
    /// A push notification.
    Push,
}

impl FactorMethod {
    /// All methods.
    const ALL: [Self; 5] = [Self::Sms, Self::Email, Self::App, Self::Radius, Self::Push];

    /// Returns Casdoor's spelling.
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

/// A second-factor method and its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// The method.
    pub method: FactorMethod,
    /// The method is set up.
    pub is_on: bool,
    /// The server asks for this method first.
    pub is_preferred: bool,
    /// The address that its codes are sent to, masked by the server; empty if there is none.
    #[serde(default)]
    pub destination: String,
}

/// The state of a user's second factors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// All methods in the server's order, including those that are not set up.
    pub methods: Vec<Factor>,
    /// The time until which this user is not asked for a second factor on any device, in seconds since 1970.
    #[serde(default)]
    pub remembered_until: Option<u64>,
}

impl Factors {
    /// Returns `true` if a method is set up.
    pub fn has(&self, method: FactorMethod) -> bool {
        self.methods.iter().any(|factor| factor.method == method && factor.is_on)
    }

    /// Converts a user's record. Skips methods that only newer servers have.
    pub(super) fn of(user: &OwnUserRecord<'_>) -> Option<Self> {
        let records = elements(user.factors?, MAX_FACTORS).ok()?;
        let records = records.into_iter().filter_map(|record| read_raw::<FactorRecord>(record).ok());
        let factor = |record: FactorRecord| {
            let method = FactorMethod::ALL.into_iter().find(|method| method.as_str() == record.kind)?;
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

/// The server's proposal for an authenticator app, which contains the secret.
#[derive(Clone, Debug)]
pub struct FactorSetup {
    /// The account to store.
    pub uri: KeyUri,
    /// A recovery code, valid for one sign-in without the authenticator.
    pub recovery_code: Secret<String>,
    /// The server's time when it sent the proposal, in seconds since 1970. The server verifies passcodes by this clock.
    pub server_time: Option<u64>,
}

/// Reads the user's second factors.
///
/// # Errors
/// [`CasdoorError::UserGone`], also if the name now belongs to another user; [`CasdoorError::FactorsOnPageOnly`] if the
/// server does not report them.
pub async fn read<H: Http>(user: &SignedInUser<'_, H>) -> Result<Factors, CasdoorError> {
    user.record().await?.factors.ok_or(CasdoorError::FactorsOnPageOnly)
}

/// Reads the methods without which the server lets this user sign in only to set them up. Rules of the user replace
/// those of the organization.
///
/// # Errors
/// The server's error.
pub async fn required<H: Http>(user: &SignedInUser<'_, H>) -> Result<Vec<FactorMethod>, CasdoorError> {
    let reply = user.account_with_rules().await?;
    let (own, organization) = reply.parts()?;
    Ok(required_by([own, organization]))
}

/// Returns the required methods of the first record that has rules.
fn required_by(records: [Option<&RawValue>; 2]) -> Vec<FactorMethod> {
    let rules_of = |record: &RawValue| -> Option<Vec<FactorRuleRecord>> {
        let rules = read_raw::<FactorRules<'_>>(record).ok()?.items?;
        let rules = elements(rules, MAX_FACTORS).ok()?;
        Some(rules.into_iter().filter_map(|rule| read_raw(rule).ok()).collect())
    };
    let rules = records.into_iter().flatten().filter_map(rules_of).find(|rules| !rules.is_empty()).unwrap_or_default();
    let is_required = |method: &FactorMethod| {
        // The server enforces a rule for these methods only.
        matches!(method, FactorMethod::Sms | FactorMethod::Email | FactorMethod::App)
            && rules.iter().any(|rule| rule.name == method.as_str() && rule.rule == "Required")
    };
    FactorMethod::ALL.into_iter().filter(is_required).collect()
}

/// Requests a new secret. This changes nothing on the server.
///
/// # Errors
/// [`CasdoorError::FactorsOnPageOnly`]; [`CasdoorError::NotCasdoor`] if the response does not contain a TOTP with six
/// digits.
pub async fn initiate<H: Http>(user: &SignedInUser<'_, H>) -> Result<FactorSetup, CasdoorError> {
    let reply = user.factor_step("/api/mfa/setup/initiate", &[("mfaType", FactorMethod::App.as_str())]).await;
    let reply = reply.map_err(on_page_only)?;
    let record: FactorSetupRecord = reply.data()?.ok_or(CasdoorError::NotCasdoor)?;
    let key = Key::from_base32(&record.secret).map_err(|_| CasdoorError::NotCasdoor)?;
    let uri = match record.url.parse::<KeyUri>() {
        Ok(uri) => uri,
        // The server sent no key URI, so the account gets the names that Casdoor would write into one.
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
    Ok(FactorSetup { uri, recovery_code: Secret::new(recovery_code), server_time: reply.date() })
}

/// Sends a passcode of the proposed secret to be verified. This changes nothing on the server.
///
/// # Errors
/// [`CasdoorError::PasscodeRejected`].
pub async fn verify<H: Http>(
    user: &SignedInUser<'_, H>,
    proposal: &FactorSetup,
    passcode: &Secret<String>,
) -> Result<(), CasdoorError> {
    let secret = proposal.uri.otp.key.to_base32();
    // The secret is exposed because the server created the secret, and verifies the passcode.
    let form = [
        ("mfaType", FactorMethod::App.as_str()),
        ("secret", secret.expose().as_str()),
        ("passcode", passcode.expose()),
    ];
    match user.factor_step("/api/mfa/setup/verify", &form).await {
        Err(CasdoorError::Rejected) => Err(CasdoorError::PasscodeRejected),
        other => other.map(drop).map_err(on_page_only),
    }
}

/// Enables the proposed secret. The server asks for its passcodes from then on, so the account and its recovery code
/// must already be stored.
///
/// # Errors
/// The server's error. After any error except a rejection, the server may have enabled the secret anyway; use [`read`]
/// to find out.
pub async fn enable<H: Http>(user: &SignedInUser<'_, H>, proposal: &FactorSetup) -> Result<(), CasdoorError> {
    let secret = proposal.uri.otp.key.to_base32();
    // The secret and the recovery code are exposed because the server already has both, and is asked to store them.
    let form = [
        ("mfaType", FactorMethod::App.as_str()),
        ("secret", secret.expose().as_str()),
        ("recoveryCodes", proposal.recovery_code.expose()),
    ];
    user.factor_step("/api/mfa/setup/enable", &form).await.map(drop).map_err(on_page_only)
}

/// Makes a method the preferred one.
///
/// # Errors
/// The server's error.
pub async fn set_preferred<H: Http>(user: &SignedInUser<'_, H>, method: FactorMethod) -> Result<(), CasdoorError> {
    let form = [("mfaType", method.as_str())];
    user.factor_step("/api/set-preferred-mfa", &form).await.map(drop).map_err(on_page_only)
}

/// Removes all methods and recovery codes, so that the password alone is enough to sign in.
///
/// # Errors
/// The server's error.
pub async fn delete_all<H: Http>(user: &SignedInUser<'_, H>) -> Result<(), CasdoorError> {
    user.factor_step("/api/delete-mfa", &[]).await.map(drop).map_err(on_page_only)
}

/// Converts an error: older servers answer these requests with "not authorized" unless they come from their own pages.
fn on_page_only(error: CasdoorError) -> CasdoorError {
    match error {
        CasdoorError::Unauthorized => CasdoorError::FactorsOnPageOnly,
        other => other,
    }
}

/// Parses a time in Casdoor's format (RFC 3339, `2026-11-23T18:00:00+01:00`), and returns seconds since 1970.
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
    fn a_users_record_contains_the_methods_and_the_remembered_time() {
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
            [(FactorMethod::Sms, true, false), (FactorMethod::Email, false, false), (FactorMethod::App, true, true)]
        );
        assert_eq!(factors.methods[0].destination, "138****1234");
        assert_eq!(factors.remembered_until, Some(1_795_455_555));
        assert!(factors.has(FactorMethod::App) && !factors.has(FactorMethod::Email));
        assert_eq!(read(json!({ "multiFactorAuths": null })), None);
    }

    #[test]
    fn rules_of_the_user_replace_those_of_the_organization() {
        let required = |own: serde_json::Value, organization: serde_json::Value| {
            let [own, organization] =
                [own, organization].map(|record| RawValue::from_string(record.to_string()).unwrap());
            required_by([Some(&own), Some(&organization)])
        };
        let rule = |name: &str, rule: &str| json!({ "name": name, "rule": rule });
        let rules = |rules: &[serde_json::Value]| json!({ "mfaItems": rules });
        let organization = rules(&[rule("email", "Required"), rule("sms", "Prompted"), rule("app", "Required")]);
        let both = [FactorMethod::Email, FactorMethod::App];
        for without in [json!({}), json!({ "mfaItems": null }), rules(&[]), json!({ "mfaItems": 7 }), json!("text")] {
            assert_eq!(required(without.clone(), organization.clone()), both, "{without}");
        }
        assert_eq!(required(rules(&[rule("app", "Optional")]), organization.clone()), []);
        assert_eq!(required(rules(&[rule("sms", "Required")]), organization), [FactorMethod::Sms]);
        // The server ignores rules for other methods, and a malformed rule does not hide the others.
        let odd = rules(&[
            json!(null),
            rule("push", "Required"),
            json!({ "name": "app", "rule": 1 }),
            rule("sms", "Required"),
        ]);
        assert_eq!(required(json!({}), odd), [FactorMethod::Sms]);
    }

    #[test]
    fn times_are_parsed_in_every_time_zone() {
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

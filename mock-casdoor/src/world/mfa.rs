//! A user's own second factors: which are enabled, how each is verified, and the recovery codes.

use serde_json::{Value, json};

use super::{User, World, touch};
use crate::totp::{self, PasscodeError};

/// The types of second factor in Casdoor's order.
pub(crate) const KINDS: [&str; 5] = ["sms", "email", "app", "radius", "push"];

/// The valid code for every factor other than TOTP. A real server would send a code; the mock server sends nothing.
const SENT_CODE: &str = "123456";

/// The reason why a second factor was not verified, in Casdoor's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SecondFactorError {
    /// The TOTP code is wrong or not six characters long.
    #[error(transparent)]
    Passcode(#[from] PasscodeError),
    /// The type is not one of the five.
    #[error("Invalid multi-factor authentication type")]
    Kind,
    /// The sent code is wrong.
    #[error("Wrong verification code!")]
    SentCode,
    /// The user has no recovery codes left.
    #[error("do not have recovery codes")]
    NoRecoveryCodes,
    /// The recovery code is wrong.
    #[error("recovery code not found")]
    RecoveryCode,
    /// Neither a passcode nor a recovery code was given.
    #[error("missing passcode or recovery code")]
    MissingCode,
}

impl User {
    /// Returns true if signing in requires a second factor.
    pub fn has_second_factor(&self) -> bool {
        !self.text("preferredMfaType").is_empty()
    }

    /// Returns true if this factor is enabled.
    pub fn has(&self, kind: &str) -> bool {
        match kind {
            "sms" => self.is("mfaPhoneEnabled"),
            "email" => self.is("mfaEmailEnabled"),
            "app" => !self.text("totpSecret").is_empty(),
            "radius" => self.is("mfaRadiusEnabled"),
            "push" => self.is("mfaPushEnabled"),
            _ => false,
        }
    }

    /// Returns all five factors in Casdoor's order, with masked destinations.
    pub fn factors(&self, remember_hours: u64) -> Vec<Value> {
        KINDS.into_iter().map(|kind| self.factor(kind, remember_hours)).collect()
    }

    /// Returns the enabled factors.
    pub fn enabled_factors(&self, remember_hours: u64) -> Vec<Value> {
        let enabled = KINDS.into_iter().filter(|kind| self.has(kind));
        enabled.map(|kind| self.factor(kind, remember_hours)).collect()
    }

    fn factor(&self, kind: &str, remember_hours: u64) -> Value {
        let enabled = self.has(kind);
        let preferred = enabled && self.text("preferredMfaType") == kind;
        let mut factor = json!({"enabled": enabled, "isPreferred": preferred, "mfaType": kind});
        let secret = match kind {
            "sms" => masked_phone(self.text("phone")),
            "email" => masked_email(self.text("email")),
            "radius" => masked_email(self.text("mfaRadiusUsername")),
            "push" => masked_email(self.text("mfaPushReceiver")),
            _ => String::new(),
        };
        let mut put =
            |key: &str, value: Value| factor.as_object_mut().map(|object| object.insert(key.to_owned(), value));
        if enabled && !secret.is_empty() {
            put("secret", secret.into());
        }
        if enabled && kind == "sms" {
            put("countryCode", self.text("countryCode").into());
        }
        put("mfaRememberInHours", remember_hours.into());
        factor
    }

    /// Checks a passcode for this factor.
    pub fn verify_passcode(&self, kind: &str, passcode: &str, now: i64) -> Result<(), SecondFactorError> {
        match kind {
            "app" => Ok(totp::check(self.text("totpSecret"), passcode, now)?),
            "sms" | "email" | "radius" | "push" if passcode == SENT_CODE => Ok(()),
            "sms" | "email" | "radius" | "push" => Err(SecondFactorError::SentCode),
            _ => Err(SecondFactorError::Kind),
        }
    }

    /// Checks a recovery code and removes it.
    pub fn use_recovery_code(&mut self, code: &str) -> Result<(), SecondFactorError> {
        let codes = self.record.get_mut("recoveryCodes").and_then(Value::as_array_mut);
        let Some(codes) = codes.filter(|codes| !codes.is_empty()) else {
            return Err(SecondFactorError::NoRecoveryCodes);
        };
        let at = codes.iter().position(|known| known.as_str() == Some(code));
        let at = at.ok_or(SecondFactorError::RecoveryCode)?;
        codes.remove(at);
        Ok(())
    }

    /// Stores a factor. The first one becomes the preferred one.
    pub fn enable(&mut self, kind: &str, secret: &str, dest: &str, recovery_code: &str) {
        match kind {
            "app" => self.set("totpSecret", secret),
            "sms" => {
                self.set("mfaPhoneEnabled", true);
                if self.text("phone").is_empty() {
                    self.set("phone", dest);
                }
            }
            "email" => self.set("mfaEmailEnabled", true),
            "radius" => {
                self.set("mfaRadiusEnabled", true);
                self.set("mfaRadiusUsername", dest);
            }
            _ => {
                self.set("mfaPushEnabled", true);
                self.set("mfaPushReceiver", dest);
            }
        }
        let mut codes = self.record.get("recoveryCodes").and_then(Value::as_array).cloned().unwrap_or_default();
        codes.push(recovery_code.into());
        self.set("recoveryCodes", codes);
        if !self.has_second_factor() {
            self.set("preferredMfaType", kind);
        }
    }

    /// Removes all factors.
    pub fn disable_all(&mut self) {
        for field in ["preferredMfaType", "totpSecret", "mfaRadiusUsername", "mfaPushReceiver"] {
            self.set(field, "");
        }
        for field in ["mfaPhoneEnabled", "mfaEmailEnabled", "mfaRadiusEnabled", "mfaPushEnabled"] {
            self.set(field, false);
        }
        self.set("recoveryCodes", Value::Array(Vec::new()));
        self.remembered_until = 0;
    }
}

impl World {
    /// Changes a user's factors and returns the resulting list.
    pub fn change_factors(&mut self, id: &str, now: i64, change: impl FnOnce(&mut User)) -> Option<Vec<Value>> {
        let user = self.user_mut(id)?;
        change(user);
        touch(user, now);
        Some(user.factors(0))
    }
}

fn masked_phone(phone: &str) -> String {
    let keep = |range: std::ops::Range<usize>| phone.get(range).unwrap_or_default();
    let tail = phone.len().saturating_sub(4);
    if phone.len() < 7 { phone.to_owned() } else { format!("{}****{}", keep(0..3), keep(tail..phone.len())) }
}

fn masked_email(email: &str) -> String {
    let Some((name, domain)) = email.split_once('@') else {
        return masked_word(email);
    };
    let (host, rest) = domain.split_once('.').unwrap_or((domain, ""));
    format!("{}@{}.{rest}", masked_word(name), masked_word(host))
}

/// Returns the first and last characters with asterisks between them.
fn masked_word(word: &str) -> String {
    let signs: Vec<char> = word.chars().collect();
    match signs.as_slice() {
        [] => String::new(),
        [first] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

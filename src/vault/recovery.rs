//! A site's recovery codes and their states.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::secret::Secret;

/// A recovery code of a site, valid for one sign-in.
///
/// A used code is crossed out, not deleted, so that the user can still read it if the site did not accept it after all.
/// Only the user removes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "RecoveryRecord")]
pub struct RecoveryCode {
    /// The code, spelled as on the site.
    pub code: Secret<String>,
    /// The state of the code: unused, filled, used or rejected.
    pub fate: RecoveryCodeState,
    /// When the code reached this state, in seconds since 1970; 0 if it is unused.
    pub at: u64,
}

/// The state of a recovery code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecoveryCodeState {
    /// The code was never filled.
    #[default]
    Unused,
    /// The code was filled into the site's form, but the site's response was not seen.
    Filled,
    /// The user signed in with the code.
    Used,
    /// The site rejected the code. Vaults contain the name `refused`.
    #[serde(rename = "refused")]
    Rejected,
}

impl RecoveryCode {
    /// Returns `true` if the code may still be valid. This includes a rejected code, because a server also rejects a
    /// valid one when the sign-in has expired.
    pub fn may_be_valid(&self) -> bool {
        self.fate != RecoveryCodeState::Used
    }

    /// Sets the state and its time. `now` is in seconds since 1970.
    pub fn set_state(&mut self, fate: RecoveryCodeState, now: u64) {
        (self.fate, self.at) = (fate, now);
    }
}

impl From<Secret<String>> for RecoveryCode {
    fn from(code: Secret<String>) -> Self {
        Self { code, fate: RecoveryCodeState::Unused, at: 0 }
    }
}

/// A code as it is serialized in the document: plain text while it is unused.
#[derive(Serialize)]
#[serde(untagged)]
enum RecoveryRecord {
    Unused(String),
    Known(KnownRecord),
}

/// A code that is no longer unused, as it is serialized in the document.
#[derive(Serialize, Deserialize)]
struct KnownRecord {
    code: String,
    fate: RecoveryCodeState,
    at: u64,
}

impl TryFrom<Value> for RecoveryCode {
    type Error = serde_json::Error;

    fn try_from(record: Value) -> Result<Self, serde_json::Error> {
        match record {
            Value::String(code) => Ok(Secret::new(code).into()),
            known => {
                let KnownRecord { code, fate, at } = serde_json::from_value(known)?;
                Ok(Self { code: Secret::new(code), fate, at })
            }
        }
    }
}

impl From<RecoveryCode> for RecoveryRecord {
    fn from(known: RecoveryCode) -> Self {
        // The code is exposed because the document is sealed before it is written.
        let code = known.code.expose().clone();
        match known.fate {
            RecoveryCodeState::Unused => Self::Unused(code),
            fate => Self::Known(KnownRecord { code, fate, at: known.at }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unused_code_is_serialized_as_plain_text_and_others_with_their_state() {
        let mut code = RecoveryCode::from(Secret::new(String::from("a-b")));
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"a-b\"");
        for fate in [RecoveryCodeState::Filled, RecoveryCodeState::Used, RecoveryCodeState::Rejected] {
            code.set_state(fate, 7);
            let text = serde_json::to_string(&code).unwrap();
            assert_eq!(serde_json::from_str::<RecoveryCode>(&text).unwrap(), code, "{text}");
        }
        let stored = r#"{"code":"a-b","fate":"refused","at":7}"#;
        assert_eq!(serde_json::from_str::<RecoveryCode>(stored).unwrap(), code, "the name in stored vaults");
        assert_eq!(serde_json::from_str::<RecoveryCode>("\"a-b\"").unwrap().fate, RecoveryCodeState::Unused);
    }

    #[test]
    fn only_a_code_that_signed_in_is_used_up() {
        let mut code = RecoveryCode::from(Secret::new(String::from("a-b")));
        for (fate, good) in [
            (RecoveryCodeState::Unused, true),
            (RecoveryCodeState::Filled, true),
            (RecoveryCodeState::Used, false),
            (RecoveryCodeState::Rejected, true),
        ] {
            code.set_state(fate, 7);
            assert_eq!(code.may_be_valid(), good, "{fate:?}");
        }
    }
}

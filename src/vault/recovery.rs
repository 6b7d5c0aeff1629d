//! A site's recovery codes, and what became of each.

use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// A recovery code of the site, good for one sign-in.
///
/// One that was used is struck off, not deleted: should the site not have taken it after all, it is still there to be
/// read. Only the person removes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "RecoveryRecord", into = "RecoveryRecord")]
pub struct RecoveryCode {
    /// As the site wrote it.
    pub code: Secret<String>,
    /// What became of it.
    pub fate: Fate,
    /// When that was, in seconds since 1970; 0 while it is unused.
    pub at: u64,
}

/// What became of a recovery code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Nothing yet.
    #[default]
    Unused,
    /// It was filled into the site's form; the site's answer was not seen.
    Filled,
    /// A sign-in went through with it: it is struck off.
    Used,
    /// The site refused it.
    Refused,
}

impl RecoveryCode {
    /// Whether it may still work. Also one that was refused: a server says that of a sign-in that had ended, too.
    pub fn is_good(&self) -> bool {
        self.fate != Fate::Used
    }

    /// Notes what became of it. `now` is in seconds since 1970.
    pub fn became(&mut self, fate: Fate, now: u64) {
        (self.fate, self.at) = (fate, now);
    }
}

impl From<Secret<String>> for RecoveryCode {
    fn from(code: Secret<String>) -> Self {
        Self { code, fate: Fate::Unused, at: 0 }
    }
}

/// A code as it lies in the document: a bare text while it is unused.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum RecoveryRecord {
    Unused(String),
    Known { code: String, fate: Fate, at: u64 },
}

impl From<RecoveryRecord> for RecoveryCode {
    fn from(record: RecoveryRecord) -> Self {
        match record {
            RecoveryRecord::Unused(code) => Secret::new(code).into(),
            RecoveryRecord::Known { code, fate, at } => Self { code: Secret::new(code), fate, at },
        }
    }
}

impl From<RecoveryCode> for RecoveryRecord {
    fn from(known: RecoveryCode) -> Self {
        // Spent here: the document is sealed before it is written.
        let code = known.code.expose().clone();
        match known.fate {
            Fate::Unused => Self::Unused(code),
            fate => Self::Known { code, fate, at: known.at },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unused_code_is_written_as_its_bare_text_and_every_other_with_its_fate() {
        let mut code = RecoveryCode::from(Secret::new(String::from("a-b")));
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"a-b\"");
        for fate in [Fate::Filled, Fate::Used, Fate::Refused] {
            code.became(fate, 7);
            let text = serde_json::to_string(&code).unwrap();
            assert_eq!(serde_json::from_str::<RecoveryCode>(&text).unwrap(), code, "{text}");
        }
        assert_eq!(serde_json::from_str::<RecoveryCode>("\"a-b\"").unwrap().fate, Fate::Unused);
    }

    #[test]
    fn only_what_signed_in_is_used_up() {
        let mut code = RecoveryCode::from(Secret::new(String::from("a-b")));
        for (fate, good) in [(Fate::Unused, true), (Fate::Filled, true), (Fate::Used, false), (Fate::Refused, true)] {
            code.became(fate, 7);
            assert_eq!(code.is_good(), good, "{fate:?}");
        }
    }
}

//! Derives a key from a password, with bounded work: Argon2id (RFC 9106) or PBKDF2-HMAC-SHA-256 (RFC 8018).

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::VaultError;
use crate::secret::Secret;

/// A key derivation function with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "KdfRecord", into = "KdfRecord")]
pub enum Kdf {
    /// Argon2id, version 1.3.
    Argon2id {
        /// Memory in KiB, 8,192 to 262,144.
        memory_kib: u32,
        /// Number of passes over the memory, 1 to 16.
        passes: u32,
        /// Number of lanes, 1 to 4.
        lanes: u32,
    },
    /// PBKDF2-HMAC-SHA-256.
    Pbkdf2 {
        /// Number of iterations, 600,000 to 10,000,000.
        iterations: u32,
    },
}

impl Kdf {
    /// Argon2id with 64 MiB and 3 passes, the default.
    pub const ARGON2ID: Self = Self::Argon2id { memory_kib: 65_536, passes: 3, lanes: 1 };
    /// PBKDF2 with 600,000 iterations, for organizations whose policy requires PBKDF2.
    pub const PBKDF2: Self = Self::Pbkdf2 { iterations: 600_000 };

    /// Rejects parameters that are too weak or require too much time or memory.
    ///
    /// # Errors
    /// [`VaultError::Kdf`].
    pub fn check(self) -> Result<Self, VaultError> {
        let in_bounds = match self {
            Self::Argon2id { memory_kib, passes, lanes } => {
                (8_192..=262_144).contains(&memory_kib) && (1..=16).contains(&passes) && (1..=4).contains(&lanes)
            }
            Self::Pbkdf2 { iterations } => (600_000..=10_000_000).contains(&iterations),
        };
        if in_bounds { Ok(self) } else { Err(VaultError::Kdf) }
    }

    /// The highest [`Kdf::cost`] of parameters within bounds, which is also the limit for all slots of an envelope
    /// together.
    pub(crate) const MAX_COST: u64 = 1_000_000;

    /// Returns the work of a derivation, in millionths of the most expensive derivation within bounds.
    pub(crate) fn cost(self) -> u64 {
        let (work, most) = match self {
            Self::Argon2id { memory_kib, passes, .. } => (u64::from(memory_kib).saturating_mul(passes.into()), 4 << 20),
            Self::Pbkdf2 { iterations } => (iterations.into(), 10_000_000),
        };
        work.saturating_mul(Self::MAX_COST).checked_div(most).unwrap_or(Self::MAX_COST)
    }

    /// Derives 32 bytes. This takes 0.1 s or more, and Argon2id needs memory that a wasm instance does not release, so
    /// the extension runs it in a separate instance.
    ///
    /// # Errors
    /// [`VaultError::Kdf`] for parameters out of bounds.
    pub fn derive(self, password: &Secret<String>, salt: &[u8; 16]) -> Result<Secret<[u8; 32]>, VaultError> {
        let password = password.expose().as_bytes();
        let mut key = Secret::<[u8; 32]>::default();
        match self.check()? {
            Self::Argon2id { memory_kib, passes, lanes } => {
                let params = Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| VaultError::Kdf)?;
                let mut memory = vec![Block::default(); params.block_count()];
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                    .hash_password_into_with_memory(password, salt, key.expose_mut(), &mut memory)
                    .map_err(|_| VaultError::Kdf)?;
            }
            Self::Pbkdf2 { iterations } => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, key.expose_mut()),
        }
        Ok(key)
    }
}

/// The form that is stored: an object with the name of the function and its parameters. It is not derived from [`Kdf`],
/// because an enum with a tag inside is read into a tree first, by code that is large in wasm.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KdfRecord {
    name: KdfName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory_kib: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passes: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lanes: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iterations: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum KdfName {
    Argon2id,
    Pbkdf2,
}

impl TryFrom<KdfRecord> for Kdf {
    type Error = VaultError;

    fn try_from(record: KdfRecord) -> Result<Self, VaultError> {
        let KdfRecord { name, memory_kib, passes, lanes, iterations } = record;
        match (name, memory_kib, passes, lanes, iterations) {
            (KdfName::Argon2id, Some(memory_kib), Some(passes), Some(lanes), None) => {
                Ok(Self::Argon2id { memory_kib, passes, lanes })
            }
            (KdfName::Pbkdf2, None, None, None, Some(iterations)) => Ok(Self::Pbkdf2 { iterations }),
            _ => Err(VaultError::Kdf),
        }
    }
}

impl From<Kdf> for KdfRecord {
    fn from(kdf: Kdf) -> Self {
        let unused = Self { name: KdfName::Pbkdf2, memory_kib: None, passes: None, lanes: None, iterations: None };
        match kdf {
            Kdf::Argon2id { memory_kib, passes, lanes } => Self {
                name: KdfName::Argon2id,
                memory_kib: Some(memory_kib),
                passes: Some(passes),
                lanes: Some(lanes),
                ..unused
            },
            Kdf::Pbkdf2 { iterations } => Self { iterations: Some(iterations), ..unused },
        }
    }
}

/// Writes the parameters in the form that a key slot authenticates.
impl fmt::Display for Kdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argon2id { memory_kib, passes, lanes } => write!(f, "argon2id {memory_kib} {passes} {lanes}"),
            Self::Pbkdf2 { iterations } => write!(f, "pbkdf2 {iterations}"),
        }
    }
}

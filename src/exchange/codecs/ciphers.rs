//! Key derivations and ciphers of other programs' files. The cost of a derivation is checked before it runs.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use md5::{Digest, Md5};

use super::{ExchangeError, budget, encoding};
use crate::secret::Secret;

/// Maximum memory of scrypt, in bytes.
const MAX_SCRYPT_BYTES: u64 = 256 << 20;
/// Maximum memory of Argon2, in bytes. Ente uses this much if the exporting device has it.
const MAX_ARGON2_BYTES: u64 = 1 << 30;
/// Maximum number of PBKDF2 iterations.
pub(in crate::exchange) const MAX_PBKDF2_ROUNDS: u32 = 10_000_000;
/// Maximum product of memory in KiB and passes of Argon2, as in libsodium's "sensitive" setting.
const MAX_ARGON2_KIB_PASSES: u64 = 4 << 20;
/// Maximum work of scrypt, as 128 * N * r * p in bytes. It is thirty times what Aegis and Bitwarden use.
const MAX_SCRYPT_WORK: u64 = 1 << 30;
/// Maximum parallelization parameter of scrypt.
const MAX_SCRYPT_P: u32 = 16;

/// A 256-bit key.
pub(in crate::exchange) type Key = Secret<[u8; 32]>;

/// The hash function of PBKDF2's pseudorandom function, HMAC.
#[derive(Clone, Copy)]
pub(in crate::exchange) enum Prf {
    Sha1,
    Sha256,
    Sha512,
}

/// Derives a key with PBKDF2-HMAC (RFC 8018).
pub(in crate::exchange) fn derive_pbkdf2(
    prf: Prf,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
) -> Result<Key, ExchangeError> {
    if rounds == 0 {
        return Err(ExchangeError::Damaged("iterations"));
    }
    if rounds > MAX_PBKDF2_ROUNDS {
        return Err(ExchangeError::TooCostly);
    }
    budget::spend(budget::cost_of(rounds.into(), MAX_PBKDF2_ROUNDS.into()))?;
    let mut key = Key::default();
    match prf {
        Prf::Sha1 => pbkdf2::pbkdf2_hmac::<sha1::Sha1>(password, salt, rounds, key.expose_mut()),
        Prf::Sha256 => pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, rounds, key.expose_mut()),
        Prf::Sha512 => pbkdf2::pbkdf2_hmac::<sha2::Sha512>(password, salt, rounds, key.expose_mut()),
    }
    Ok(key)
}

/// Returns the cost of scrypt with these parameters, for the budget.
pub(in crate::exchange) fn scrypt_cost(n: u64, r: u32, p: u32) -> u64 {
    let bytes = n.saturating_mul(u64::from(r)).saturating_mul(u64::from(p)).saturating_mul(128);
    budget::cost_of(bytes, MAX_SCRYPT_WORK)
}

/// Derives a key with scrypt (RFC 7914). `n` must be a power of two. The maximum of 128 * n * r is 256 MiB, of p 16,
/// and of 128 * n * r * p 1 GiB.
pub(in crate::exchange) fn derive_scrypt(
    password: &[u8],
    salt: &[u8],
    n: u64,
    r: u32,
    p: u32,
) -> Result<Key, ExchangeError> {
    let damaged = ExchangeError::Damaged("scrypt");
    if n < 2 || !n.is_power_of_two() || r == 0 || p == 0 {
        return Err(damaged);
    }
    if n.saturating_mul(u64::from(r)).saturating_mul(128) > MAX_SCRYPT_BYTES || p > MAX_SCRYPT_P {
        return Err(ExchangeError::TooCostly);
    }
    let log_n = u8::try_from(n.trailing_zeros()).map_err(|_| damaged)?;
    let parameters = scrypt::Params::new(log_n, r, p).map_err(|_| damaged)?;
    let cost = scrypt_cost(n, r, p);
    if cost > budget::BUDGET {
        return Err(ExchangeError::TooCostly);
    }
    budget::spend(cost)?;
    let mut key = Key::default();
    scrypt::scrypt(password, salt, &parameters, key.expose_mut()).map_err(|_| damaged)?;
    Ok(key)
}

/// The parameters of Argon2.
#[derive(Clone, Copy)]
pub(in crate::exchange) struct Argon2Cost {
    pub(in crate::exchange) algorithm: argon2::Algorithm,
    pub(in crate::exchange) kib: u32,
    pub(in crate::exchange) passes: u32,
    pub(in crate::exchange) lanes: u32,
}

impl Argon2Cost {
    pub(in crate::exchange) const fn id(kib: u32, passes: u32, lanes: u32) -> Self {
        Self { algorithm: argon2::Algorithm::Argon2id, kib, passes, lanes }
    }
}

/// Derives a key with Argon2 v1.3 (RFC 9106). The maximum is 1 GiB of memory, and 4 GiB of memory times passes.
///
/// # Errors
/// [`ExchangeError::TooCostly`] above these limits, and if the memory cannot be allocated.
pub(in crate::exchange) fn derive_argon2(cost: Argon2Cost, password: &[u8], salt: &[u8]) -> Result<Key, ExchangeError> {
    let (kib, passes) = (u64::from(cost.kib), u64::from(cost.passes));
    if kib.saturating_mul(1024) > MAX_ARGON2_BYTES || kib.saturating_mul(passes) > MAX_ARGON2_KIB_PASSES {
        return Err(ExchangeError::TooCostly);
    }
    let damaged = |_| ExchangeError::Damaged("Argon2");
    let parameters = argon2::Params::new(cost.kib, cost.passes, cost.lanes, Some(32)).map_err(damaged)?;
    budget::spend(budget::cost_of(kib.saturating_mul(passes), MAX_ARGON2_KIB_PASSES))?;
    let mut blocks = Vec::new();
    blocks.try_reserve_exact(parameters.block_count()).map_err(|_| ExchangeError::TooCostly)?;
    blocks.resize(parameters.block_count(), argon2::Block::default());
    let mut key = Key::default();
    argon2::Argon2::new(cost.algorithm, argon2::Version::V0x13, parameters)
        .hash_password_into_with_memory(password, salt, key.expose_mut(), blocks)
        .map_err(damaged)?;
    Ok(key)
}

/// Decrypts AES-256-GCM. `sealed` is the ciphertext followed by the tag. Returns `None` if the tag is wrong.
pub(in crate::exchange) fn gcm_decrypt(key: &[u8], nonce: &[u8], sealed: &[u8], aad: &[u8]) -> Option<Secret<Vec<u8>>> {
    let nonce: &[u8; 12] = nonce.try_into().ok()?;
    let cipher = Aes256Gcm::new_from_slice(key).ok()?;
    cipher.decrypt(nonce.into(), Payload { msg: sealed, aad }).ok().map(Secret::new)
}

/// Encrypts with AES-256-GCM. Returns the ciphertext followed by the tag.
pub(in crate::exchange) fn gcm_encrypt(key: &[u8; 32], nonce: &[u8; 12], open: &[u8], aad: &[u8]) -> Vec<u8> {
    let cipher = Aes256Gcm::new(key.into());
    cipher.encrypt(nonce.into(), Payload { msg: open, aad }).unwrap_or_default()
}

/// Decrypts AES-256-CBC with PKCS #7 padding. Returns `None` if the padding is invalid.
pub(in crate::exchange) fn cbc_open(key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Secret<Vec<u8>>> {
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(key, iv).ok()?;
    cipher.decrypt_padded_vec::<Pkcs7>(sealed).ok().map(Secret::new)
}

/// Decrypts whole blocks of AES-256-CBC without padding.
pub(in crate::exchange) fn cbc_open_blocks(key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(key, iv).ok()?;
    cipher.decrypt_padded_vec::<NoPadding>(sealed).ok()
}

/// Decrypts Twofish-256-CBC with PKCS #7 padding, which some KeePass databases use.
pub(in crate::exchange) fn cbc_open_twofish(key: &[u8], iv: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let cipher = cbc::Decryptor::<twofish::Twofish>::new_from_slices(key, iv).ok()?;
    cipher.decrypt_padded_vec::<Pkcs7>(sealed).ok()
}

/// Encrypts with AES-256-CBC and PKCS #7 padding.
pub(in crate::exchange) fn cbc_seal(key: &[u8; 32], iv: &[u8; 16], open: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<aes::Aes256>::new(key.into(), iv.into()).encrypt_padded_vec::<Pkcs7>(open)
}

/// Decrypts the passphrase format of CryptoJS and `openssl enc`: base64 of `Salted__`, 8 bytes of salt, and ciphertext.
pub(in crate::exchange) fn salted_open(base64: &str, passphrase: &[u8]) -> Option<Secret<Vec<u8>>> {
    let sealed = encoding::base64(base64)?;
    let (salt, sealed) = sealed.strip_prefix(b"Salted__")?.split_at_checked(8)?;
    let (key, iv) = evp_bytes_to_key(passphrase, salt);
    cbc_open(key.expose(), &iv, sealed)
}

/// Derives a 32-byte key and a 16-byte IV with OpenSSL's `EVP_BytesToKey`, MD5 and one round.
fn evp_bytes_to_key(passphrase: &[u8], salt: &[u8]) -> (Key, [u8; 16]) {
    let block = |before: &[u8]| -> [u8; 16] {
        Md5::new().chain_update(before).chain_update(passphrase).chain_update(salt).finalize().into()
    };
    let first = block(&[]);
    let second = block(&first);
    let iv = block(&second);
    let mut key = [0; 32];
    for (to, from) in key.iter_mut().zip(first.iter().chain(&second)) {
        *to = *from;
    }
    (Key::new(key), iv)
}

/// Returns the password's bytes, or an error that asks for a password.
pub(in crate::exchange) fn require_password(password: Option<&Secret<String>>) -> Result<&[u8], ExchangeError> {
    // Exposed for the caller's key derivation.
    password.map(|password| password.expose().as_bytes()).ok_or(ExchangeError::NeedsPassword)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_a_derivation_is_checked_before_it_runs() {
        let costly = Err(ExchangeError::TooCostly);
        let blank = |result: Result<Key, ExchangeError>| result.map(|_| ());
        assert_eq!(blank(derive_scrypt(b"", b"", 1 << 30, 8, 1)), costly);
        assert_eq!(blank(derive_scrypt(b"", b"", 2, 8, 17)), costly);
        assert_eq!(blank(derive_scrypt(b"", b"", u64::MAX, 8, 1)), Err(ExchangeError::Damaged("scrypt")));
        assert_eq!(blank(derive_pbkdf2(Prf::Sha1, b"", b"", u32::MAX)), costly);
        assert_eq!(blank(derive_argon2(Argon2Cost::id(u32::MAX, 1, 1), b"", b"saltsalt")), costly);
        assert_eq!(blank(derive_argon2(Argon2Cost::id(19, u32::MAX, 1), b"", b"saltsalt")), costly);
    }

    #[test]
    fn parameters_of_zero_are_damage_and_do_not_panic() {
        assert!(derive_scrypt(b"", b"", 0, 0, 0).is_err());
        assert!(derive_pbkdf2(Prf::Sha512, b"", b"", 0).is_err());
        assert!(derive_argon2(Argon2Cost::id(0, 0, 0), b"", b"").is_err());
        assert!(gcm_decrypt(&[], &[], &[], &[]).is_none());
        assert!(cbc_open(&[0; 32], &[0; 16], &[0; 15]).is_none());
        assert!(salted_open("U2FsdGVkX18=", b"").is_none());
    }
}

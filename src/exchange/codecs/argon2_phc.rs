//! Argon2 hashes as PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH`, base64 without padding.

use subtle::ConstantTimeEq;

use super::ciphers::{self, Argon2Cost};
use super::{ExchangeError, encoding};

const DAMAGED: ExchangeError = ExchangeError::Damaged("validation");

/// Returns whether a PHC string is the hash of an input. Its cost has the same limits as any other derivation.
pub(in crate::exchange) fn verify(text: &str, input: &[u8]) -> Result<bool, ExchangeError> {
    let fields: Vec<_> = text.split('$').collect();
    let ["", algorithm, "v=19", parameters, salt, hash] = fields.as_slice() else { return Err(DAMAGED) };
    let mut cost = Argon2Cost::id(0, 0, 0);
    cost.algorithm = algorithm.parse().map_err(|_| DAMAGED)?;
    for parameter in parameters.split(',') {
        let (name, value) = parameter.split_once('=').ok_or(DAMAGED)?;
        let value = value.parse().map_err(|_| DAMAGED)?;
        match name {
            "m" => cost.kib = value,
            "t" => cost.passes = value,
            "p" => cost.lanes = value,
            _ => return Err(DAMAGED),
        }
    }
    let (salt, hash) = (encoding::base64(salt).ok_or(DAMAGED)?, encoding::base64(hash).ok_or(DAMAGED)?);
    let derived = ciphers::derive_argon2(cost, input, &salt)?;
    Ok(derived.expose().as_slice().ct_eq(hash.as_slice()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_asks_for_a_terabyte_is_rejected() {
        let text = "$argon2id$v=19$m=1000000000,t=2,p=1$c2FsdHNhbHQ$AAAA";
        assert_eq!(verify(text, b"x"), Err(ExchangeError::TooCostly));
    }

    #[test]
    fn a_malformed_phc_string_is_damage() {
        for text in ["", "$", "$argon2id$v=19$m=1$x$y", "$bcrypt$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA", "$$$$$$$$"] {
            assert!(verify(text, b"x").is_err(), "{text}");
        }
    }
}

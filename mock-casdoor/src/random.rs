//! Random values in the formats that Casdoor uses.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Returns `N` random bytes, or zeros on a machine without a random source.
fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if getrandom::fill(&mut bytes).is_err() {
        return [0; N];
    }
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a session id: 32 hexadecimal digits.
pub(crate) fn session_id() -> String {
    hex(&bytes::<16>())
}

/// Returns an authorization code: 20 hexadecimal digits.
pub(crate) fn authorization_code() -> String {
    hex(&bytes::<10>())
}

/// Returns a random (version 4) UUID.
pub(crate) fn uuid() -> String {
    uuid_from(bytes::<16>())
}

fn uuid_from(mut raw: [u8; 16]) -> String {
    raw[6] = (raw[6] & 0x0f) | 0x40;
    raw[8] = (raw[8] & 0x3f) | 0x80;
    let text = hex(&raw);
    let part = |from, to| text.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// Returns a device flow's user code: six characters of `0-9a-z`.
pub(crate) fn user_code() -> String {
    const SIGNS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    bytes::<6>()
        .iter()
        .filter_map(|byte| SIGNS.get(usize::from(byte.checked_rem(36).unwrap_or_default())))
        .map(|sign| char::from(*sign))
        .collect()
}

/// Returns random bytes with the length of an RS256 signature under a 4096-bit key. Clients cannot verify the
/// signature, so its content does not matter.
pub(crate) fn signature() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<512>())
}

/// Returns a TOTP secret of 20 bytes.
pub(crate) fn totp_key() -> [u8; 20] {
    bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_values_have_casdoors_formats() {
        let text = uuid_from([0xff; 16]);
        assert_eq!(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_ne!(uuid(), uuid());
        assert_eq!(user_code().len(), 6);
        assert_eq!(signature().len(), 683);
    }
}

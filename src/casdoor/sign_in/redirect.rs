//! The redirect address that servers accept from a browser extension without being configured for it.

/// The length of a SHA-1 digest in hexadecimal.
const DIGEST_LENGTH: usize = 40;

/// Returns the redirect address for sign-ins, given the address that the browser assigned to the extension.
///
/// Every Casdoor application accepts Chromium's `https://ID.chromiumapp.org/` and any address on `http://127.0.0.1`, but
/// no other. Firefox assigns `https://DIGEST.extensions.allizom.org/`, and recognizes `http://127.0.0.1/mozoauth2/DIGEST`
/// as the same extension's address.
pub fn accepted_redirect(assigned: &str) -> String {
    match digest(assigned) {
        Some(digest) => format!("http://127.0.0.1/mozoauth2/{digest}"),
        None => assigned.to_owned(),
    }
}

/// Returns the first label of the host if it is a digest.
fn digest(address: &str) -> Option<&str> {
    let (label, _) = address.strip_prefix("https://")?.split_once('.')?;
    let is_digest = label.len() == DIGEST_LENGTH && label.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_chromium_stays_as_it_is() {
        for assigned in ["https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/", "https://example.org/", ""] {
            assert_eq!(accepted_redirect(assigned), assigned);
        }
    }

    #[test]
    fn firefox_is_given_the_loopback_address_with_the_same_digest() {
        let digest = "0123456789abcdef0123456789abcdef01234567";
        for domain in ["extensions.allizom.org", "extensions.mozilla.org"] {
            let redirect = accepted_redirect(&format!("https://{digest}.{domain}/"));
            assert_eq!(redirect, format!("http://127.0.0.1/mozoauth2/{digest}"));
        }
    }
}

//! Cleans and compares any text as a name, also in key URIs. No control, zero-width or bidirectional character may be
//! left, and such characters must not make two names different.
#![no_main]

use casdoor_authenticator::label::{clean, clean_lines, key, same};
use casdoor_authenticator::otp::{KeyUri, percent_encode};
use libfuzzer_sys::fuzz_target;

/// Characters that no name needs. Joiners and variation selectors are kept where a script or a symbol needs them.
fn is_forbidden(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'
    )
}

fuzz_target!(|text: &str| {
    let name = clean(text).into_owned();
    assert!(!name.contains(is_forbidden), "{name:?}");
    assert_eq!(clean(&name), name, "cleaning twice changes nothing");
    assert!(same(&name, text) && key(&name) == key(text), "{name:?} {text:?}");
    let lines = clean_lines(text).into_owned();
    assert!(!lines.contains(|character| character != '\n' && is_forbidden(character)), "{lines:?}");
    assert_eq!(clean_lines(&lines), lines);

    for hidden in ['\u{202e}', '\u{200b}', '\u{2066}', '\u{feff}', '\u{7}', '\u{ad}'] {
        let spelled: String = name.chars().flat_map(|character| [hidden, character]).chain([hidden]).collect();
        // The tags of a flag must follow each other.
        assert!(name.contains('\u{1f3f4}') || clean(&spelled) == name, "{hidden:?}");
        assert!(same(&spelled, &name), "{hidden:?}");
    }

    let label = percent_encode(text);
    let uri = format!("otpauth://totp/{label}?secret=GEZDGNBVGY3TQOJQ&issuer={label}");
    if let Ok(uri) = uri.parse::<KeyUri>() {
        for part in [&uri.issuer, &uri.name] {
            assert!(!clean(part).contains(is_forbidden), "{part:?}");
        }
    }
});

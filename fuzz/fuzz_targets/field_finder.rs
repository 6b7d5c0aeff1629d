//! Searches a page description that consists of any bytes for the field of a code. Only one field, or one row of cells,
//! in the description may be chosen, never a disabled one, and an invisible one only if the page draws cells for it or
//! the user pointed at it.
#![no_main]

use casdoor_authenticator::autofill::field_finder::{Finding, Hidden, PageDescription, Pointing, find_field};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(page) = serde_json::from_slice::<PageDescription>(bytes) else { return };
    for pointing in [Pointing::Nowhere, Pointing::Caret, Pointing::Focus] {
        for length in [0, 5, 6, 8, usize::MAX] {
            let Finding::Field(found) = find_field(&page, length, pointing) else { continue };
            assert!(found.fields.len() == 1 || found.fields.len() == length, "{:?}", found.fields);
            for number in found.fields {
                let described: Vec<_> = page.nodes.iter().filter(|node| node.field.number == Some(number)).collect();
                assert!(!described.is_empty(), "field {number} was never described");
                assert!(!described.iter().all(|node| node.field.disabled), "field {number} is disabled");
                let is_unseen =
                    |reason: &Hidden| matches!(reason, Hidden::NoSize | Hidden::OffScreen | Hidden::Clipped);
                let all_unseen = described.iter().all(|node| node.field.hidden.iter().any(is_unseen));
                assert!(!all_unseen || pointing != Pointing::Nowhere, "field {number} cannot be seen");
            }
        }
    }
});

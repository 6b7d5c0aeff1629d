//! Reads QR codes from any pixels: the first byte is the width, the rest are gray values.
#![no_main]

use casdoor_authenticator::qr::{self, Luma};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&width, pixels)) = bytes.split_first() else { return };
    let rows = pixels.len() / usize::from(width).max(1);
    let pixels = pixels[..rows * usize::from(width)].to_vec();
    if let Ok(luma) = Luma::from_gray(width.into(), rows.try_into().unwrap_or(0), pixels) {
        qr::read(&luma, || false);
    }
});

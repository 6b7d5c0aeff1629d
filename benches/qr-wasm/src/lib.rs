//! The QR reader as a separate wasm module, to measure its size and speed in Node.
//!
//! The host calls [`reserve`] to get memory, writes the pixels there, and calls [`read`]. The texts are then at
//! [`texts`], separated by zero bytes.

use std::cell::RefCell;

use secret::Secret;

#[cfg(feature = "reader")]
#[path = "../../../src/charset/mod.rs"]
pub mod charset;
#[cfg(feature = "reader")]
#[path = "../../../src/browser/charset_decoder.rs"]
mod charset_decoder;
#[path = "../../../src/message/english_omitted.rs"]
mod english;
#[path = "../../../src/message/mod.rs"]
pub mod message;
#[cfg(feature = "reader")]
#[path = "../../../src/qr/mod.rs"]
pub mod qr;
#[path = "../../../src/secret.rs"]
pub mod secret;

thread_local! {
    static PIXELS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static TEXTS: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Returns milliseconds since an arbitrary time.
    safe fn now() -> f64;
}

/// Reserves memory for this many bytes of pixels and returns its address.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(bytes: usize) -> *mut u8 {
    PIXELS.with_borrow_mut(|pixels| {
        pixels.resize(bytes, 0);
        pixels.as_mut_ptr()
    })
}

/// Reads the image in the reserved memory within `limit` milliseconds. Returns the length of the texts, or -1.
#[unsafe(no_mangle)]
pub extern "C" fn read(width: u32, height: u32, limit: f64) -> i32 {
    let start = now();
    let Some(found) = PIXELS.with_borrow(|pixels| found(width, height, pixels, || now() - start > limit)) else {
        return -1;
    };
    TEXTS.with_borrow_mut(|texts| {
        texts.clear();
        for text in &found {
            texts.extend_from_slice(text.expose().as_bytes());
            texts.push(0);
        }
        i32::try_from(texts.len()).unwrap_or(-1)
    })
}

#[cfg(feature = "reader")]
fn found(width: u32, height: u32, pixels: &[u8], is_late: impl Fn() -> bool) -> Option<Vec<Secret<String>>> {
    let luma = qr::Luma::from_rgba(width, height, pixels).ok()?;
    Some(qr::read(&luma, is_late).into_iter().map(|code| code.text).collect())
}

/// The baseline for the size comparison: allocates and formats a text, as every module of the extension does.
#[cfg(not(feature = "reader"))]
fn found(width: u32, height: u32, pixels: &[u8], is_late: impl Fn() -> bool) -> Option<Vec<Secret<String>>> {
    let text = format!("{width} {height} {} {}", pixels.len(), is_late());
    Some(vec![Secret::new(text)])
}

/// Returns the address of the last image's texts.
#[unsafe(no_mangle)]
pub extern "C" fn texts() -> *const u8 {
    TEXTS.with_borrow(|texts| texts.as_ptr())
}

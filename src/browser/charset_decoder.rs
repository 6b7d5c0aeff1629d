//! Decodes text with the browser's tables. Native builds use `charset/native_decoder.rs` instead.

use web_sys::{TextDecoder, TextDecoderOptions};

/// Decodes bytes in an encoding of the WHATWG Encoding Standard; `None` if they are not valid in it.
pub fn decode(name: &str, bytes: &[u8]) -> Option<String> {
    let options = TextDecoderOptions::new();
    options.set_fatal(true);
    TextDecoder::new_with_label_and_options(name, &options).ok()?.decode_with_u8_array(bytes).ok()
}

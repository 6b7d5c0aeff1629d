//! Decodes text natively. In the browser, `browser/charset_decoder.rs` takes the place of this file.

/// Decodes bytes with an encoding of the WHATWG standard; `None` if they are not valid in it.
pub fn decode(name: &str, bytes: &[u8]) -> Option<String> {
    let encoding = encoding_rs::Encoding::for_label(name.as_bytes())?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    // The browser drops the byte order mark of UTF-8 and UTF-16.
    Some(text.strip_prefix('\u{feff}').filter(|_| name.starts_with("utf")).unwrap_or(&text).to_owned())
}

//! Conversions of lengths in the list. Positions are computed in units, which are sixteenths of the root's font size,
//! so that they follow the user's text size. The browser measures in CSS pixels.

use leptos::prelude::*;

/// Converts units to a CSS length.
pub fn rem(units: u32) -> String {
    format!("{}rem", f64::from(units) / 16.0)
}

/// Converts units to CSS pixels.
pub fn to_pixels(units: u32) -> i32 {
    let pixels = f64::from(units) * scale();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "saturates for lists that are longer than a browser can scroll"
    )]
    let pixels = pixels.round() as i32;
    pixels
}

/// Converts CSS pixels to units; 0 for a negative number.
pub fn from_pixels(pixels: i32) -> u32 {
    let units = f64::from(pixels) / scale();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
    let units = units.round() as u32;
    units
}

/// Returns the number of CSS pixels in one unit.
fn scale() -> f64 {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    let size = style.and_then(|style| style.get_property_value("font-size").ok());
    let pixels = size.and_then(|size| size.trim_end_matches("px").parse::<f64>().ok());
    pixels.filter(|pixels| *pixels > 0.0).unwrap_or(16.0) / 16.0
}

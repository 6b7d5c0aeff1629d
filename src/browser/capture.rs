//! Decodes screenshots and image files and reads the QR codes in them.

use gloo::timers::future::sleep;
use js_sys::{Date, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ImageBitmap, OffscreenCanvas, OffscreenCanvasRenderingContext2d, RequestInit};

use super::chrome::{self, to_js};
use super::global;
use crate::autofill;
use crate::qr::{self, Luma, MAX_SOURCE_PIXELS, QrCode, QrError};
use crate::secret::Secret;
use std::time::Duration;

/// Time limit for reading an image, in milliseconds.
pub const BUDGET_MS: f64 = 1_500.0;
/// Delay before retrying a screenshot: browsers allow two per second.
const RETRY_DELAY: Duration = Duration::from_millis(500);
/// Number of attempts per screenshot, five seconds in total.
const MAX_CAPTURES: u32 = 10;
/// The part of Chromium's error message that names the screenshot quota.
const TOO_SOON: &str = "MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND";
/// Maximum size of an enrollment page's canvas as a data URL, in bytes.
const MAX_CANVAS_URL_BYTES: usize = 2 * 1024 * 1024;
/// The factor by which a part of the screenshot is enlarged.
const ENLARGED: f64 = 3.0;
/// The longest side of an enlarged part, in pixels.
const MAX_PART_SIDE: f64 = 1_000.0;
/// The white margin around an enlarged part, in pixels.
const MARGIN: f64 = 48.0;

/// Why an image could not be captured or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureError {
    /// Extensions cannot access this page.
    NotAllowed,
    /// The capture quota stayed exhausted while we retried.
    TooSoon,
    /// An administrator blocks screenshots.
    Forbidden,
    /// The image cannot be decoded.
    NotAPicture,
    /// The QR reader rejected the image.
    Qr(QrError),
}

/// Classifies the browser's error: one message for a policy ("... has been disabled"), one for the quota, and others
/// for pages that extensions cannot access.
fn rejection(error: &JsValue) -> CaptureError {
    let said = Reflect::get(error, &"message".into()).ok().and_then(|said| said.as_string()).unwrap_or_default();
    if said.contains(TOO_SOON) {
        CaptureError::TooSoon
    } else if said.contains("disabled") {
        CaptureError::Forbidden
    } else {
        CaptureError::NotAllowed
    }
}

/// A decoded image.
pub struct DecodedImage(ImageBitmap);

impl Drop for DecodedImage {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A part of an image, in its own pixels.
#[derive(Clone, Copy, Debug)]
pub struct Crop {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl DecodedImage {
    /// Takes a screenshot of the current tab.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub async fn capture_tab() -> Result<Self, CaptureError> {
        Self::at(&capture_visible_tab().await?).await
    }

    /// Loads the image at a URL that the worker may read.
    ///
    /// # Errors
    /// [`CaptureError::NotAPicture`].
    pub async fn at(address: &str) -> Result<Self, CaptureError> {
        decode(address).await.map(Self).map_err(|_| CaptureError::NotAPicture)
    }

    /// Returns the width in pixels.
    pub fn width(&self) -> f64 {
        f64::from(self.0.width())
    }

    /// Returns the texts of the QR codes found within this many milliseconds.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub fn texts(&self, budget: f64) -> Result<Vec<Secret<String>>, CaptureError> {
        let (width, height) = self.fitting_size();
        let texts = self.texts_on("", (width, height), budget)?;
        // Transparent pixels count as white, on which a light code is invisible, so the image is also drawn on black.
        if texts.is_empty() && self.is_clear_in_places(width, height) {
            return self.texts_on("#000", (width, height), budget);
        }
        Ok(texts)
    }

    /// Returns the texts in an enlarged part of the image, with a margin.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub fn texts_in(&self, part: Crop, budget: f64) -> Result<Vec<Secret<String>>, CaptureError> {
        let side = part.width.max(part.height).max(1.0);
        let zoom = ENLARGED.min(MAX_PART_SIDE / side).max(1.0);
        let (width, height) = (part.width * zoom + 2.0 * MARGIN, part.height * zoom + 2.0 * MARGIN);
        let drawn = draw((round_to_pixels(width), round_to_pixels(height)), "#fff", |context| {
            context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                &self.0,
                part.left,
                part.top,
                part.width,
                part.height,
                MARGIN,
                MARGIN,
                part.width * zoom,
                part.height * zoom,
            )
        });
        read(drawn.map_err(|_| CaptureError::NotAPicture)?, budget)
    }

    /// Returns the image's size, reduced if the QR reader would reject it.
    fn fitting_size(&self) -> (u32, u32) {
        let (width, height) = (f64::from(self.0.width()), f64::from(self.0.height()));
        let most = u32::try_from(MAX_SOURCE_PIXELS).map_or(f64::MAX, f64::from);
        let scale = (most / (width * height).max(1.0)).sqrt().min(1.0);
        (round_to_pixels(width * scale), round_to_pixels(height * scale))
    }

    fn texts_on(&self, ground: &str, size: (u32, u32), budget: f64) -> Result<Vec<Secret<String>>, CaptureError> {
        read(self.drawn(ground, size).map_err(|_| CaptureError::NotAPicture)?, budget)
    }

    fn drawn(&self, ground: &str, (width, height): (u32, u32)) -> Result<Pixels, JsValue> {
        draw((width, height), ground, |context| {
            let (width, height) = (f64::from(width), f64::from(height));
            context.draw_image_with_image_bitmap_and_dw_and_dh(&self.0, 0.0, 0.0, width, height)
        })
    }

    fn is_clear_in_places(&self, width: u32, height: u32) -> bool {
        self.drawn("", (width, height))
            .is_ok_and(|pixels| pixels.rgba.iter().skip(3).step_by(4).any(|alpha| *alpha < 255))
    }
}

/// Takes a screenshot of the current tab as a PNG data URL, retrying when the quota is exhausted.
async fn capture_visible_tab() -> Result<String, CaptureError> {
    let options = to_js(&serde_json::json!({ "format": "png" }));
    for _ in 0..MAX_CAPTURES {
        match chrome::capture_visible_tab(&options).await {
            Ok(captured) => return captured.as_string().ok_or(CaptureError::NotAllowed),
            Err(error) => match rejection(&error) {
                CaptureError::TooSoon => sleep(RETRY_DELAY).await,
                rejected => return Err(rejected),
            },
        }
    }
    Err(CaptureError::TooSoon)
}

/// Rounds to a whole number of pixels, at least 1.
fn round_to_pixels(pixels: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and sizes are small")]
    let whole = pixels.floor().max(1.0) as u32;
    whole
}

/// Returns the texts of the QR code in an enrollment page's canvas, given as a PNG data URL; empty if there is none.
pub async fn read_canvas(data_url: &str) -> Vec<Secret<String>> {
    // Checked before decoding: a few bytes of PNG can describe a gigabyte of one color.
    if data_url.len() > MAX_CANVAS_URL_BYTES || !autofill::is_canvas_size(data_url) {
        return Vec::new();
    }
    let Ok(picture) = DecodedImage::at(data_url).await else { return Vec::new() };
    let Ok(Pixels { width, height, rgba }) = picture.drawn("", (picture.0.width(), picture.0.height())) else {
        return Vec::new();
    };
    let Some(ink) = autofill::ink(width, height, &rgba) else { return Vec::new() };
    let Ok(luma) = Luma::from_gray(ink.width, ink.height, ink.grey) else { return Vec::new() };
    let until = Date::now() + BUDGET_MS;
    qr::read(&luma, || Date::now() >= until).into_iter().map(QrCode::into_text).collect()
}

struct Pixels {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

fn read(Pixels { width, height, rgba }: Pixels, budget: f64) -> Result<Vec<Secret<String>>, CaptureError> {
    let luma = Luma::from_rgba(width, height, &rgba).map_err(CaptureError::Qr)?;
    drop(rgba);
    // The time limit covers reading only, not decoding and drawing.
    let until = Date::now() + budget;
    let found = qr::read(&luma, || Date::now() >= until);
    Ok(found.into_iter().map(QrCode::into_text).collect())
}

async fn decode(address: &str) -> Result<ImageBitmap, JsValue> {
    let response = global::fetch(address, &RequestInit::new()).await?;
    let blob: Blob = JsFuture::from(response.blob()?).await?.dyn_into()?;
    global::decode_image(&blob).await
}

/// Draws the image on a background color; transparent if the color is empty.
fn draw(
    (width, height): (u32, u32),
    ground: &str,
    with: impl FnOnce(&OffscreenCanvasRenderingContext2d) -> Result<(), JsValue>,
) -> Result<Pixels, JsValue> {
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: OffscreenCanvasRenderingContext2d = context.dyn_into()?;
    if !ground.is_empty() {
        context.set_fill_style_str(ground);
        context.fill_rect(0.0, 0.0, f64::from(width), f64::from(height));
    }
    with(&context)?;
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?;
    Ok(Pixels { width, height, rgba: data.data().0 })
}

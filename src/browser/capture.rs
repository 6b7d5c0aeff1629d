//! The pixels of the current tab, and the QR codes in them.

use js_sys::Date;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ImageBitmap, OffscreenCanvas, OffscreenCanvasRenderingContext2d, Response, ServiceWorkerGlobalScope,
};

use super::chrome::{self, to_js};
use crate::autofill;
use crate::qr::{self, Luma, QrError};
use crate::secret::Secret;

/// How long a picture is looked at, in milliseconds.
const BUDGET_MS: f64 = 1_500.0;
/// No enrolment page's canvas is larger, in bytes of its data URL.
const MAX_CANVAS_URL_BYTES: usize = 2 * 1024 * 1024;

/// Why no pixels came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureError {
    /// The browser does not let extensions see this page, or an administrator forbids screenshots.
    NotAllowed,
    /// The picture could not be decoded.
    NotAPicture,
    /// The reader refused it.
    Qr(QrError),
}

/// The texts of the QR codes that are visible on the current tab.
///
/// # Errors
/// [`CaptureError`].
pub async fn read_visible_tab() -> Result<Vec<String>, CaptureError> {
    let options = to_js(&serde_json::json!({ "format": "png" }));
    let captured = chrome::capture_visible_tab(&options).await.map_err(|_| CaptureError::NotAllowed)?;
    let data_url = captured.as_string().ok_or(CaptureError::NotAllowed)?;
    read_picture(&data_url).await
}

/// The texts of the QR codes in a picture at an address that the worker may read.
///
/// # Errors
/// [`CaptureError`].
pub async fn read_picture(url: &str) -> Result<Vec<String>, CaptureError> {
    let (width, height, rgba) = pixels(url).await?;
    let luma = Luma::from_rgba(width, height, &rgba).map_err(CaptureError::Qr)?;
    let until = Date::now() + BUDGET_MS;
    let found = qr::read(&luma, || Date::now() >= until);
    // Spent here: what the texts hold is shown on the confirmation card, without the secrets.
    Ok(found.into_iter().map(|found| found.text.expose().clone()).collect())
}

/// The texts of the QR code on an enrolment page's canvas, from its PNG as a data URL; none where there is no code.
pub async fn read_canvas(data_url: &str) -> Vec<Secret<String>> {
    if !data_url.starts_with("data:image/png;base64,") || data_url.len() > MAX_CANVAS_URL_BYTES {
        return Vec::new();
    }
    let Ok((width, height, rgba)) = pixels(data_url).await else { return Vec::new() };
    let Some(ink) = autofill::ink(width, height, &rgba) else { return Vec::new() };
    let Ok(luma) = Luma::from_grey(ink.width, ink.height, ink.grey) else { return Vec::new() };
    let until = Date::now() + BUDGET_MS;
    qr::read(&luma, || Date::now() >= until).into_iter().map(|found| found.text).collect()
}

async fn pixels(url: &str) -> Result<(u32, u32, Vec<u8>), CaptureError> {
    let bitmap = decode(url).await.map_err(|_| CaptureError::NotAPicture)?;
    let size = (bitmap.width(), bitmap.height());
    let rgba = draw(&bitmap).map_err(|_| CaptureError::NotAPicture)?;
    bitmap.close();
    Ok((size.0, size.1, rgba))
}

async fn decode(url: &str) -> Result<ImageBitmap, JsValue> {
    let scope: ServiceWorkerGlobalScope = js_sys::global().dyn_into()?;
    let response: Response = JsFuture::from(scope.fetch_with_str(url)).await?.dyn_into()?;
    let blob: Blob = JsFuture::from(response.blob()?).await?.dyn_into()?;
    JsFuture::from(scope.create_image_bitmap_with_blob(&blob)?).await?.dyn_into()
}

fn draw(bitmap: &ImageBitmap) -> Result<Vec<u8>, JsValue> {
    let (width, height) = (bitmap.width(), bitmap.height());
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: OffscreenCanvasRenderingContext2d = context.dyn_into()?;
    context.draw_image_with_image_bitmap(bitmap, 0.0, 0.0)?;
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height))?;
    Ok(data.data().0)
}

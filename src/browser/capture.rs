//! The pixels of the current tab and of pictures, and the QR codes in them.

use gloo::timers::future::TimeoutFuture;
use js_sys::{Date, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ImageBitmap, OffscreenCanvas, OffscreenCanvasRenderingContext2d, Response, ServiceWorkerGlobalScope,
};

use super::chrome::{self, to_js};
use crate::autofill;
use crate::qr::{self, Luma, MAX_SOURCE_PIXELS, QrError};
use crate::secret::Secret;

/// How long a picture is looked at, in milliseconds.
pub const BUDGET_MS: f64 = 1_500.0;
/// Two pictures of a tab a second are all that a browser takes: one that comes too soon waits so many milliseconds.
const TOO_SOON_MS: u32 = 500;
/// How often a picture is asked for: longer than five seconds nobody waits.
const MAX_CAPTURES: u32 = 10;
/// What a browser says of a picture that comes too soon.
const TOO_SOON: &str = "MAX_CAPTURE_VISIBLE_TAB_CALLS_PER_SECOND";
/// No enrollment page's canvas is larger, in bytes of its data URL.
const MAX_CANVAS_URL_BYTES: usize = 2 * 1024 * 1024;
/// How much larger a part of the tab's picture is drawn than it is.
const ENLARGED: f64 = 3.0;
/// The longest side of a part that is drawn enlarged, in pixels.
const MAX_PART_SIDE: f64 = 1_000.0;
/// The light margin around a part, in pixels of the enlarged one.
const MARGIN: f64 = 48.0;

/// Why no pixels came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptureError {
    /// The browser does not let extensions see this page.
    NotAllowed,
    /// The browser has taken others all the while.
    TooSoon,
    /// An administrator forbids screenshots, on this page or on all.
    Forbidden,
    /// The picture could not be decoded.
    NotAPicture,
    /// The reader refused it.
    Qr(QrError),
}

/// The browser has one sentence for a policy against screenshots ("... has been disabled"), one for too many in a second,
/// and others for pages that no extension sees.
fn refusal(error: &JsValue) -> CaptureError {
    let said = Reflect::get(error, &"message".into()).ok().and_then(|said| said.as_string()).unwrap_or_default();
    if said.contains(TOO_SOON) {
        CaptureError::TooSoon
    } else if said.contains("disabled") {
        CaptureError::Forbidden
    } else {
        CaptureError::NotAllowed
    }
}

/// A decoded picture.
pub struct Picture(ImageBitmap);

impl Drop for Picture {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A part of a picture, in its own pixels.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// From the left.
    pub left: f64,
    /// From the top.
    pub top: f64,
    /// To the right of `left`.
    pub width: f64,
    /// Below `top`.
    pub height: f64,
}

impl Picture {
    /// What can be seen of the current tab.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub async fn of_visible_tab() -> Result<Self, CaptureError> {
        Self::at(&capture_visible_tab().await?).await
    }

    /// The picture at an address that the worker may read.
    ///
    /// # Errors
    /// [`CaptureError::NotAPicture`].
    pub async fn at(address: &str) -> Result<Self, CaptureError> {
        decode(address).await.map(Self).map_err(|_| CaptureError::NotAPicture)
    }

    /// Pixels from left to right.
    pub fn width(&self) -> f64 {
        f64::from(self.0.width())
    }

    /// The texts of its QR codes, as far as they are found in so many milliseconds.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub fn texts(&self, budget: f64) -> Result<Vec<String>, CaptureError> {
        let (width, height) = self.fitting_size();
        let texts = self.texts_on("", (width, height), budget)?;
        // A code that is drawn light on nothing vanishes on white.
        if texts.is_empty() && self.is_clear_in_places(width, height) {
            return self.texts_on("#000", (width, height), budget);
        }
        Ok(texts)
    }

    /// The texts in a part of it, drawn enlarged and with a margin.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub fn texts_in(&self, part: Part, budget: f64) -> Result<Vec<String>, CaptureError> {
        let side = part.width.max(part.height).max(1.0);
        let zoom = ENLARGED.min(MAX_PART_SIDE / side).max(1.0);
        let (width, height) = (part.width * zoom + 2.0 * MARGIN, part.height * zoom + 2.0 * MARGIN);
        let drawn = draw((whole(width), whole(height)), "#fff", |context| {
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

    /// Its own size, or a smaller one of the same shape that the reader takes.
    fn fitting_size(&self) -> (u32, u32) {
        let (width, height) = (f64::from(self.0.width()), f64::from(self.0.height()));
        let most = u32::try_from(MAX_SOURCE_PIXELS).map_or(f64::MAX, f64::from);
        let scale = (most / (width * height).max(1.0)).sqrt().min(1.0);
        (whole(width * scale), whole(height * scale))
    }

    fn texts_on(&self, ground: &str, size: (u32, u32), budget: f64) -> Result<Vec<String>, CaptureError> {
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

/// What can be seen of the current tab, as a PNG's data URL. Where others were taken a moment ago it waits its turn.
async fn capture_visible_tab() -> Result<String, CaptureError> {
    let options = to_js(&serde_json::json!({ "format": "png" }));
    for _ in 0..MAX_CAPTURES {
        match chrome::capture_visible_tab(&options).await {
            Ok(captured) => return captured.as_string().ok_or(CaptureError::NotAllowed),
            Err(error) => match refusal(&error) {
                CaptureError::TooSoon => TimeoutFuture::new(TOO_SOON_MS).await,
                refused => return Err(refused),
            },
        }
    }
    Err(CaptureError::TooSoon)
}

/// A whole number of pixels; never none.
fn whole(pixels: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and sizes are small")]
    let whole = pixels.floor().max(1.0) as u32;
    whole
}

/// The texts of the QR code on an enrollment page's canvas, from its PNG as a data URL; none where there is no code.
pub async fn read_canvas(data_url: &str) -> Vec<Secret<String>> {
    // Looked at before it is decoded: a page can say a gigabyte of one color in a few bytes.
    if data_url.len() > MAX_CANVAS_URL_BYTES || !autofill::is_canvas_size(data_url) {
        return Vec::new();
    }
    let Ok(picture) = Picture::at(data_url).await else { return Vec::new() };
    let Ok(Pixels { width, height, rgba }) = picture.drawn("", (picture.0.width(), picture.0.height())) else {
        return Vec::new();
    };
    let Some(ink) = autofill::ink(width, height, &rgba) else { return Vec::new() };
    let Ok(luma) = Luma::from_grey(ink.width, ink.height, ink.grey) else { return Vec::new() };
    let until = Date::now() + BUDGET_MS;
    qr::read(&luma, || Date::now() >= until).into_iter().map(|found| found.text).collect()
}

struct Pixels {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

fn read(Pixels { width, height, rgba }: Pixels, budget: f64) -> Result<Vec<String>, CaptureError> {
    let luma = Luma::from_rgba(width, height, &rgba).map_err(CaptureError::Qr)?;
    drop(rgba);
    // The clock starts here: decoding and drawing a large picture is not reading it.
    let until = Date::now() + budget;
    let found = qr::read(&luma, || Date::now() >= until);
    // Spent here: what the texts hold is shown on the confirmation card, without the secrets.
    Ok(found.into_iter().map(|found| found.text.expose().clone()).collect())
}

async fn decode(address: &str) -> Result<ImageBitmap, JsValue> {
    let scope: ServiceWorkerGlobalScope = js_sys::global().dyn_into()?;
    let response: Response = JsFuture::from(scope.fetch_with_str(address)).await?.dyn_into()?;
    let blob: Blob = JsFuture::from(response.blob()?).await?.dyn_into()?;
    JsFuture::from(scope.create_image_bitmap_with_blob(&blob)?).await?.dyn_into()
}

/// Draws on a ground of one color; none if it is empty.
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

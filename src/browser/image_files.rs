//! Image files that the user chose, dropped or pasted into a page of the extension, as URLs that the worker can read.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, File, FileList, HtmlCanvasElement, HtmlImageElement, Url};

/// Maximum size of a file, in bytes. Larger files are skipped.
const MAX_FILE_BYTES: f64 = 64.0 * 1024.0 * 1024.0;
/// Maximum number of files at once.
const MAX_FILES: usize = 50;
/// The longest side of a rendered vector image, in pixels.
const DRAWING_SIDE: f64 = 1_200.0;

/// URLs of images, valid until this value is dropped.
#[derive(Default)]
pub struct ImageUrls {
    /// The URLs for the worker.
    pub addresses: Vec<String>,
    made: Vec<String>,
}

impl Drop for ImageUrls {
    fn drop(&mut self) {
        for address in &self.made {
            // Revoking a URL that no longer exists is harmless.
            drop(Url::revoke_object_url(address));
        }
    }
}

/// Returns the files that may be images, including files of unknown type.
pub fn image_files_in(list: Option<FileList>) -> Vec<File> {
    let Some(list) = list else { return Vec::new() };
    let files = (0..list.length()).filter_map(|index| list.item(index));
    let may_be =
        |file: &File| (file.type_().is_empty() || file.type_().starts_with("image/")) && file.size() <= MAX_FILE_BYTES;
    files.filter(may_be).take(MAX_FILES).collect()
}

impl ImageUrls {
    /// Creates URLs. Vector images are rendered here, because a worker cannot render them.
    pub async fn from_files(files: Vec<File>) -> Self {
        let mut pictures = Self::default();
        for file in files {
            let Ok(address) = Url::create_object_url_with_blob(&file) else { continue };
            pictures.made.push(address.clone());
            let drawn = if file.type_() == "image/svg+xml" { draw(&address).await.ok() } else { None };
            pictures.addresses.push(drawn.unwrap_or(address));
        }
        pictures
    }
}

/// Renders a vector image as a PNG data URL on white.
async fn draw(address: &str) -> Result<String, JsValue> {
    let image = HtmlImageElement::new()?;
    image.set_src(address);
    JsFuture::from(image.decode()).await?;
    let (width, height) = (f64::from(image.natural_width().max(1)), f64::from(image.natural_height().max(1)));
    let scale = DRAWING_SIDE / width.max(height);
    let (canvas, context) = canvas(width * scale, height * scale)?;
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
    canvas.to_data_url()
}

/// Creates a canvas of this size with its drawing context.
pub(super) fn canvas(width: f64, height: f64) -> Result<(HtmlCanvasElement, CanvasRenderingContext2d), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and sizes are small")]
    let whole = |side: f64| side.max(1.0) as u32;
    canvas.set_width(whole(width));
    canvas.set_height(whole(height));
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    Ok((canvas, context))
}

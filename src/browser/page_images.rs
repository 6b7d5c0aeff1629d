//! Reads QR codes from a page's own images: codes that are outside the viewport, covered, or too small in the
//! screenshot.

use js_sys::Date;
use serde::Deserialize;

use super::capture::{self, Crop, DecodedImage};
use super::chrome::{self, from_js, to_js};
use crate::secret::Secret;

/// The script that collects the page's canvases, images and drawings.
const SCRIPT: &str = "content/page_images.js";
/// Time limit for all images of a page together, in milliseconds.
const BUDGET_MS: f64 = 3_000.0;
/// Maximum length of an image's data URL, in bytes. Larger images are skipped.
const MAX_URL_BYTES: usize = 16 * 1024 * 1024;

/// The script's result for one frame.
#[derive(Deserialize)]
struct FrameImages {
    /// Width of the viewport in CSS pixels.
    width: f64,
    pictures: Vec<PageImage>,
}

#[derive(Deserialize)]
struct PageImage {
    /// The image's URL.
    #[serde(default)]
    address: String,
    /// A PNG data URL; empty if the page may not read the image.
    #[serde(default)]
    data: String,
    /// Position in the viewport: left, top, width and height in CSS pixels.
    #[serde(default)]
    area: Option<[f64; 4]>,
}

#[derive(Deserialize)]
struct Injected {
    #[serde(default)]
    result: Option<FrameImages>,
}

/// The result of reading a page's images.
#[derive(Default)]
pub struct PageImages {
    /// The texts of the codes.
    pub texts: Vec<Secret<String>>,
    /// The number of images that were examined.
    pub examined: usize,
}

/// Reads the codes in the images of a tab, or only in the image at `address` if given. Images that the page may not
/// read are cropped from `screen`, the screenshot of the tab.
pub async fn read(tab: f64, frame: i32, address: Option<&str>, screen: Option<&DecodedImage>) -> PageImages {
    let mut read = PageImages::default();
    let target = serde_json::json!({ "tabId": tab, "frameIds": [frame] });
    let injection = serde_json::json!({ "target": target, "files": [SCRIPT] });
    let answer = chrome::execute_script(&to_js(&injection)).await.ok();
    let frames: Vec<Injected> = answer.and_then(from_js).unwrap_or_default();
    let Some(seen) = frames.into_iter().find_map(|frame| frame.result) else { return read };
    let until = Date::now() + BUDGET_MS;
    let wanted = |drawing: &&PageImage| address.is_none_or(|address| drawing.address == address);
    for drawing in seen.pictures.iter().filter(wanted) {
        let left = until - Date::now();
        if left <= 0.0 {
            break;
        }
        read.examined = read.examined.saturating_add(1);
        read.texts.extend(texts_of(drawing, seen.width, screen, left.min(capture::BUDGET_MS)).await);
    }
    read
}

async fn texts_of(drawing: &PageImage, width: f64, screen: Option<&DecodedImage>, budget: f64) -> Vec<Secret<String>> {
    if drawing.data.starts_with("data:image/png;base64,") && drawing.data.len() <= MAX_URL_BYTES {
        let Ok(picture) = DecodedImage::at(&drawing.data).await else { return Vec::new() };
        return picture.texts(budget).unwrap_or_default();
    }
    let (Some(screen), Some([left, top, wide, high])) = (screen, drawing.area) else { return Vec::new() };
    let scale = screen.width() / width.max(1.0);
    let part = Crop { left: left * scale, top: top * scale, width: wide * scale, height: high * scale };
    screen.texts_in(part, budget).unwrap_or_default()
}

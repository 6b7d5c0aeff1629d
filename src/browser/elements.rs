//! The pictures that a page itself draws: codes that are scrolled out of view, covered, or drawn too small to be read off
//! the screen.

use js_sys::Date;
use serde::Deserialize;

use super::capture::{self, Part, Picture};
use super::chrome::{self, from_js, to_js};

/// What looks at the page's canvases, images and drawings.
const SCRIPT: &str = "content/pictures.js";
/// How long all of a page's pictures together are looked at, in milliseconds.
const BUDGET_MS: f64 = 3_000.0;
/// Pictures whose data URLs are larger are no codes, in bytes.
const MAX_URL_BYTES: usize = 16 * 1024 * 1024;

/// What the script says of a frame.
#[derive(Deserialize)]
struct Seen {
    /// Of the viewport, in CSS pixels.
    width: f64,
    pictures: Vec<Drawing>,
}

#[derive(Deserialize)]
struct Drawing {
    /// An image's address.
    #[serde(default)]
    address: String,
    /// A PNG, or nothing where the page may not read it itself.
    #[serde(default)]
    data: String,
    /// Where it is in the viewport: left, top, width and height in CSS pixels.
    #[serde(default)]
    area: Option<[f64; 4]>,
}

#[derive(Deserialize)]
struct Injected {
    #[serde(default)]
    result: Option<Seen>,
}

/// What a page's own pictures came to.
#[derive(Default)]
pub struct Read {
    /// The texts of their codes.
    pub texts: Vec<String>,
    /// The number of were looked at.
    pub looked_at: usize,
}

/// Reads the codes in the pictures of a tab; of the one at `address` only, if there is one. `screen` is what can be seen
/// of the tab: from it come the parts that the page may not read itself.
pub async fn read(tab: f64, frame: i32, address: Option<&str>, screen: Option<&Picture>) -> Read {
    let mut read = Read::default();
    let target = serde_json::json!({ "tabId": tab, "frameIds": [frame] });
    let injection = serde_json::json!({ "target": target, "files": [SCRIPT] });
    let answer = chrome::execute_script(&to_js(&injection)).await.ok();
    let frames: Vec<Injected> = answer.and_then(from_js).unwrap_or_default();
    let Some(seen) = frames.into_iter().find_map(|frame| frame.result) else { return read };
    let until = Date::now() + BUDGET_MS;
    let wanted = |drawing: &&Drawing| address.is_none_or(|address| drawing.address == address);
    for drawing in seen.pictures.iter().filter(wanted) {
        let left = until - Date::now();
        if left <= 0.0 {
            break;
        }
        read.looked_at = read.looked_at.saturating_add(1);
        read.texts.extend(texts_of(drawing, seen.width, screen, left.min(capture::BUDGET_MS)).await);
    }
    read
}

async fn texts_of(drawing: &Drawing, width: f64, screen: Option<&Picture>, budget: f64) -> Vec<String> {
    if drawing.data.starts_with("data:image/png;base64,") && drawing.data.len() <= MAX_URL_BYTES {
        let Ok(picture) = Picture::at(&drawing.data).await else { return Vec::new() };
        return picture.texts(budget).unwrap_or_default();
    }
    let (Some(screen), Some([left, top, wide, high])) = (screen, drawing.area) else { return Vec::new() };
    let scale = screen.width() / width.max(1.0);
    let part = Part { left: left * scale, top: top * scale, width: wide * scale, height: high * scale };
    screen.texts_in(part, budget).unwrap_or_default()
}

//! Reading QR codes off pictures of screens, through the public API and from the files in `tests/fixtures`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use casdoor_authenticator::qr::{self, Luma};
use serde_json::Value;

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder)
}

/// A drawn or captured picture, as the browser's canvas would give it.
fn picture(file: &Path) -> Result<Luma, Box<dyn std::error::Error>> {
    let picture = image::open(file)?.into_rgba8();
    Ok(Luma::from_rgba(picture.width(), picture.height(), picture.as_raw())?)
}

/// The texts in a picture, however long it takes.
fn texts(luma: &Luma) -> BTreeSet<String> {
    qr::read(luma, || false).iter().map(|code| code.text.expose().clone()).collect()
}

/// An entry of a folder's manifest.
struct Entry {
    file: PathBuf,
    texts: BTreeSet<String>,
}

fn manifest(folder: &Path) -> Result<Vec<Entry>, Box<dyn std::error::Error>> {
    let entries: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(folder.join("manifest.json"))?)?;
    let entry = |entry: &Value| {
        let file = entry.get("file").and_then(Value::as_str).unwrap_or_default();
        let texts = entry.get("texts").and_then(Value::as_array).into_iter().flatten();
        let texts = texts.filter_map(|text| text.as_str().map(str::to_owned)).collect();
        Entry { file: folder.join(file), texts }
    };
    Ok(entries.iter().map(entry).collect())
}

#[test]
fn every_code_on_casdoors_own_pages_is_read() {
    let pages = manifest(&fixtures("casdoor-pages")).unwrap();
    assert_eq!(pages.len(), 6);
    for Entry { file, texts: expected } in pages {
        assert_eq!(texts(&picture(&file).unwrap()), expected, "{}", file.display());
    }
}

#[test]
fn corners_are_told_in_pixels_of_the_picture() {
    let page = picture(&fixtures("casdoor-pages/setup-light-1-en.png")).unwrap();
    let found = qr::read(&page, || false);
    let [top_left, top_right, bottom_right, bottom_left] = found[0].corners;
    // 69 modules in 134 pixels, wherever on the page.
    for (left, right) in [(top_left, top_right), (bottom_left, bottom_right)] {
        assert!((right.x - left.x - 134.0).abs() < 4.0, "{left:?} {right:?}");
    }
    assert!((bottom_left.y - top_left.y - 134.0).abs() < 4.0);
    assert!(bottom_right.x < 1280.0 && bottom_right.y < 1000.0);
}

#[test]
fn when_time_is_up_at_once_nothing_is_read_and_nothing_breaks() {
    let page = picture(&fixtures("casdoor-pages/setup-light-1-en.png")).unwrap();
    assert!(qr::read(&page, || true).is_empty());
}

#[test]
fn a_found_text_does_not_show_in_debug_output() {
    let page = picture(&fixtures("casdoor-pages/setup-light-1-en.png")).unwrap();
    let shown = format!("{:?}", qr::read(&page, || false));
    assert!(!shown.contains("otpauth") && !shown.contains("R2LJ"));
}

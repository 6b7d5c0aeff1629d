//! The QR reader, tested through the public API with the images in `tests/fixtures`.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "test functions outside #[test]")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use casdoor_authenticator::qr::{self, Luma};
use serde_json::Value;

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder)
}

/// Loads an image as the browser's canvas would provide it.
fn picture(file: &Path) -> Result<Luma, Box<dyn std::error::Error>> {
    let picture = image::open(file)?.into_rgba8();
    Ok(Luma::from_rgba(picture.width(), picture.height(), picture.as_raw())?)
}

/// Returns the texts in an image, without a time limit.
fn texts(luma: &Luma) -> BTreeSet<String> {
    qr::read(luma, || false).iter().map(|code| code.text.expose().clone()).collect()
}

/// An entry of a fixture manifest.
struct Entry {
    file: PathBuf,
    category: String,
    texts: BTreeSet<String>,
}

fn manifest(folder: &Path) -> Result<Vec<Entry>, Box<dyn std::error::Error>> {
    let entries: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(folder.join("manifest.json"))?)?;
    let entry = |entry: &Value| {
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        let texts = entry.get("texts").and_then(Value::as_array).into_iter().flatten();
        let texts = texts.filter_map(|text| text.as_str().map(str::to_owned)).collect();
        Entry { file: folder.join(text("file")), category: text("category").to_owned(), texts }
    };
    Ok(entries.iter().map(entry).collect())
}

#[test]
fn every_code_on_casdoors_own_pages_is_read() {
    let pages = manifest(&fixtures("casdoor-pages")).unwrap();
    assert_eq!(pages.len(), 6);
    for Entry { file, texts: expected, .. } in pages {
        assert_eq!(texts(&picture(&file).unwrap()), expected, "{}", file.display());
    }
}

#[test]
fn corners_are_in_pixels_of_the_image() {
    let page = picture(&fixtures("casdoor-pages/setup-light-1-en.png")).unwrap();
    let found = qr::read(&page, || false);
    let [top_left, top_right, bottom_right, bottom_left] = found[0].corners;
    // The code has 69 modules in 134 pixels, regardless of its position on the page.
    for (left, right) in [(top_left, top_right), (bottom_left, bottom_right)] {
        assert!((right.x - left.x - 134.0).abs() < 4.0, "{left:?} {right:?}");
    }
    assert!((bottom_left.y - top_left.y - 134.0).abs() < 4.0);
    assert!(bottom_right.x < 1280.0 && bottom_right.y < 1000.0);
}

#[test]
fn an_expired_time_limit_reads_nothing() {
    let page = picture(&fixtures("casdoor-pages/setup-light-1-en.png")).unwrap();
    assert!(qr::read(&page, || true).is_empty());
}

#[test]
fn texts_are_not_shown_in_debug_output() {
    let page = picture(&fixtures("casdoor-pages/setup-light-1-en.png")).unwrap();
    let shown = format!("{:?}", qr::read(&page, || false));
    assert!(!shown.contains("otpauth") && !shown.contains("R2LJ"));
}

#[test]
fn all_parts_of_a_text_are_joined() {
    let page = picture(&fixtures("qr-drawn/three-parts.png")).unwrap();
    let found = qr::read(&page, || false);
    assert_eq!(found.len(), 1);
    assert!(found[0].text.expose().starts_with("otpauth://totp/Parts:alice?secret="));
    assert!(found[0].text.expose().ends_with("&issuer=Parts"));
    assert_eq!(found[0].part, None);
}

#[test]
fn incomplete_parts_are_reported() {
    let page = picture(&fixtures("qr-drawn/two-of-three-parts.png")).unwrap();
    let found = qr::read(&page, || false);
    let parts: Vec<_> = found.iter().map(|code| code.part.map(|part| (part.index, part.count))).collect();
    assert_eq!(parts, [Some((0, 3)), Some((2, 3))]);
}

#[test]
fn a_mirrored_code_is_read() {
    let texts = texts(&picture(&fixtures("qr-drawn/mirrored.png")).unwrap());
    assert!(texts.iter().all(|text| text.starts_with("otpauth://totp/Parts:alice")));
    assert_eq!(texts.len(), 1);
}

#[test]
fn an_easy_code_does_not_hide_harder_ones() {
    let texts = texts(&picture(&fixtures("qr-drawn/three-kinds.png")).unwrap());
    assert_eq!(texts, ["easy", "light on dark", "framed by the dark page"].map(str::to_owned).into());
}

#[test]
fn bytes_that_are_not_utf_8_are_latin_1() {
    let texts = texts(&picture(&fixtures("qr-drawn/latin-1.png")).unwrap());
    assert_eq!(texts, ["café".to_owned()].into());
}

/// The categories in which every image must be read. In the others, three of four suffice.
const ALWAYS: [&str; 15] = [
    "size_dsf",
    "zoom",
    "viewport",
    "inverted",
    "styled",
    "logo",
    "jpeg",
    "multi",
    "edge",
    "decor",
    "version",
    "skew",
    "resampled",
    "textqr",
    "table",
];

#[test]
fn the_generated_images_are_read_in_every_category_without_errors() {
    let mut right_of: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for entry in manifest(&fixtures("qr")).unwrap() {
        let texts = texts(&picture(&entry.file).unwrap());
        assert!(texts.is_subset(&entry.texts), "wrong text in {}", entry.file.display());
        let (right, all) = right_of.entry(entry.category).or_default();
        *right += usize::from(texts == entry.texts);
        *all += 1;
    }
    assert_eq!(right_of.len(), 23);
    for (category, (right, all)) in right_of {
        let least = if ALWAYS.contains(&category.as_str()) { 100 } else { 75 };
        assert!(right * 100 >= all * least, "{category}: {right} of {all}");
    }
}

#[test]
fn codes_rotated_by_90_degrees_are_read() {
    for file in ["casdoor-pages/setup-light-1-en.png", "qr-drawn/three-kinds.png", "qr-drawn/mirrored.png"] {
        let upright = image::open(fixtures(file)).unwrap();
        let expected = texts(&picture(&fixtures(file)).unwrap());
        for turned in [upright.rotate90(), upright.rotate180(), upright.rotate270()] {
            let pixels = turned.into_rgba8();
            let luma = Luma::from_rgba(pixels.width(), pixels.height(), pixels.as_raw()).unwrap();
            assert_eq!(texts(&luma), expected, "{file}");
        }
    }
}

#[test]
fn random_crops_neither_panic_nor_return_wrong_texts() {
    let entries = manifest(&fixtures("qr")).unwrap();
    let small = entries.into_iter().filter(|entry| image::image_dimensions(&entry.file).unwrap().0 <= 1280);
    let mut random = 0x9e37_79b9_u32;
    let mut below = |end: u32| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random % end.max(1)
    };
    for entry in small.step_by(8) {
        let page = image::open(&entry.file).unwrap();
        for _ in 0..8 {
            let (x, y) = (below(page.width()), below(page.height()));
            let (width, height) = (below(page.width() - x) + 1, below(page.height() - y) + 1);
            let pixels = page.crop_imm(x, y, width.min(320), height.min(320)).into_rgba8();
            let luma = Luma::from_rgba(pixels.width(), pixels.height(), pixels.as_raw()).unwrap();
            assert!(texts(&luma).is_subset(&entry.texts), "{}", entry.file.display());
        }
    }
}

/// Draws an image full of finder patterns that belong to no code, in a loose grid. Each has 7x7 modules of `module`
/// pixels.
fn stray_patterns(side: usize, module: usize) -> Luma {
    let cell = module * 11;
    let dark = |x: usize, y: usize| {
        let (x, y) = ((x % cell) / module, (y % cell) / module);
        let ring = x.abs_diff(3).max(y.abs_diff(3));
        x < 7 && y < 7 && ring != 2
    };
    let pixels = (0..side * side).map(|i| if dark(i % side, i / side) { 0 } else { 255 }).collect();
    Luma::from_gray(side.try_into().unwrap(), side.try_into().unwrap(), pixels).unwrap()
}

#[test]
fn reading_stops_early_on_an_image_with_a_thousand_stray_patterns() {
    let mut asked = 0_u32;
    let found = qr::read(&stray_patterns(700, 2), || {
        asked += 1;
        false
    });
    assert!(found.is_empty());
    // Each stage samples a limited number of combinations, so it checks the time limit a limited number of times.
    assert!(asked < 60_000, "{asked}");
}

#[test]
fn the_time_limit_is_checked_often_enough() {
    let mut answers = 0;
    qr::read(&stray_patterns(700, 2), || {
        answers += 1;
        answers > 40
    });
    // Once the time limit has expired, it is not checked again.
    assert_eq!(answers, 41);
}

//! Reads the QR codes in image files: `cargo run --release --example qr -- FILE...`
//!
//! Prints one JSON line per file: `{"file","texts","ms"}`, or `{"file","error"}` for a file that is not an image.

use std::time::{Duration, Instant};

use casdoor_authenticator::qr::{self, Luma};
use serde_json::{Value, json};

/// The time limit in the extension.
const TIME_LIMIT: Duration = Duration::from_millis(1500);

fn main() {
    for file in std::env::args().skip(1) {
        let line = texts(&file).unwrap_or_else(|error| json!({ "file": file, "error": error.to_string() }));
        println!("{line}");
    }
}

/// Returns the texts in one file and the reading time without decoding the file.
#[expect(clippy::disallowed_methods, reason = "a native program may read the clock that the library is given")]
fn texts(file: &str) -> Result<Value, Box<dyn std::error::Error>> {
    let picture = image::open(file)?.into_rgba8();
    let start = Instant::now();
    let luma = Luma::from_rgba(picture.width(), picture.height(), picture.as_raw())?;
    let found = qr::read(&luma, || start.elapsed() > TIME_LIMIT);
    let texts: Vec<&str> = found.iter().map(|code| code.text.expose().as_str()).collect();
    Ok(json!({ "file": file, "texts": texts, "ms": start.elapsed().as_secs_f64() * 1000.0 }))
}

//! Measures the QR reader with generated screenshots: `cargo run --release --example qr_bench -- [OPTIONS]`
//!
//! | option | effect |
//! |---|---|
//! | `--salt N` | generates a different set; 0 is the default |
//! | `--crops N` | the number of random crops to read, 20000 by default |
//! | `--samples FOLDER` | reads the QR samples in zxing-cpp's `test/samples` instead |
//! | `--peers` | compares the reader as wasm with zxing-wasm and jsQR from npm in Node instead |
//!
//! Prints a table by category: how many images had all their codes read, the time per image, and the number of wrong
//! texts. Then it reads all images rotated by 90, 180 and 270 degrees, and random crops. A child process does the
//! reading, so that a panic, which aborts the process, is counted. Generating the images requires Node, npm and
//! Chromium.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use casdoor_authenticator::qr::{self, Luma};
use serde_json::{Value, json};

type Error = Box<dyn std::error::Error>;

/// The time limit that the extension sets.
const TIME_LIMIT: Duration = Duration::from_millis(1500);
/// The text of a code in zxing-cpp's samples that contains another code, whose text alone its test expects.
const OUTER_CODE: &str = "[外側QRコード]\r\n \r\n*ﾀﾞﾌﾞﾙQR*\r\nhttp://d-qr.net/ex/";
const GENERATOR: &str = "benches/qr-corpus";
/// The folder of the build tools, including `wasm-opt`.
const TOOLS: &str = "xtask";

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        Some(arguments.get(at.saturating_add(1)).cloned().unwrap_or_default())
    };
    if let Some(manifest) = option("--child") {
        let number = |name| option(name).and_then(|number| number.parse().ok()).unwrap_or(0);
        return read_all(Path::new(&manifest), number("--quarters"), number("--first"), number("--crops"));
    }
    if let Some(folder) = option("--samples") {
        return samples(Path::new(&folder));
    }
    let salt = option("--salt").unwrap_or_else(|| "0".to_owned());
    let corpus = draw(&salt)?;
    if option("--peers").is_some() {
        return peers(&corpus);
    }
    println!("corpus with salt {salt}, natively:");
    let upright = run_child(&corpus, 0, 0)?;
    table(&pictures(&corpus)?, &upright.lines, "ms");
    let mut panics = upright.panics;
    for quarters in 1..4_u32 {
        let turned = run_child(&corpus, quarters, 0)?;
        println!("rotated by {}°: {}", quarters.saturating_mul(90), summary(&pictures(&corpus)?, &turned.lines));
        panics = panics.saturating_add(turned.panics);
    }
    let crops = option("--crops").and_then(|crops| crops.parse().ok()).unwrap_or(20_000);
    let cropped = run_child(&corpus, 0, crops)?;
    println!("{crops} crops: {} wrong texts", wrong(&pictures(&corpus)?, &cropped.lines));
    println!("panics: {}", panics.saturating_add(cropped.panics));
    Ok(())
}

/// An image of the set: its file, its category, and the texts of its codes.
struct Picture {
    file: PathBuf,
    category: String,
    texts: Vec<String>,
    /// The text of a hidden code. It does not have to be read, but reading it is not an error.
    hidden: Vec<String>,
}

fn pictures(corpus: &Path) -> Result<Vec<Picture>, Error> {
    let manifest: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(corpus.join("manifest.json"))?)?;
    let strings = |entry: &Value, key: &str| {
        let list = entry.get(key).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let picture = |entry: &Value| Picture {
        file: corpus.join(text(entry, "file")),
        category: text(entry, "category"),
        texts: strings(entry, "payloads"),
        hidden: strings(entry, "hidden"),
    };
    Ok(manifest.iter().map(picture).collect())
}

/// Reads the sample images of zxing-cpp's tests. Each has a text file with its text, or a `.bin` file with its bytes.
fn samples(folder: &Path) -> Result<(), Error> {
    let mut manifest = Vec::new();
    let mut categories: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|it| it.map(|it| it.path())).collect::<Result<_, _>>()?;
    categories.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains("qrcode-")));
    categories.sort();
    for category in categories {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&category)?.map(|it| it.map(|it| it.path())).collect::<Result<_, _>>()?;
        files.sort();
        for file in files {
            let is_image = file.extension().is_some_and(|it| ["png", "jpg", "webp"].iter().any(|name| it == *name));
            let text = std::fs::read_to_string(file.with_extension("txt"));
            let bytes = std::fs::read(file.with_extension("bin")).map(|bytes| String::from_utf8_lossy(&bytes).into());
            if let (true, Ok(text)) = (is_image, text.or(bytes)) {
                let category = category.file_name().unwrap_or_default().to_string_lossy();
                // In this image, another code surrounds the expected one.
                let hidden = if file.ends_with("qrcode-2/16.webp") { vec![OUTER_CODE] } else { Vec::new() };
                let file = std::path::absolute(file)?;
                manifest.push(json!({ "file": file, "category": category, "payloads": [text], "hidden": hidden }));
            }
        }
    }
    let corpus = std::path::absolute("target/qr-samples")?;
    std::fs::create_dir_all(&corpus)?;
    std::fs::write(corpus.join("manifest.json"), Value::Array(manifest).to_string())?;
    let run = run_child(&corpus, 0, 0)?;
    let pictures = pictures(&corpus)?;
    for (picture, line) in pictures.iter().zip(&run.lines).filter(|(picture, line)| !is_right(picture, line)) {
        println!("{}: {:?}, not {:?}", picture.file.display(), texts_of(line), picture.texts);
    }
    table(&pictures, &run.lines, "ms");
    println!("panics: {}", run.panics);
    Ok(())
}

/// Generates the set once per salt.
fn draw(salt: &str) -> Result<PathBuf, Error> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let corpus = std::path::absolute(target.join("qr-corpus").join(salt))?;
    if !corpus.join("manifest.json").is_file() {
        install(GENERATOR)?;
        let mut node = std::process::Command::new("node");
        node.current_dir(GENERATOR).args(["gen.mjs", "--salt", salt, "--out"]).arg(&corpus);
        succeed(&mut node)?;
    }
    Ok(corpus)
}

/// Installs a folder's npm packages, once.
fn install(folder: &str) -> Result<(), Error> {
    if Path::new(folder).join("node_modules").exists() {
        return Ok(());
    }
    let mut npm = std::process::Command::new("npm");
    succeed(npm.current_dir(folder).args(["ci", "--no-audit", "--no-fund", "--silent"]))
}

fn succeed(command: &mut std::process::Command) -> Result<(), Error> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

/// The output of the child processes, one line per image or crop, and the number of aborts.
struct Run {
    lines: Vec<Value>,
    panics: usize,
}

/// Starts child processes that read all images. After an abort, the next child continues with the following image.
fn run_child(corpus: &Path, quarters: u32, crops: u32) -> Result<Run, Error> {
    let mut run = Run { lines: Vec::new(), panics: 0 };
    loop {
        let mut child = std::process::Command::new(std::env::current_exe()?);
        child.arg("--child").arg(corpus);
        let first = run.lines.len();
        for (name, number) in
            [("--quarters", quarters.to_string()), ("--first", first.to_string()), ("--crops", crops.to_string())]
        {
            child.arg(name).arg(number);
        }
        let output = child.stderr(std::process::Stdio::inherit()).output()?;
        let lines = output.stdout.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        run.lines.extend(lines.filter_map(|line| serde_json::from_slice(line).ok()));
        if output.status.success() {
            return Ok(run);
        }
        run.panics = run.panics.saturating_add(1);
        run.lines.push(json!({ "texts": [], "ms": 0.0 }));
    }
}

/// The child process: reads images, or crops of them, starting with the given one.
fn read_all(corpus: &Path, quarters: usize, first: usize, crops: usize) -> Result<(), Error> {
    let pictures = pictures(corpus)?;
    if crops == 0 {
        for picture in pictures.iter().skip(first) {
            println!("{}", read(&turned(image::open(&picture.file)?, quarters)?)?);
        }
        return Ok(());
    }
    let each = crops.div_ceil(pictures.len().max(1));
    for (at, picture) in pictures.iter().enumerate() {
        let start = at.saturating_mul(each);
        let end = start.saturating_add(each).min(crops);
        if end > first {
            let page = image::open(&picture.file)?;
            for crop in start.max(first)..end {
                println!("{}", read(&cropped(&page, crop))?);
            }
        }
    }
    Ok(())
}

fn turned(page: image::DynamicImage, quarters: usize) -> Result<image::DynamicImage, Error> {
    match quarters {
        0 => Ok(page),
        1 => Ok(page.rotate90()),
        2 => Ok(page.rotate180()),
        3 => Ok(page.rotate270()),
        _ => Err("the rotation must be 0 to 3 quarters".into()),
    }
}

/// Returns a crop of up to 400 by 400 pixels, determined by its number.
fn cropped(page: &image::DynamicImage, number: usize) -> image::DynamicImage {
    let mut random = u32::try_from(number).unwrap_or(0).wrapping_mul(0x9e37_79b9) | 1;
    let mut below = |end: u32| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random.checked_rem(end).unwrap_or(0)
    };
    let (x, y) = (below(page.width()), below(page.height()));
    let (width, height) = (below(400).saturating_add(1), below(400).saturating_add(1));
    page.crop_imm(x, y, width.min(page.width().saturating_sub(x)), height.min(page.height().saturating_sub(y)))
}

#[expect(clippy::disallowed_methods, reason = "a native program may read the clock that the library is given")]
fn read(page: &image::DynamicImage) -> Result<Value, Error> {
    let pixels = page.to_rgba8();
    let start = Instant::now();
    let luma = Luma::from_rgba(pixels.width(), pixels.height(), pixels.as_raw())?;
    let found = qr::read(&luma, || start.elapsed() > TIME_LIMIT);
    let texts: Vec<&str> = found.iter().map(|code| code.text.expose().as_str()).collect();
    Ok(json!({ "texts": texts, "ms": start.elapsed().as_secs_f64() * 1000.0 }))
}

fn texts_of(line: &Value) -> Vec<&str> {
    let texts = line.get("texts").and_then(Value::as_array).into_iter().flatten();
    texts.filter_map(Value::as_str).collect()
}

/// Returns the number of texts that are not in the image. Each image has the same number of crops.
fn wrong(pictures: &[Picture], lines: &[Value]) -> usize {
    let each = lines.len().div_ceil(pictures.len().max(1)).max(1);
    let count = |(picture, lines): (&Picture, &[Value])| {
        let says = |text: &&str| picture.texts.iter().chain(&picture.hidden).any(|known| known == text);
        lines.iter().flat_map(texts_of).filter(|text| !says(text)).count()
    };
    pictures.iter().zip(lines.chunks(each)).map(count).sum()
}

fn is_right(picture: &Picture, line: &Value) -> bool {
    let texts = texts_of(line);
    picture.texts.iter().all(|text| texts.contains(&text.as_str()))
}

/// Returns the share of images with all codes read.
fn summary(pictures: &[Picture], lines: &[Value]) -> String {
    let with_codes = || pictures.iter().zip(lines).filter(|(picture, _)| !picture.texts.is_empty());
    let (right, all) = (with_codes().filter(|(picture, line)| is_right(picture, line)).count(), with_codes().count());
    format!("{right}/{all} ({}), {} wrong texts", share(right, all), wrong(pictures, lines))
}

fn share(right: usize, all: usize) -> String {
    let tenths = right.saturating_mul(1000).checked_div(all).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Prints one row per category and a total.
fn table(pictures: &[Picture], lines: &[Value], key: &str) {
    let mut rows: BTreeMap<&str, (usize, usize, Vec<f64>)> = BTreeMap::new();
    for (picture, line) in pictures.iter().zip(lines) {
        for category in [picture.category.as_str(), "~ all"] {
            let (right, all, times) = rows.entry(category).or_default();
            times.push(line.get(key).and_then(Value::as_f64).unwrap_or(0.0));
            if !picture.texts.is_empty() {
                *right = right.saturating_add(usize::from(is_right(picture, line)));
                *all = all.saturating_add(1);
            }
        }
    }
    println!("{:12} {:>9} {:>8} {:>9} {:>9}", "category", "right", "share", "median ms", "p95 ms");
    for (category, (right, all, mut times)) in rows {
        times.sort_by(f64::total_cmp);
        let at = |hundredths: usize| times.get(times.len().saturating_mul(hundredths) / 100).copied().unwrap_or(0.0);
        println!(
            "{category:12} {:>9} {:>8} {:>9.1} {:>9.1}",
            format!("{right}/{all}"),
            share(right, all),
            at(50),
            at(95)
        );
    }
    println!("{}", summary(pictures, lines));
}

/// Builds the reader as wasm and reads the set with it and with its peers in Node.
fn peers(corpus: &Path) -> Result<(), Error> {
    install(GENERATOR)?;
    let (wasm, raw, gzip) = as_wasm("reader")?;
    let (_, base_raw, base_gzip) = as_wasm("baseline")?;
    println!("\nas wasm: {raw} bytes, {gzip} with gzip");
    println!("without the reader: {base_raw} bytes, {base_gzip} with gzip");
    println!("the reader adds {} bytes, {} with gzip", raw.saturating_sub(base_raw), gzip.saturating_sub(base_gzip));
    let mut node = std::process::Command::new("node");
    node.current_dir(GENERATOR).arg("peers.mjs").arg(corpus).arg(&wasm).stderr(std::process::Stdio::inherit());
    let output = node.output()?;
    if !output.status.success() {
        return Err(format!("{node:?}: {}", output.status).into());
    }
    let lines: Vec<Value> =
        serde_json::Deserializer::from_slice(&output.stdout).into_iter().collect::<Result<_, _>>()?;
    let pictures = pictures(corpus)?;
    for reader in ["qr", "zxing-wasm", "jsQR"] {
        let own: Vec<Value> = lines.iter().filter_map(|line| line.get(reader)).cloned().collect();
        let traps = own.iter().filter(|line| line.get("trap").is_some()).count();
        println!("\n{reader} in Node, {traps} traps:");
        table(&pictures, &own, "ms");
    }
    at_1280_by_720(&pictures, &lines);
    Ok(())
}

/// Builds the measured module with or without the reader, like the release build, and returns its path and sizes.
fn as_wasm(feature: &str) -> Result<(PathBuf, u64, u64), Error> {
    install(TOOLS)?;
    let target = std::path::absolute(Path::new("target/qr-wasm").join(feature))?;
    let mut cargo = std::process::Command::new("cargo");
    cargo.current_dir("benches/qr-wasm").args(["build", "--quiet", "--release", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--no-default-features", "--features", feature, "--target-dir"]);
    succeed(cargo.arg(&target))?;
    let wasm = target.join("smaller.wasm");
    let mut wasm_opt = std::process::Command::new("node");
    wasm_opt.arg(Path::new(TOOLS).join("node_modules/binaryen/bin/wasm-opt")).args(["-Os", "--strip-debug", "-o"]);
    succeed(wasm_opt.arg(&wasm).arg(target.join("wasm32-unknown-unknown/release/qr_wasm.wasm")))?;
    let packed = std::process::Command::new("gzip").args(["-9", "--stdout"]).arg(&wasm).output()?;
    let raw = std::fs::metadata(&wasm)?.len();
    Ok((wasm, raw, u64::try_from(packed.stdout.len())?))
}

/// Prints the time for an ordinary page, compared with zxing-wasm in the same run.
fn at_1280_by_720(pictures: &[Picture], lines: &[Value]) {
    let usual: Vec<_> = pictures
        .iter()
        .zip(lines)
        .filter(|(picture, _)| image::image_dimensions(&picture.file).is_ok_and(|size| size == (1280, 720)))
        .collect();
    let quantile = |reader: &str, empty: Option<bool>, hundredths: usize| {
        let own = usual.iter().filter(|(picture, _)| empty.is_none_or(|empty| picture.texts.is_empty() == empty));
        let times = own.filter_map(|(_, line)| line.get(reader)?.get("ms")?.as_f64());
        let mut times: Vec<f64> = times.collect();
        times.sort_by(f64::total_cmp);
        times.get(times.len().saturating_mul(hundredths) / 100).copied().unwrap_or(0.0)
    };
    println!("\n1280x720, {} pictures:", usual.len());
    for reader in ["qr", "zxing-wasm"] {
        let (median, p95) = (quantile(reader, None, 50), quantile(reader, None, 95));
        println!(
            "{reader:12} median {median:.1} ms, p95 {p95:.1} ms, without a code {:.1} ms",
            quantile(reader, Some(true), 50)
        );
    }
    let ratio = quantile("qr", None, 50) / quantile("zxing-wasm", None, 50);
    println!("the median is {ratio:.2} times that of zxing-wasm");
}

//! Small pictures of every state that are committed, and their comparison with what the extension shows today.
//!
//! A reference has a quarter of the screenshot's width and height. Each of its pixels is the average of a square, so
//! that a letter that is smoothed differently by another version of the browser changes little, and a part that is
//! missing, moved or colored differently changes a whole area. `./build.sh references` takes them again.

use super::Pass;
use crate::browser::Options;
use crate::package::{Installed, granted, root};
use crate::page::Page;
use crate::pictures::palette::distance;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

/// The width and height of the square that becomes one pixel of a reference.
const SQUARE: usize = 4;
/// The smallest [`distance`] that is visible: that of two grays which differ by 16 of 255.
const VISIBLE: u64 = 10 * 16 * 16;
/// The largest share of visibly different pixels that may be due to another version of the browser: 1 in this many.
const TOLERATED: usize = 400;

/// Stops the clock, and hides what differs from minute to minute: digits of codes, the next codes, countdowns, the
/// diagnostic information, the cursor, and movements. The content security policy allows no style element.
const STOP_TIME: &str = "(() => {
    const now = Date.now();
    globalThis.runningClock ??= Date.now;
    Date.now = () => now;
    globalThis.stoppedTime ??= new CSSStyleSheet();
    stoppedTime.replaceSync(`*, ::before, ::after { animation: none !important; transition: none !important;
        caret-color: transparent !important } .ring { --now: 12 !important; --phase: 0 !important }
        .next { display: none !important } pre { color: transparent !important } .seconds i { --part: 50% !important }`);
    document.adoptedStyleSheets = [stoppedTime];
    const replaceDigits = (selector, change) => {
        for (const part of document.querySelectorAll(selector)) {
            const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) node.data = change(node.data);
        }
    };
    replaceDigits('[data-code]', code => code.replace(/[0-9]/g, '0'));
    replaceDigits('[data-seconds]', () => '15');
    document.querySelector('.seconds.ending')?.classList.remove('ending');
    return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
})()";

const RESUME_TIME: &str = "Date.now = runningClock; document.adoptedStyleSheets = []; true";

/// Compares the states of a pass with the references. Pictures of what differs are saved in `dist/references/`.
///
/// # Errors
/// A state looks different or has no reference, or a reference has no state.
pub fn compare(pass: &Pass) -> Result<()> {
    let (mut problems, mut compared) = (Vec::new(), BTreeSet::new());
    take(pass, |name, taken| {
        compared.insert(name.to_owned());
        let file = folder().join(format!("{name}.png"));
        match Picture::read(&file).map(|reference| reference.compare(taken)) {
            Err(error) => problems.push(format!("{name}: {error:#}")),
            Ok(comparison) if comparison.is_tolerated() => {}
            Ok(Comparison { different, marked }) => {
                marked.write(&results().join(format!("{name}-difference.png")))?;
                problems.push(format!("{name}: {different} of {} pixels differ", taken.pixels.len()));
            }
        }
        Ok(())
    })?;
    for (variant, _) in pass.variants {
        let stale = names(variant)?.into_iter().filter(|name| !compared.contains(name));
        problems.extend(stale.map(|name| format!("{name}: there is no such state")));
    }
    ensure!(
        problems.is_empty(),
        "{}\nIf the changes are intended, look at dist/references and run ./build.sh references",
        problems.join("\n")
    );
    Ok(())
}

/// Takes the references of a pass again, and returns their number.
///
/// # Errors
/// The extension is not built, or does not show an expected state.
pub fn update(pass: &Pass) -> Result<usize> {
    for (variant, _) in pass.variants {
        for name in names(variant)? {
            fs::remove_file(folder().join(format!("{name}.png")))?;
        }
    }
    let mut count = 0_usize;
    take(pass, |name, taken| {
        count = count.saturating_add(1);
        taken.write(&folder().join(format!("{name}.png")))
    })?;
    Ok(count)
}

/// Takes a picture of each variant of each state.
fn take(pass: &Pass, mut keep: impl FnMut(&str, &Picture) -> Result<()>) -> Result<()> {
    let fonts = root().join("tests/e2e/reference_fonts.conf");
    let installed = Installed::start(&granted(), &Options { fonts: Some(&fonts), ..Options::default() })?;
    pass.show(&installed, &mut |page, state, variant| {
        let name = format!("{state}-{variant}");
        let file = results().join(format!("{name}.png"));
        stop_time(page)?;
        page.screenshot(&file)?;
        page.evaluate(RESUME_TIME)?;
        keep(&name, &Picture::read(&file)?.reduced())
    })
}

fn stop_time(page: &Page) -> Result<()> {
    // The pointer would highlight what is below it.
    page.call("Input.dispatchMouseEvent", serde_json::json!({ "type": "mouseMoved", "x": 0, "y": 0 }))?;
    page.evaluate(STOP_TIME)?;
    Ok(())
}

/// The folder of the references.
fn folder() -> PathBuf {
    root().join("tests/e2e/references")
}

/// The folder of the pictures that a comparison saves.
fn results() -> PathBuf {
    root().join("dist/references")
}

/// Returns the names of the references of a variant.
fn names(variant: &str) -> Result<Vec<String>> {
    fs::create_dir_all(folder())?;
    let mut names = Vec::new();
    for entry in fs::read_dir(folder())? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        let name = file.strip_suffix(".png").filter(|name| name.ends_with(&format!("-{variant}")));
        names.extend(name.map(str::to_owned));
    }
    Ok(names)
}

/// An opaque picture.
#[derive(Clone)]
struct Picture {
    width: usize,
    /// The colors from left to right and from top to bottom.
    pixels: Vec<[u8; 3]>,
}

/// The result of comparing two pictures.
struct Comparison {
    /// The number of visibly different pixels.
    different: usize,
    /// The new picture in which these pixels are red.
    marked: Picture,
}

impl Comparison {
    fn is_tolerated(&self) -> bool {
        self.different.saturating_mul(TOLERATED) <= self.marked.pixels.len()
    }
}

impl Picture {
    fn read(file: &Path) -> Result<Self> {
        let open = File::open(file).with_context(|| format!("there is no {}", file.display()))?;
        let mut decoder = png::Decoder::new(BufReader::new(open));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("the picture is too large")?];
        let info = reader.next_frame(&mut bytes)?;
        let samples = match info.color_type {
            png::ColorType::Rgb => 3,
            png::ColorType::Rgba => 4,
            other => bail!("{}: {other:?} is not read", file.display()),
        };
        let pixels = bytes.chunks_exact(samples).filter_map(|pixel| pixel.first_chunk().copied()).collect();
        Ok(Self { width: usize::try_from(info.width)?, pixels })
    }

    fn write(&self, file: &Path) -> Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let (width, height) = (u32::try_from(self.width)?, u32::try_from(self.height())?);
        let mut encoder = png::Encoder::new(BufWriter::new(File::create(file)?), width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        encoder.write_header()?.write_image_data(self.pixels.as_flattened())?;
        Ok(())
    }

    fn height(&self) -> usize {
        self.pixels.len().checked_div(self.width).unwrap_or_default()
    }

    /// Returns the picture with one pixel for each square. Incomplete squares at the edges are left out.
    fn reduced(&self) -> Self {
        let (width, height) = (self.width / SQUARE, self.height() / SQUARE);
        let average = |left: usize, top: usize| {
            let square = (top..top.saturating_add(SQUARE)).flat_map(|y| {
                let start = y.saturating_mul(self.width).saturating_add(left);
                self.pixels.iter().skip(start).take(SQUARE)
            });
            let mut sum = [0_usize; 3];
            for pixel in square {
                for (sum, channel) in sum.iter_mut().zip(pixel) {
                    *sum = sum.saturating_add(usize::from(*channel));
                }
            }
            sum.map(|channel| u8::try_from(channel / (SQUARE * SQUARE)).unwrap_or(u8::MAX))
        };
        let rows = (0..height).map(|y| y.saturating_mul(SQUARE));
        let pixels = rows.flat_map(|top| (0..width).map(move |x| average(x.saturating_mul(SQUARE), top))).collect();
        Self { width, pixels }
    }

    /// Compares this reference with a new picture. Pictures of different sizes differ everywhere.
    fn compare(&self, new: &Self) -> Comparison {
        let has_same_size = self.width == new.width && self.pixels.len() == new.pixels.len();
        let mut marked = new.clone();
        let mut different = 0_usize;
        for (at, pixel) in marked.pixels.iter_mut().enumerate() {
            let old = self.pixels.get(at).filter(|_| has_same_size);
            if old.is_none_or(|old| distance(old, pixel) > VISIBLE) {
                *pixel = [255, 0, 0];
                different = different.saturating_add(1);
            }
        }
        Comparison { different, marked }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(color_at: impl Fn(usize, usize) -> [u8; 3]) -> Picture {
        let pixels = (0..400).flat_map(|y| (0..400).map(move |x| (x, y))).map(|(x, y)| color_at(x, y)).collect();
        Picture { width: 400, pixels }.reduced()
    }

    /// A white page with a button of 96 x 32 pixels whose left edge is here.
    fn button_at(left: usize, color: [u8; 3]) -> Picture {
        drawn(|x, y| if (left..).take(96).any(|at| at == x) && (200..232).contains(&y) { color } else { [255; 3] })
    }

    #[test]
    fn a_moved_a_missing_and_a_differently_colored_button_are_different() {
        let button = button_at(40, [74, 63, 200]);
        assert!(button.compare(&button).is_tolerated());
        for other in [button_at(52, [74, 63, 200]), button_at(40, [255; 3]), button_at(40, [29, 78, 216])] {
            assert!(!button.compare(&other).is_tolerated());
        }
    }

    #[test]
    fn an_edge_that_is_smoothed_differently_is_tolerated() {
        let edge = |gray: u8| drawn(move |x, _| if x == 100 { [gray; 3] } else { [255; 3] });
        assert!(edge(120).compare(&edge(170)).is_tolerated());
    }

    #[test]
    fn pictures_of_different_sizes_are_different() {
        let of_width = |width| Picture { width, pixels: vec![[0; 3]; 4] };
        assert_eq!(of_width(2).compare(&of_width(1)).different, 4);
    }
}

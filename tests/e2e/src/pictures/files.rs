//! Reads and writes PNG files, also animated ones, with at most 256 colors.

use super::palette::{Color, Palette};
use anyhow::{Context, Result, ensure};
use std::fs::File;
use std::io::{BufWriter, Cursor};
use std::path::Path;
use std::time::Duration;

/// An opaque picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<Color>,
}

/// A part of a picture: left, top, width and height.
type Part = (u32, u32, u32, u32);

impl Picture {
    /// Decodes a PNG file, or the first frame of an animated one.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("the picture is too large")?];
        let info = reader.next_frame(&mut bytes)?;
        let samples = info.color_type.samples();
        ensure!(samples >= 3, "a browser writes no gray pictures");
        let color = |pixel: &[u8]| [0, 1, 2].map(|at| pixel.get(at).copied().unwrap_or_default());
        let pixels = bytes.chunks_exact(samples).map(color).collect();
        Ok(Self { width: info.width, height: info.height, pixels })
    }

    /// Returns the width and the height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Writes a PNG file with at most 256 colors.
    pub fn write(&self, file: &Path) -> Result<()> {
        write_animation(&[(self.clone(), Duration::ZERO)], file)
    }

    /// Returns the smallest part in which the pictures differ.
    fn difference(&self, other: &Self) -> Option<Part> {
        let mut changed: Option<(u32, u32, u32, u32)> = None;
        for (index, (one, two)) in (0_u32..).zip(self.pixels.iter().zip(&other.pixels)) {
            if one != two {
                let (x, y) = (index.checked_rem(self.width)?, index.checked_div(self.width)?);
                let (left, top, right, bottom) = changed.unwrap_or((x, y, x, y));
                changed = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
            }
        }
        let (left, top, right, bottom) = changed?;
        let length = |from: u32, to: u32| to.saturating_sub(from).saturating_add(1);
        Some((left, top, length(left, right), length(top, bottom)))
    }

    fn entries(&self, palette: &Palette, (left, top, width, height): Part) -> Vec<u8> {
        let rows = self.pixels.chunks_exact(usize::try_from(self.width).unwrap_or(usize::MAX));
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let rows = rows.skip(count(top)).take(count(height));
        rows.flat_map(|row| row.iter().skip(count(left)).take(count(width)).map(|color| palette.entry(*color)))
            .collect()
    }
}

/// Writes pictures of the same size as an animated PNG file that repeats, each with the time for which it is shown. One
/// picture is written as an ordinary file.
pub fn write_animation(frames: &[(Picture, Duration)], file: &Path) -> Result<()> {
    let (first, _) = frames.first().context("an animation has no frames")?;
    ensure!(frames.iter().all(|(frame, _)| frame.size() == first.size()), "the frames have different sizes");
    let palette = Palette::of(frames.iter().flat_map(|(frame, _)| frame.pixels.iter().copied()));
    let frames = merged(frames);
    let created = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
    let mut encoder = png::Encoder::new(BufWriter::new(created), first.width, first.height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.colors.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    if frames.len() > 1 {
        encoder.set_animated(u32::try_from(frames.len())?, 0)?;
    }
    let mut writer = encoder.write_header()?;
    for (frame, part, time) in &frames {
        if frames.len() > 1 {
            let (left, top, width, height) = *part;
            // The order matters: a position must fit the size that is already set.
            writer.reset_frame_position()?;
            writer.set_frame_dimension(width, height)?;
            writer.set_frame_position(left, top)?;
            writer.set_frame_delay(u16::try_from(time.as_millis())?, 1000)?;
        }
        writer.write_image_data(&frame.entries(&palette, *part))?;
    }
    writer.finish()?;
    Ok(())
}

/// Returns the frames with the part of each that changes. A frame that changes nothing only prolongs the previous one.
fn merged(frames: &[(Picture, Duration)]) -> Vec<(&Picture, Part, Duration)> {
    let mut merged: Vec<(&Picture, Part, Duration)> = Vec::new();
    for (frame, time) in frames {
        let part = match merged.last_mut() {
            None => Some((0, 0, frame.width, frame.height)),
            Some((previous, _, shown)) => {
                let part = previous.difference(frame);
                if part.is_none() {
                    *shown = shown.saturating_add(*time);
                }
                part
            }
        };
        if let Some(part) = part {
            merged.push((frame, part, *time));
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixels: &[Color]) -> Picture {
        Picture { width: 3, height: 2, pixels: pixels.to_vec() }
    }

    #[test]
    fn a_picture_is_read_as_it_was_written() {
        let (white, red, blue) = ([255; 3], [200, 0, 0], [0, 0, 200]);
        let drawn = picture(&[white, red, blue, white, white, red]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("picture.png");
        drawn.write(&file).unwrap();
        assert!(Picture::parse(&std::fs::read(&file).unwrap()).unwrap() == drawn);
    }

    #[test]
    fn a_frame_contains_only_what_changes() {
        let (white, red) = ([255; 3], [200, 0, 0]);
        let empty = picture(&[white; 6]);
        let dotted = picture(&[white, white, white, white, red, red]);
        let second = Duration::from_secs(1);
        let frames = [(empty.clone(), second), (empty, second), (dotted.clone(), second)];
        let merged = merged(&frames);
        assert_eq!(
            merged.iter().map(|(_, part, time)| (*part, time.as_secs())).collect::<Vec<_>>(),
            [((0, 0, 3, 2), 2), ((1, 1, 2, 1), 1)]
        );
        let palette = Palette::of(dotted.pixels.iter().copied());
        assert_eq!(dotted.entries(&palette, (1, 1, 2, 1)), [palette.entry(red); 2]);
    }

    #[test]
    fn an_animation_is_written_and_its_first_frame_is_shown_where_animations_are_not() {
        let frames = [
            (picture(&[[255; 3]; 6]), Duration::from_millis(400)),
            (picture(&[[0; 3]; 6]), Duration::from_millis(600)),
        ];
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("animation.png");
        write_animation(&frames, &file).unwrap();
        assert!(Picture::parse(&std::fs::read(&file).unwrap()).unwrap() == frames[0].0);
        let bytes = std::fs::read(&file).unwrap();
        let decoder = png::Decoder::new(Cursor::new(&bytes));
        assert_eq!(decoder.read_info().unwrap().info().animation_control().unwrap().num_frames, 2);
    }
}

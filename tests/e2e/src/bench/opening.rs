//! From the click on the toolbar button to the first code on the screen.

use super::floor;
use crate::clock::unix_milliseconds;
use crate::devtools::until;
use crate::extension::Extension;
use crate::page::Page;
use anyhow::{Context, Result};
use serde_json::Value;

/// An extension whose popup is opened again and again.
pub struct Subject {
    /// The name of its row.
    pub name: String,
    /// The loaded extension.
    pub extension: Extension,
    /// The popup's file.
    pub popup: &'static str,
    /// The first element that shows a code.
    pub code: &'static str,
    /// True if its worker is stopped before each opening.
    pub stops_worker: bool,
}

impl Subject {
    /// The floor as a subject.
    pub fn floor(extension: Extension) -> Self {
        Self { name: "floor".into(), extension, popup: floor::POPUP, code: floor::CODE, stops_worker: false }
    }
}

/// One opening.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// From the click to the frame with the first code, in ms.
    pub click_to_code: f64,
    /// The same from the start of the popup's document, in ms.
    pub document_to_code: f64,
}

/// All openings of one subject.
pub struct Opening {
    /// The subject's name.
    pub name: String,
    /// One a round.
    pub samples: Vec<Sample>,
}

/// Opens every subject once, and leaves it open as long as a user looks at a code: the browser's caches are filled, and
/// the popup has kept how its list looks.
pub fn warm_up(page: &Page, subjects: &[Subject]) -> Result<()> {
    for subject in subjects {
        let popup = subject.extension.open_popup(page, subject.popup)?;
        popup.evaluate(&first_code(subject.code))?;
        popup.evaluate("new Promise(done => setTimeout(done, 1500))")?;
        close(page, popup)?;
    }
    Ok(())
}

/// Opens every subject once a round, in turn, so that all meet the same load.
pub fn rounds(page: &Page, subjects: &[Subject], rounds: usize) -> Result<Vec<Opening>> {
    let mut openings: Vec<Opening> =
        subjects.iter().map(|subject| Opening { name: subject.name.clone(), samples: Vec::new() }).collect();
    for _ in 0..rounds {
        for (subject, opening) in subjects.iter().zip(&mut openings) {
            let sample = open_once(page, subject).with_context(|| format!("opening {}", subject.name))?;
            opening.samples.push(sample);
        }
    }
    Ok(openings)
}

/// The middle value, after sorting.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn open_once(page: &Page, subject: &Subject) -> Result<Sample> {
    if subject.stops_worker {
        subject.extension.stop_worker()?;
    }
    page.activate()?;
    page.wait_for("document.visibilityState === 'visible'")?;
    let clicked = unix_milliseconds();
    let popup = subject.extension.open_popup(page, subject.popup)?;
    let shown = popup.evaluate(&first_code(subject.code))?;
    let document = shown.get("document").and_then(Value::as_f64).context("no time of the first code")?;
    let clock = shown.get("clock").and_then(Value::as_f64).context("no clock of the first code")?;
    close(page, popup)?;
    Ok(Sample { click_to_code: clock - clicked, document_to_code: document })
}

fn close(page: &Page, popup: Page) -> Result<()> {
    let target = popup.target().to_owned();
    popup.close()?;
    until("the popup is closed", || Ok((!page.knows_target(&target)).then_some(())))
}

/// Waits for a digit in the element and for the frame that shows it.
fn first_code(selector: &str) -> String {
    format!(
        "new Promise(done => {{
            const look = () => {{
                if (!/\\d/.test(document.querySelector({selector:?})?.textContent ?? '')) return requestAnimationFrame(look);
                requestAnimationFrame(() => setTimeout(() => {{
                    const document = performance.now();
                    done({{ document, clock: performance.timeOrigin + document }});
                }}));
            }};
            look();
        }})"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_value() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert!(median([]).is_nan());
    }
}

//! Measures the time from the click on the toolbar button until the first code is visible.

use super::baseline_popup;
use crate::clock::unix_milliseconds;
use crate::devtools::until;
use crate::extension::Extension;
use crate::page::Page;
use anyhow::{Context, Result};
use serde_json::Value;

/// An extension whose popup is opened repeatedly.
pub struct Subject {
    /// The label in the results.
    pub name: String,
    /// The loaded extension.
    pub extension: Extension,
    /// The popup file.
    pub popup: &'static str,
    /// The first element that shows a code.
    pub code: &'static str,
    /// True if the worker is stopped before each opening.
    pub stops_worker: bool,
}

impl Subject {
    /// Returns the baseline as a subject.
    pub fn baseline(extension: Extension) -> Self {
        Self {
            name: "baseline".into(),
            extension,
            popup: baseline_popup::POPUP,
            code: baseline_popup::CODE,
            stops_worker: false,
        }
    }
}

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Milliseconds from the click until the frame with the first code.
    pub click_to_code: f64,
    /// Milliseconds from the start of the popup's document until the frame with the first code.
    pub document_to_code: f64,
}

/// All measurements of one subject.
pub struct Opening {
    /// The subject's label.
    pub name: String,
    /// One measurement per round.
    pub samples: Vec<Sample>,
}

/// Opens each measured popup once and waits as long as a user needs to read a code. This fills the browser's caches,
/// and the popup stores its first frame, before the measurement.
pub fn warm_up(page: &Page, subjects: &[Subject]) -> Result<()> {
    for subject in subjects {
        let popup = subject.extension.open_popup(page, subject.popup)?;
        popup.evaluate(&first_code(subject.code))?;
        popup.evaluate("new Promise(done => setTimeout(done, 1500))")?;
        close(page, popup)?;
    }
    Ok(())
}

/// Opens every subject once per round, alternating, so that the machine's load affects all of them.
pub fn measure_openings(page: &Page, subjects: &[Subject], rounds: usize) -> Result<Vec<Opening>> {
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

/// Returns the median.
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
    let document = shown
        .get("document")
        .and_then(Value::as_f64)
        .context("the time of the first code since the document started is missing")?;
    let clock = shown.get("clock").and_then(Value::as_f64).context("the clock time of the first code is missing")?;
    close(page, popup)?;
    Ok(Sample { click_to_code: clock - clicked, document_to_code: document })
}

fn close(page: &Page, popup: Page) -> Result<()> {
    let target = popup.target().to_owned();
    popup.close()?;
    until("the popup is closed", || Ok((!page.knows_target(&target)).then_some(())))
}

/// Waits until the element contains a digit and the frame that shows it is drawn.
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

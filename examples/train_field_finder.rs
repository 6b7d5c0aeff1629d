//! Trains the field finder's weights from recorded page descriptions, and prints how accurate they are for languages
//! and kinds of pages that they were not trained on.
//!
//! usage: `cargo run --example train_field_finder [--write]`. The method is in `docs/filling.md`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a tool for developers"
)]
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts of a few thousand")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use casdoor_authenticator::autofill::field_finder::{Evidence, PageDescription, Pointing, weigh};
use serde::Deserialize;

/// The recorded pages for training. Other files in the folder are for tests only.
const TRAINED_ON: [&str; 18] = [
    "development.jsonl",
    "generated-train.jsonl",
    "plain.jsonl",
    "unseen-first.jsonl",
    "unseen-second.jsonl",
    "unseen-third.jsonl",
    "unseen-fifth.jsonl",
    "unseen-sixth.jsonl",
    "unseen-seventh.jsonl",
    "unseen-eighth.jsonl",
    "unseen-ninth.jsonl",
    "unseen-eleventh.jsonl",
    "unseen-twelfth.jsonl",
    "unseen-thirteenth.jsonl",
    "unseen-fourteenth.jsonl",
    "unseen-fifteenth.jsonl",
    "unseen-sixteenth.jsonl",
    "unseen-seventeenth.jsonl",
];
/// Strength of the penalty on large weights.
const RIDGE: f64 = 0.001;
const STEPS: usize = 4000;
const RATE: f64 = 0.5;
/// The weight of a candidate on a page where nothing may be filled, relative to a candidate on another page.
const NEGATIVE_PAGE: f64 = 4.0;
const FOLDS: usize = 9;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Case {
    name: String,
    lang: String,
    kind: String,
    code: String,
    expect: String,
    fields: Vec<usize>,
    page: PageDescription,
}

struct Sample {
    evidence: Vec<Evidence>,
    score: f32,
    is_right: bool,
    weight: f64,
}

struct Recorded {
    name: String,
    lang: String,
    /// The same value for all pages of a product, or with the same structure.
    family: String,
    is_positive: bool,
    samples: Vec<Sample>,
}

#[derive(Clone)]
struct Model {
    weights: Vec<f64>,
    bias: f64,
    threshold: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments
        .iter()
        .find(|one| !one.starts_with("--"))
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field-finder"), PathBuf::from);
    let pages: Vec<Recorded> = TRAINED_ON.iter().flat_map(|file| read(&folder.join(file))).collect();
    println!("{} pages", pages.len());
    cross_validate(&pages, "languages", |page| &page.lang);
    cross_validate(&pages, "families of pages", |page| &page.family);
    let model = train(&pages.iter().collect::<Vec<_>>());
    let mut all = Tally::default();
    all.add(&model, pages.iter());
    all.print("all pages that were trained on");
    if arguments.iter().any(|one| one == "--verbose") {
        explain(&model, &pages);
    }
    for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".jsonl") && !TRAINED_ON.contains(&name.as_str()) {
            let others = read(&file);
            let mut tally = Tally::default();
            tally.add(&model, others.iter());
            tally.print(&name);
        }
    }
    if arguments.iter().any(|one| one == "--write") {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/autofill/field_finder/weights.rs");
        std::fs::write(path, source(&model)).unwrap();
    }
}

/// Tests each page with weights that were trained without the pages of its group.
fn cross_validate(pages: &[Recorded], what: &str, group: impl Fn(&Recorded) -> &String) {
    let groups: Vec<&String> = pages.iter().map(&group).collect::<BTreeSet<_>>().into_iter().collect();
    let mut held_out = Tally::default();
    for fold in 0..FOLDS {
        let is_held_out = |page: &Recorded| groups.binary_search(&group(page)).unwrap() % FOLDS == fold;
        let model = train(&pages.iter().filter(|page| !is_held_out(page)).collect::<Vec<_>>());
        held_out.add(&model, pages.iter().filter(|page| is_held_out(page)));
    }
    held_out.print(&format!("{} {what} that were not trained on", groups.len()));
}

fn read(file: &Path) -> Vec<Recorded> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let pages = text.lines().map(|line| -> Case { serde_json::from_str(line).unwrap() });
    // Pages with two code fields or with editable text are left out: nothing is filled on them, although a field for
    // codes exists.
    pages
        .filter(|page| matches!(page.expect.as_str(), "filled" | "fill_no_field"))
        .map(|page| recorded(&page))
        .collect()
}

fn recorded(case: &Case) -> Recorded {
    let is_positive = case.expect == "filled";
    let candidates = weigh(&case.page, case.code.len(), Pointing::Nowhere);
    let samples = candidates.into_iter().map(|candidate| {
        let is_right = is_positive && candidate.fields == case.fields;
        Sample {
            is_right,
            weight: if is_positive { 1.0 } else { NEGATIVE_PAGE },
            score: candidate.score,
            evidence: candidate.evidence,
        }
    });
    let product = case.name.rsplit(' ').next().unwrap_or_default();
    let family = if case.kind.is_empty() { product } else { &case.kind }.to_owned();
    Recorded { family, name: case.name.clone(), lang: case.lang.clone(), is_positive, samples: samples.collect() }
}

/// Logistic regression by gradient descent. The sign of a weight never contradicts the direction of its evidence.
fn train(pages: &[&Recorded]) -> Model {
    let samples: Vec<&Sample> = pages.iter().flat_map(|page| &page.samples).collect();
    let total: f64 = samples.iter().map(|sample| sample.weight).sum();
    let mut model = Model { weights: vec![0.0; Evidence::ALL.len()], bias: 0.0, threshold: 0.0 };
    for _ in 0..STEPS {
        let mut slopes = vec![0.0; model.weights.len()];
        let mut slope = 0.0;
        for sample in &samples {
            let wanted = if sample.is_right { 1.0 } else { 0.0 };
            let error = (1.0 / (1.0 + (-model.score(&sample.evidence)).exp()) - wanted) * sample.weight / total;
            slope += error;
            for evidence in &sample.evidence {
                slopes[*evidence as usize] += error;
            }
        }
        model.bias -= RATE * slope * 4.0;
        for (index, evidence) in Evidence::ALL.iter().enumerate() {
            let weight = model.weights[index]
                - RATE * 4.0 * (slopes[index] + RIDGE / 10.0 * (model.weights[index] - prior(*evidence)));
            model.weights[index] = match evidence.direction() {
                1 => weight.max(0.0),
                -1 => weight.min(0.0),
                _ => weight,
            };
        }
    }
    model.threshold = threshold(&model, &samples);
    model
}

/// Returns the value to which regularization pulls a weight. It is small but not zero, so that evidence that is missing
/// from the training pages still counts.
fn prior(evidence: Evidence) -> f64 {
    f64::from(evidence.direction()) * 0.5
}

/// Returns the middle between the score of the best candidate on pages where nothing may be filled and the score that
/// 98 % of the right fields reach, but at least the score of even odds.
fn threshold(model: &Model, samples: &[&Sample]) -> f64 {
    let scores = |is_wanted: &dyn Fn(&Sample) -> bool| {
        let mut scores: Vec<f64> =
            samples.iter().filter(|sample| is_wanted(sample)).map(|sample| model.score(&sample.evidence)).collect();
        scores.sort_by(f64::total_cmp);
        scores
    };
    let right = scores(&|sample| sample.is_right);
    let wrong = scores(&|sample| sample.weight > 1.0);
    let low = right.get(right.len() / 50).copied().unwrap_or(0.0);
    let high = wrong.last().copied().unwrap_or(0.0);
    f64::midpoint(low, high).max(high + 0.05).max(0.0)
}

impl Model {
    fn score(&self, evidence: &[Evidence]) -> f64 {
        evidence.iter().map(|one| self.weights[*one as usize]).sum::<f64>() + self.bias
    }
}

#[derive(Default)]
struct Tally {
    filled: usize,
    positives: usize,
    typed: usize,
    negatives: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn add<'a>(&mut self, model: &Model, pages: impl Iterator<Item = &'a Recorded>) {
        for page in pages {
            let mut scored: Vec<(f64, bool)> =
                page.samples.iter().map(|sample| (model.score(&sample.evidence), sample.is_right)).collect();
            scored.sort_by(|one, other| other.0.total_cmp(&one.0));
            let lead = if scored.len() > 1 { scored[0].0 - scored[1].0 } else { f64::INFINITY };
            let typed = scored.first().filter(|best| best.0 >= model.threshold && lead >= 1.0);
            if page.is_positive {
                self.positives += 1;
                match typed {
                    Some((_, true)) => self.filled += 1,
                    Some(_) => self.wrong.push(format!("WRONG FIELD {}", page.name)),
                    None => self.wrong.push(format!(
                        "not filled {} {:?}",
                        page.name,
                        scored
                            .iter()
                            .map(|one| format!("{:.1}{}", one.0, if one.1 { "*" } else { "" }))
                            .collect::<Vec<_>>()
                    )),
                }
            } else {
                self.negatives += 1;
                if typed.is_some() {
                    self.typed += 1;
                    self.wrong.push(format!("TYPED {} {:.1}", page.name, scored[0].0));
                }
            }
        }
    }

    fn print(&self, what: &str) {
        println!(
            "{what}: {} of {} filled, typed on {} of {} where nothing belongs",
            self.filled, self.positives, self.typed, self.negatives
        );
        for wrong in &self.wrong {
            println!("  {wrong}");
        }
    }
}

fn explain(model: &Model, pages: &[Recorded]) {
    for (evidence, weight) in Evidence::ALL.iter().zip(&model.weights) {
        println!("{weight:7.2} {evidence:?}");
    }
    println!("bias {:.2}, threshold {:.2}", model.bias, model.threshold);
    let negatives = pages.iter().filter(|page| !page.is_positive);
    let best = |page: &Recorded| {
        page.samples.iter().map(|sample| model.score(&sample.evidence)).fold(f64::NEG_INFINITY, f64::max)
    };
    let mut closest: Vec<(f64, &str)> = negatives.map(|page| (best(page), page.name.as_str())).collect();
    closest.sort_by(|one, other| other.0.total_cmp(&one.0));
    println!("closest to being typed into: {:?}", closest.get(..12));
    for page in pages {
        let best = page
            .samples
            .iter()
            .max_by(|one, other| model.score(&one.evidence).total_cmp(&model.score(&other.evidence)));
        let Some(best) = best else {
            println!("{} none", page.name);
            continue;
        };
        let score = model.score(&best.evidence);
        if (score < model.threshold + 1.0) == page.is_positive || (!page.is_positive && score > model.threshold - 1.5) {
            println!("{score:.2} ({:.2}) {} {:?}", best.score, page.name, best.evidence);
        }
    }
}

fn source(model: &Model) -> String {
    let mut text = String::from(
        "//! The weights of the evidence, written by `cargo run --example train_field_finder -- --write`; see `docs/filling.md`.\n\n",
    );
    let number = |value: f64| format!("{value:.2}");
    let _ = write!(
        text,
        "/// Constant that is added to every score.\npub(super) const BIAS: f32 = {};\n\n",
        number(model.bias)
    );
    let _ = write!(
        text,
        "/// Minimum score of a field that is filled.\npub(super) const THRESHOLD: f32 = {};\n\n",
        number(model.threshold)
    );
    text.push_str("/// Minimum difference between the scores of the best and the second-best field. If it is smaller, nothing is filled.\npub(super) const MARGIN: f32 = 1.0;\n\n");
    let _ = write!(
        text,
        "/// The weights, in the order of [`Evidence::ALL`](super::Evidence::ALL).\npub(super) const WEIGHTS: [f32; {}] = [\n",
        model.weights.len()
    );
    for (evidence, weight) in Evidence::ALL.iter().zip(&model.weights) {
        let _ = writeln!(text, "    {}, // {evidence:?}", number(*weight));
    }
    text.push_str("];\n");
    text
}

//! Every state of the extension that needs no server looks like its reference.

#![allow(clippy::unwrap_used, reason = "test functions outside #[test]")]

use e2e::gallery::PASSES;
use e2e::gallery::references;

/// Compares the states of the pass that contains a variant.
fn compare(variant: &str) {
    let pass = PASSES.iter().find(|pass| pass.variants.iter().any(|(name, _)| *name == variant)).unwrap();
    references::compare(pass).unwrap();
}

#[test]
fn every_state_looks_like_its_reference_in_each_theme() {
    compare("light");
}

#[test]
fn every_state_looks_like_its_reference_in_german() {
    compare("german");
}

#[test]
fn every_state_looks_like_its_reference_in_arabic() {
    compare("arabic");
}

#[test]
fn every_settings_page_looks_like_its_reference_in_a_narrow_window() {
    compare("narrow");
}

#[test]
fn every_state_looks_like_its_reference_with_large_text() {
    compare("large");
}

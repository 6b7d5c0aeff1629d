//! An independent Python program reads every exported format. The accounts are equal, except for what the format cannot
//! store.

#![allow(clippy::expect_used, reason = "a test that cannot find its tools should fail")]

mod python;

use std::path::Path;

#[test]
fn an_independent_reader_reads_every_exported_format() {
    let test = std::env::current_exe().expect("a test has a path");
    let examples = test.ancestors().nth(2).expect("below the target folder").join("examples");
    assert!(examples.join("export").is_file(), "the examples are missing; run cargo build --examples");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/make/read_back.py");
    let output = python::python().arg(script).arg(examples).output().expect("Python runs");
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{error}");
    assert_eq!(said.lines().filter(|line| line.contains("accounts as they were")).count(), 12, "{said}");
}

//! Builds, tests and shows the extension.
fn main() {}

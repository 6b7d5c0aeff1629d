//! Runs all checks and tests of continuous integration, continues after failures, and counts the results.

use crate::addon_lint;
use crate::build;
use crate::command::{self, cargo};
use crate::service_icons;
use crate::stage::{Count, run, timed};
use crate::test_programs::{self, Group, GroupReport, Tests};
use crate::tools;
use crate::wasm::{self, Profile};
use crate::web;
use anyhow::{Result, anyhow, bail};
use std::path::Path;
use std::process::Command;

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];
/// The package of the tests that need a browser and the built extension.
const BROWSER_TESTS: &str = "e2e";
/// The number of native tests that share a process. Each browser test has a process of its own.
const NATIVE_GROUP: usize = 16;
/// The module of the tests that measure time. They run one at a time, because parallel tests on a small machine distort
/// what they measure.
const MEASURED: &str = "measured::";

/// Runs every check and test, prints the total, and fails if anything failed.
pub fn test(root: &Path) -> Result<()> {
    let contexts = wasm::contexts(root)?;
    let mut sum = run(tools::javascript(root, false)?)?.count;
    sum.add(run(cargo(root, "fmt --all --check"))?.count);
    sum.add(counted("service icons", || service_icons::check(root)));
    sum.add(lint(root, &contexts)?);
    // Compiling the tests ends with a few large crates that leave a core idle, and so do some native tests.
    let (native, built) = std::thread::scope(|scope| {
        let build = || counted("build", || build::build(root, Profile::Release).and_then(|_| web::build(root)));
        let build = scope.spawn(build);
        let native = native_tests(root, &contexts);
        (native, build.join().map_err(|_| anyhow!("the build has panicked")))
    });
    let (built, (native, mut browser)) = (built?, native?);
    sum.add(native);
    sum.add(built);
    if built.failed > 0 {
        browser = Tests::default();
    } else {
        sum.add(counted("web-ext lint", || addon_lint::check(root)));
    }
    let tested = timed("browser tests", || test_programs::run(&browser.parallel, workers()))?;
    sum.add(finish("browser tests", &browser.measured, tested)?);
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed > 0 {
        bail!("some checks or tests failed; see the output above");
    }
    Ok(())
}

/// Compiles all tests and runs those that need no browser. Returns their counts and the browser tests.
fn native_tests(root: &Path, contexts: &[String]) -> Result<(Count, Tests)> {
    let mut compile = cargo(root, "test --quiet --workspace --no-run --message-format json-render-diagnostics");
    name_each(&mut compile, "--exclude", contexts);
    let programs = match timed("compile the tests", || test_programs::compile(compile)) {
        Ok(programs) => programs,
        Err(error) => return Ok((counted("compile the tests", || Err::<(), _>(error)), Tests::default())),
    };
    let (browser, native) = programs.into_iter().partition(|program| program.package == BROWSER_TESTS);
    let native = Tests::of(native, NATIVE_GROUP, MEASURED)?;
    let report = timed("native tests", || test_programs::run(&native.parallel, workers()))?;
    let mut count = finish("native tests", &native.measured, report)?;
    let mut documentation = cargo(root, "test --quiet --workspace --doc");
    name_each(&mut documentation, "--exclude", contexts);
    count.add(run(documentation)?.count);
    Ok((count, Tests::of(browser, 1, MEASURED)?))
}

/// The number of tests that run at the same time.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Formats the Rust and the JavaScript.
pub fn format(root: &Path) -> Result<()> {
    command::run(cargo(root, "fmt --all"))?;
    command::run(tools::javascript(root, true)?)
}

/// Builds the extension and shows the main user journey with the mock server.
pub fn demo(root: &Path) -> Result<()> {
    build::build(root, Profile::Release)?;
    web::build(root)?;
    command::run(cargo(root, "run --quiet --package e2e --bin demo"))
}

/// Builds the extension and makes the gallery of its states.
pub fn gallery(root: &Path) -> Result<()> {
    build::build(root, Profile::Fast)?;
    command::run(cargo(root, "run --quiet --package e2e --bin gallery"))
}

/// Builds the extension and takes the reference screenshots of its states again.
pub fn references(root: &Path) -> Result<()> {
    build::build(root, Profile::Fast)?;
    command::run(cargo(root, "run --quiet --package e2e --bin gallery references"))
}

/// Builds the extension and makes the pictures of the guide, the README and the stores.
pub fn screenshots(root: &Path) -> Result<()> {
    build::build(root, Profile::Fast)?;
    web::build(root)?;
    command::run(pictures(root, &[]))
}

/// Makes the stores' pictures from the built extension, in `dist/store-pictures`.
pub fn store_pictures(root: &Path) -> Result<()> {
    web::build(root)?;
    command::run(pictures(root, &["store"]))
}

/// Returns the command that makes pictures, with the fonts of a desktop.
fn pictures(root: &Path, arguments: &[&str]) -> Command {
    let mut command = cargo(root, "run --quiet --package e2e --bin pictures --");
    command.args(arguments).env("FONTCONFIG_FILE", root.join("tests/e2e/fonts.conf"));
    command
}

/// Builds the release and measures its size and speed.
pub fn bench(root: &Path) -> Result<()> {
    build::build(root, Profile::Release)?;
    // The benchmark is a separate workspace, because it is not part of the release.
    let mut merge = cargo(&root.join("benches/merge-wasm"), "build --quiet --release --target wasm32-unknown-unknown");
    merge.arg("--target-dir").arg(root.join("target/merge-wasm"));
    command::run(merge)?;
    web::build(root)?;
    // Brotli is generic, so it is compiled together with the benchmark, and slow without optimization.
    command::run(cargo(root, "run --quiet --profile fast --package e2e --bin bench"))
}

/// Generates a set of screenshots per salt and prints the QR reader's results by category, compared with its peers.
pub fn bench_qr(root: &Path, salt: &str) -> Result<()> {
    for option in ["", "--peers"] {
        let mut bench = cargo(root, "run --quiet --release --example qr_bench -- --salt");
        bench.arg(salt);
        if !option.is_empty() {
            bench.arg(option);
        }
        command::run(bench)?;
    }
    Ok(())
}

/// Reads the QR samples of zxing-cpp's own tests and prints how many are read correctly.
pub fn bench_qr_samples(root: &Path, folder: &str) -> Result<()> {
    let mut bench = cargo(root, "run --quiet --release --example qr_bench -- --samples");
    bench.arg(std::path::absolute(folder)?);
    command::run(bench)
}

/// Tests key URIs and imported files with many newly generated inputs.
pub fn fuzz(root: &Path) -> Result<()> {
    let seed = std::time::SystemTime::UNIX_EPOCH.elapsed()?.as_secs();
    println!("=== 100,000 key URIs of seed {seed}, compared with other programs");
    let mut uris = cargo(root, "test --package casdoor-authenticator --test key_uri_peers -- --nocapture");
    uris.env("KEY_URIS", "100000").env("KEY_URI_SEED", seed.to_string());
    command::run(uris)?;
    println!("=== 20,000 tables and documents: no row is lost");
    let mut rows = cargo(root, "test --package casdoor-authenticator --lib mapping::tests");
    rows.env("PROPTEST_CASES", "20000");
    command::run(rows)
}

/// Runs the native and wasm lints and builds the documentation.
fn lint(root: &Path, contexts: &[String]) -> Result<Count> {
    let mut native = cargo(root, "clippy --quiet --workspace --all-targets");
    name_each(&mut native, "--exclude", contexts);
    native.args(DENY_WARNINGS);
    let mut browser = cargo(root, "clippy --quiet --target wasm32-unknown-unknown --package casdoor-authenticator");
    name_each(&mut browser, "--package", contexts);
    browser.args(DENY_WARNINGS);
    let mut documentation = cargo(root, "doc --quiet --workspace --no-deps");
    name_each(&mut documentation, "--exclude", contexts);
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    let mut sum = Count::default();
    for command in [native, browser, documentation] {
        sum.add(run(command)?.count);
    }
    Ok(sum)
}

/// Repeats an option with the package name of each wasm context.
fn name_each(command: &mut Command, option: &str, contexts: &[String]) {
    for name in contexts {
        command.arg(option).arg(format!("{name}-wasm"));
    }
}

/// Runs a check, counts it as one test, and prints why it failed.
fn counted<T>(name: &str, check: impl FnOnce() -> Result<T>) -> Count {
    let result = timed(name, check);
    if let Err(error) = &result {
        eprintln!("error: {name}: {error:#}");
    }
    Count { passed: result.is_ok().into(), failed: result.is_err().into() }
}

/// Runs the tests that measure time, one at a time, prints which tests failed, and returns the counts of all.
fn finish(name: &str, measured: &[Group], parallel: GroupReport) -> Result<Count> {
    let mut report = parallel;
    let apart = timed(&format!("{name} that measure"), || test_programs::run(measured, 1))?;
    report.count.add(apart.count);
    report.failed.extend(apart.failed);
    report.failed.iter().for_each(|test| println!("failed: {test}"));
    Ok(report.count)
}

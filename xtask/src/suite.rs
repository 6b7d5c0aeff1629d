//! Runs all checks and tests of continuous integration, continues after failures, and counts the results.

use crate::addon_lint;
use crate::build;
use crate::command::{self, cargo, shown};
use crate::service_icons;
use crate::tools;
use crate::wasm::{self, Profile};
use crate::web;
use anyhow::{Context, Result, anyhow, bail};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];
const BROWSER_TESTS: &str = "test --quiet --package e2e --no-fail-fast";
/// The maximum number of failed tests to repeat. More failures than this are not caused by a slow machine.
const MAX_REPEATED: usize = 8;
/// The module of the browser tests that measure time. They run one at a time, because parallel tests on a small machine
/// distort what they measure.
const MEASURED: &str = "measured::";
/// The maximum time for which a stage may print nothing. The longest compilation on a slow machine takes less.
const MAX_SILENCE: Duration = Duration::from_secs(20 * 60);

/// The number of passed and failed tests. A stage that fails without naming a test counts as one failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Passed tests.
    pub passed: u64,
    /// Failed tests.
    pub failed: u64,
}

impl Count {
    /// Adds the counts of another stage.
    pub fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
    }

    /// Combines the counts with those of the repeated tests. A test counts as passed only if it was seen to pass.
    fn combined_with_repeated(self, second: Self) -> Self {
        let failed = second.failed.max(self.failed.saturating_sub(second.passed));
        Self { passed: self.passed.saturating_add(self.failed).saturating_sub(failed), failed }
    }
}

/// The result of a stage: counts, and the names of the failed tests.
#[derive(Debug, Default)]
pub struct Report {
    /// The counts.
    pub count: Count,
    /// The names of the failed tests.
    pub failed: Vec<String>,
}

/// Runs every check and test, prints the total, and fails if anything failed.
pub fn test(root: &Path) -> Result<()> {
    let contexts = wasm::contexts(root)?;
    let mut sum = run(tools::javascript(root, false)?)?.count;
    let icons = timed("service icons", || service_icons::check(root));
    if let Err(error) = &icons {
        eprintln!("error: {error:#}");
    }
    sum.add(Count { passed: icons.is_ok().into(), failed: icons.is_err().into() });
    for stage in checks(root, &contexts) {
        sum.add(run(stage)?.count);
    }
    let native = || {
        let mut command = cargo(root, "test --quiet --workspace --no-fail-fast --exclude e2e");
        name_each(&mut command, "--exclude", &contexts);
        command
    };
    // The native tests leave about half of two cores idle, and the build of the extension needs none of their results.
    let (native, built) = std::thread::scope(|scope| {
        let build = || timed("build", || build::build(root, Profile::Release).and_then(|_| web::build(root)));
        let built = scope.spawn(build);
        let native = tests(native, &[]);
        (native, built.join())
    });
    sum.add(native?);
    match built.unwrap_or_else(|_| Err(anyhow!("the build has panicked"))) {
        Ok(_) => {
            if let Err(error) = timed("web-ext lint", || addon_lint::check(root)) {
                eprintln!("error: {error:#}");
                sum.failed = sum.failed.saturating_add(1);
            }
            sum.add(tests(|| cargo(root, BROWSER_TESTS), &["--test-threads=2", "--skip", MEASURED])?);
            sum.add(tests(|| cargo(root, BROWSER_TESTS), &["--test-threads=1", MEASURED])?);
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            sum.failed = sum.failed.saturating_add(1);
        }
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed > 0 {
        bail!("some checks or tests failed; see the output above");
    }
    Ok(())
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
    command::run(cargo(root, "run --quiet --package e2e --bin bench"))
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

/// Returns the checks that run no tests: formatting, native and wasm lints, and documentation.
fn checks(root: &Path, contexts: &[String]) -> [Command; 4] {
    let mut native = cargo(root, "clippy --quiet --workspace --all-targets");
    name_each(&mut native, "--exclude", contexts);
    native.args(DENY_WARNINGS);
    let mut browser = cargo(root, "clippy --quiet --target wasm32-unknown-unknown --package casdoor-authenticator");
    name_each(&mut browser, "--package", contexts);
    browser.args(DENY_WARNINGS);
    let mut documentation = cargo(root, "doc --quiet --workspace --no-deps");
    documentation.env("RUSTDOCFLAGS", "-D warnings");
    [cargo(root, "fmt --all --check"), native, browser, documentation]
}

/// Repeats an option with the package name of each wasm context.
fn name_each(command: &mut Command, option: &str, contexts: &[String]) {
    for name in contexts {
        command.arg(option).arg(format!("{name}-wasm"));
    }
}

/// Runs tests and repeats the failed ones once, one at a time, if there are only a few: some measure time and memory,
/// which parallel tests on a small machine distort. Prints which tests needed the repetition.
fn tests(command: impl Fn() -> Command, options: &[&str]) -> Result<Count> {
    let mut all = command();
    all.arg("--").args(options);
    let first = run(all)?;
    if first.failed.is_empty() || first.failed.len() > MAX_REPEATED {
        return Ok(first.count);
    }
    let mut alone = command();
    alone.args(["--", "--test-threads=1", "--exact"]).args(&first.failed);
    let second = run(alone)?;
    // The example of a doc comment isn't found by its name, so it stays failed.
    let repeated = second.count.passed.saturating_add(second.count.failed);
    if usize::try_from(repeated).is_ok_and(|repeated| repeated < first.failed.len()) {
        println!("only {repeated} of {} failed tests could be repeated", first.failed.len());
        return Ok(first.count.combined_with_repeated(second.count));
    }
    for name in first.failed.iter().filter(|name| !second.failed.contains(name)) {
        println!("failed in parallel with other tests, but passed alone: {name}");
    }
    Ok(first.count.combined_with_repeated(second.count))
}

/// Runs one stage, shows its output and counts the reported tests.
pub fn run(mut command: Command) -> Result<Report> {
    let name = shown(&command);
    timed(&name, || {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0).spawn()?;
        let output = child.stdout.take().context("the stage has no output")?;
        let silence = Silence::watch(child.id());
        let mut report = Report::default();
        for line in BufReader::new(output).lines() {
            let line = line?;
            silence.restart();
            println!("{line}");
            report.count.add(results(&line).unwrap_or_default());
            report.failed.extend(line.strip_suffix(" --- FAILED").map(str::to_owned));
        }
        let succeeded = child.wait()?.success();
        if silence.stopped_stage() {
            eprintln!(
                "error: {name} was stopped, because it printed nothing for {} minutes",
                MAX_SILENCE.as_secs() / 60
            );
            report.count.failed = report.count.failed.saturating_add(1);
        } else if !succeeded && report.count.failed == 0 {
            eprintln!("error: {name} failed");
            report.count.failed = 1;
        }
        Ok(report)
    })
}

/// Stops a stage that prints nothing for [`MAX_SILENCE`], so that one hanging test does not prevent the report of all
/// others.
struct Silence {
    since: Mutex<Instant>,
    ended: AtomicBool,
}

impl Silence {
    /// Watches the process group of a stage.
    fn watch(group: u32) -> Arc<Self> {
        let silence = Arc::new(Self { since: Mutex::new(Instant::now()), ended: AtomicBool::new(false) });
        let watched = Arc::downgrade(&silence);
        std::thread::spawn(move || {
            while let Some(silence) = watched.upgrade() {
                if silence.is_too_long() {
                    silence.ended.store(true, Ordering::SeqCst);
                    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
                    return;
                }
                drop(silence);
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        silence
    }

    fn is_too_long(&self) -> bool {
        self.since.lock().is_ok_and(|since| since.elapsed() > MAX_SILENCE)
    }

    /// Restarts the time limit, because the stage printed a line.
    fn restart(&self) {
        if let Ok(mut since) = self.since.lock() {
            *since = Instant::now();
        }
    }

    fn stopped_stage(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }
}

/// Prints the name of a stage and its duration.
fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("=== {name}");
    let start = Instant::now();
    let result = work();
    println!("=== {:.0} s for {name}", start.elapsed().as_secs_f64());
    result
}

/// Parses a line like `test result: ok. 3 passed; 0 failed; 0 ignored; ...`.
fn results(line: &str) -> Option<Count> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |name: &str| {
        let mut parts = numbers.split("; ");
        parts.find_map(|part| part.strip_suffix(name)?.trim().parse().ok())
    };
    Some(Count { passed: number("passed")?, failed: number("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_test_summary_line_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.04s";
        assert_eq!(results(line), Some(Count { passed: 12, failed: 3 }));
        assert_eq!(results("test otp::codes ... ok"), None);
        assert_eq!(results("test result: "), None);
    }

    #[test]
    fn only_repeated_tests_that_pass_count_as_passed() {
        let first = Count { passed: 10, failed: 3 };
        assert_eq!(first.combined_with_repeated(Count { passed: 3, failed: 0 }), Count { passed: 13, failed: 0 });
        assert_eq!(first.combined_with_repeated(Count { passed: 2, failed: 1 }), Count { passed: 12, failed: 1 });
        // The second run failed to build or found none of the tests.
        assert_eq!(first.combined_with_repeated(Count { passed: 0, failed: 1 }), Count { passed: 10, failed: 3 });
        assert_eq!(first.combined_with_repeated(Count::default()), first);
    }
}

//! One stage of a run: a command whose reported tests are counted.

use crate::command::shown;
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

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
}

/// The result of a stage: counts, and the names of the failed tests.
#[derive(Debug, Default)]
pub struct Report {
    /// The counts.
    pub count: Count,
    /// The names of the failed tests.
    pub failed: Vec<String>,
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
                    kill(group);
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

/// Ends all processes of a group.
pub fn kill(group: u32) {
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
}

/// Prints the name of a stage and its duration.
pub fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("=== {name}");
    let start = Instant::now();
    let result = work();
    println!("=== {:.0} s for {name}", start.elapsed().as_secs_f64());
    result
}

/// Parses a line like `test result: ok. 3 passed; 0 failed; 0 ignored; ...`.
pub fn results(line: &str) -> Option<Count> {
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
}

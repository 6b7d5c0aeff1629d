//! Compiles the test programs and runs their tests in parallel processes.
//!
//! `cargo test` runs one program after the other, so at the end of each one a core waits for the longest test. Here,
//! all programs share one queue. Every group of tests has a process of its own, so a crash or a leak affects no other
//! group.

use crate::stage::{Count, kill, results};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The maximum duration of one group of tests.
const MAX_DURATION: Duration = Duration::from_secs(15 * 60);
/// The time between two checks whether a group has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// A group that takes longer than this is named in the output even if it passes.
const LONG: Duration = Duration::from_secs(10);

/// A compiled test program.
#[derive(Debug)]
pub struct TestProgram {
    /// The package that it belongs to.
    pub package: String,
    name: String,
    executable: PathBuf,
    /// The folder of the package, in which its tests run.
    folder: PathBuf,
}

/// Tests of one program that run in the same process, one at a time.
#[derive(Clone, Debug)]
pub struct Group {
    program: Arc<TestProgram>,
    tests: Vec<String>,
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        self.program.executable == other.program.executable && self.tests == other.tests
    }
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.tests.first().map_or("", String::as_str);
        write!(formatter, "{} {first}", self.program.name)?;
        match self.tests.len() {
            0 | 1 => Ok(()),
            more => write!(formatter, " and {} more", more.saturating_sub(1)),
        }
    }
}

/// The result of several groups.
#[derive(Debug, Default)]
pub struct GroupReport {
    /// The passed and failed tests.
    pub count: Count,
    /// The failed tests, each as a group of its own.
    pub failed: Vec<Group>,
}

/// Compiles the tests with a command that prints JSON messages, and returns the programs.
pub fn compile(mut command: Command) -> Result<Vec<TestProgram>> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the tests do not compile");
    }
    let messages = String::from_utf8(output.stdout)?;
    messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter_map(|message| program(&message))
        .map(Ok)
        .collect()
}

/// Returns the test program that a message of cargo names.
fn program(message: &Value) -> Option<TestProgram> {
    let is_test =
        message["reason"] == "compiler-artifact" && message.pointer("/profile/test") == Some(&Value::Bool(true));
    let executable = message["executable"].as_str().filter(|_| is_test)?;
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
    let package = message["package_id"].as_str()?;
    // `path+file:///folder/name#0.1.0`, or `path+file:///folder#name@0.1.0` if the folder has another name.
    let (place, version) = package.split_once('#')?;
    let package = version.split_once('@').map_or_else(|| place.rsplit('/').next().unwrap_or(place), |(name, _)| name);
    Some(TestProgram {
        package: package.to_owned(),
        name: message.pointer("/target/name")?.as_str()?.to_owned(),
        executable: executable.into(),
        folder: folder.into(),
    })
}

/// The tests of several programs.
#[derive(Debug, Default)]
pub struct Tests {
    /// Tests that may run at the same time.
    pub parallel: Vec<Group>,
    /// Tests that run one at a time.
    pub measured: Vec<Group>,
}

impl Tests {
    /// Lists the tests of the programs, `size` in each group. Tests whose path contains `measured` are listed
    /// separately.
    pub fn of(programs: Vec<TestProgram>, size: usize, measured: &str) -> Result<Self> {
        let mut tests = Self::default();
        for program in programs.into_iter().map(Arc::new) {
            let (apart, others): (Vec<_>, Vec<_>) =
                list(&program)?.into_iter().partition(|name| name.contains(measured));
            for (groups, names) in [(&mut tests.measured, apart), (&mut tests.parallel, others)] {
                let group = |names: &[String]| Group { program: Arc::clone(&program), tests: names.to_vec() };
                groups.extend(names.chunks(size.max(1)).map(group));
            }
        }
        Ok(tests)
    }
}

/// Returns the names of a program's tests.
fn list(program: &TestProgram) -> Result<Vec<String>> {
    let output = command(program).args(["--list", "--format", "terse"]).output();
    let output = output.with_context(|| format!("cannot start {}", program.executable.display()))?;
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

/// Returns a command that runs a program like `cargo test` does.
fn command(program: &TestProgram) -> Command {
    let mut command = Command::new(&program.executable);
    command.current_dir(&program.folder).env("CARGO_MANIFEST_DIR", &program.folder).stdin(Stdio::null());
    command
}

/// Runs the groups, `workers` at the same time. Prints the output of groups that fail.
pub fn run(groups: &[Group], workers: usize) -> Result<GroupReport> {
    let queue = Mutex::new(groups.iter());
    let sum = Mutex::new(GroupReport::default());
    std::thread::scope(|scope| {
        let work = || -> Result<()> {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(group) = next else { return Ok(()) };
                let (count, failed) = finish(group)?;
                let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                sum.count.add(count);
                sum.failed.extend(failed);
            }
        };
        let workers: Vec<_> = (0..workers.max(1)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| bail!("a test worker has panicked")))
    })?;
    Ok(sum.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Runs one group, prints what a reader needs to know, and returns its counts and its failed tests.
fn finish(group: &Group) -> Result<(Count, Vec<Group>)> {
    let start = Instant::now();
    let mut log = tempfile::tempfile()?;
    let mut command = command(&group.program);
    command.args(["--exact", "--test-threads=1"]).args(&group.tests);
    let mut child = command.stdout(log.try_clone()?).stderr(log.try_clone()?).process_group(0).spawn()?;
    let status = wait(&mut child, start)?;
    let output = read(&mut log)?;
    let duration = start.elapsed();
    let seconds = duration.as_secs_f64();
    let reported = output.lines().find_map(results);
    if status.is_some_and(|status| status.success()) && reported.is_some() {
        if duration >= LONG {
            println!("{seconds:6.1} s: {group}");
        }
        return Ok((reported.unwrap_or_default(), Vec::new()));
    }
    let reason = if status.is_none() { "did not end" } else { "failed" };
    println!("{output}\n{seconds:6.1} s: {group}: {reason}");
    let names: Vec<_> = output.lines().filter_map(failed_name).collect();
    let failed = |tests: Vec<String>| {
        tests.into_iter().map(|test| Group { program: Arc::clone(&group.program), tests: vec![test] })
    };
    match reported {
        Some(count) if count.failed > 0 => Ok((count, failed(names).collect())),
        // The process was ended or crashed, so no result of this group is known.
        _ => {
            let count = Count { passed: 0, failed: group.tests.len().try_into()? };
            Ok((count, failed(group.tests.clone()).collect()))
        }
    }
}

/// Returns the name in a line such as `test otp::codes ... FAILED`.
fn failed_name(line: &str) -> Option<String> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED").map(str::to_owned)
}

/// Waits for a process; ends its group and returns `None` if it takes longer than [`MAX_DURATION`].
fn wait(child: &mut Child, start: Instant) -> Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > MAX_DURATION {
            kill(child.id());
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// Reads what a process wrote to its log.
fn read(log: &mut File) -> Result<String> {
    use std::io::{Seek, SeekFrom};
    log.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    log.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn test_programs_are_recognized_in_cargos_messages() {
        let mut message = json!({
            "reason": "compiler-artifact", "package_id": "path+file:///p/tests/e2e#0.1.0",
            "manifest_path": "/p/tests/e2e/Cargo.toml", "target": {"name": "popup"}, "profile": {"test": true},
            "executable": "/p/target/debug/deps/popup-1",
        });
        let found = program(&message).unwrap();
        assert_eq!((found.package.as_str(), found.name.as_str()), ("e2e", "popup"));
        assert_eq!(found.folder, Path::new("/p/tests/e2e"));
        message["package_id"] = json!("path+file:///p#casdoor-authenticator@0.1.0");
        assert_eq!(program(&message).unwrap().package, "casdoor-authenticator");
        message["profile"]["test"] = json!(false);
        assert!(program(&message).is_none());
    }

    #[test]
    fn failed_tests_are_named() {
        assert_eq!(failed_name("test otp::codes ... FAILED").as_deref(), Some("otp::codes"));
        assert_eq!(failed_name("test otp::codes ... ok"), None);
    }
}

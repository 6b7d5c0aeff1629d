//! A browser's process: reading the address of its debugger, and ending it with all processes that it started.

use anyhow::{Result, bail};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;

/// Reads lines until `find` returns the debugger's address, and then keeps reading, so that the browser's output never
/// blocks. `name` is the browser's name in the error.
pub(crate) fn address(name: &str, stderr: ChildStderr, find: impl Fn(&str) -> Option<String>) -> Result<String> {
    let mut lines = BufReader::new(stderr).lines();
    let mut output = Vec::new();
    for line in lines.by_ref() {
        let line = line?;
        if let Some(address) = find(&line) {
            thread::spawn(move || lines.for_each(drop));
            return Ok(address);
        }
        output.push(line);
    }
    bail!("{name} ended before it printed its debugger's address: {}", output.join("; "))
}

/// Ends the process group of `child` and waits for `child`.
pub(crate) fn end(child: &mut Child) {
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    let _ = child.wait();
}

//! Finds a Python interpreter for the independent readers.

use std::process::Command;

/// Returns a Python that has the required modules: the first in PATH, or Debian's own.
pub fn python() -> Command {
    let has_modules = |program: &&&str| {
        let asked = Command::new(program).args(["-c", "import argon2, cryptography, pip"]).output();
        asked.is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].iter().find(has_modules).copied();
    let missing =
        "missing: apt-get install python3-pip python3-argon2 python3-cryptography, or ./build.sh test, which does";
    Command::new(found.expect(missing))
}

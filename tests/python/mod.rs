//! Finds a Python interpreter for the tests with independent Python programs.

use std::process::Command;

/// Returns a Python interpreter that has the required modules: `python3` from PATH, or the one in `/usr/bin`.
pub fn python() -> Command {
    let has_modules = |program: &&&str| {
        let asked = Command::new(program).args(["-c", "import argon2, cryptography, pip"]).output();
        asked.is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].iter().find(has_modules).copied();
    let missing = "missing modules: run ./build.sh test, or apt-get install python3-{pip,argon2,cryptography}";
    Command::new(found.expect(missing))
}

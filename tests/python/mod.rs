//! The Python that runs the independent readers.

use std::process::Command;

/// A Python that has their modules: the first on the path, or Debian's own behind another one, which has what `apt-get`
/// installed.
pub fn python() -> Command {
    let has_modules = |program: &&&str| {
        let asked = Command::new(program).args(["-c", "import argon2, cryptography"]).output();
        asked.is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].iter().find(has_modules).copied();
    let missing = "missing: apt-get install python3-argon2 python3-cryptography, or ./build.sh test, which does";
    Command::new(found.expect(missing))
}

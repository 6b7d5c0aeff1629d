//! Managed policies for a single browser, installed in the folders that administrators use.

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A folder with managed policies. The browser runs in its own mount namespace, where this folder takes the place of
/// the one from which it reads policies.
pub struct PolicyFolder {
    folder: TempDir,
    /// The machine's own folder with policies, which the temporary folder replaces for the browser.
    replaced: PathBuf,
    /// The folder inside the temporary one where policy files belong.
    files: PathBuf,
}

impl PolicyFolder {
    /// Creates an empty folder for Chromium, which notices files that are added later.
    pub fn for_chromium() -> Result<Self> {
        Self::new("/etc/chromium".into(), "policies/managed")
    }

    /// Creates an empty folder for Firefox, which reads `policies.json` when it starts.
    pub fn for_firefox() -> Result<Self> {
        // The path is a symbolic link in Debian's package, and does not exist in every installation.
        let distribution = Path::new("/usr/lib/firefox-esr/distribution");
        Self::new(distribution.canonicalize().unwrap_or_else(|_| distribution.into()), "")
    }

    fn new(replaced: PathBuf, files: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("e2e-policies-").tempdir()?;
        let files = folder.path().join(files);
        std::fs::create_dir_all(&files)?;
        Ok(Self { folder, replaced, files })
    }

    /// Returns the folder for the policy files.
    pub fn path(&self) -> &Path {
        &self.files
    }

    /// Returns true if this machine lets the user replace the folder. Some containers forbid it.
    pub fn is_supported(&self) -> bool {
        let mut command = self.command("true");
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }

    /// Returns the command that starts a program with these policies; the caller adds the arguments.
    pub(crate) fn command(&self, program: &str) -> Command {
        let script = "mount --bind \"$0\" \"$1\" && shift && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c", script]);
        command.arg(self.folder.path()).arg(&self.replaced).arg(program);
        command
    }
}

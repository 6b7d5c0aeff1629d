//! Authenticator Plus's backup: a zip archive under ZipCrypto with `Accounts.txt`, a list of key URIs.

use super::archive::Archive;
use super::{ExchangeError, Format, Report, otpauth_list};
use crate::secret::Secret;

/// Reads an archive.
pub(super) fn read_zip(archive: &mut Archive<'_>, password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
    let member = archive.find("accounts.txt").or_else(|| archive.find(".txt"));
    let member = member.ok_or(ExchangeError::Damaged("it has no Accounts.txt"))?;
    otpauth_list::read(&archive.read(&member, password)?, Format::AuthenticatorPlus)
}

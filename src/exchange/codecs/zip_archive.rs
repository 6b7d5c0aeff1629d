//! Reads the members of a zip archive: unencrypted, or encrypted with ZipCrypto or WinZip's AES. The size is limited
//! during decompression.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::extra_fields::ExtraField;
use zip::result::ZipError;

use super::{ExchangeError, MAX_IMPORT_BYTES, ciphers};
use crate::secret::Secret;

pub(in crate::exchange) const MAGIC: &[u8] = b"PK\x03\x04";

/// Maximum number of members in an archive.
const MAX_MEMBERS: usize = 2000;

const DAMAGED: ExchangeError = ExchangeError::Damaged("ZIP");

/// An open archive.
pub(in crate::exchange) struct Archive<'a>(ZipArchive<Cursor<&'a [u8]>>);

impl<'a> Archive<'a> {
    pub(in crate::exchange) fn open(bytes: &'a [u8]) -> Result<Self, ExchangeError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
        if archive.len() > MAX_MEMBERS { Err(ExchangeError::TooComplex) } else { Ok(Self(archive)) }
    }

    /// Returns the paths of the files. Folders, and the files that macOS adds to archives, are left out.
    fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let is_extra = |name: &str| name.ends_with('/') || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store");
        self.0.file_names().filter_map(Result::ok).filter(move |name| !is_extra(name))
    }

    /// Returns the path of the only file.
    pub(in crate::exchange) fn only_member(&self) -> Option<String> {
        let mut names = self.names();
        names.next().filter(|_| names.next().is_none()).map(Cow::into_owned)
    }

    /// Returns whether the archive has exactly one file.
    pub(in crate::exchange) fn has_single_member(&self) -> bool {
        self.only_member().is_some()
    }

    /// Returns the path of the first member that ends with `suffix`, ignoring case.
    pub(in crate::exchange) fn find(&self, suffix: &str) -> Option<String> {
        let mut names = self.names();
        names.find(|name| name.to_lowercase().ends_with(&suffix.to_lowercase())).map(Cow::into_owned)
    }

    /// Returns the paths of all members that begin with `prefix` and end with `suffix`, ignoring case.
    pub(in crate::exchange) fn list(&self, prefix: &str, suffix: &str) -> Vec<String> {
        let names = self.names().filter(|name| {
            let name = name.to_lowercase();
            name.starts_with(prefix) && name.ends_with(suffix)
        });
        names.map(Cow::into_owned).collect()
    }

    /// Returns the content of a member, decrypted with the password if it is encrypted.
    pub(in crate::exchange) fn read(
        &mut self,
        name: &str,
        password: Option<&Secret<String>>,
    ) -> Result<Vec<u8>, ExchangeError> {
        let index = self.0.index_for_name(name).ok_or(DAMAGED)?;
        let raw = self.0.by_index_raw(index).map_err(|_| DAMAGED)?;
        let is_aes = |field: &ExtraField| matches!(field, ExtraField::AeXEncryption(_));
        let (is_sealed, is_authenticated) = (raw.encrypted(), raw.extra_data_fields().any(is_aes));
        drop(raw);
        let password = if is_sealed { Some(ciphers::require_password(password)?) } else { None };
        let member = match password {
            Some(password) => self.0.by_index_decrypt(index, password),
            None => self.0.by_index(index),
        };
        let member = member.map_err(|error| match error {
            ZipError::InvalidPassword => ExchangeError::WrongPassword,
            _ => DAMAGED,
        })?;
        let mut bytes = Vec::new();
        let limit = u64::try_from(MAX_IMPORT_BYTES).unwrap_or(u64::MAX);
        let read = member.take(limit.saturating_add(1)).read_to_end(&mut bytes);
        if bytes.len() > MAX_IMPORT_BYTES {
            return Err(ExchangeError::TooLarge);
        }
        // ZipCrypto checks the password with one byte only; any other wrong password results in a wrong checksum. AES
        // checks it with two bytes, and authenticates the data.
        let failure = if is_sealed && !is_authenticated { ExchangeError::WrongPassword } else { DAMAGED };
        read.map(|_| bytes).map_err(|_| failure)
    }
}

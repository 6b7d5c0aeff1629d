//! The registry entry of a format: its names, how it is detected, and its reader and writer.
//!
//! The entries are in the files of the formats; `formats` lists them.

use super::codecs::sqlite::Table;
use super::codecs::zip_archive::Archive;
use super::codecs::{json, zip_archive};
use super::{ExchangeError, Format, Imported, Report};
use crate::secret::{Entropy, Secret};

/// The registry entry of a format.
pub(super) struct Entry {
    /// The identifier of the format. It never changes, because message keys, the command line and reports contain it.
    pub(super) id: &'static str,
    /// The product's name, as users know it.
    pub(super) title: &'static str,
    /// Signatures of the format. A file that matches any of them has this format.
    pub(super) detect: &'static [Detect],
    pub(super) read: Read,
    /// The reader of a zip archive that contains a file of the format.
    pub(super) read_zip: Option<ReadZip>,
    /// The data that an exported file can store; `None` if the format cannot be exported.
    pub(super) export: Option<Export>,
    /// The writer, if the format can be exported.
    pub(super) write: Write,
}

impl Entry {
    /// The defaults of an entry: no signature, no reader and no writer.
    pub(super) const DEFAULT: Self = Self {
        id: "",
        title: "",
        detect: &[],
        read: Read::Plain(|_| Err(ExchangeError::Unknown)),
        read_zip: None,
        export: None,
        write: |_| Err(ExchangeError::NotWritable),
    };
}

/// A signature of a format.
pub(super) enum Detect {
    /// The first bytes of the file.
    Magic(&'static [u8]),
    /// A table of an SQLite database, by its name and a test of its columns.
    Table(&'static str, fn(&Table) -> bool),
    /// The end of the path of a file in a zip archive.
    Member(&'static str),
    /// A test of all file names in a zip archive.
    Archive(fn(&Archive<'_>) -> bool),
    /// A test of a JSON document.
    Json(fn(&json::Value) -> bool),
    /// A test of a JSON document that other formats may also pass. It is used after all other signatures.
    LooseJson(fn(&json::Value) -> bool),
    /// A test of an item, for JSON documents that are a list.
    Item(fn(&json::Value) -> bool),
    /// A test of the entries of Android's shared preferences.
    Preferences(fn(&[(String, String)]) -> bool),
    /// A test of the column names of a CSV file, in lower case.
    Csv(fn(&[String]) -> bool),
    /// A test of any other text.
    Text(fn(&str) -> bool),
}

/// Reads a file, decrypting it with the password if it is encrypted.
pub(super) type ReadEncrypted = fn(&[u8], Option<&Secret<String>>) -> Result<Report, ExchangeError>;
/// Reads an archive, decrypting its members with the password if they are encrypted.
pub(super) type ReadZip = fn(&mut Archive<'_>, Option<&Secret<String>>) -> Result<Report, ExchangeError>;

/// The reader of a format.
pub(super) enum Read {
    /// Reads files that are never encrypted.
    Plain(fn(&[u8]) -> Result<Report, ExchangeError>),
    /// Reads files that may be encrypted.
    MayBeEncrypted(ReadEncrypted),
}

/// Writes a file with accounts that the format can store.
pub(super) type Write = fn(Writing<'_>) -> Result<Vec<u8>, ExchangeError>;

/// The data that the exported files of a format can store.
#[derive(Clone, Copy)]
pub(super) struct Export {
    /// The format can be encrypted with a password.
    pub(super) can_encrypt: bool,
    /// Returns whether the format can store an account at all.
    pub(super) holds: fn(&Imported) -> bool,
    /// Returns whether the vendor's own program can read all settings of an account, not only the format store them.
    pub(super) is_supported_by_vendor: fn(&Imported) -> bool,
    pub(super) groups: Groups,
    pub(super) notes_and_pins: bool,
    pub(super) icons: bool,
    pub(super) chosen_icons: bool,
    pub(super) sites: bool,
    pub(super) recovery_codes: bool,
}

impl Export {
    /// The defaults: names and one-time passwords, and nothing else.
    pub(super) const DEFAULT: Self = Self {
        can_encrypt: false,
        holds: |_| true,
        is_supported_by_vendor: |_| true,
        groups: Groups::None,
        notes_and_pins: false,
        icons: false,
        chosen_icons: false,
        sites: false,
        recovery_codes: false,
    };
}

/// The groups of an account that a format stores.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Groups {
    /// No group.
    None,
    /// The first group.
    One,
    /// All groups.
    All,
}

/// The content of a file to write, and what is needed to encrypt it.
pub(super) struct Writing<'a> {
    /// The accounts that the format can store.
    pub(super) accounts: &'a [&'a Imported],
    /// The password to encrypt the file with. Only formats that can be encrypted get one.
    pub(super) password: Option<&'a Secret<String>>,
    pub(super) now_seconds: u64,
    pub(super) entropy: AnyEntropy<'a>,
}

/// A source of randomness with its type erased, so that the writers of all formats have the same type.
pub(super) struct AnyEntropy<'a>(pub(super) &'a mut dyn Entropy);

impl Entropy for AnyEntropy<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

impl Format {
    /// Returns the format with an identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.id() == id)
    }

    /// Returns the first format with a signature for which `is_there` is true.
    pub(super) fn with_mark(is_there: impl Fn(&Detect) -> bool) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.entry().detect.iter().any(&is_there))
    }

    /// Reads a file of this format.
    pub(super) fn read(self, bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
        let entry = self.entry();
        // Microsoft's reader handles archives itself.
        let is_archive = bytes.starts_with(zip_archive::MAGIC) && self != Self::Microsoft;
        match (&entry.read, entry.read_zip) {
            (_, Some(read_zip)) if is_archive => read_zip(&mut Archive::open(bytes)?, password),
            _ if is_archive => Err(ExchangeError::Damaged("ZIP")),
            (Read::Plain(read), _) => read(bytes),
            (Read::MayBeEncrypted(read), _) => read(bytes, password),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn every_format_is_listed_once_and_found_by_its_short_name() {
        for (index, format) in Format::ALL.iter().enumerate() {
            assert_eq!(Format::from_id(format.id()), Some(*format));
            assert!(!Format::ALL[..index].contains(format));
            assert!(!format.title().is_empty());
        }
    }
}

//! What a format has to say of itself, and what follows from it: its names, how it is found, how it is read.
//!
//! The entries are in the formats' own files; `formats` lists them.

use super::codecs::sqlite::Table;
use super::codecs::zip_archive::Archive;
use super::codecs::{json, zip_archive};
use super::{ExchangeError, Format, Report};
use crate::secret::Secret;

/// A format's names, marks and readers.
pub(super) struct Entry {
    /// A short name, stable: for message keys, the command line and reports.
    pub(super) id: &'static str,
    /// The product's name, as users know it.
    pub(super) title: &'static str,
    /// Marks of its files. One of them is enough.
    pub(super) detect: &'static [Detect],
    pub(super) read: Read,
    /// The reader of a zip archive with the format's file in it.
    pub(super) read_zip: Option<ReadZip>,
}

impl Entry {
    /// The defaults of an entry.
    pub(super) const DEFAULT: Self =
        Self { id: "", title: "", detect: &[], read: Read::Plain(|_| Err(ExchangeError::Unknown)), read_zip: None };
}

/// A mark of a format.
pub(super) enum Detect {
    /// The first bytes.
    Magic(&'static [u8]),
    /// A table of an SQLite database, and its columns.
    Table(&'static str, fn(&Table) -> bool),
    /// The end of the path of a file in a zip archive.
    Member(&'static str),
    /// A test of all member names of a zip archive.
    Archive(fn(&Archive<'_>) -> bool),
    /// A JSON document.
    Json(fn(&json::Value) -> bool),
    /// A JSON document by marks that others may have too: asked after all the others.
    LooseJson(fn(&json::Value) -> bool),
    /// An item of a JSON document that is a list.
    Item(fn(&json::Value) -> bool),
    /// Android's shared preferences.
    Preferences(fn(&[(String, String)]) -> bool),
    /// The column names of a CSV file, in lower case.
    Csv(fn(&[String]) -> bool),
    /// Any other text.
    Text(fn(&str) -> bool),
}

/// Reads a file under a password, where one is needed.
pub(super) type ReadSealed = fn(&[u8], Option<&Secret<String>>) -> Result<Report, ExchangeError>;
/// Reads an archive under a password, where one is needed.
pub(super) type ReadZip = fn(&mut Archive<'_>, Option<&Secret<String>>) -> Result<Report, ExchangeError>;

/// A reader.
pub(super) enum Read {
    /// Of files without encryption.
    Plain(fn(&[u8]) -> Result<Report, ExchangeError>),
    /// Of files that may be encrypted.
    Sealed(ReadSealed),
}

impl Format {
    /// A short name, stable: for message keys, the command line and reports.
    pub fn id(self) -> &'static str {
        self.entry().id
    }

    /// The product's name, as users know it.
    pub fn title(self) -> &'static str {
        self.entry().title
    }

    /// The format of a short name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.id() == id)
    }

    /// The first format that has a mark of which `is_there` is true.
    pub(super) fn with_mark(is_there: impl Fn(&Detect) -> bool) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.entry().detect.iter().any(&is_there))
    }

    /// Reads a file of this format.
    pub(super) fn read(self, bytes: &[u8], password: Option<&Secret<String>>) -> Result<Report, ExchangeError> {
        let entry = self.entry();
        // A reader of plain files may know archives itself, as Microsoft's does.
        let is_archive = bytes.starts_with(zip_archive::MAGIC) && self != Self::Microsoft;
        match (&entry.read, entry.read_zip) {
            (_, Some(read_zip)) if is_archive => read_zip(&mut Archive::open(bytes)?, password),
            _ if is_archive => Err(ExchangeError::Damaged("ZIP")),
            (Read::Plain(read), _) => read(bytes),
            (Read::Sealed(read), _) => read(bytes, password),
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

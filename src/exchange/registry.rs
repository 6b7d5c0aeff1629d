//! What a format has to say of itself, and what follows from it: its names, how it is found, read and written.
//!
//! The entries are in the formats' own files; `formats` lists them.

use super::codecs::sqlite::Table;
use super::codecs::zip_archive::Archive;
use super::codecs::{json, zip_archive};
use super::{ExchangeError, Format, Imported, Report};
use crate::secret::{Entropy, Secret};

/// A format's names, marks, readers and writer.
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
    /// The writer of a format that is exported.
    pub(super) writer: Option<Writer>,
}

impl Entry {
    /// The defaults of an entry.
    pub(super) const DEFAULT: Self = Self {
        id: "",
        title: "",
        detect: &[],
        read: Read::Plain(|_| Err(ExchangeError::Unknown)),
        read_zip: None,
        writer: None,
    };
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

/// Writes files of a format, and says what they cannot store.
pub(super) struct Writer {
    /// The format can be encrypted with a password.
    pub(super) can_seal: bool,
    /// Returns whether the format can store an account at all.
    pub(super) holds: fn(&Imported) -> bool,
    /// Returns whether the vendor's own program can read every setting of an account that the format can store.
    pub(super) is_usual: fn(&Imported) -> bool,
    pub(super) groups: Groups,
    pub(super) notes_and_pins: bool,
    pub(super) icons: bool,
    pub(super) sites: bool,
    pub(super) recovery_codes: bool,
    pub(super) write: fn(Writing<'_>) -> Result<Vec<u8>, ExchangeError>,
}

impl Writer {
    /// The defaults of a writer: names and one-time passwords, and nothing else.
    pub(super) const DEFAULT: Self = Self {
        can_seal: false,
        holds: |_| true,
        is_usual: |_| true,
        groups: Groups::None,
        notes_and_pins: false,
        icons: false,
        sites: false,
        recovery_codes: false,
        write: |_| Err(ExchangeError::NotWritable),
    };
}

/// The number of groups of an account that a format stores.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Groups {
    /// No group.
    None,
    /// The first one.
    One,
    /// All of them.
    All,
}

/// The content of a file to write.
pub(super) struct Writing<'a> {
    /// The accounts that the format can store.
    pub(super) accounts: &'a [&'a Imported],
    /// Encrypts the file. It is given only to formats that can be encrypted.
    pub(super) password: Option<&'a Secret<String>>,
    pub(super) now_seconds: u64,
    pub(super) entropy: AnyEntropy<'a>,
}

/// A source of randomness of any type, so that writers of all formats have the same type.
pub(super) struct AnyEntropy<'a>(pub(super) &'a mut dyn Entropy);

impl Entropy for AnyEntropy<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
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

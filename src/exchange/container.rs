//! Opens files that are only wrapped: compressed with gzip, the only readable member of a zip archive that no program's
//! export is, saved as rich text, or written in the folded lines of vCard and iCalendar. Users compress exports to send
//! them to another device, and keep lists in a text editor, an address book or a calendar.

use std::borrow::Cow;
use std::io::Read;

use super::codecs::zip_archive::{self, Archive};
use super::codecs::{folded_lines, rich_text};
use super::detection::{sniff_archive, sniff_plain};
use super::{ExchangeError, MAX_IMPORT_BYTES};

const GZIP: &[u8] = b"\x1f\x8b\x08";

/// The maximum number of wrappings around each other.
const MAX_WRAPPINGS: usize = 3;

/// The maximum number of members of an archive among which the only readable one is searched.
const MAX_MEMBERS: usize = 20;

/// Returns the file inside the wrapping, or the file itself.
///
/// # Errors
/// [`ExchangeError::TooLarge`], and [`ExchangeError::Damaged`] if compressed data is incomplete.
pub(super) fn unwrap(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ExchangeError> {
    let mut file = Cow::Borrowed(bytes);
    for _ in 0..MAX_WRAPPINGS {
        match inner(&file)? {
            Some(inner) => file = Cow::Owned(inner),
            None => break,
        }
    }
    Ok(file)
}

/// Returns the file in one wrapping, or `None` if there is none.
fn inner(bytes: &[u8]) -> Result<Option<Vec<u8>>, ExchangeError> {
    if bytes.starts_with(GZIP) {
        return inflate(bytes).map(Some);
    }
    if bytes.starts_with(zip_archive::MAGIC) {
        return Ok(readable_member(bytes));
    }
    let text = rich_text::text_of(bytes).or_else(|| folded_lines::text_of(bytes));
    Ok(text.map(String::into_bytes))
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, ExchangeError> {
    let limit = u64::try_from(MAX_IMPORT_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut plain = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(limit).read_to_end(&mut plain);
    match read {
        _ if plain.len() > MAX_IMPORT_BYTES => Err(ExchangeError::TooLarge),
        Ok(_) => Ok(plain),
        Err(_) => Err(ExchangeError::Damaged("gzip")),
    }
}

/// Returns the only member of an archive of an unknown format, or the only one whose format is recognized. An encrypted
/// one is left to the readers of archives.
fn readable_member(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = Archive::open(bytes).ok()?;
    let members = archive.list("", "");
    if members.len() > MAX_MEMBERS || sniff_archive(bytes).is_some() {
        return None;
    }
    if let [only] = members.as_slice() {
        return archive.read(only, None).ok();
    }
    // The parts of a document are not files.
    if ["[Content_Types].xml", "content.xml", "index/document.iwa"].iter().any(|part| archive.find(part).is_some()) {
        return None;
    }
    let mut found = None;
    let mut left = MAX_IMPORT_BYTES;
    for member in members {
        let content = archive.read(&member, None).ok()?;
        left = left.checked_sub(content.len())?;
        if sniff_plain(&content).is_some() {
            // Of several exports, none must be left out.
            if found.is_some() {
                return None;
            }
            found = Some(content);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::exchange::{Format, read, sniff};

    const LIST: &[u8] = b"otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ\n";

    fn compressed(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn compressed_files_are_read_and_their_size_is_limited() {
        let file = compressed(LIST);
        assert_eq!(sniff(&file), Some(Format::Otpauth));
        assert_eq!(read(&file, None, None).unwrap().accounts.len(), 1);
        assert_eq!(unwrap(&file[..file.len() - 9]).unwrap_err(), ExchangeError::Damaged("gzip"));
        let large = compressed(&vec![b' '; MAX_IMPORT_BYTES + 1]);
        assert!(large.len() < MAX_IMPORT_BYTES / 100);
        assert_eq!(unwrap(&large).unwrap_err(), ExchangeError::TooLarge);
        assert_eq!((sniff(&large), unwrap(LIST).unwrap()), (None, Cow::Borrowed(LIST)));
        assert_eq!(unwrap(&compressed(&compressed(LIST))).unwrap(), LIST);
        let deep = (0..=MAX_WRAPPINGS).fold(LIST.to_vec(), |file, _| compressed(&file));
        assert!(unwrap(&deep).unwrap().starts_with(GZIP));
    }

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in members {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_only_readable_file_of_an_archive_is_read_and_of_several_none_is_left_out() {
        let one = archive(&[("readme.txt", b"Thank you."), ("export/list.csv", LIST), ("__MACOSX/._list.csv", LIST)]);
        assert_eq!(unwrap(&one).unwrap(), LIST);
        assert_eq!(unwrap(&archive(&[("inner.zip", &one)])).unwrap(), LIST);
        let two = archive(&[("a.csv", LIST), ("b.csv", LIST)]);
        assert_eq!(unwrap(&two).unwrap(), two);
        assert_eq!(read(&two, None, None).unwrap_err(), ExchangeError::Archive);
    }
}

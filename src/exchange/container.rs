//! Opens files that are only wrapped: compressed with gzip, the only member of a zip archive that no program's export
//! is, or saved as rich text. Users compress exports to send them to another device, and keep lists in a text editor.

use std::borrow::Cow;
use std::io::Read;

use super::codecs::rich_text;
use super::codecs::zip_archive::{self, Archive};
use super::detection::sniff_archive;
use super::{ExchangeError, MAX_IMPORT_BYTES};

const GZIP: &[u8] = b"\x1f\x8b\x08";

/// Returns the file inside the wrapping, or the file itself.
///
/// # Errors
/// [`ExchangeError::TooLarge`], and [`ExchangeError::Damaged`] if compressed data is incomplete.
pub(super) fn unwrap(bytes: &[u8]) -> Result<Cow<'_, [u8]>, ExchangeError> {
    if bytes.starts_with(GZIP) {
        return inflate(bytes).map(Cow::Owned);
    }
    if let Some(text) = rich_text::text_of(bytes) {
        return Ok(Cow::Owned(text.into_bytes()));
    }
    let inner = if bytes.starts_with(zip_archive::MAGIC) { only_member(bytes) } else { None };
    Ok(inner.map_or(Cow::Borrowed(bytes), Cow::Owned))
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

/// Returns the only member of an archive of an unknown format. An encrypted one is left to the readers of archives.
fn only_member(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut archive = Archive::open(bytes).ok()?;
    let member = archive.only_member()?;
    if sniff_archive(bytes).is_some() {
        return None;
    }
    archive.read(&member, None).ok()
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
    }
}

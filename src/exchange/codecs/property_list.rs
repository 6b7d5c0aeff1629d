//! Binary property lists of Apple's systems, and the object graphs that `NSKeyedArchiver` stores in them.
//!
//! ```text
//! "bplist00", objects, table of offsets, 6 bytes, size of an offset 1, size of a reference 1, number of objects 8,
//! index of the root 8, position of the table 8
//! ```
//!
//! An object is a marker byte and its content; containers refer to other objects by index. Nothing here follows
//! references recursively, and the number of references is limited by the size of the file, so that neither cycles nor
//! containers that overlap cost more than their bytes.

use super::ExchangeError;

pub(in crate::exchange) const MAGIC: &[u8] = b"bplist00";
const DAMAGED: ExchangeError = ExchangeError::Damaged("property list");
const TRAILER_BYTES: usize = 32;
/// The maximum number of members of an object, because each access to one searches them.
const MAX_MEMBERS: usize = 1_000;
/// The number of seconds from 1970 to 2001, from which dates are counted.
const SECONDS_TO_2001: f64 = 978_307_200.0;

/// An object of a property list. Containers hold the indexes of their items.
pub(in crate::exchange) enum Object<'a> {
    Number(f64),
    Data(&'a [u8]),
    Text(String),
    /// A reference within an archive.
    Uid(usize),
    List(Vec<usize>),
    Map(Vec<(usize, usize)>),
    /// Null, Booleans and dates, which no reader needs.
    Other,
}

/// The objects that `NSKeyedArchiver` has stored.
pub(in crate::exchange) struct KeyedArchive<'a> {
    objects: Vec<Object<'a>>,
    /// The archived objects, as indexes of `objects`.
    archived: Vec<usize>,
    root: usize,
}

impl<'a> KeyedArchive<'a> {
    /// Parses an archive.
    pub(in crate::exchange) fn parse(bytes: &'a [u8]) -> Result<Self, ExchangeError> {
        let (objects, first) = objects(bytes)?;
        let mut archive = Self { objects, archived: Vec::new(), root: first };
        let list = archive.member(first, "$objects").and_then(|at| archive.objects.get(at));
        let Some(Object::List(archived)) = list else { return Err(DAMAGED) };
        archive.archived = archived.clone();
        let top = archive.member(first, "$top").ok_or(DAMAGED)?;
        archive.root = archive.member(top, "root").ok_or(DAMAGED)?;
        Ok(archive)
    }

    /// Returns the object that was archived.
    pub(in crate::exchange) fn root(&self) -> usize {
        self.root
    }

    /// Returns the value of a member of an object or of an archived dictionary.
    pub(in crate::exchange) fn field(&self, of: usize, name: &str) -> Option<usize> {
        if let Some(own) = self.member(of, name) {
            return Some(own);
        }
        let (names, values) = (self.list(of, "NS.keys")?, self.list(of, "NS.objects")?);
        let mut members = names.iter().zip(values).take(MAX_MEMBERS);
        members.find(|(at, _)| self.text(**at) == Some(name)).map(|(_, value)| self.resolved(*value))
    }

    /// Returns the items of an archived list.
    pub(in crate::exchange) fn items(&self, of: usize) -> Option<&[usize]> {
        self.list(of, "NS.objects")
    }

    pub(in crate::exchange) fn text(&self, of: usize) -> Option<&str> {
        let of = self.resolved(of);
        match self.objects.get(self.member(of, "NS.string").unwrap_or(of))? {
            Object::Text(text) if text != "$null" => Some(text),
            _ => None,
        }
    }

    pub(in crate::exchange) fn data(&self, of: usize) -> Option<&'a [u8]> {
        let of = self.resolved(of);
        match self.objects.get(self.member(of, "NS.data").unwrap_or(of))? {
            Object::Data(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(in crate::exchange) fn number(&self, of: usize) -> Option<f64> {
        match self.objects.get(self.resolved(of))? {
            Object::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the time of an archived date, in seconds since 1970.
    pub(in crate::exchange) fn date(&self, of: usize) -> Option<f64> {
        self.number(self.member(self.resolved(of), "NS.time")?).map(|seconds| seconds + SECONDS_TO_2001)
    }

    /// Returns whether an archived value is null.
    pub(in crate::exchange) fn is_null(&self, of: usize) -> bool {
        match self.objects.get(self.resolved(of)) {
            Some(Object::Text(text)) => text == "$null",
            Some(Object::Other) | None => true,
            _ => false,
        }
    }

    fn list(&self, of: usize, name: &str) -> Option<&[usize]> {
        match self.objects.get(self.member(of, name)?)? {
            Object::List(items) => Some(items),
            _ => None,
        }
    }

    fn member(&self, of: usize, name: &str) -> Option<usize> {
        let Object::Map(members) = self.objects.get(self.resolved(of))? else { return None };
        let is_it = |key: usize| matches!(self.objects.get(key), Some(Object::Text(text)) if text == name);
        members.iter().find(|(key, _)| is_it(*key)).map(|(_, value)| self.resolved(*value))
    }

    /// Follows one reference. An archived object is never a reference itself.
    fn resolved(&self, at: usize) -> usize {
        match self.objects.get(at) {
            Some(Object::Uid(index)) => self.archived.get(*index).copied().unwrap_or(usize::MAX),
            _ => at,
        }
    }
}

/// Returns all objects, and the index of the root.
fn objects(bytes: &[u8]) -> Result<(Vec<Object<'_>>, usize), ExchangeError> {
    let (body, trailer) = bytes.split_last_chunk::<TRAILER_BYTES>().ok_or(DAMAGED)?;
    if !body.starts_with(MAGIC) {
        return Err(DAMAGED);
    }
    let [_, _, _, _, _, _, offset_bytes, reference_bytes, ..] = *trailer;
    let number = |at: usize| trailer.get(at..).and_then(|rest| whole(rest, 8)).ok_or(DAMAGED);
    let (count, root, table) = (number(8)?, number(16)?, number(24)?);
    let (offset_bytes, reference_bytes) = (usize::from(offset_bytes), usize::from(reference_bytes));
    if !(1..=8).contains(&offset_bytes) || !(1..=8).contains(&reference_bytes) {
        return Err(DAMAGED);
    }
    let offsets = body.get(table..).ok_or(DAMAGED)?;
    let offsets = offsets.get(..count.checked_mul(offset_bytes).ok_or(DAMAGED)?).ok_or(DAMAGED)?;
    let mut parser = Parser { bytes: body, reference_bytes, left: bytes.len() };
    let parsed: Result<Vec<_>, _> = offsets.chunks_exact(offset_bytes).map(|chunk| parser.object(chunk)).collect();
    Ok((parsed?, root))
}

struct Parser<'a> {
    bytes: &'a [u8],
    reference_bytes: usize,
    /// The number of references and characters that may still be read.
    left: usize,
}

impl<'a> Parser<'a> {
    fn object(&mut self, offset: &[u8]) -> Result<Object<'a>, ExchangeError> {
        let at = whole(offset, offset.len()).ok_or(DAMAGED)?;
        let (marker, rest) = self.bytes.get(at..).and_then(<[u8]>::split_first).ok_or(DAMAGED)?;
        let size = usize::from(marker & 0x0f);
        Ok(match marker >> 4 {
            1 => Object::Number(integer(rest, 1_usize.checked_shl(u32::from(marker & 0x0f)).filter(|_| size <= 4))?),
            2 => Object::Number(real(rest, size)?),
            8 => Object::Uid(whole(rest, size.saturating_add(1)).ok_or(DAMAGED)?),
            0 | 3 => Object::Other,
            kind => {
                let (count, content) = counted(size, rest)?;
                self.sized(kind, count, content)?
            }
        })
    }

    /// Parses an object with a number of bytes, characters or items.
    fn sized(&mut self, kind: u8, count: usize, content: &'a [u8]) -> Result<Object<'a>, ExchangeError> {
        if kind != 4 {
            self.left = self.left.checked_sub(count).ok_or(ExchangeError::TooComplex)?;
        }
        match kind {
            4 => content.get(..count).map(Object::Data),
            5 => content.get(..count).map(|ascii| Object::Text(String::from_utf8_lossy(ascii).into_owned())),
            6 => content.get(..count.saturating_mul(2)).map(|utf16| Object::Text(utf16_text(utf16))),
            10 | 12 => self.references(count, content).map(Object::List),
            13 if count > MAX_MEMBERS => return Err(ExchangeError::TooComplex),
            13 => {
                let keys = self.references(count, content).ok_or(DAMAGED)?;
                let values = content.get(count.saturating_mul(self.reference_bytes)..).ok_or(DAMAGED)?;
                self.references(count, values).map(|values| Object::Map(keys.into_iter().zip(values).collect()))
            }
            _ => None,
        }
        .ok_or(DAMAGED)
    }

    fn references(&self, count: usize, content: &[u8]) -> Option<Vec<usize>> {
        let content = content.get(..count.checked_mul(self.reference_bytes)?)?;
        content.chunks_exact(self.reference_bytes).map(|chunk| whole(chunk, chunk.len())).collect()
    }
}

/// Returns the size of an object, which follows as an integer object if it is 15 or more.
fn counted(size: usize, rest: &[u8]) -> Result<(usize, &[u8]), ExchangeError> {
    if size < 15 {
        return Ok((size, rest));
    }
    let (marker, rest) = rest.split_first().ok_or(DAMAGED)?;
    let length = match marker {
        0x10 => 1,
        0x11 => 2,
        0x12 => 4,
        0x13 => 8,
        _ => return Err(DAMAGED),
    };
    Ok((whole(rest, length).ok_or(DAMAGED)?, rest.get(length..).ok_or(DAMAGED)?))
}

/// Returns a big-endian number of up to eight bytes.
fn whole(bytes: &[u8], length: usize) -> Option<usize> {
    let digits = bytes.get(..length).filter(|digits| digits.len() <= 8)?;
    let value = digits.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    usize::try_from(value).ok()
}

/// Returns an integer. Only those of eight bytes are signed; those of sixteen are not used by any reader.
fn integer(bytes: &[u8], length: Option<usize>) -> Result<f64, ExchangeError> {
    let bytes = length.and_then(|length| bytes.get(..length)).ok_or(DAMAGED)?;
    let exact = match bytes.try_into().map(i64::from_be_bytes) {
        Ok(value) => i32::try_from(value).ok().map(f64::from),
        Err(_) => whole(bytes, bytes.len()).and_then(|value| u32::try_from(value).ok()).map(f64::from),
    };
    Ok(exact.unwrap_or(f64::INFINITY))
}

fn real(bytes: &[u8], size: usize) -> Result<f64, ExchangeError> {
    match size {
        2 => bytes.first_chunk().map(|bytes| f64::from(f32::from_be_bytes(*bytes))),
        3 => bytes.first_chunk().map(|bytes| f64::from_be_bytes(*bytes)),
        _ => None,
    }
    .ok_or(DAMAGED)
}

fn utf16_text(bytes: &[u8]) -> String {
    let units = bytes.as_chunks().0.iter().map(|unit| u16::from_be_bytes(*unit));
    char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A property list with one-byte offsets and references.
    fn list(objects: &[&[u8]]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let mut offsets = Vec::new();
        for object in objects {
            offsets.push(u8::try_from(bytes.len()).unwrap());
            bytes.extend_from_slice(object);
        }
        let table = u8::try_from(bytes.len()).unwrap();
        bytes.extend(offsets);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        for number in [u8::try_from(objects.len()).unwrap(), 0, table] {
            bytes.extend([0, 0, 0, 0, 0, 0, 0, number]);
        }
        bytes
    }

    #[test]
    fn the_archived_object_and_its_members_are_found() {
        let archive = list(&[
            b"\xd2\x01\x02\x03\x04",
            b"\x54$top",
            b"\x58$objects",
            b"\xd1\x05\x06",
            b"\xa3\x07\x08\x09",
            b"\x54root",
            b"\x80\x01",
            b"\x55$null",
            b"\xd3\x0a\x0b\x0c\x0d\x06\x06",
            b"\x62\x00\xe9\x20\xac",
            b"\x54name",
            b"\x53num",
            b"\x54self",
            b"\x80\x02",
        ]);
        let archive = KeyedArchive::parse(&archive).unwrap();
        let name = archive.field(archive.root(), "name").unwrap();
        assert_eq!(archive.text(name), Some("é€"));
        // A member that refers to the object itself is not followed further.
        assert_eq!(archive.field(archive.root(), "self"), Some(archive.root()));
        assert_eq!(archive.field(archive.root(), "other"), None);
    }

    #[test]
    fn damaged_lists_are_errors() {
        let good = list(&[b"\xd1\x01\x02", b"\x58$objects", b"\xa0"]);
        for length in 0..good.len() {
            assert!(KeyedArchive::parse(&good[..length]).is_err());
        }
        for at in 0..good.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                let _ = KeyedArchive::parse(&bad);
            }
        }
    }

    #[test]
    fn containers_that_overlap_are_limited() {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(b"\xaf\x12\x00\x00\x80\x00");
        bytes.resize(bytes.len() + 0x8000, 0);
        let table = u32::try_from(bytes.len()).unwrap();
        bytes.extend([8; 0x8000]);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        for number in [0x8000, 0, table] {
            bytes.extend(u64::from(number).to_be_bytes());
        }
        assert_eq!(objects(&bytes).err(), Some(ExchangeError::TooComplex));
    }
}

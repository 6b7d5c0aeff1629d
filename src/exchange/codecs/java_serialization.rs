//! Reads a `HashMap<String, String>` in Java's object serialization format.
//!
//! | bytes | meaning |
//! |---|---|
//! | `AC ED 00 05` | stream magic and version |
//! | `73 72` | object, class description: name, serial version, flags, fields; annotations end with `78`; `70` for no superclass |
//! | field values | `loadFactor`, `threshold`: 4 bytes each |
//! | `77 08` | block of 8 bytes: capacity, size |
//! | strings, in pairs | `74` and a length of 2 bytes, or `7C` and 8 bytes; `71` refers to an earlier string |
//! | `78` | end |

use super::ExchangeError;
use super::byte_reader::{Bytes, length};

pub(in crate::exchange) const MAGIC: &[u8] = b"\xac\xed\x00\x05";

const DAMAGED: ExchangeError = ExchangeError::Damaged("Java object");
const MAX_FIELDS: u16 = 16;
const MAX_PAIRS: usize = 100_000;
/// The handle of the first object in a stream, to which back references are relative.
const BASE_HANDLE: u32 = 0x7e_0000;

/// Returns the keys and values of the map.
pub(in crate::exchange) fn string_map(bytes: &[u8]) -> Result<Vec<(String, String)>, ExchangeError> {
    let mut stream = Stream { rest: Bytes(bytes.strip_prefix(MAGIC).ok_or(DAMAGED)?), handles: Vec::new() };
    stream.map().ok_or(DAMAGED)
}

struct Stream<'a> {
    rest: Bytes<'a>,
    /// All objects that a back reference may name, in stream order; `None` for objects that are not strings.
    handles: Vec<Option<String>>,
}

impl Stream<'_> {
    fn map(&mut self) -> Option<Vec<(String, String)>> {
        self.expect(0x73)?;
        let values = self.class_description()?;
        // The map itself also takes a handle.
        self.handles.push(None);
        self.rest.take(values)?;
        self.expect(0x77)?;
        self.expect(8)?;
        self.rest.take(4)?;
        let size = length(self.rest.u32_be()?);
        if size > MAX_PAIRS {
            return None;
        }
        let mut pairs = Vec::new();
        for _ in 0..size {
            pairs.push((self.string()?, self.string()?));
        }
        Some(pairs)
    }

    /// Skips a class description. Returns the size of the field values of its objects, in bytes.
    fn class_description(&mut self) -> Option<usize> {
        self.expect(0x72)?;
        let name = usize::from(self.rest.u16_be()?);
        self.rest.take(name)?;
        self.rest.take(8)?;
        self.handles.push(None);
        self.rest.u8()?;
        let fields = self.rest.u16_be().filter(|fields| *fields <= MAX_FIELDS)?;
        let mut size = 0_usize;
        for _ in 0..fields {
            size = size.checked_add(match self.rest.u8()? {
                b'B' | b'Z' => 1,
                b'C' | b'S' => 2,
                b'F' | b'I' => 4,
                b'D' | b'J' => 8,
                _ => return None,
            })?;
            let name = usize::from(self.rest.u16_be()?);
            self.rest.take(name)?;
        }
        self.expect(0x78)?;
        self.expect(0x70)?;
        Some(size)
    }

    fn string(&mut self) -> Option<String> {
        let size = match self.rest.u8()? {
            0x74 => usize::from(self.rest.u16_be()?),
            0x7c => usize::try_from(self.rest.u64_be()?).ok()?,
            0x71 => {
                let index = length(self.rest.u32_be()?.checked_sub(BASE_HANDLE)?);
                return self.handles.get(index)?.clone();
            }
            _ => return None,
        };
        let text = modified_utf_8(self.rest.take(size)?)?;
        self.handles.push(Some(text.clone()));
        Some(text)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.rest.u8()? == byte).then_some(())
    }
}

/// Decodes Java's modified UTF-8, which encodes each UTF-16 unit separately and NUL as two bytes.
fn modified_utf_8(bytes: &[u8]) -> Option<String> {
    let mut units = Vec::with_capacity(bytes.len());
    let mut rest = Bytes(bytes);
    let tail = |rest: &mut Bytes<'_>| rest.u8().filter(|byte| byte & 0xc0 == 0x80).map(|byte| u16::from(byte & 0x3f));
    while let Some(first) = rest.u8() {
        units.push(match first {
            0x00..=0x7f => u16::from(first),
            0xc0..=0xdf => (u16::from(first & 0x1f) << 6) | tail(&mut rest)?,
            0xe0..=0xef => (u16::from(first & 0x0f) << 12) | (tail(&mut rest)? << 6) | tail(&mut rest)?,
            _ => return None,
        });
    }
    String::from_utf16(&units).ok()
}

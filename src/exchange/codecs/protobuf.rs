//! The wire format of Protocol Buffers. Fields may be in any order, and unknown fields are skipped.
//!
//! | wire type | payload |
//! |---|---|
//! | 0 | varint, at most 10 bytes |
//! | 1 | 8 bytes |
//! | 2 | varint length, then that many bytes |
//! | 5 | 4 bytes |

use super::byte_reader::Bytes;

/// The value of a field.
#[derive(Clone, Copy)]
pub(in crate::exchange) enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// A fixed-width number. No supported format uses one.
    Fixed,
}

impl<'a> Field<'a> {
    pub(in crate::exchange) fn number(self) -> Option<u64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    pub(in crate::exchange) fn bytes(self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

/// Maximum number of fields of a message. The number is limited because a field of two bytes takes 32 bytes of memory.
const MAX_FIELDS: usize = 100_000;

/// Returns the numbers and values of a message's fields, or `None` if the bytes are not a message.
pub(in crate::exchange) fn fields(message: &[u8]) -> Option<Vec<(u64, Field<'_>)>> {
    let mut rest = Bytes(message);
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        let field = match tag & 7 {
            0 => Field::Number(varint(&mut rest)?),
            1 => rest.take(8).map(|_| Field::Fixed)?,
            2 => {
                let length = usize::try_from(varint(&mut rest)?).ok()?;
                Field::Bytes(rest.take(length)?)
            }
            5 => rest.take(4).map(|_| Field::Fixed)?,
            _ => return None,
        };
        if fields.len() >= MAX_FIELDS {
            return None;
        }
        fields.push((tag >> 3, field));
    }
    Some(fields)
}

fn varint(rest: &mut Bytes<'_>) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..70).step_by(7) {
        let byte = rest.u8()?;
        let bits = u64::from(byte & 0x7f);
        // The tenth byte holds one bit.
        if shift == 63 && bits > 1 {
            return None;
        }
        value |= bits.checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Writes the fields of a message.
#[derive(Default)]
pub(in crate::exchange) struct Writer(pub(in crate::exchange) Vec<u8>);

impl Writer {
    /// Writes a varint field. Omits 0, which is the default.
    pub(in crate::exchange) fn number(&mut self, field: u64, value: u64) {
        if value != 0 {
            self.varint(field << 3);
            self.varint(value);
        }
    }

    /// Writes a length-delimited field, even if it is empty.
    pub(in crate::exchange) fn bytes(&mut self, field: u64, value: &[u8]) {
        self.varint((field << 3) | 2);
        self.varint(u64::try_from(value.len()).unwrap_or(u64::MAX));
        self.0.extend_from_slice(value);
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.0.push(value.to_le_bytes()[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unterminated_varint_is_rejected() {
        assert!(fields(&[0x08, 0x80]).is_none());
        assert!(fields(&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]).is_none());
        assert!(fields(&[0x0a, 0xff, 0x01, 0x00]).is_none());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number in 1_u64.., bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut writer = Writer::default();
            writer.number(7, number);
            writer.bytes(1, &bytes);
            let read = fields(&writer.0).unwrap();
            prop_assert_eq!(read[0].1.number(), Some(number));
            prop_assert_eq!(read[1].1.bytes(), Some(bytes.as_slice()));
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = fields(&bytes);
        }
    }
}

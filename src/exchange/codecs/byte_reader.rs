//! Reads binary formats from front to back. Reading past the end returns `None`.

/// The bytes that have not been read yet.
#[derive(Clone, Copy)]
pub(in crate::exchange) struct Bytes<'a>(pub(in crate::exchange) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(in crate::exchange) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    pub(in crate::exchange) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(in crate::exchange) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(in crate::exchange) fn u16_be(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(in crate::exchange) fn u32_be(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(in crate::exchange) fn u64_be(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(in crate::exchange) fn u16_le(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(in crate::exchange) fn u32_le(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(in crate::exchange) fn u64_le(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(in crate::exchange) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Converts a `u32` length to a `usize`, which has at least 32 bits on all supported platforms.
pub(in crate::exchange) fn length(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

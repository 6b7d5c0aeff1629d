//! A secret value that is erased when it is dropped, never printed, and read only on purpose.
//!
//! The value is in its own heap allocation, so moving a [`Secret`] moves a pointer and leaves no copy. A key is written
//! into that allocation ([`Secret::expose_mut`]) instead of being created on the stack and moved.
//!
//! ```
//! use casdoor_authenticator::secret::Secret;
//!
//! let password = Secret::new(String::from("correct horse"));
//! assert_eq!(format!("{password:?}"), "Secret(..)");
//! // Read where a key derivation needs the bytes, and nowhere else.
//! assert_eq!(password.expose().len(), 13);
//! ```

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A secret value: a key, a token, a password, or the secret of an account.
///
/// It has no `Display`, `Deref`, `Serialize` or `Hash`, so reading it always takes an explicit [`Secret::expose`].
#[derive(Clone, Default)]
pub struct Secret<T: Zeroize>(Box<T>);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value. For the bytes of a key, use [`Secret::expose_mut`] on a default value, or [`Secret::from_slice`],
    /// because passing an array by value leaves a copy on the stack.
    pub fn new(value: T) -> Self {
        Self(Box::new(value))
    }

    /// Returns the value. Each caller must have a reason to read it.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// Returns the value to write it in place.
    pub fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<const N: usize> Secret<[u8; N]>
where
    [u8; N]: Default,
{
    /// Copies the bytes of a key. Returns `None` if there are not exactly `N` of them.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::default();
        if bytes.len() != N {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Zeroize + AsRef<[u8]>> PartialEq for Secret<T> {
    /// Compares in a time that depends only on the lengths.
    fn eq(&self, other: &Self) -> bool {
        let (own, other): (&[u8], &[u8]) = ((*self.0).as_ref(), (*other.0).as_ref());
        own.ct_eq(other).into()
    }
}

impl<T: Zeroize + AsRef<[u8]>> Eq for Secret<T> {}

/// A source of randomness: the platform's generator in the extension, a seeded one in tests.
pub trait Entropy {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&mut self, bytes: &mut [u8]);

    /// Returns `N` unpredictable bytes.
    fn generate<const N: usize>(&mut self) -> [u8; N]
    where
        Self: Sized,
    {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

#[cfg(test)]
pub(crate) mod test_entropy {
    //! Predictable sources of randomness for tests.

    use super::Entropy;

    /// Fills all buffers with the same byte.
    pub(crate) struct ConstantEntropy(pub(crate) u8);

    impl Entropy for ConstantEntropy {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    /// Returns consecutive bytes, so that the bytes of one buffer differ.
    pub(crate) struct CountingEntropy(pub(crate) u8);

    impl Entropy for CountingEntropy {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill_with(|| {
                self.0 = self.0.wrapping_add(1);
                self.0
            });
        }
    }

    /// Fills each buffer with one byte, which increases with each buffer.
    pub(crate) struct CallCountingEntropy(pub(crate) u8);

    impl Entropy for CallCountingEntropy {
        fn fill(&mut self, bytes: &mut [u8]) {
            self.0 = self.0.wrapping_add(1);
            bytes.fill(self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_nothing_of_the_value() {
        assert!(!format!("{:?}", Secret::new(String::from("hunter2"))).contains("hunter2"));
    }

    #[test]
    fn equality_compares_values() {
        assert_eq!(Secret::new(vec![1, 2]), Secret::new(vec![1, 2]));
        assert_ne!(Secret::new(vec![1, 2]), Secret::new(vec![1, 3]));
        assert_ne!(Secret::new(vec![1, 2]), Secret::new(vec![1]));
    }

    #[test]
    fn a_key_has_exactly_its_length() {
        let key: Secret<[u8; 4]> = Secret::from_slice(&[1, 2, 3, 4]).unwrap();
        assert_eq!(key.expose(), &[1, 2, 3, 4]);
        assert!(Secret::<[u8; 4]>::from_slice(&[1, 2, 3]).is_none());
        assert!(Secret::<[u8; 4]>::from_slice(&[1, 2, 3, 4, 5]).is_none());
    }

    #[test]
    fn moving_a_secret_does_not_copy_its_bytes() {
        let key: Secret<[u8; 32]> = Secret::from_slice(&[7; 32]).unwrap();
        let before = std::ptr::from_ref(key.expose());
        let moved = Box::new([Some(key)]);
        let after = moved[0].as_ref().map(|key| std::ptr::from_ref(key.expose()));
        assert_eq!(after, Some(before), "the bytes stay in the allocation that is erased");
    }
}

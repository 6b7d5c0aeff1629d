//! A random generator that returns the same numbers in every run.

use casdoor_authenticator::secret::Entropy;

/// A linear congruential generator, represented by its state.
#[derive(Clone)]
pub struct Seeded(pub u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

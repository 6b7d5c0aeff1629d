//! The time that reading may take, told by the caller: no module here reads a clock.

/// Asks the caller whether time is up, and remembers the answer once it was yes.
pub(super) struct Budget<'a> {
    expired: &'a mut dyn FnMut() -> bool,
    spent: bool,
}

impl<'a> Budget<'a> {
    pub(super) fn new(expired: &'a mut dyn FnMut() -> bool) -> Self {
        Self { expired, spent: false }
    }

    /// Returns true if to stop with what was found so far. Asked between units of work of a few milliseconds at most.
    pub(super) fn is_spent(&mut self) -> bool {
        self.spent = self.spent || (self.expired)();
        self.spent
    }
}

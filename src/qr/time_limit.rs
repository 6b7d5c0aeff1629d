//! The time limit for reading. The caller decides when it has expired; no module here reads a clock.

/// Asks the caller whether the time is up, and remembers a positive answer.
pub(super) struct TimeLimit<'a> {
    expired: &'a mut dyn FnMut() -> bool,
    spent: bool,
}

impl<'a> TimeLimit<'a> {
    pub(super) fn new(expired: &'a mut dyn FnMut() -> bool) -> Self {
        Self { expired, spent: false }
    }

    /// Returns true if reading should stop with what was found so far. Called between units of work of at most a few
    /// milliseconds.
    pub(super) fn is_spent(&mut self) -> bool {
        self.spent = self.spent || (self.expired)();
        self.spent
    }
}

//! The merge as a separate wasm module for benchmarks: the host calls [`prepare`] once and measures [`run`].

#[path = "../../merge/rows.rs"]
mod rows;

use std::cell::RefCell;

thread_local! {
    static SIDES: RefCell<Option<rows::Sides>> = const { RefCell::new(None) };
}

/// Creates both sides with this many rows each.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(rows: u32) {
    SIDES.with_borrow_mut(|sides| *sides = Some(rows::Sides::new(rows)));
}

/// Merges once. Returns the number of rows to write, so that the optimizer cannot remove the work.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> u32 {
    SIDES.with_borrow_mut(|sides| {
        let written = sides.as_mut().and_then(|sides| sides.merge().write);
        written.map_or(0, |rows| u32::try_from(rows.len()).unwrap_or(u32::MAX))
    })
}

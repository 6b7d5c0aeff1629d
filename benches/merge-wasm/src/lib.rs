//! The merge alone as wasm: the host calls [`prepare`] once and times [`run`].

#[path = "../../merge/rows.rs"]
mod rows;

use std::cell::RefCell;

thread_local! {
    static SIDES: RefCell<Option<rows::Sides>> = const { RefCell::new(None) };
}

/// Makes both sides, with that many rows each.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(rows: u32) {
    SIDES.with_borrow_mut(|sides| *sides = Some(rows::Sides::new(rows)));
}

/// Merges once; how many rows are to be written, so that the work cannot be left out.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> u32 {
    SIDES.with_borrow_mut(|sides| {
        let written = sides.as_mut().and_then(|sides| sides.merge().write);
        written.map_or(0, |rows| u32::try_from(rows.len()).unwrap_or(u32::MAX))
    })
}

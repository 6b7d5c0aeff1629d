//! Measures how long merging two lists of 500 rows takes natively: `cargo bench --bench merge`. `./build.sh bench`
//! measures it in wasm.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a native bench: a wrong input should stop it, and its clock is the machine's"
)]

mod rows;

use std::time::Instant;

const ROWS: u32 = 500;
const RUNS: usize = 51;

fn main() {
    let mut sides = rows::Sides::new(ROWS);
    let mut micros: Vec<u128> = (0..RUNS)
        .map(|_| {
            let begin = Instant::now();
            std::hint::black_box(sides.merge());
            begin.elapsed().as_micros()
        })
        .collect();
    micros.sort_unstable();
    println!("merge of {ROWS} by {ROWS} rows: {} us (median of {RUNS})", micros.get(RUNS.div_euclid(2)).unwrap());
}

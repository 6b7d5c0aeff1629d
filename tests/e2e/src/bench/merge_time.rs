//! Measures the merge of 500 local and 500 remote rows in wasm, with changes on both sides.

use super::median;
use crate::browser::Browser;
use crate::other_site::{self, Answer};
use crate::package::root;
use anyhow::{Context, Result};
use serde_json::Value;

/// Rows on each side.
const ROWS: u32 = 500;
const RUNS: u32 = 101;

/// The duration of one merge, in milliseconds.
pub struct MergeTime {
    /// The fastest run, which is the cost of the merge alone.
    pub fastest: f64,
    /// The median of all runs, which depends on the machine's load.
    pub median: f64,
    /// Rows to write after the merge.
    pub written: u64,
}

/// Runs `benches/merge-wasm` in a page. `cargo xtask bench` builds it.
pub fn measure_merge(browser: &Browser) -> Result<MergeTime> {
    let file = root().join("target/merge-wasm/wasm32-unknown-unknown/release/merge_wasm.wasm");
    let wasm = std::fs::read(&file).context("the merge benchmark is not built; run ./build.sh bench")?;
    let address = other_site::serve(vec![
        Answer { path: "/", kind: "text/html", body: b"<!doctype html><title>Merge</title>".to_vec() },
        Answer { path: "/merge.wasm", kind: "application/wasm", body: wasm },
    ])?;
    let page = browser.open(&format!("{address}/"))?;
    let answer = page.evaluate(&format!(
        "(async () => {{
            const nothing = new Proxy({{}}, {{ get: () => () => 0 }});
            const imports = new Proxy({{}}, {{ get: () => nothing }});
            const {{ instance }} = await WebAssembly.instantiateStreaming(fetch('/merge.wasm'), imports);
            instance.exports.prepare({ROWS});
            let written = 0;
            const times = [];
            for (let run = 0; run < {RUNS}; run += 1) {{
                const begin = performance.now();
                written = instance.exports.run();
                times.push(performance.now() - begin);
            }}
            return {{ times, written }};
        }})()"
    ))?;
    page.close()?;
    let times = answer.get("times").and_then(Value::as_array);
    let times: Vec<f64> = times.into_iter().flatten().filter_map(Value::as_f64).collect();
    Ok(MergeTime {
        fastest: times.iter().copied().fold(f64::INFINITY, f64::min),
        median: median(times.iter().copied()),
        written: answer.get("written").and_then(Value::as_u64).context("the merge wrote nothing")?,
    })
}

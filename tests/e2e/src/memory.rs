//! Finds secrets in the wasm memory of a page or worker.

use crate::package::{copied, granted};
use crate::page::Page;
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Bytes to look for, under a name that an assertion can print.
#[derive(Clone, Debug)]
pub struct Needle {
    /// The description that an assertion prints.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Needle {
    /// Creates a needle for a text in UTF-8.
    pub fn text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    /// Creates needles for each representation of a key: its bytes, base64 and hexadecimal.
    pub fn key(name: &str, bytes: &[u8]) -> Vec<Self> {
        let base64 = data_encoding::BASE64.encode(bytes);
        let hex = data_encoding::HEXLOWER.encode(bytes);
        vec![
            Self { name: format!("{name}, raw"), bytes: bytes.to_vec() },
            // Without padding, so that unpadded texts are found, too.
            Self::text(&format!("{name}, base64"), base64.trim_end_matches('=')),
            Self::text(&format!("{name}, hex"), &hex),
        ]
    }
}

/// Records the memory of every wasm instance, including instances that are no longer used.
///
/// `Runtime.queryObjects` would find them without this script, but its garbage collection crashes Chromium 156 in one
/// of five runs if it interrupts a service worker that is executing wasm.
const RECORD: &str = "(() => {
    const memories = self.wasmMemories = new Set();
    const record = (result) => {
        const { exports } = result.instance ?? result;
        for (const it of Object.values(exports)) if (it instanceof WebAssembly.Memory) memories.add(it);
        return result;
    };
    for (const name of ['instantiate', 'instantiateStreaming']) {
        const original = WebAssembly[name];
        WebAssembly[name] = (...args) => original.apply(WebAssembly, args).then(record);
    }
    WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
        construct: (original, args) => record(new original(...args)),
    });
})();
";

const COUNT: &str = "((needles) => {
    const found = needles.map(() => 0);
    for (const memory of self.wasmMemories) {
        const all = new Uint8Array(memory.buffer);
        needles.forEach((hex, index) => {
            const needle = hex.match(/../g).map((byte) => parseInt(byte, 16));
            for (let at = all.indexOf(needle[0]); at >= 0; at = all.indexOf(needle[0], at + 1)) {
                if (needle.every((byte, offset) => all[at + offset] === byte)) found[index] += 1;
            }
        });
    }
    return { memories: self.wasmMemories.size, found };
})";

/// Copies the test package, and makes its pages and worker record their wasm memories. The copy is deleted when
/// dropped.
pub fn recording_package() -> Result<tempfile::TempDir> {
    let copied = copied(&granted())?;
    let write = |name: &str, text: &str| std::fs::write(copied.path().join(name), text);
    write("record_memories.js", RECORD)?;
    // The first import of a module runs first, and the pages load `language.js` before any module.
    for (name, first) in [("worker.js", "import \"./record_memories.js\";\n"), ("language.js", RECORD)] {
        let text = std::fs::read_to_string(copied.path().join(name))?;
        write(name, &format!("{first}{text}"))?;
    }
    Ok(copied)
}

/// Returns how often each needle occurs in the wasm memories that the page or worker has ever created.
pub fn occurrences(page: &Page, needles: &[Needle]) -> Result<Vec<(String, u64)>> {
    let hex: Vec<String> = needles.iter().map(|needle| data_encoding::HEXLOWER.encode(&needle.bytes)).collect();
    let counted = page.evaluate(&format!("{COUNT}({})", json!(hex)))?;
    anyhow::ensure!(
        counted.get("memories").and_then(Value::as_u64) > Some(0),
        "no wasm memory was recorded: {counted}"
    );
    let found = counted.get("found").and_then(Value::as_array).context("the script returned no counts")?;
    let count = |value: &Value| value.as_u64().unwrap_or_default();
    Ok(needles.iter().map(|needle| needle.name.clone()).zip(found.iter().map(count)).collect())
}

/// Returns the needles that were found, with the number of occurrences.
pub fn found(page: &Page, needles: &[Needle]) -> Result<Vec<(String, u64)>> {
    Ok(occurrences(page, needles)?.into_iter().filter(|(_, count)| *count > 0).collect())
}

//! Finding secrets in the wasm memory of a page or worker.

use crate::page::Page;
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Bytes to look for, under a name that an assertion can print.
#[derive(Clone, Debug)]
pub struct Needle {
    /// Its description.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Needle {
    /// A text as it is in memory.
    pub fn text(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
    }

    /// A key in each form that it may be in: its bytes, base64 and hexadecimal.
    pub fn key(name: &str, bytes: &[u8]) -> Vec<Self> {
        let base64 = data_encoding::BASE64.encode(bytes);
        let hex = data_encoding::HEXLOWER.encode(bytes);
        vec![
            Self { name: format!("{name}, raw"), bytes: bytes.to_vec() },
            // Without padding, so that it is found in an unpadded text as well.
            Self::text(&format!("{name}, base64"), base64.trim_end_matches('=')),
            Self::text(&format!("{name}, hex"), &hex),
        ]
    }
}

const COUNT: &str = "function (needles) {
    const found = needles.map(() => 0);
    for (const memory of this) {
        const all = new Uint8Array(memory.buffer);
        needles.forEach((hex, index) => {
            const needle = hex.match(/../g).map((byte) => parseInt(byte, 16));
            for (let at = all.indexOf(needle[0]); at >= 0; at = all.indexOf(needle[0], at + 1)) {
                if (needle.every((byte, offset) => all[at + offset] === byte)) found[index] += 1;
            }
        });
    }
    return { memories: this.length, found };
}";

/// Counts each needle in the wasm memories that still exist there, also in those of instances that are no longer used.
pub fn occurrences(page: &Page, needles: &[Needle]) -> Result<Vec<(String, u64)>> {
    let group = json!("scan");
    let prototype =
        page.call("Runtime.evaluate", json!({ "expression": "WebAssembly.Memory.prototype", "objectGroup": group }))?;
    let prototype = prototype.pointer("/result/objectId").context("there is no wasm here")?;
    let query = json!({ "prototypeObjectId": prototype, "objectGroup": group });
    let memories = page.call("Runtime.queryObjects", query)?;
    let memories = memories.pointer("/objects/objectId").context("the memories have no id")?;
    let hex: Vec<String> = needles.iter().map(|needle| data_encoding::HEXLOWER.encode(&needle.bytes)).collect();
    let call = json!({
        "objectId": memories, "functionDeclaration": COUNT, "arguments": [{ "value": hex }], "returnByValue": true,
    });
    let counted = page.call("Runtime.callFunctionOn", call)?;
    page.call("Runtime.releaseObjectGroup", json!({ "objectGroup": group }))?;
    anyhow::ensure!(
        counted.pointer("/result/value/memories").and_then(Value::as_u64) > Some(0),
        "no wasm memory was found: {counted}"
    );
    let found = counted.pointer("/result/value/found").and_then(Value::as_array).context("nothing was counted")?;
    let count = |value: &Value| value.as_u64().unwrap_or_default();
    Ok(needles.iter().map(|needle| needle.name.clone()).zip(found.iter().map(count)).collect())
}

/// The needles that were found, with their number.
pub fn found(page: &Page, needles: &[Needle]) -> Result<Vec<(String, u64)>> {
    Ok(occurrences(page, needles)?.into_iter().filter(|(_, count)| *count > 0).collect())
}

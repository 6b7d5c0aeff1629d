// Derives each key in a new wasm instance. Its memory contained the password and the key, and Argon2id has made it
// large, so it is overwritten and released afterwards.
import init, * as kdf from "./wasm/kdf.js";

let started;

export async function deriveKey(parameters, password, salt) {
  started ??= init({ module_or_path: chrome.runtime.getURL("wasm/kdf_bg.wasm") });
  await started;
  try {
    const key = kdf.derive(parameters, password, salt);
    if (!key) throw new Error("parameters out of bounds");
    return key;
  } finally {
    new Uint8Array(kdf.initSync().memory.buffer).fill(0);
    kdf.__wbg_reset_state();
  }
}

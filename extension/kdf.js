// One fresh wasm instance for each derivation: the memory that Argon2id grew goes with the instance.
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
    kdf.__wbg_reset_state();
  }
}

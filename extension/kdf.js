// Derives each key in a new wasm instance. Its memory contained the password and the key, and Argon2id has made it
// large, so it is overwritten and released afterwards.
import init, * as kdf from "./wasm/kdf.js";

let started;

// Loads the module once. After a failure, the next call tries again.
function start() {
  started ??= init({ module_or_path: chrome.runtime.getURL("wasm/kdf_bg.wasm") }).catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}

export async function deriveKey(parameters, password, salt) {
  // A file that cannot be read at once can often be read a moment later, and the user would be told that the vault's
  // settings are wrong.
  await start().catch(start);
  try {
    const key = kdf.derive(parameters, password, salt);
    if (!key) throw new Error("parameters out of bounds");
    return key;
  } finally {
    new Uint8Array(kdf.initSync().memory.buffer).fill(0);
    kdf.__wbg_reset_state();
  }
}

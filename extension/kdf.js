// Derives each key in a new wasm instance. Its memory contained the password and the key, and Argon2id has made it
// large, so it is overwritten and released afterwards.
import init, * as kdf from "./wasm/kdf.js";

let started;

// How long to wait before the module is loaded again, in milliseconds.
const WAITS = [100, 500];

// On a busy machine, loading can fail for a moment. Without another attempt, the user would be told that the vault's
// settings are wrong.
async function load() {
  for (const milliseconds of WAITS) {
    try {
      return await init({ module_or_path: chrome.runtime.getURL("wasm/kdf_bg.wasm") });
    } catch {
      await new Promise((done) => setTimeout(done, milliseconds));
    }
  }
  return init({ module_or_path: chrome.runtime.getURL("wasm/kdf_bg.wasm") });
}

// Loads the module once. After a failure, the next derivation tries again.
function start() {
  started ??= load().catch((error) => {
    started = undefined;
    throw error;
  });
  return started;
}

export async function deriveKey(parameters, password, salt) {
  await start();
  try {
    const key = kdf.derive(parameters, password, salt);
    if (!key) throw new Error("parameters out of bounds");
    return key;
  } finally {
    new Uint8Array(kdf.initSync().memory.buffer).fill(0);
    kdf.__wbg_reset_state();
  }
}

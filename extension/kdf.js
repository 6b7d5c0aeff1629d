// Derives each key in a new wasm instance. Its memory contained the password and the key, and Argon2id has made it
// large, so it is overwritten and released afterwards.
import { startOnce } from "./start_once.js";
import init, * as kdf from "./wasm/kdf.js";

const start = startOnce(() => init({ module_or_path: chrome.runtime.getURL("wasm/kdf_bg.wasm") }));

export async function deriveKey(parameters, password, salt) {
  // The salt is a view of the worker's memory, and is detached when that memory grows in the meantime.
  const ownSalt = salt.slice();
  await start();
  try {
    const key = kdf.derive(parameters, password, ownSalt);
    if (!key) throw new Error("parameters out of bounds");
    return key;
  } finally {
    new Uint8Array(kdf.initSync().memory.buffer).fill(0);
    kdf.__wbg_reset_state();
  }
}

// The popup's switchboard: compiles the wasm while `first.js` reads and draws, then hands over.
import init, { popup } from "./wasm/pages.js";

await init({ module_or_path: new URL("wasm/pages_bg.wasm", import.meta.url) });
popup(globalThis.first);

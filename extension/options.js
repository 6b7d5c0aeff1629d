// The options page's switchboard: starts its wasm.
import init, { options } from "./wasm/options.js";

await init({ module_or_path: new URL("wasm/options_bg.wasm", import.meta.url) });
options();

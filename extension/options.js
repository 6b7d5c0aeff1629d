// The options page's switchboard: puts the theme on and starts its wasm.
import init, { options } from "./wasm/options.js";

const { theme } = await chrome.storage.local.get("theme");
document.documentElement.dataset.theme = theme ?? "system";
await init({ module_or_path: new URL("wasm/options_bg.wasm", import.meta.url) });
options();

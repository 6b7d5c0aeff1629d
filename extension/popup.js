// Compiles the popup's wasm once `first_frame.js` has read the session and drawn the first frame.

import { eraseOnLeave } from "./leave.js";
import init, { popup } from "./wasm/pages.js";

eraseOnLeave(await init({ module_or_path: new URL("wasm/pages_bg.wasm", import.meta.url) }));
popup(globalThis.first.finally(() => globalThis.texts));

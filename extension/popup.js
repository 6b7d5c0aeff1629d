// Compiles and starts the popup's wasm. `first_frame.js` imports it after the first frame is drawn.

import { eraseOnLeave } from "./erase_on_leave.js";
import init, { popup } from "./wasm/pages.js";

eraseOnLeave(await init({ module_or_path: new URL("wasm/pages_bg.wasm", import.meta.url) }));
popup(globalThis.first.finally(() => globalThis.texts));

// The popup's switchboard: compiles the wasm once `first_frame.js` has read and drawn, and hands over.
import init, { popup } from "./wasm/pages.js";
import { eraseOnLeave } from "./leave.js";

eraseOnLeave(await init({ module_or_path: new URL("wasm/pages_bg.wasm", import.meta.url) }));
popup(globalThis.first);

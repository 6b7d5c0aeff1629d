// Applies the theme and language of the options page, and starts its wasm.

import { eraseOnLeave } from "./erase_on_leave.js";
import init, { options } from "./wasm/options.js";

const stored = await chrome.storage.local.get(["theme", "text_size", "density", "language"]);
useAppearance(stored);
const texts = useLanguage(stored.language);
eraseOnLeave(await init({ module_or_path: new URL("wasm/options_bg.wasm", import.meta.url) }));
await texts;
options();

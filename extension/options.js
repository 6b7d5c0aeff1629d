// Applies the theme and language of the options page, and starts its wasm.

import { eraseOnLeave } from "./erase_on_leave.js";
import init, { options } from "./wasm/options.js";

const { theme, language } = await chrome.storage.local.get(["theme", "language"]);
const texts = useLanguage(language);
document.documentElement.dataset.theme = theme ?? "system";
eraseOnLeave(await init({ module_or_path: new URL("wasm/options_bg.wasm", import.meta.url) }));
await texts;
options();

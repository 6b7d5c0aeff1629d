// The popup's switchboard: starts the three reads while the wasm is compiled, then hands them over.
import init, { popup } from "./wasm/pages.js";

const first = Promise.all([
    chrome.storage.session.get(["board", "wish"]),
    chrome.storage.local.get("phase"),
    chrome.tabs.query({ active: true, currentWindow: true }),
]).then(([{ board, wish }, { phase }, [tab]]) => ({ board, wish, phase, url: tab?.url }));

await init({ module_or_path: new URL("wasm/pages_bg.wasm", import.meta.url) });
popup(first);

// A thread that reads or writes one file and posts the result. The page that started it ends it.
import init, * as core from "./wasm/exchange.js";

const started = init({ module_or_path: new URL("wasm/exchange_bg.wasm", import.meta.url) });

addEventListener("message", async ({ data: { call, arguments: given } }) => {
  try {
    const { memory } = await started;
    const done = core[call](...given);
    // The file's accounts and its password were in there.
    new Uint8Array(memory.buffer).fill(0);
    postMessage({ done });
  } catch (error) {
    // The wasm code throws a string that names the reason. Any other error means that the browser denied the memory.
    postMessage({ refused: typeof error === "string" ? error : "" });
  }
});

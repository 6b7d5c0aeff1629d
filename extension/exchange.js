// The exchange's thread: does one job and tells what came of it. Whoever started it ends it.
import init, * as core from "./wasm/exchange.js";

const started = init({ module_or_path: new URL("wasm/exchange_bg.wasm", import.meta.url) });

addEventListener("message", async ({ data: { call, arguments: given } }) => {
  try {
    await started;
    postMessage({ done: core[call](...given) });
  } catch (error) {
    // A refusal is a text; anything else is a memory that the browser did not give.
    postMessage({ refused: typeof error === "string" ? error : "" });
  }
});

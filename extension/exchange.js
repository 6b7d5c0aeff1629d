// The script of a web worker that reads or writes one file and posts the result. The page that started the worker also
// terminates it.
import init, * as core from "./wasm/exchange.js";

const started = init({ module_or_path: new URL("wasm/exchange_bg.wasm", import.meta.url) });

addEventListener("message", async ({ data: { call, arguments: given } }) => {
  try {
    const { memory } = await started;
    const done = core[call](...given);
    // The memory contained the file's accounts and password.
    new Uint8Array(memory.buffer).fill(0);
    postMessage({ done });
  } catch (error) {
    // The wasm throws a string with the reason. Any other error means that the memory was not sufficient.
    postMessage({ rejected: typeof error === "string" ? error : "" });
  }
});

// The service worker. It registers every event listener synchronously, as the platform requires, and passes the events
// to the wasm, which makes all decisions.

import { endWork, keepAlive, onErase } from "./erase_memory.js";
import { startOnce } from "./start_once.js";
import init, * as core from "./wasm/worker.js";

// Content scripts must not access the vault's storage, although it is encrypted. Older browsers do not support this
// restriction.
chrome.storage.local.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" })?.catch(() => {});

const ready = startOnce(() => init({ module_or_path: chrome.runtime.getURL("wasm/worker_bg.wasm") }));

// The reject functions of calls in progress. After a trap, the wasm can no longer settle their promises.
const waiting = new Set();

async function call(name, ...args) {
  await ready();
  let fail;
  try {
    return await new Promise((done, failed) => {
      fail = failed;
      waiting.add(fail);
      keepAlive(core[name](...args)).then(done, failed);
    });
  } catch (error) {
    restartAfter(error);
    throw error;
  } finally {
    waiting.delete(fail);
  }
}

// Starts a new instance after a trap, which leaves the wasm's memory in an unknown state. Nothing is lost, because all
// data is also in the browser's storage.
function restartAfter(error) {
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError) || error === lastTrap) return;
  lastTrap = error;
  restart(error);
}

let lastTrap = null;

// Overwrites the instance's memory and starts a new one. Calls that were still in progress fail.
function restart(reason) {
  for (const fail of waiting) fail(reason);
  waiting.clear();
  endWork();
  new Uint8Array(core.initSync().memory.buffer).fill(0);
  core.__wbg_reset_state();
}

onErase(() => restart(new Error("The vault was locked.")));

// Most traps happen in a callback after an asynchronous operation, so no caller catches the error.
self.addEventListener("error", ({ error }) => restartAfter(error));

// The browser identifies the sender: the extension's pages have the extension's origin, content scripts that of their
// page.
function answer(message, sender) {
  if (sender.id !== chrome.runtime.id) return undefined;
  if (message.page && sender.origin === location.origin) return call("page_message", message.page, message.origin);
  if (message.field_chosen && sender.tab) return call("field_chosen", message.field_chosen, sender);
  if (message.content && sender.tab) return call("content_message", message.content, sender);
  return undefined;
}

chrome.runtime.onMessage.addListener((message, sender, reply) => {
  const answering = answer(message, sender);
  // The caller must get a reply, or it would wait forever.
  answering?.then(reply, () => reply(undefined));
  return answering !== undefined;
});

chrome.runtime.onInstalled.addListener(({ reason }) => call("started", reason));
chrome.runtime.onStartup.addListener(() => call("started"));
// The event of the managed area only. The general event would wake the worker for each of its own writes.
chrome.storage.managed?.onChanged?.addListener(() => call("policy_changed"));
chrome.contextMenus.onClicked.addListener((info, tab) => call("menu_clicked", info, tab));
chrome.commands.onCommand.addListener((name) => call("shortcut_pressed", name));
chrome.alarms.onAlarm.addListener((alarm) => call("alarm", alarm.name));
chrome.idle.onStateChanged.addListener((state) => {
  if (state === "locked") call("screen_locked");
});

// The switchboard: every listener, registered synchronously, and no decisions. All of them are in the wasm.
import init, * as core from "./wasm/worker.js";

let starting;

// Starts the wasm once; after a trap it is started anew, since nothing lives only in its memory.
function ready() {
  starting ??= init({ module_or_path: chrome.runtime.getURL("wasm/worker_bg.wasm") });
  return starting;
}

async function call(name, ...args) {
  await ready();
  try {
    return await core[name](...args);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) core.__wbg_reset_state();
    throw error;
  }
}

// Who sent a message is the browser's word: our own pages have our origin, content scripts their page's.
function answer(message, sender) {
  if (sender.id !== chrome.runtime.id) return undefined;
  if (message.page && sender.origin === location.origin) return call("page_message", message.page);
  if (message.content && sender.tab) {
    const { origin = "", frameId = 0, tab, documentId = "" } = sender;
    return call("content_message", message.content, origin, frameId, tab.id ?? -1, documentId);
  }
  return undefined;
}

chrome.runtime.onMessage.addListener((message, sender, reply) => {
  const answering = answer(message, sender);
  // Whoever asked must hear something, or it would wait forever.
  answering?.then(reply, () => reply(undefined));
  return answering !== undefined;
});

chrome.runtime.onInstalled.addListener(() => call("started"));
chrome.runtime.onStartup.addListener(() => call("started"));
chrome.contextMenus.onClicked.addListener((info, tab) => call("menu_clicked", info, tab));
chrome.commands.onCommand.addListener((name) => call("shortcut_pressed", name));
chrome.alarms.onAlarm.addListener((alarm) => call("alarm", alarm.name));
chrome.idle.onStateChanged.addListener((state) => {
  if (state === "locked") call("screen_locked");
});

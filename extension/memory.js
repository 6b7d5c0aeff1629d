// Erases the worker's wasm memory. JavaScript cannot erase a string, but it can overwrite a whole wasm memory, whatever
// part of it a key, a token or a code was ever copied to.

// How long work in progress may delay the erasure after a lock. A request to a server takes 30 seconds at most, and
// nothing follows it in a locked vault: a token that is being renewed is received in any case. Only a sign-in window,
// which waits for the user, is cut off.
const PATIENCE_MILLISECONDS = 40_000;

let running = new Set();
let requested = false;
let deadline;
let erase = () => {};

// Registers what overwrites the memory and starts a new instance.
export function onErase(action) {
  erase = action;
}

// Work that needs the present instance; returns the same promise.
export function keepAlive(work) {
  running.add(work);
  const ended = () => {
    running.delete(work);
    if (requested) setTimeout(eraseIfIdle);
  };
  work.then(ended, ended);
  return work;
}

// The instance was discarded with all its work in progress, so its promises are never settled.
export function endWork() {
  running = new Set();
}

// The memory is erased as soon as no work is in progress, and after a lock in any case after a while.
export function eraseWhenIdle(isLocked) {
  requested = true;
  if (isLocked) deadline ??= setTimeout(eraseNow, PATIENCE_MILLISECONDS);
  setTimeout(eraseIfIdle);
}

// The vault was unlocked before the memory was erased. Its key is in use again, so that all work may take its time: the
// erasure waits for it.
export function waitForWork() {
  clearTimeout(deadline);
  deadline = undefined;
}

function eraseIfIdle() {
  if (requested && running.size === 0) eraseNow();
}

function eraseNow() {
  requested = false;
  waitForWork();
  erase();
}

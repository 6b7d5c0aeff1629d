// Erases the worker's wasm memory. JavaScript cannot erase a string, but it can overwrite a whole wasm memory, whatever
// part of it a key, a token or a code was ever copied to.

// How long work in progress may delay the erasure after a lock, such as a request that waits for a server.
const PATIENCE_MILLISECONDS = 10_000;

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

// The instance is gone, and with it all work that was in progress: its promises are never settled.
export function endWork() {
  running = new Set();
}

// The memory is erased as soon as no work is in progress. After a lock it is erased in any case after a while: the worker
// can be stopped at any time, so that nothing is lost by it. Otherwise a sign-in window, for one, is waited for.
export function eraseWhenIdle(isLocked) {
  requested = true;
  if (isLocked) deadline ??= setTimeout(eraseNow, PATIENCE_MILLISECONDS);
  setTimeout(eraseIfIdle);
}

function eraseIfIdle() {
  if (requested && running.size === 0) eraseNow();
}

function eraseNow() {
  requested = false;
  clearTimeout(deadline);
  deadline = undefined;
  erase();
}

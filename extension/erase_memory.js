// Erases the worker's wasm memory. JavaScript cannot erase a string, but it can overwrite the whole wasm memory, with
// every copy of a key, token or code in it.

// How long work in progress may delay the erasure after a lock. A request to a server takes 30 seconds at most, so a
// token that is being renewed is still received. Only a sign-in window, which waits for the user, is interrupted.
const MAX_DELAY_MILLISECONDS = 40_000;

let running = new Set();
let requested = false;
let deadline;
let erase = () => {};

// Registers the function that overwrites the memory and starts a new instance.
export function onErase(action) {
  erase = action;
}

// Delays the erasure until a promise is settled. Returns the same promise.
export function keepAlive(work) {
  running.add(work);
  const ended = () => {
    running.delete(work);
    if (requested) setTimeout(eraseIfIdle);
  };
  work.then(ended, ended);
  return work;
}

// Forgets all work in progress. The instance was discarded, so its promises are never settled.
export function endWork() {
  running = new Set();
}

// Erases the memory as soon as no work is in progress. After a lock, `MAX_DELAY_MILLISECONDS` limits the wait.
export function eraseWhenIdle(isLocked) {
  requested = true;
  if (isLocked) deadline ??= setTimeout(eraseNow, MAX_DELAY_MILLISECONDS);
  setTimeout(eraseIfIdle);
}

// Removes the time limit, because the vault was unlocked before the memory was erased. The key is in use again, so the
// erasure can wait for all work in progress.
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

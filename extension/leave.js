// Overwrites a page's wasm memory when the page is closed or reloaded, which a lock does: codes, names and typed
// passwords are not left to the browser's garbage collector.
export function eraseOnLeave({ memory }) {
  addEventListener("pagehide", () => {
    // The page's remaining timers and listeners find an empty memory. Their errors say nothing about the page.
    for (const kind of ["error", "unhandledrejection"]) addEventListener(kind, (event) => event.preventDefault());
    new Uint8Array(memory.buffer).fill(0);
  });
  // A page that the browser kept in its back/forward cache has an empty memory by now.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

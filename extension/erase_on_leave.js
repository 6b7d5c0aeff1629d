// Overwrites a page's wasm memory when the page is closed or reloaded, which also happens when the vault locks. The
// browser's garbage collector would not erase codes, names and typed passwords.
export function eraseOnLeave({ memory }) {
  addEventListener("pagehide", () => {
    // Timers and listeners that still run fail, because the memory is empty. Their errors have no meaning.
    for (const kind of ["error", "unhandledrejection"]) addEventListener(kind, (event) => event.preventDefault());
    new Uint8Array(memory.buffer).fill(0);
  });
  // A page that is restored from the back/forward cache cannot continue with an empty memory.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

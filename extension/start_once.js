// Returns a function that starts something once, and returns the same promise each time. After a failure, the next call
// tries again.
export function startOnce(start) {
  let started;
  return () => {
    started ??= start().catch((error) => {
      started = undefined;
      throw error;
    });
    return started;
  };
}

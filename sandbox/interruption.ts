/** Ctrl+C arrives more than once: from the terminal, and from the npm that runs this. Milliseconds. */
const repeatedWithinMs = 1_000;
/** A stop that takes longer is cut short: no part of the sandbox has data to lose. */
const stopWithinMs = 10_000;

/** A signal that aborts at the first SIGINT, SIGTERM or SIGHUP, for an orderly stop; a later one ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let interruptedAtMs = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        interruptedAtMs = Date.now();
        setTimeout(() => process.exit(1), stopWithinMs).unref();
        controller.abort();
      } else if (Date.now() - interruptedAtMs > repeatedWithinMs) {
        process.exit(1);
      }
    });
  }
  return controller.signal;
}

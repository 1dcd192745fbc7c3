/**
 * Waits for a request as long as a signal lets it. The signal is handed to the SDK too, but that doesn't look at it
 * in the pauses between its tries, which a server may prolong.
 */
export async function inTime<T>(
  signal: AbortSignal,
  request: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const late = Promise.withResolvers<never>();
  const giveUp = () => late.reject(signal.reason);
  signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([request({ abortSignal: signal }), late.promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

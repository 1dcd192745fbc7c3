import { useCallback, useEffect, useState } from 'preact/hooks';
import { CallFailed, call } from './calls.ts';

/** Something that is read again and again. */
export interface Live<T> {
  /** As it was last read. */
  value?: T;
  /** Why the last reading failed. */
  failure?: CallFailed;
  /** Reads it at once. */
  reload(): void;
}

/**
 * Reads from the server again and again while the page is seen.
 *
 * @param path undefined: nothing is read
 * @param pauseAfter milliseconds until the next reading; 0: no further one
 */
export function useLive<T>(path: string | undefined, pauseAfter: (value: T) => number): Live<T> {
  const [state, setState] = useState<{ path?: string; value?: T; failure?: CallFailed }>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (path === undefined) return;
    const ending = new AbortController();
    follow<T>(path, pauseAfter, ending.signal, (news) =>
      setState((before) => ({ ...(before.path === path && before), ...news, path })),
    );
    return () => ending.abort();
  }, [path, round]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  // What was read of another path is not shown for this one.
  return state.path === path ? { ...state, reload } : { reload };
}

const PAUSE_AFTER_FAILURE_MS = 5_000;

async function follow<T>(
  path: string,
  pauseAfter: (value: T) => number,
  signal: AbortSignal,
  tell: (news: { value?: T; failure?: CallFailed | undefined }) => void,
): Promise<void> {
  while (!signal.aborted) {
    let pauseMs = PAUSE_AFTER_FAILURE_MS;
    try {
      const value = await call<T>(path, { signal });
      pauseMs = pauseAfter(value);
      tell({ value, failure: undefined });
      if (pauseMs === 0) return;
    } catch (error) {
      if (signal.aborted) return;
      const failure =
        error instanceof CallFailed ? error : new CallFailed({ name: 'Error', message: String(error) });
      tell({ failure });
    }
    await pause(pauseMs, signal);
  }
}

/** Waits; longer while the page isn't seen. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
  while (document.hidden && !signal.aborted)
    await new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true }));
}

/** The present moment, epoch milliseconds, anew each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

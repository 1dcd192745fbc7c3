import { setTimeout as sleep } from 'node:timers/promises';
import { errorIn, RefundServiceError } from './errors.ts';

/** How often a request is repeated, and how long it waits between. Times are milliseconds. */
export interface Repetition {
  /** How many times a request is sent at most, the first one included. Default: 5. */
  attempts: number;
  /** The longest wait before the first repetition; it doubles with each. Default: 200. */
  firstWaitMs: number;
  /** No wait is longer. Default: 10,000. */
  longestWaitMs: number;
  /** How long one attempt may take. API Gateway waits 30 s for the service. Default: 31,000. */
  attemptTimeoutMs: number;
}

export const REPETITION: Repetition = {
  attempts: 5,
  firstWaitMs: 200,
  longestWaitMs: 10_000,
  attemptTimeoutMs: 31_000,
};

/** An HTTP answer with its parsed body. */
export interface Answer {
  status: number;
  body: unknown;
}

/** Sends a request once. The signal ends it. */
export type Attempt = (signal: AbortSignal) => Promise<Answer>;

/**
 * Sends a request, and the same one again where the contract allows that: after a 5xx, a 429, or where no answer came.
 *
 * @param prepare makes each attempt; what it throws before the first one is thrown, since nothing was sent. Later it is
 *   the cause of the last outcome, which stands: an earlier attempt may have been carried out
 * @throws RefundServiceError `NoAnswer`, or the last answer's; the reason of the caller's signal
 */
export async function repeated(
  prepare: () => Promise<Attempt>,
  { attempts, attemptTimeoutMs, ...waits }: Repetition,
  signal?: AbortSignal,
): Promise<Answer> {
  let last: RefundServiceError | undefined;
  for (let count = 1; ; count += 1) {
    signal?.throwIfAborted();
    const attempt = await prepare().catch((cause) => Promise.reject(last ? withCause(last, cause) : cause));
    const outcome = await tried(attempt, attemptTimeoutMs, signal);
    signal?.throwIfAborted();
    if (!(outcome instanceof RefundServiceError)) return outcome;
    if (count >= attempts) throw outcome;
    last = outcome;
    await waitFor(waitBefore(count, waits), signal);
  }
}

function withCause(outcome: RefundServiceError, cause: unknown): RefundServiceError {
  outcome.cause = cause;
  return outcome;
}

/** An answer that ends the request, or the error after which it may be repeated. */
async function tried(
  attempt: Attempt,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<Answer | RefundServiceError> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await attempt(signal ? AbortSignal.any([signal, timeout]) : timeout);
    return answer.status === 429 || answer.status >= 500 ? errorIn(answer.status, answer.body) : answer;
  } catch (cause) {
    const message = timeout.aborted
      ? `No answer came within ${timeoutMs} ms`
      : 'No answer came that can be read';
    return new RefundServiceError({ name: 'NoAnswer', message, status: 0 }, { cause });
  }
}

/** Between half and the whole of a time that doubles: many callers don't come back at the same moment. */
function waitBefore(
  repetition: number,
  { firstWaitMs, longestWaitMs }: Pick<Repetition, 'firstWaitMs' | 'longestWaitMs'>,
) {
  const wholeMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (repetition - 1));
  return wholeMs * (0.5 + Math.random() / 2);
}

/** @throws the reason of the signal, where it ends the wait */
export async function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal?.throwIfAborted());
}

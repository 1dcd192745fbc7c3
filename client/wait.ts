import { RefundWaitTimeout } from './errors.ts';
import { waitFor } from './repeat.ts';
import type { Refund } from './types.ts';

/** How long to wait for a refund's end. */
export interface WaitOptions {
  /** Milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const GROWTH = 1.5;

/** Whether nothing more happens by itself: a rejected refund waits for its caller. */
const isOver = ({ status }: Refund) => ['SUCCEEDED', 'FAILED', 'REJECTED'].includes(status);

/**
 * Reads a refund again and again, with growing waits, until it is over.
 *
 * @throws RefundWaitTimeout; the reason of the caller's signal; what `read` throws
 */
export async function waitForEnd(
  noRefund: string,
  read: (signal: AbortSignal) => Promise<Refund>,
  { timeoutMs, signal }: WaitOptions,
): Promise<Refund> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const ends = signal ? AbortSignal.any([signal, timeout]) : timeout;
  let refund: Refund | undefined;
  try {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * GROWTH)) {
      refund = await read(ends);
      if (isOver(refund)) return refund;
      await waitFor(waitMs, ends);
    }
  } catch (error) {
    if (timeout.aborted && !signal?.aborted) throw new RefundWaitTimeout(noRefund, timeoutMs, refund);
    throw error;
  }
}

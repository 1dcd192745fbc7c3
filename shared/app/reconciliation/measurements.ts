import type { Measure } from '../decisions.ts';
import type { Store } from '../ports/store.ts';

/** What a run of reconciliation measures, milliseconds. */
export interface Measurements {
  /** Ages of the open refunds that were checked, since they were first recorded. */
  openMs: number[];
  /** How long those of them that are `REQUESTED` have been so. */
  requestedMs: number[];
  /** When the checks that the run leaves behind were due. */
  uncheckedDueAtMs: number[];
  /** For each refund that was due, and is left for lack of time, its shard. */
  leftIn: string[];
}

export function newMeasurements(): Measurements {
  return { openMs: [], requestedMs: [], uncheckedDueAtMs: [], leftIn: [] };
}

/**
 * How many due refunds a run leaves for lack of time: those that it has seen, and those that one more read of each part
 * counts. There may be more.
 */
export async function countLeft(store: Store, nowMs: number, { leftIn }: Measurements): Promise<number> {
  const counts = [...new Set(leftIn)].map(async (shard) => {
    const seen = leftIn.filter((other) => other === shard).length;
    return Math.max(seen, await store.countDue(shard, nowMs).catch(() => 0));
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** The metrics of a run. What is left in a part of the index that couldn't be read isn't known. */
export function measured(
  { openMs, requestedMs, uncheckedDueAtMs }: Measurements,
  nowMs: number,
  isAllRead: boolean,
): Partial<Record<Measure, number>> {
  const lags = uncheckedDueAtMs.map((dueAtMs) => nowMs - dueAtMs);
  return {
    OldestUnfinishedSeconds: longestSeconds(openMs),
    OldestRequestedSeconds: longestSeconds(requestedMs),
    ...(isAllRead && { ReconciliationLagSeconds: longestSeconds(lags) }),
  };
}

function longestSeconds(spansMs: number[]): number {
  // Not as arguments of one call: a run may have more of them than the stack holds.
  return Math.round(spansMs.reduce((longest, spanMs) => Math.max(longest, spanMs), 0) / 1000);
}

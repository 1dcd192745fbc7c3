import type { DueRefund } from '../ports/store.ts';
import type { Run } from './run.ts';

/** How long a run that was started may need to begin, and when a run looks again at what others hold; milliseconds. */
const PATIENCE_MS = 15_000;

/** Kept back for one check, as in pace.ts; with less time left nothing is taken up. Milliseconds. */
const LAST_CHECK_MS = 4_000;

/** Gives other runs time to begin, or to end; less of it where the run ends before. */
export async function waitForOthers({ ctx }: Run): Promise<void> {
  const waitMs = Math.min(PATIENCE_MS, timeLeftMs(ctx));
  if (waitMs > 0) await ctx.wait(waitMs);
}

/** How long something may still be taken up, milliseconds. */
export function timeLeftMs({ deadlineMs, clock }: Run['ctx']): number {
  return deadlineMs - LAST_CHECK_MS - clock.nowMs();
}

/** A due refund for whose check this run has no time, or no lease. */
export function leave({ measurements }: Run, { shard, next_check_at }: DueRefund): void {
  measurements.uncheckedDueAtMs.push(next_check_at);
  measurements.leftIn.push(shard);
}

import type { ApplyContext } from './ports/context.ts';
import type { DueRefund } from './ports/store.ts';
import { checkSafely, type Outcome } from './reconciliation/check.ts';
import { type Measurements, measured, newMeasurements } from './reconciliation/measurements.ts';
import { SHARDS } from './schedule.ts';

/**
 * What a run did. Each refund that was `checked` is one of the others: `settled` has come to another status,
 * `resent` was sent again, `pending` waits for a later check, `failed` couldn't be checked.
 */
export type Report = Record<'checked' | Outcome, number>;

/** How many due refunds one read of the index brings. */
const PAGE = 25;

/**
 * Checks every refund that is due, one at a time in each shard of the index, until none is left or too little
 * time for another. One refund that can't be checked stops no other.
 */
export async function reconcile(ctx: ApplyContext): Promise<Report> {
  const report: Report = { checked: 0, settled: 0, resent: 0, pending: 0, failed: 0 };
  const measurements = newMeasurements();
  await ctx.gateway.ready();
  const shards = await Promise.allSettled(
    SHARDS.map((shard) => reconcileShard(ctx, shard, report, measurements)),
  );
  // A shard that couldn't be read is logged once the others are done; where nothing was checked, the run fails.
  const unread = shards.filter((shard) => shard.status === 'rejected');
  for (const { reason } of unread) {
    if (report.checked === 0) throw reason;
    ctx.log('reconciliation.part_unread', { error: String(reason) });
  }
  const isAllRead = unread.length === 0;
  ctx.log('reconciliation.ended', { ...report }, measured(measurements, ctx.clock.nowMs(), isAllRead));
  return report;
}

async function reconcileShard(
  ctx: ApplyContext,
  shard: string,
  report: Report,
  measurements: Measurements,
): Promise<void> {
  const now = ctx.clock.nowMs();
  let after: DueRefund | undefined;
  do {
    // Read even when there is no time for a check: the oldest that is left tells how far behind the checks are.
    const page = await ctx.store.due(shard, now, PAGE, after);
    for (const due of page) {
      if (!ctx.gateway.hasTime(ctx.deadlineMs)) {
        measurements.uncheckedDueAtMs.push(due.next_check_at);
        return;
      }
      const outcome = await checkSafely(ctx, due, measurements);
      if (!outcome) continue;
      report.checked += 1;
      report[outcome] += 1;
    }
    after = page.length === PAGE ? page.at(-1) : undefined;
  } while (after);
}

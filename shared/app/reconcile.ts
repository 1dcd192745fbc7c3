import type { ReconcileContext } from './ports/context.ts';
import type { Share } from './ports/runs.ts';
import { countLeft, measured } from './reconciliation/measurements.ts';
import { beginPart } from './reconciliation/part.ts';
import { newRun, type Report, type Run } from './reconciliation/run.ts';
import { SHARDS } from './schedule.ts';

/**
 * Checks every refund that is due, some at a time in each shard of the index, until none is left or too little
 * time for another. One refund that can't be checked stops no other. Where much is due, other runs get a share of it.
 *
 * @param share what another run has handed over; left out: everything that no other run is at
 */
export async function reconcile(given: ReconcileContext, share?: Share): Promise<Report> {
  const run = newRun(given, share);
  await run.ctx.gateway.ready();
  for (const shard of share?.shards ?? SHARDS) beginPart(run, shard);
  await allEnded(run);
  await run.handingOver;
  const errors = await allEnded(run);
  await run.held.release();
  await tell(run, errors);
  return run.report;
}

/** @returns why parts of the index couldn't be read */
async function allEnded({ parts }: Run): Promise<unknown[]> {
  return (await Promise.all(parts.map(({ ended }) => ended))).flat();
}

/** A shard that couldn't be read is logged once the others are done; where nothing was checked, the run fails. */
async function tell({ ctx, pace, report, measurements }: Run, unread: unknown[]): Promise<void> {
  for (const reason of unread) {
    if (report.checked === 0) throw reason;
    ctx.log('reconciliation.part_unread', { error: String(reason) });
  }
  const left = await countLeft(ctx.store, ctx.clock.nowMs(), measurements);
  ctx.log(
    'reconciliation.ended',
    { ...report, left, slowed: pace.slowed },
    { ...measured(measurements, ctx.clock.nowMs(), unread.length === 0), ChecksLeft: left },
  );
}

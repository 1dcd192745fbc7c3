import type { ReconcileContext } from './ports/context.ts';
import type { DueRefund } from './ports/store.ts';
import { checkSafely, type Outcome } from './reconciliation/check.ts';
import { type Measurements, measured, newMeasurements } from './reconciliation/measurements.ts';
import { Pace } from './reconciliation/pace.ts';
import { SHARDS } from './schedule.ts';

/**
 * What a run did. Each refund that was `checked` is one of the others: `settled` has come to another status,
 * `resent` was sent again, `pending` waits for a later check, `failed` couldn't be checked.
 */
export type Report = Record<'checked' | Outcome, number>;

/** How many due refunds one read of the index brings. */
const PAGE = 25;

/** What the checks of a run share. */
interface Run {
  ctx: ReconcileContext;
  pace: Pace;
  report: Report;
  measurements: Measurements;
}

/**
 * Checks every refund that is due, some at a time in each shard of the index, until none is left or too little
 * time for another. One refund that can't be checked stops no other.
 */
export async function reconcile(ctx: ReconcileContext): Promise<Report> {
  const report: Report = { checked: 0, settled: 0, resent: 0, pending: 0, failed: 0 };
  const measurements = newMeasurements();
  const pace = new Pace(ctx);
  const run = { ctx: { ...ctx, gateway: pace.gateway }, pace, report, measurements };
  await ctx.gateway.ready();
  const ended = await Promise.allSettled(SHARDS.flatMap((shard) => checksOf(run, shard)));
  // A shard that couldn't be read is logged once the others are done; where nothing was checked, the run fails.
  const unread = ended.filter((checks) => checks.status === 'rejected');
  for (const { reason } of unread) {
    if (report.checked === 0) throw reason;
    ctx.log('reconciliation.part_unread', { error: String(reason) });
  }
  const isAllRead = unread.length === 0;
  const left = measurements.leftIn.length;
  ctx.log(
    'reconciliation.ended',
    { ...report, left, slowed: pace.slowed },
    measured(measurements, ctx.clock.nowMs(), isAllRead),
  );
  return report;
}

/** The checks of a shard, which go on side by side and share what is due. A failed read rejects one of them. */
function checksOf(run: Run, shard: string): Promise<void>[] {
  const dues = dueRefunds(run, shard);
  return Array.from({ length: run.ctx.rules.checksPerShard }, () => checkInTurn(run, dues));
}

/** The due refunds of a shard, each once, page by page. */
async function* dueRefunds({ ctx, measurements }: Run, shard: string): AsyncGenerator<DueRefund> {
  const now = ctx.clock.nowMs();
  let after: DueRefund | undefined;
  do {
    // Read even when there is no time for a check: the oldest that is left tells how far behind the checks are.
    const page = await ctx.store.due(shard, now, PAGE, after);
    yield* page;
    after = page.length === PAGE ? page.at(-1) : undefined;
  } while (after && !measurements.leftIn.includes(shard));
}

async function checkInTurn(
  { ctx, pace, report, measurements }: Run,
  dues: AsyncGenerator<DueRefund>,
): Promise<void> {
  for await (const due of dues) {
    if (!(await pace.begin())) {
      measurements.uncheckedDueAtMs.push(due.next_check_at);
      measurements.leftIn.push(due.shard);
      continue;
    }
    const outcome = await checkSafely(ctx, due, measurements);
    pace.end();
    if (!outcome) continue;
    report.checked += 1;
    report[outcome] += 1;
  }
}

import type { DueRefund } from '../ports/store.ts';
import { checkSafely } from './check.ts';
import { handOver } from './hand-over.ts';
import type { Part, Run } from './run.ts';

/** How many due refunds one read of the index brings. */
const PAGE = 25;

/**
 * Begins the checks of a part of the index, which go on side by side and share what is due.
 *
 * @param last the last one that the run has checked in it: what comes after it is due
 */
export function beginPart(run: Run, shard: string, last?: DueRefund): void {
  const part: Part = { shard, isOver: false, isGiven: false, last, ended: Promise.resolve([]) };
  run.parts.push(part);
  const dues = dueRefunds(run, part);
  const checks = Array.from({ length: run.ctx.rules.checksPerShard }, () => checkInTurn(run, part, dues));
  // A failed read rejects one of them, and ends the others once they have done what they do.
  part.ended = Promise.allSettled(checks).then((ends) =>
    ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason),
  );
}

/**
 * The refunds of a part that were due when the run began, each once, page by page. The first one has the run acquire the
 * lease.
 */
async function* dueRefunds(
  { ctx, held, measurements, beganAtMs }: Run,
  part: Part,
): AsyncGenerator<DueRefund> {
  const { shard } = part;
  let after = part.last;
  do {
    // Read even when there is no time for a check: the oldest that is left tells how far behind the checks are.
    const page = await ctx.store.due(shard, beganAtMs, PAGE, after);
    if (page.length > 0 && !held.has(shard) && !(await held.acquire(shard))) break;
    yield* page;
    after = page.length === PAGE ? page.at(-1) : undefined;
  } while (after && !measurements.leftIn.includes(shard));
  part.isOver = true;
}

async function checkInTurn(run: Run, part: Part, dues: AsyncGenerator<DueRefund>): Promise<void> {
  for await (const due of dues) {
    handOver(run, ({ shard, last }) => beginPart(run, shard, last));
    const isTurn = await run.pace.begin();
    if (part.isGiven) {
      if (isTurn) run.pace.end();
      break;
    }
    // Turns come in the order of the page.
    part.last = due;
    if (isTurn) await checkDue(run, due);
    else leave(run, due);
  }
}

async function checkDue({ ctx, pace, report, measurements }: Run, due: DueRefund): Promise<void> {
  const outcome = await checkSafely(ctx, due, measurements);
  pace.end();
  if (!outcome) return;
  report.checked += 1;
  report[outcome] += 1;
}

function leave({ measurements }: Run, { shard, next_check_at }: DueRefund): void {
  measurements.uncheckedDueAtMs.push(next_check_at);
  measurements.leftIn.push(shard);
}

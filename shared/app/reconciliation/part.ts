import type { Gateway } from '../ports/gateway.ts';
import type { DueRefund } from '../ports/store.ts';
import { checkSafely } from './check.ts';
import { handOver } from './hand-over.ts';
import { leave, timeLeftMs, waitForOthers } from './others.ts';
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

/** The refunds of a part that were due when the run began, each once, page by page. */
async function* dueRefunds(run: Run, part: Part): AsyncGenerator<DueRefund> {
  let page = await firstPage(run, part);
  yield* page;
  while (page.length === PAGE && !run.measurements.leftIn.includes(part.shard)) {
    page = await pageAfter(run, part, page.at(-1));
    yield* page;
  }
  part.isOver = true;
}

/**
 * The first page, once the run has the lease of the part: nothing where nothing is due. What another run holds is looked
 * at again, while there is time: that run may end, or have crashed. Afterwards it is left, and measured. A run that was
 * started by another one doesn't wait: the other one does.
 */
async function firstPage(run: Run, part: Part): Promise<DueRefund[]> {
  const { ctx, held, isFurther } = run;
  for (let looks = 1; ; looks += 1) {
    // Read even when there is no time for a check: the oldest that is left tells how far behind the checks are.
    const page = await pageAfter(run, part, part.last);
    const [oldest] = page;
    if (!oldest) return [];
    if (timeLeftMs(ctx) > 0 && (await held.acquire(part.shard))) return page;
    if (looks === 1 && timeLeftMs(ctx) > 0) ctx.log('reconciliation.part_leased', { shard: part.shard });
    if (timeLeftMs(ctx) > 0 && !isFurther) await waitForOthers(run);
    else {
      if (!isFurther) leave(run, oldest);
      return [];
    }
  }
}

function pageAfter({ ctx, beganAtMs }: Run, { shard }: Part, after?: DueRefund): Promise<DueRefund[]> {
  return ctx.store.due(shard, beganAtMs, PAGE, after);
}

async function checkInTurn(run: Run, part: Part, dues: AsyncGenerator<DueRefund>): Promise<void> {
  for await (const due of dues) {
    handOver(run, ({ shard, last }) => beginPart(run, shard, last));
    const gateway = await run.pace.begin();
    if (part.isGiven) {
      if (gateway) run.pace.end();
      break;
    }
    // Turns come in the order of the page.
    part.last = due;
    if (gateway) await checkDue(run, gateway, due);
    else leave(run, due);
  }
}

async function checkDue(run: Run, gateway: Gateway, due: DueRefund): Promise<void> {
  const { ctx, pace, report, measurements } = run;
  const outcome = await checkSafely({ ...ctx, gateway }, due, measurements);
  pace.end();
  if (!outcome) return;
  report.checked += 1;
  report[outcome] += 1;
}

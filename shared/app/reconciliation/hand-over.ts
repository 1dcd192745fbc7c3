import { SHARDS } from '../schedule.ts';
import { waitForOthers } from './others.ts';
import type { Part, Run } from './run.ts';

/**
 * Hands parts of the index over to other runs, once: where the first run has worked alone for a time, more is due, and
 * the gateway keeps up. With a gateway that is slow, further runs would only wait for it as well.
 *
 * @param begin goes on with a part, as far as no other run has taken it up
 */
export function handOver(run: Run, begin: (part: Part) => void): void {
  const { ctx, pace, isFurther, beganAtMs, handingOver } = run;
  if (isFurther || handingOver) return;
  if (ctx.clock.nowMs() - beganAtMs < ctx.rules.aloneMs || !pace.keepsUp) return;
  const [, ...others] = sharesOf(run);
  if (others.length > 0) run.handingOver = Promise.all(others.map((parts) => giveAway(run, parts, begin)));
}

/** The parts that have more to check, dealt out among the runs; this one keeps the first of the shares. */
function sharesOf({ ctx, parts, held }: Run): Part[][] {
  const { runs, maxInFlight, maxPerSecond } = ctx.rules;
  const open = parts.filter(({ shard, isOver }) => !isOver && held.has(shard));
  // Each run makes one call at a time, and in a second, at the least: its parts must bring as much of the limits.
  const leastParts = Math.ceil(SHARDS.length / Math.min(SHARDS.length, maxInFlight, maxPerSecond));
  const count = Math.min(runs, Math.floor(open.length / leastParts));
  return Array.from({ length: count }, (_, run) => open.filter((_part, place) => place % count === run));
}

/**
 * Another run gets the parts when nothing of this one is under way in them any more. A run that was started may never
 * begin (no concurrency is left, its rule is disabled): what it hasn't taken up soon comes back.
 */
async function giveAway(run: Run, parts: Part[], begin: (part: Part) => void): Promise<void> {
  const { ctx, held } = run;
  const shards = parts.map(({ shard }) => shard);
  for (const part of parts) part.isGiven = true;
  await Promise.all(parts.map(({ ended }) => ended));
  await held.release(shards);
  try {
    await ctx.startRun({ shards, untilMs: ctx.deadlineMs });
    ctx.log('reconciliation.handed_over', { shards });
    await waitForOthers(run);
  } catch (error) {
    ctx.log('reconciliation.not_handed_over', { shards, error: String(error) });
  }
  for (const part of parts) begin(part);
}

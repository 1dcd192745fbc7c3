import { reconcile } from '../../shared/app/reconcile.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { randomDelay } from './random-delay.ts';
import type { World } from './world.ts';

const RECONCILE_TIMEOUTS_MS = [60_000, 240_000];

/** Runs of reconciliation, mostly when a check is due; at times two at once. */
export function startSchedule(world: World): void {
  const { random, scheduler } = world;
  let left = random.between(0, 6);
  world.busy += 1;
  next();

  function next(): void {
    if (left === 0) {
      world.busy -= 1;
      return;
    }
    left -= 1;
    const dueAt = Math.min(
      ...[...world.table.items.values()].map(({ next_check_at }) => next_check_at ?? Infinity),
    );
    const isForDue = Number.isFinite(dueAt) && random.chance(0.75);
    const startMs = isForDue ? dueAt + random.between(0, 6_000) : scheduler.nowMs + randomDelay(random, 4);
    scheduler.at(startMs, () => {
      runReconciliation(world, next);
      if (random.chance(0.3))
        scheduler.after(random.between(0, 30), () => runReconciliation(world, () => {}));
    });
  }
}

export function runReconciliation(world: World, then: () => void): void {
  const due = dueFor(world);
  world.invoke('reconcile', world.random.pick(RECONCILE_TIMEOUTS_MS), reconcile, (outcome, process) => {
    const report = outcome.type === 'answer' ? JSON.stringify(outcome.value) : outcome.type;
    world.history.add(process.name, () => `ends: ${report}`);
    if (outcome.type === 'answer') world.checks.onReconciled(process, due);
    then();
  });
}

/** What a run that starts now must find: due by every clock, and in the index for longer than its lag. */
function dueFor({ table, scheduler, settings }: World): Refund[] {
  const { nowMs } = scheduler;
  return [...table.items.values()].filter(
    ({ no_refund, next_check_at = Number.POSITIVE_INFINITY }) =>
      next_check_at <= nowMs - settings.clockErrorMs &&
      table.indexedSinceMs(no_refund) < nowMs - settings.indexLagMs,
  );
}

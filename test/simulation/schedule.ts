import type { ReconcileContext } from '../../shared/app/ports/context.ts';
import type { Share, StartRun } from '../../shared/app/ports/runs.ts';
import { reconcile } from '../../shared/app/reconcile.ts';
import { shardOf } from '../../shared/app/schedule.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { violationOfHandingOver } from './checks-on-runs.ts';
import type { Process } from './process.ts';
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

/** @param share what another run has handed over */
export function runReconciliation(world: World, then: () => void, share?: Share): void {
  const due = dueFor(world).filter(({ no_refund }) => share?.shards.includes(shardOf(no_refund)) ?? true);
  const work = (ctx: ReconcileContext) => reconcile(ctx, share);
  world.invoke('reconcile', world.random.pick(RECONCILE_TIMEOUTS_MS), work, (outcome, process) => {
    const report = outcome.type === 'answer' ? JSON.stringify(outcome.value) : outcome.type;
    world.history.add(process.name, () => `ends: ${report}`);
    if (outcome.type === 'answer') world.checks.onReconciled(process, due);
    then();
  });
  const process = world.runs.at(-1);
  if (process && share) process.untilMs = share.untilMs;
}

/**
 * Starts another run through an event bus, which may be out of reach, or bring the event twice, late or, where the
 * function has no concurrency left, never.
 */
export function startRunOf(world: World, process: Process): StartRun {
  const { random, faults, scheduler, history } = world;
  return (share) =>
    new Promise((resolve, reject) => {
      history.add(process.name, () => `hands over ${share.shards.join()}`);
      world.checks.fail(violationOfHandingOver(process, share));
      const isDown = random.chance(faults.busDown);
      const times = isDown ? random.pick([0, 0, 1]) : random.pick([0, 1, 1, 1, 2]);
      for (let time = 0; time < times; time += 1)
        scheduler.after(random.between(20, random.pick([500, 500, 60_000])), () => {
          world.reach('a run gets a share of what is due');
          runReconciliation(world, () => {}, share);
        });
      scheduler.after(random.between(5, 50), () =>
        process.deliver(() => {
          if (isDown) {
            world.reach('a share of what is due could not be handed over');
            return reject(new Error('EventBridge is out of reach'));
          }
          resolve();
        }),
      );
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

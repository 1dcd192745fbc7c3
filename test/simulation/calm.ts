import type { Refund } from '../../shared/domain/refund.ts';
import { applyFor } from './callers.ts';
import { differencesOf } from './checks.ts';
import { counted } from './log.ts';
import { runReconciliation } from './operators.ts';
import { calm } from './weather.ts';
import type { World } from './world.ts';

const MAX_ROUNDS = 400;
/** The schedule was off for so long that many are due. */
const CROWD_MS = 600_000;

/**
 * The troubles end; what is on its way still arrives. Reconciliation runs whenever something is due, until
 * nothing is on its way and no check is due any more.
 */
export async function calmDown(world: World): Promise<void> {
  const { scheduler, checks, history, weather } = world;
  history.tell('world', () => 'the troubles end');
  calm(weather);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const dueAt = nextCheckAt(world);
    while (scheduler.nextAtMs !== undefined && scheduler.nextAtMs <= dueAt) {
      await scheduler.step();
      if (checks.violation) return;
    }
    if (dueAt === Number.POSITIVE_INFINITY) {
      if (nextCheckAt(world) < dueAt || askAgainForDoubtful(world) || world.stream.replay()) continue;
      return;
    }
    if (nextCheckAt(world) !== dueAt) continue;
    scheduler.at(dueAt, () => {
      runReconciliation(world, () => {});
      applyForOld(world);
    });
    await settleDown(world, Math.max(dueAt, scheduler.nowMs) + 60_000);
    if (checks.violation) return;
  }
  checks.fail('the world never becomes calm');
}

async function settleDown({ scheduler, checks }: World, untilMs: number): Promise<void> {
  while (scheduler.nextAtMs !== undefined && scheduler.nextAtMs <= untilMs && !checks.violation) {
    await scheduler.step();
  }
}

/** When reconciliation finds something to do, whatever its clock and the index's lag. */
function nextCheckAt({ table, climate, gateway, lines }: World): number {
  const dues = [...table.items.values()]
    // What the gateway itself contradicts may never come to an end.
    .filter(
      ({ no_refund, conflict, unsettled }) =>
        !((conflict || unsettled) && gateway.books.misspoken.has(no_refund)),
    )
    // Without its date nobody can ask about it: the log must say so.
    .filter(({ no_refund, dt_refund }) => dt_refund || counted(lines, 'NotQueryable', no_refund) === 0)
    .map(({ next_check_at }) => next_check_at ?? Number.POSITIVE_INFINITY);
  const lateMs = climate.isCrowded ? CROWD_MS : climate.clockErrorMs + climate.indexLagMs + 1;
  return Math.min(...dues, Number.POSITIVE_INFINITY) + lateMs;
}

/** Of one that has grown too old the service says so, and only asks: then somebody has to apply again. */
function applyForOld(world: World): void {
  const { table, lines } = world;
  for (const record of table.items.values()) {
    const isOld = record.status === 'REQUESTED' && counted(lines, 'TooOldToResend', record.no_refund) > 0;
    if (isOld) applyAgain(world, record);
  }
}

/** A refusal that wasn't the gateway's word is found out by whoever applies again. */
function askAgainForDoubtful(world: World): boolean {
  const { checks, table, gateway } = world;
  const doubtful = [...table.items.values()].filter(
    ({ no_refund, status }) =>
      status === 'REJECTED' && checks.liedAbout.delete(no_refund) && gateway.books.of(no_refund).length > 0,
  );
  for (const record of doubtful) applyAgain(world, record);
  return doubtful.length > 0;
}

function applyAgain(world: World, record: Refund): void {
  const wish = world.checks.wishes
    .get(record.no_refund)
    ?.find((wish) => differencesOf(wish, record).length === 0);
  if (wish) world.scheduler.after(1, () => applyFor(world, 'caller', wish, () => {}));
}

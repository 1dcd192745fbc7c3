import { shardOf } from '../../shared/app/schedule.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { applyFor } from './callers.ts';
import { differencesOf } from './checks.ts';
import { stopFaults } from './faults.ts';
import { counted } from './log.ts';
import { runReconciliation } from './schedule.ts';
import type { World } from './world.ts';

const MAX_ROUNDS = 400;
/** With a backlog: how late the schedule runs, so that many checks are due at once. */
const BACKLOG_MS = 600_000;

/**
 * The faults end, and what is in flight still arrives. Reconciliation runs whenever a check is due, until nothing is in
 * flight and no check is due any more.
 */
export async function recover(world: World): Promise<void> {
  const { scheduler, checks, history, faults } = world;
  history.add('world', () => 'the faults end');
  stopFaults(faults);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const dueAt = nextCheckAt(world);
    while (scheduler.nextAtMs !== undefined && scheduler.nextAtMs <= dueAt) {
      await scheduler.step();
      if (checks.violation) return;
    }
    if (dueAt === Number.POSITIVE_INFINITY) {
      if (nextCheckAt(world) < dueAt || applyForForgedRejections(world) || world.stream.replay()) continue;
      return;
    }
    if (nextCheckAt(world) !== dueAt) continue;
    scheduler.at(dueAt, () => {
      runReconciliation(world, () => {});
      applyForOld(world);
    });
    await runUntil(world, Math.max(dueAt, scheduler.nowMs) + 60_000);
    if (checks.violation) return;
  }
  checks.fail('the world does not recover: checks are still due');
}

async function runUntil({ scheduler, checks }: World, untilMs: number): Promise<void> {
  while (scheduler.nextAtMs !== undefined && scheduler.nextAtMs <= untilMs && !checks.violation) {
    await scheduler.step();
  }
}

/** When reconciliation finds a due refund, whatever its clock error and the index's lag. */
function nextCheckAt({ table, leases, settings, gateway, lines }: World): number {
  const dues = [...table.items.values()]
    // A refund about which the gateway contradicts itself may never come to an end.
    .filter(
      ({ no_refund, conflict, unsettled }) =>
        !((conflict || unsettled) && gateway.ledger.inconsistent.has(no_refund)),
    )
    // Without its date it can't be queried, and stays due: the log must say so.
    .filter(({ no_refund, dt_refund }) => dt_refund || counted(lines, 'NotQueryable', no_refund) === 0)
    // A run that has died holds its leases until it would have ended.
    .map(({ no_refund, next_check_at }) =>
      Math.max(next_check_at ?? Number.POSITIVE_INFINITY, leases.untilMs(shardOf(no_refund))),
    );
  const lateMs =
    settings.hasBacklog || settings.hasShares ? BACKLOG_MS : settings.clockErrorMs + settings.indexLagMs + 1;
  return Math.min(...dues, Number.POSITIVE_INFINITY) + lateMs;
}

/** A refund that is too old is logged and only queried: a caller applies again. */
function applyForOld(world: World): void {
  const { table, lines } = world;
  for (const record of table.items.values()) {
    const isOld = record.status === 'REQUESTED' && counted(lines, 'TooOldToResend', record.no_refund) > 0;
    if (isOld) applyAgain(world, record);
  }
}

/** A rejection that an impostor has forged is found out by a repeated application. */
function applyForForgedRejections(world: World): boolean {
  const { checks, table, gateway } = world;
  const forged = [...table.items.values()].filter(
    ({ no_refund, status }) =>
      status === 'REJECTED' &&
      checks.forgedCodes.delete(no_refund) &&
      gateway.ledger.entriesOf(no_refund).length > 0,
  );
  for (const record of forged) applyAgain(world, record);
  return forged.length > 0;
}

function applyAgain(world: World, record: Refund): void {
  const request = world.checks.requests
    .get(record.no_refund)
    ?.find((request) => differencesOf(request, record).length === 0);
  if (request) world.scheduler.after(1, () => applyFor(world, 'caller', request, () => {}));
}

import { reconcile } from '../../shared/app/reconcile.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { forgedNotification } from './attacker.ts';
import { startCaller, wishOf } from './callers.ts';
import { KEYS } from './keys.ts';
import { OID_PARTNER } from './merchant.ts';
import { someTime } from './some-time.ts';
import type { World } from './world.ts';

const RECONCILE_LIVES_MS = [60_000, 240_000];
const LEASE_MARGIN_MS = 10_000;

/** The schedule: runs now and then, mostly when something is due; two at a time where one hangs over. */
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
    const startMs = isForDue ? dueAt + random.between(0, 6_000) : scheduler.nowMs + someTime(random, 4);
    scheduler.at(startMs, () => {
      runReconciliation(world, next);
      if (random.chance(0.3))
        scheduler.after(random.between(0, 30), () => runReconciliation(world, () => {}));
    });
  }
}

export function runReconciliation(world: World, then: () => void): void {
  const due = dueFor(world);
  world.invoke('reconcile', world.random.pick(RECONCILE_LIVES_MS), reconcile, (outcome, process) => {
    const report = outcome.type === 'answer' ? JSON.stringify(outcome.value) : outcome.type;
    world.history.tell(process.name, () => `ends: ${report}`);
    if (outcome.type === 'answer') world.checks.onReconciled(process, due);
    then();
  });
}

/** What a run that starts now must find: due by any clock, and in the index for long enough. */
function dueFor({ table, scheduler, climate }: World): Refund[] {
  const { nowMs } = scheduler;
  return [...table.items.values()].filter(
    ({ no_refund, next_check_at = Number.POSITIVE_INFINITY }) =>
      next_check_at <= nowMs - climate.clockErrorMs &&
      table.indexedSinceMs(no_refund) < nowMs - climate.indexLagMs,
  );
}

/** Both sides may change their keys, each announcing the new one before or a little after it is used. */
export function startKeyRotations(world: World): void {
  const { random, scheduler, climate, gateway, secrets, history } = world;
  if (climate.rotatesMerchantKey) {
    scheduler.after(someTime(random, 3), () => {
      history.tell('operator', () => "rotates the merchant's key");
      gateway.merchantKeys.push(KEYS.merchantNew.publicKey);
      secrets.merchant = KEYS.merchantNew.privateKey;
    });
  }
  if (!climate.rotatesGatewayKey) return;
  const inMs = someTime(random, 3);
  scheduler.after(inMs, () => {
    history.tell('gateway', () => 'signs with its new key from now on');
    gateway.signingKey = KEYS.gatewayNew.privateKey;
  });
  scheduler.after(Math.max(0, inMs + random.between(-600_000, 600_000)), () => {
    history.tell('operator', () => "adds the gateway's new key");
    secrets.gateway = [KEYS.gatewayOld.publicKey, KEYS.gatewayNew.publicKey];
  });
}

/** A refund that somebody made by hand, on the gateway's own pages; somebody may then want its number. */
export function startOther(world: World, noRefund: string): void {
  const { random, scheduler, gateway, history, table } = world;
  scheduler.after(someTime(random, 3), () => {
    history.tell('somebody', () => `makes refund ${noRefund} without the service`);
    gateway.carryOutOther({
      oid_partner: OID_PARTNER,
      no_refund: noRefund,
      money_refund: '7.70',
      // Of some the gateway never says when they were made.
      ...(random.chance(0.7) && { dt_refund: '20260104120000' }),
    });
    scheduler.after(5_000_000, () => {
      if (table.items.has(noRefund)) startCaller(world, 'late caller', wishOf(world, noRefund, 0));
    });
  });
}

/** Somebody holds a refund as docs/operations.md says, or leaves an item of the index without its wait. */
export function startOperator(world: World, noRefund: string): void {
  const { random, scheduler, table, history, checks } = world;
  const write: typeof table.update = (...change) => {
    world.writer = undefined;
    return table.update(...change);
  };
  scheduler.after(someTime(random, 4), () => {
    const record = table.items.get(noRefund);
    if (record?.next_check_at !== undefined && random.chance(0.5)) {
      history.tell('operator', () => `takes the wait of ${noRefund} away`);
      write(noRefund, {}, { check_wait: undefined }, []);
      return;
    }
    const isFree =
      record?.status === 'REQUESTED' && (record.lease_until ?? 0) < scheduler.nowMs - LEASE_MARGIN_MS;
    if (!isFree) return;
    const until = scheduler.nowMs + random.between(60_000, 86_400_000);
    history.tell('operator', () => `holds ${noRefund}`);
    write(noRefund, {}, { lease_until: until, attempt_id: 'held by hand' }, []);
    checks.heldByHand.set(noRefund, until);
    scheduler.after(random.between(1_000, 7_200_000), () => {
      history.tell('operator', () => `lets ${noRefund} go`);
      checks.heldByHand.delete(noRefund);
      write(noRefund, { lease_until: [until] }, { lease_until: undefined }, []);
    });
  });
}

/** Posts notifications that the gateway never sent. */
export function startAttacker(world: World, noRefund: string): void {
  const { random, scheduler, weather, history } = world;
  for (let left = 3; left > 0; left -= 1) {
    if (!random.chance(weather.forgedNotification)) continue;
    scheduler.after(someTime(random, 4), () => {
      const text = forgedNotification(world, noRefund);
      history.tell('attacker', () => `posts ${text.slice(0, 160)}`);
      world.notifyForged(text);
    });
  }
}

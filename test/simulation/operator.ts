import type { Changes, Expected } from '../../shared/app/ports/store.ts';
import { requestOf, startCaller } from './callers.ts';
import { OID_PARTNER } from './merchant.ts';
import { randomDelay } from './random-delay.ts';
import type { World } from './world.ts';

/** How long ago a lease must have ended, so that no holder of it is still at work. */
const LEASE_MARGIN_MS = 10_000;

/** As in docs/operations.md. */
export const HELD = 'held-by-hand';

/** A person makes a refund in the gateway's dashboard; a caller may apply under its number later. */
export function startExternalRefund(world: World, noRefund: string): void {
  const { random, scheduler, gateway, history, table } = world;
  scheduler.after(randomDelay(random, 3), () => {
    history.add('operator', () => `makes refund ${noRefund} in the gateway's dashboard`);
    gateway.payExternal({
      oid_partner: OID_PARTNER,
      no_refund: noRefund,
      money_refund: '7.70',
      // The gateway's notifications don't always have the date.
      ...(random.chance(0.7) && { dt_refund: '20260104120000' }),
    });
    scheduler.after(5_000_000, () => {
      if (table.items.has(noRefund)) startCaller(world, 'late caller', requestOf(world, noRefund, 0));
    });
  });
}

/** A person holds a refund as docs/operations.md describes, or removes its `check_wait`. */
export function startOperator(world: World, noRefund: string): void {
  const { random, scheduler, table, history, checks } = world;
  const update = (expected: Expected, changes: Changes) => {
    // No process has made this write.
    world.writer = undefined;
    table.update(noRefund, expected, changes, []);
  };
  scheduler.after(randomDelay(random, 4), () => {
    const record = table.items.get(noRefund);
    if (record?.next_check_at !== undefined && random.chance(0.5)) {
      history.add('operator', () => `removes check_wait of ${noRefund}`);
      update({}, { check_wait: undefined });
      return;
    }
    const isFree =
      record?.status === 'REQUESTED' && (record.lease_until ?? 0) < scheduler.nowMs - LEASE_MARGIN_MS;
    if (!isFree) return;
    const until = scheduler.nowMs + random.between(60_000, 86_400_000);
    history.add('operator', () => `holds ${noRefund}`);
    update({}, { lease_until: until, attempt_id: HELD });
    checks.heldByHand.set(noRefund, until);
    scheduler.after(random.between(1_000, 7_200_000), () => {
      history.add('operator', () => `releases ${noRefund}`);
      checks.heldByHand.delete(noRefund);
      update({ lease_until: [until] }, { lease_until: undefined });
    });
  });
}

import type { Problem } from '../../domain/problem.ts';
import { type AppliedRefund, lastAppliedAtMs, type Refund } from '../../domain/refund.ts';
import type { ApplyContext } from '../ports/context.ts';
import { type Checks, furtherCheck, MAX_RESENDABLE_WAIT_MS } from '../schedule.ts';
import { recordOf, transition } from '../transitions.ts';
import { type Owned, owned } from './owned.ts';

/**
 * How far the clocks of two functions may differ: the holder of a lease stops by its own clock, whoever acquires it
 * next judges by another.
 */
const CLOCK_MARGIN_MS = 5_000;

/** When a lease that is acquired now ends: its holder has ended by then. */
export function leaseUntil({ deadlineMs }: ApplyContext): number {
  return deadlineMs + CLOCK_MARGIN_MS;
}

/**
 * Acquires the lease of a refund whose attempts have all ended, to find out what became of it.
 *
 * @param by who wants to know: after an explicit application the refund may be sent again for longer
 */
export async function acquireLease(
  ctx: ApplyContext,
  seen: AppliedRefund,
  by: 'application' | 'check',
): Promise<Owned> {
  const attempt_id = ctx.newAttemptId();
  const written = await transition(
    ctx.store,
    'acquireLease',
    { seen },
    { attempt_id, lease_until: leaseUntil(ctx), ...(by === 'application' && appliedNow(ctx, seen)) },
  );
  return owned(written, attempt_id);
}

/** What is kept of an exchange that proved nothing. */
interface Kept {
  /** Of a rejection or a duplicate, until an answer that can be believed. */
  code?: Pick<Refund, 'ret_code' | 'ret_msg'>;
  problem?: Problem;
  /** Why the service can't go on by itself. */
  attention?: Refund['attention'];
}

/** Releases the lease and leaves the refund as it is: what became of it isn't known yet. */
export async function releaseLease(
  ctx: ApplyContext,
  held: AppliedRefund,
  { code = {}, problem, attention }: Kept = {},
): Promise<Refund> {
  const updated_at = new Date(ctx.clock.nowMs()).toISOString();
  const { ret_code, ret_msg } = code;
  const written = await transition(
    ctx.store,
    'releaseLease',
    { seen: held },
    {
      lease_until: undefined,
      ...(ret_code && { ret_code, ret_msg, updated_at }),
      ...(problem && { last_problem: problem }),
      ...(attention && { attention }),
    },
  );
  return recordOf(written);
}

/** How exactly the moment of the last application is kept: a minute, or a hundredth of the time that counts from it. */
const APPLICATION_PRECISION = 0.01;
const MAX_APPLICATION_PRECISION_MS = 60_000;

/**
 * Remembers that a caller has applied again while somebody else holds the lease: from now on the refund may be sent
 * again for as long as a new one. Applications at the same time as the last one cost no write.
 */
export async function rememberApplication(ctx: ApplyContext, seen: AppliedRefund): Promise<Refund> {
  const sinceMs = ctx.clock.nowMs() - lastAppliedAtMs(seen);
  const precisionMs = Math.min(APPLICATION_PRECISION * ctx.rules.resendUntilMs, MAX_APPLICATION_PRECISION_MS);
  if (sinceMs <= precisionMs) return seen;
  return recordOf(await transition(ctx.store, 'rememberApplication', { seen }, appliedNow(ctx, seen)));
}

/**
 * A refund that had become too old to be sent again is checked seldom: it is due soon again. A check that is due
 * already is made due anew: whoever has read it may be about to postpone it by a day.
 */
function appliedNow(
  { clock, rules }: ApplyContext,
  { no_refund, next_check_at }: Refund,
): { applied_at: number; attention: undefined } & Partial<Checks> {
  const now = clock.nowMs();
  const waitMs = (next_check_at ?? Number.POSITIVE_INFINITY) - now;
  const isDue = waitMs <= 0;
  const isSeldom = waitMs > MAX_RESENDABLE_WAIT_MS;
  return {
    applied_at: now,
    attention: undefined,
    ...((isDue || isSeldom) && furtherCheck(no_refund, now, rules)),
    ...(isDue && { next_check_at: now }),
  };
}

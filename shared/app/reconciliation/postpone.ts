import type { Refund } from '../../domain/refund.ts';
import type { ApplyContext } from '../ports/context.ts';
import type { DueRefund, Written } from '../ports/store.ts';
import { longerWait, MAX_RESENDABLE_WAIT_MS, mayResend } from '../schedule.ts';
import { recordOf, transition } from '../transitions.ts';

/**
 * How far a running lease defers a check at the most, milliseconds: the longest function's time-out (serverless.yml)
 * and 10 s. A lease that somebody has set by hand, to hold a refund, lasts longer.
 */
const MAX_DEFER_MS = 250_000;

/**
 * Takes a check over from other runs by postponing the next one before anything else: a refund whose check
 * fails in whatever way comes later the next time, and holds nobody up.
 *
 * @returns the record; `undefined` where another run, or a message, was faster
 */
export async function postponeCheck(ctx: ApplyContext, due: DueRefund): Promise<Refund | undefined> {
  const waitMs = longerWait(due.check_wait ?? ctx.rules.firstCheckMs);
  const isLong = waitMs > MAX_RESENDABLE_WAIT_MS;
  // The index doesn't know the status, and a refund that may be sent again mustn't wait that long, whoever dies now.
  const first = await postpone(ctx, isLong ? 'postponeSeldom' : 'postponeCheck', due, waitMs);
  if (first.isTaken) return first.refund;
  const seen = first.refund;
  if (!isLong || seen?.status !== 'REQUESTED' || seen.next_check_at !== due.next_check_at) return undefined;
  const cappedMs = mayResend(seen, ctx.clock.nowMs(), ctx.rules) ? MAX_RESENDABLE_WAIT_MS : waitMs;
  const second = await postpone(ctx, 'postponeRequested', seen, cappedMs);
  return second.isTaken ? second.refund : undefined;
}

async function postpone(
  ctx: ApplyContext,
  name: 'postponeCheck' | 'postponeSeldom' | 'postponeRequested',
  seen: DueRefund | Refund,
  check_wait: number,
): Promise<{ isTaken: boolean; refund: Refund | undefined }> {
  const next_check_at = ctx.clock.nowMs() + check_wait;
  const { written, refund }: Written = await transition(
    ctx.store,
    name,
    { seen },
    { next_check_at, check_wait },
  );
  // A failed condition that meets just what it wanted to write is that write, repeated after a lost answer. (Or that of
  // another run in the same millisecond: then both query, which harms nothing.)
  const isRepeated = refund?.next_check_at === next_check_at && refund.check_wait === check_wait;
  return { isTaken: written || isRepeated, refund };
}

/** A running lease only defers a check, and lengthens no wait. */
export async function checkAfterLease(ctx: ApplyContext, refund: Refund, due: DueRefund): Promise<Refund> {
  const latestMs = ctx.clock.nowMs() + MAX_DEFER_MS;
  const written = await transition(
    ctx.store,
    'postponeCheck',
    { seen: refund },
    { next_check_at: Math.min(refund.lease_until ?? 0, latestMs), check_wait: due.check_wait },
  );
  return recordOf(written);
}

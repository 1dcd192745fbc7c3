import type { AppliedRefund, Refund } from '../domain/refund.ts';
import { classOfCode } from '../domain/return-codes.ts';
import { keepOrGiveBack, sendAttempt } from './attempt.ts';
import { beginAfterRejection, beginResend, giveBack, reject, takeLease } from './attempt-writes.ts';
import type { ApplyContext, QueryAnswer } from './ports.ts';
import { checkIn } from './schedule.ts';
import { settle } from './settle.ts';

/**
 * Finds out what became of a refund whose attempts all ended without an answer, by asking the gateway first; it
 * is sent again only after a "not found" that is too late to be overtaken by an attempt still on its way.
 */
export async function resolve(ctx: ApplyContext, seen: AppliedRefund): Promise<Refund> {
  const lease = await takeLease(ctx, seen);
  if (!lease.mine) return lease.refund;
  const held = lease.refund;

  const answer = await ctx.gateway.query(held, ctx.deadlineMs);
  logQuery(ctx, held, answer);
  if (answer.type === 'statement') return keepOrGiveBack(ctx, held, await settle(ctx, answer.said));
  if (answer.type !== 'not-found' || !isLateEnough(ctx, held, answer.sentAtMs)) return giveBack(ctx, held);
  // A refusal that is still kept is of a doubtful attempt. The gateway knows nothing this late: it is confirmed,
  // but checks go on, since nothing bounds the delay of an attempt that is still on its way.
  if (held.ret_code && classOfCode(held.ret_code) === 'rejected') {
    return reject(ctx, held, checkIn(held.no_refund, ctx.clock.nowMs(), ctx.rules.firstCheckMs));
  }

  const begun = await beginResend(ctx, held);
  return begun.mine ? sendAttempt(ctx, begun.refund) : begun.refund;
}

/**
 * Applies again for a refund that the gateway has refused. It asks first: refusals aren't always signed, and one
 * that wasn't the gateway's word may hide a refund that was made.
 */
export async function retryRejected(ctx: ApplyContext, seen: AppliedRefund): Promise<Refund> {
  const begun = await beginAfterRejection(ctx, seen);
  if (!begun.mine) return begun.refund;

  const answer = await ctx.gateway.query(begun.refund, ctx.deadlineMs);
  logQuery(ctx, begun.refund, answer);
  if (answer.type === 'statement') return keepOrGiveBack(ctx, begun.refund, await settle(ctx, answer.said));
  return answer.type === 'not-found' ? sendAttempt(ctx, begun.refund) : giveBack(ctx, begun.refund);
}

/**
 * The age counts from the moment the question left: an answer that took its time says nothing about what was
 * booked while it travelled.
 */
function isLateEnough(ctx: ApplyContext, held: AppliedRefund, sentAtMs: number): boolean {
  return sentAtMs - (held.last_attempt_at ?? sentAtMs) >= ctx.rules.resendAfterMs;
}

function logQuery(ctx: ApplyContext, refund: AppliedRefund, answer: QueryAnswer): void {
  const reason = 'reason' in answer ? answer.reason : undefined;
  ctx.log.info('gateway was asked', { no_refund: refund.no_refund, answer: answer.type, reason });
}

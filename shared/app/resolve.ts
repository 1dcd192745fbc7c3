import { type AppliedRefund, isSpokenOf, lastAppliedAtMs, type Refund } from '../domain/refund.ts';
import { classOfCode } from '../domain/return-codes.ts';
import { ask } from './ask.ts';
import { keepOrGiveBack, orAsItStands, sendAttempt } from './attempt.ts';
import {
  beginAfterRejection,
  beginResend,
  confirmAttempt,
  giveBack,
  reject,
  takeLease,
  withTaskToken,
} from './attempt-writes.ts';
import { tellOfPaidAfterRefusal } from './paid-after-refusal.ts';
import type { ApplyContext, QueryAnswer } from './ports.ts';
import { checkIn, mayResend } from './schedule.ts';
import { settle } from './settle.ts';

/** What came of looking into a refund: the record after it, and what the gateway answered, if it was asked. */
export interface Resolution {
  refund: Refund;
  asked?: QueryAnswer['type'];
}

/**
 * Finds out what became of a refund whose attempts all ended without an answer, by asking the gateway first; it
 * is sent again only after a "not found" that is too late to be overtaken by an attempt still on its way.
 *
 * @param by a refund that has become too old is sent again by an explicit application only
 */
export async function resolve(
  ctx: ApplyContext,
  seen: AppliedRefund,
  by: 'application' | 'check',
): Promise<Resolution> {
  const isYoung = by === 'application' || mayResend(seen, ctx.clock.nowMs(), ctx.rules);
  const lease = await takeLease(ctx, seen, by);
  if (!lease.mine) return { refund: lease.refund };
  const held = lease.refund;

  const answer = await ask(ctx, held);
  const refund =
    answer.type === 'statement'
      ? await keepOrGiveBack(ctx, held, await settle(ctx, answer.said, 'asked'))
      : answer.type === 'not-found' && isLateEnough(ctx, held, answer.sentAtMs)
        ? await believeNotFound(ctx, held, isYoung)
        : await giveBack(ctx, held);
  return { refund, asked: answer.type };
}

async function believeNotFound(ctx: ApplyContext, held: AppliedRefund, isYoung: boolean): Promise<Refund> {
  if (isKnownToGateway(ctx, held)) return giveBack(ctx, held);
  // A refusal that is still kept is of a doubtful attempt. The gateway knows nothing this late: it is confirmed,
  // but checks go on, since nothing bounds the delay of an attempt that is still on its way.
  if (held.ret_code && classOfCode(held.ret_code) === 'rejected') {
    return reject(ctx, held, checkIn(held.no_refund, ctx.clock.nowMs(), ctx.rules.firstCheckMs));
  }
  if (!isYoung) {
    ctx.log.error('too old to be sent again by itself: apply for it again, or find out why nothing arrived', {
      no_refund: held.no_refund,
      applied_at: new Date(lastAppliedAtMs(held)).toISOString(),
      metrics: { TooOldToResend: 1, StuckRefunds: 1 },
    });
    return giveBack(ctx, held);
  }
  if (!ctx.gateway.hasTime(ctx.deadlineMs)) return giveBack(ctx, held);
  const begun = await beginResend(ctx, held);
  return begun.mine ? sendAttempt(ctx, begun.refund) : giveBack(ctx, held);
}

/**
 * Applies again for a refund that the gateway has refused. It asks first: refusals aren't always signed, and one
 * that wasn't the gateway's word may hide a refund that was made.
 */
export async function retryRejected(
  ctx: ApplyContext,
  seen: AppliedRefund,
  token: string | undefined,
): Promise<Refund> {
  const begun = await beginAfterRejection(ctx, seen, token);
  if (!begun.mine) return withTaskToken(ctx, begun.refund as AppliedRefund, token);

  return orAsItStands(ctx, begun.refund, () => askThenSend(ctx, begun.refund));
}

async function askThenSend(ctx: ApplyContext, held: AppliedRefund): Promise<Refund> {
  const answer = await ask(ctx, held);
  if (answer.type === 'statement') {
    const refund = await keepOrGiveBack(ctx, held, await settle(ctx, answer.said, 'asked'));
    // From `REQUESTED` now: the stream doesn't show that it had been refused.
    tellOfPaidAfterRefusal(ctx.log, refund);
    return refund;
  }
  if (answer.type !== 'not-found' || isKnownToGateway(ctx, held)) return giveBack(ctx, held);
  // While the answer travelled, a notification may have told that an attempt that was refused has been paid.
  const confirmed = await confirmAttempt(ctx, held);
  return confirmed.mine ? sendAttempt(ctx, confirmed.refund) : giveBack(ctx, held);
}

/** A signed message, whatever it said, shows that a "not found" isn't true: nothing may be sent on it. */
function isKnownToGateway(ctx: ApplyContext, refund: AppliedRefund): boolean {
  if (!isSpokenOf(refund)) return false;
  ctx.log.error('the gateway does not find a refund that a verified message is about', {
    no_refund: refund.no_refund,
    metrics: { UnknownToGateway: 1, StuckRefunds: 1 },
  });
  return true;
}

/**
 * The age counts from the moment the question left: an answer that took its time says nothing about what was
 * booked while it travelled.
 */
function isLateEnough(ctx: ApplyContext, held: AppliedRefund, sentAtMs: number): boolean {
  return sentAtMs - (held.last_attempt_at ?? sentAtMs) >= ctx.rules.resendAfterMs;
}

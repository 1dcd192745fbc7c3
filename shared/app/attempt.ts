import { type AppliedRefund, isApplied, type Refund } from '../domain/refund.ts';
import { giveBack, reject } from './attempt-writes.ts';
import type { ApplyAnswer, ApplyContext } from './ports.ts';
import { NO_CHECK } from './schedule.ts';
import { type Settlement, settle } from './settle.ts';

/**
 * Sends the attempt that the record says was begun, and records what the answer proves. Whatever happens after
 * the send, the caller gets a status: the service carries the refund to its end by itself.
 */
export async function sendAttempt(ctx: ApplyContext, refund: AppliedRefund): Promise<Refund> {
  const answer = await ctx.gateway.apply(refund, ctx.deadlineMs);
  const { type, reason, ret_code } = { reason: undefined, ret_code: undefined, ...answer };
  ctx.log.info('gateway answered', { no_refund: refund.no_refund, answer: type, reason, ret_code });
  try {
    return await conclude(ctx, refund, answer);
  } catch (error) {
    ctx.log.error('the answer could not be recorded: a later check asks the gateway again', {
      no_refund: refund.no_refund,
      error: String(error),
    });
    return refund;
  }
}

async function conclude(ctx: ApplyContext, refund: AppliedRefund, answer: ApplyAnswer): Promise<Refund> {
  switch (answer.type) {
    case 'statement':
      return keepOrGiveBack(ctx, refund, await settle(ctx, answer.said));
    case 'rejected': {
      const { ret_code, ret_msg } = answer;
      // With an earlier attempt unresolved, our own success may be what is refused here.
      return refund.doubt
        ? giveBack(ctx, refund, answer)
        : reject(ctx, refund, { ret_code, ret_msg, ...NO_CHECK });
    }
    case 'duplicate':
      return askAfterDuplicate(ctx, refund, answer);
    case 'in-doubt':
      return giveBack(ctx, refund, answer);
    case 'not-sent':
      return giveBack(ctx, refund);
  }
}

async function askAfterDuplicate(
  ctx: ApplyContext,
  refund: AppliedRefund,
  code: { ret_code: string; ret_msg: string },
): Promise<Refund> {
  const found = await ctx.gateway.query(refund, ctx.deadlineMs);
  if (found.type === 'statement') return keepOrGiveBack(ctx, refund, await settle(ctx, found.said));
  ctx.log.warn('the gateway calls the number a duplicate, and a query does not find it', {
    no_refund: refund.no_refund,
    ret_code: code.ret_code,
    query: found.type,
  });
  return giveBack(ctx, refund, code);
}

/** A message that didn't move the refund leaves the attempt unresolved: the lease goes back. */
export async function keepOrGiveBack(
  ctx: ApplyContext,
  held: AppliedRefund,
  settlement: Settlement,
): Promise<Refund> {
  const refund = settlement.outcome === 'unknown' ? held : settlement.refund;
  return refund.status === 'REQUESTED' && isApplied(refund) ? giveBack(ctx, held) : refund;
}

import { type AppliedRefund, isApplied, type Refund } from '../domain/refund.ts';
import { classOfCode } from '../domain/return-codes.ts';
import { ask, exchangeMetrics } from './ask.ts';
import { giveBack, reject } from './attempt-writes.ts';
import type { ApplyAnswer, ApplyContext } from './ports.ts';
import { NO_CHECK } from './schedule.ts';
import { refundAfter, type Settlement, settle } from './settle.ts';

/** Sends the attempt that the record says was begun, and records what the answer proves. */
export async function sendAttempt(ctx: ApplyContext, refund: AppliedRefund): Promise<Refund> {
  const sentAtMs = ctx.clock.nowMs();
  const answer = await ctx.gateway.apply(refund, ctx.deadlineMs);
  const metrics = exchangeMetrics(answer, ctx.clock.nowMs() - sentAtMs);
  const { type, reason, ret_code } = { reason: undefined, ret_code: undefined, ...answer };
  ctx.log.info('gateway answered', {
    no_refund: refund.no_refund,
    answer: type,
    reason,
    ret_code,
    metrics: metrics && { ...metrics, ...(refund.doubt && { Resends: 1 }) },
  });
  return orAsItStands(ctx, refund, () => conclude(ctx, refund, answer));
}

/**
 * Once a refund is recorded, a table out of reach is no error of the caller's: the record is the answer, and the service
 * carries the refund to its end by itself.
 */
export async function orAsItStands(
  ctx: ApplyContext,
  refund: Refund,
  work: () => Promise<Refund>,
): Promise<Refund> {
  try {
    return await work();
  } catch (error) {
    ctx.log.error(
      'the table was out of reach: the answer is the record as it stood, and a later check goes on',
      {
        no_refund: refund.no_refund,
        // The error itself says that this call has sent nothing, which may not be so here.
        error: String((error as Error).cause ?? error),
        metrics: { Failures: 1 },
      },
    );
    return refund;
  }
}

async function conclude(ctx: ApplyContext, refund: AppliedRefund, answer: ApplyAnswer): Promise<Refund> {
  switch (answer.type) {
    case 'statement':
      return keepOrGiveBack(ctx, refund, await settle(ctx, answer.said));
    case 'rejected':
      // With an earlier attempt unresolved, our own success may be what is refused here.
      return refund.doubt ? giveBack(ctx, refund, answer) : believeRefusal(ctx, refund, answer);
    case 'duplicate':
      return askAfterDuplicate(ctx, refund, answer);
    case 'in-doubt':
      // The code of a refusal that can't be read is told, not kept: a late "not found" would confirm the refusal.
      return giveBack(ctx, refund, classOfCode(answer.ret_code ?? '') === 'in-doubt' ? answer : {});
    case 'not-sent':
      return giveBack(ctx, refund);
  }
}

async function believeRefusal(
  ctx: ApplyContext,
  refund: AppliedRefund,
  { ret_code, ret_msg }: { ret_code: string; ret_msg: string },
): Promise<Refund> {
  const rejected = await reject(ctx, refund, { ret_code, ret_msg, ...NO_CHECK });
  // Still requested: a signed message has spoken of it meanwhile, which weighs more than an unsigned refusal.
  return rejected.status === 'REQUESTED' ? giveBack(ctx, refund, { ret_code, ret_msg }) : rejected;
}

async function askAfterDuplicate(
  ctx: ApplyContext,
  refund: AppliedRefund,
  code: { ret_code: string; ret_msg: string },
): Promise<Refund> {
  const found = await ask(ctx, refund);
  if (found.type === 'statement') return keepOrGiveBack(ctx, refund, await settle(ctx, found.said, 'asked'));
  const facts = { no_refund: refund.no_refund, ret_code: code.ret_code };
  if (found.type === 'not-found') {
    ctx.log.error('the gateway calls the number a duplicate, and a query does not find it', {
      ...facts,
      metrics: { DuplicatesNotFound: 1, StuckRefunds: 1 },
    });
  } else {
    ctx.log.warn('the gateway calls the number a duplicate, and the query was not answered', facts);
  }
  return giveBack(ctx, refund, code);
}

/** A message that didn't move the refund leaves the attempt unresolved: the lease goes back. */
export async function keepOrGiveBack(
  ctx: ApplyContext,
  held: AppliedRefund,
  settlement: Settlement,
): Promise<Refund> {
  const refund = refundAfter(settlement, held);
  return refund.status === 'REQUESTED' && isApplied(refund) ? giveBack(ctx, held) : refund;
}

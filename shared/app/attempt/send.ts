import type { Problem } from '../../domain/problem.ts';
import { type AppliedRefund, isApplied, type Refund } from '../../domain/refund.ts';
import { classOfCode } from '../../domain/return-codes.ts';
import type { VerifiedMessage } from '../../domain/verified-message.ts';
import type { ApplyContext } from '../ports/context.ts';
import type { ApplyAnswer, CodeAnswer } from '../ports/gateway.ts';
import { settle } from '../settlement/settle.ts';
import { refundAfter } from '../settlement/settlement.ts';
import { releaseLease } from './lease.ts';
import { ANSWERED, problemOf } from './problem.ts';
import { logExchange, queryGateway } from './query-gateway.ts';
import { confirmRejection } from './reject.ts';

/** Sends the attempt that the record says was begun, and records what the answer proves. */
export async function sendAttempt(ctx: ApplyContext, refund: AppliedRefund): Promise<Refund> {
  const sentAtMs = ctx.clock.nowMs();
  const answer = await ctx.gateway.apply(refund, ctx.deadlineMs);
  const { no_refund, attempts } = refund;
  logExchange(ctx, ANSWERED.applying[answer.type], answer, { no_refund, attempts }, sentAtMs);
  return orRecordAsItStood(ctx, refund, () => conclude(ctx, refund, answer));
}

/**
 * Once a refund is recorded, a table out of reach is no error of the caller's: the record as it stood is the answer,
 * and the service carries the refund to its end by itself.
 */
export async function orRecordAsItStood(
  ctx: ApplyContext,
  refund: Refund,
  work: () => Promise<Refund>,
): Promise<Refund> {
  try {
    return await work();
  } catch (error) {
    // The error itself says that this call has sent nothing, which may not be so here.
    const cause = String((error as Error).cause ?? error);
    ctx.log('attempt.unrecorded', { no_refund: refund.no_refund, error: cause });
    return refund;
  }
}

async function conclude(ctx: ApplyContext, refund: AppliedRefund, answer: ApplyAnswer): Promise<Refund> {
  const problem = problemOf(ctx, 'applying', answer);
  switch (answer.type) {
    case 'verified':
      return settleOrRelease(ctx, refund, answer.message, 'answer', problem);
    case 'rejected':
      // With an earlier attempt unresolved, our own success may be what is rejected here.
      return refund.doubt
        ? releaseLease(ctx, refund, { code: answer, problem })
        : confirmRejection(ctx, refund, answer, problem);
    case 'duplicate':
      return queryAfterDuplicate(ctx, refund, answer);
    case 'in-doubt':
      // The code of a rejection that can't be read is logged, not kept: a late "not found" would confirm the rejection.
      return releaseLease(ctx, refund, {
        code: classOfCode(answer.ret_code ?? '') === 'in-doubt' ? answer : {},
        problem,
      });
    case 'not-sent':
      return releaseLease(ctx, refund, { problem });
  }
}

async function queryAfterDuplicate(
  ctx: ApplyContext,
  refund: AppliedRefund,
  code: CodeAnswer,
): Promise<Refund> {
  const answer = await queryGateway(ctx, refund);
  const problem = problemOf(ctx, 'querying', answer);
  if (answer.type === 'verified') {
    return settleOrRelease(ctx, refund, answer.message, 'query', problem);
  }
  const { no_refund } = refund;
  const isNotFound = answer.type === 'not-found';
  ctx.log(isNotFound ? 'attempt.duplicate_not_found' : 'attempt.duplicate_unresolved', {
    no_refund,
    ret_code: code.ret_code,
  });
  return releaseLease(ctx, refund, {
    code,
    problem,
    ...(isNotFound && { attention: 'duplicate_not_found' }),
  });
}

/** Settles a verified message. One that doesn't move the refund leaves the attempt unresolved: the lease is released. */
export async function settleOrRelease(
  ctx: ApplyContext,
  held: AppliedRefund,
  message: VerifiedMessage,
  via: 'answer' | 'query',
  problem: Problem,
): Promise<Refund> {
  // The check that the attempt began with serves only the answer to it.
  const settlement = await settle(ctx, message, via, via === 'answer' ? held : undefined);
  const refund = refundAfter(settlement, held);
  return refund.status === 'REQUESTED' && isApplied(refund) ? releaseLease(ctx, held, { problem }) : refund;
}

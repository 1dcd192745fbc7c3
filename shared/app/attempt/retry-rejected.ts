import { movesMoney } from '../../domain/life-cycle.ts';
import type { AppliedRefund, Refund } from '../../domain/refund.ts';
import type { ApplyContext } from '../ports/context.ts';
import { beginAfterRejection, confirmAttempt } from './begin.ts';
import { releaseLease } from './lease.ts';
import { problemOf } from './problem.ts';
import { queryGateway } from './query-gateway.ts';
import { messageContradictsNotFound } from './resolve.ts';
import { orRecordAsItStood, sendAttempt, settleOrRelease } from './send.ts';
import { storeTaskToken } from './task-token.ts';

/**
 * Applies again for a refund that the gateway has rejected. It queries first: rejections aren't always signed, and a
 * forged one may hide a refund that was paid.
 */
export async function retryRejected(
  ctx: ApplyContext,
  seen: AppliedRefund,
  token: string | undefined,
): Promise<Refund> {
  const begun = await beginAfterRejection(ctx, seen, token);
  if (!begun.mine) {
    // The begin may have stored the token, its answer lost, and a newer one may have come: the count as first read tells them apart.
    const found = { ...(begun.refund as AppliedRefund), task_tokens: seen.task_tokens };
    return storeTaskToken(ctx, found, token);
  }

  return orRecordAsItStood(ctx, begun.refund, () => queryThenSend(ctx, begun.refund));
}

async function queryThenSend(ctx: ApplyContext, held: AppliedRefund): Promise<Refund> {
  const answer = await queryGateway(ctx, held);
  const problem = problemOf(ctx, 'querying', answer);
  if (answer.type === 'verified') {
    const refund = await settleOrRelease(ctx, held, answer.message, 'query', problem);
    const { no_refund, status } = refund;
    // From `REQUESTED` now: the stream doesn't show that it had been rejected.
    if (movesMoney(status)) ctx.log('refund.paid_after_rejection', { no_refund, status });
    return refund;
  }
  if (answer.type !== 'not-found') return releaseLease(ctx, held, { problem });
  if (messageContradictsNotFound(ctx, held)) return releaseLease(ctx, held, { problem, attention: 'denied' });
  // While the answer travelled, a notification may have told that an attempt that was rejected has been paid.
  const confirmed = await confirmAttempt(ctx, held);
  return confirmed.mine ? sendAttempt(ctx, confirmed.refund) : releaseLease(ctx, held);
}

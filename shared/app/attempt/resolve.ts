import type { Problem } from '../../domain/problem.ts';
import {
  type AppliedRefund,
  hasMessage,
  isApplied,
  lastAppliedAtMs,
  type Refund,
} from '../../domain/refund.ts';
import { classOfCode } from '../../domain/return-codes.ts';
import type { ApplyContext } from '../ports/context.ts';
import type { QueryAnswer } from '../ports/gateway.ts';
import { mayResend } from '../schedule.ts';
import { beginResend } from './begin.ts';
import { acquireLease, releaseLease, rememberApplication } from './lease.ts';
import { problemOf } from './problem.ts';
import { queryGateway } from './query-gateway.ts';
import { rejectAfterDoubt } from './reject.ts';
import { orRecordAsItStood, sendAttempt, settleOrRelease } from './send.ts';

/** What came of resolving a refund: the record after it, and what the gateway answered, if it was queried. */
export interface Resolution {
  refund: Refund;
  answer?: QueryAnswer['type'];
}

/**
 * Resolves a refund that is applied for again, however old it has become. An application that can't be recorded is an
 * error of the table, and not answered with the record: the time for resends wouldn't count from it.
 *
 * @throws ServiceUnavailable, OutcomeUnknown
 */
export async function resolveByApplication(ctx: ApplyContext, seen: AppliedRefund): Promise<Refund> {
  const lease = await acquireLease(ctx, seen, 'application');
  const { refund } = lease;
  if (lease.mine)
    return orRecordAsItStood(ctx, refund, async () => (await findOut(ctx, lease.refund, true)).refund);
  const isOpen = refund.status === 'REQUESTED' && isApplied(refund);
  // Somebody else was faster, who may not know that the refund is applied for again.
  return isOpen ? rememberApplication(ctx, refund) : refund;
}

/** Resolves a refund whose check is due. One that has become too old isn't sent again. */
export async function resolveByCheck(ctx: ApplyContext, seen: AppliedRefund): Promise<Resolution> {
  const isResendAllowed = mayResend(seen, ctx.clock.nowMs(), ctx.rules);
  const lease = await acquireLease(ctx, seen, 'check');
  return lease.mine ? findOut(ctx, lease.refund, isResendAllowed) : { refund: lease.refund };
}

/**
 * Finds out what became of a refund whose attempts all ended without an answer, by querying the gateway first; it
 * is sent again only after a "not found" that is too late to be overtaken by an attempt still on its way.
 */
async function findOut(
  ctx: ApplyContext,
  held: AppliedRefund,
  isResendAllowed: boolean,
): Promise<Resolution> {
  const answer = await queryGateway(ctx, held);
  const problem = problemOf(ctx, 'querying', answer);
  const refund =
    answer.type === 'verified'
      ? await settleOrRelease(ctx, held, answer.message, 'query', problem)
      : answer.type === 'not-found' && isLateEnough(ctx, held, answer.sentAtMs)
        ? await resolveNotFound(ctx, held, isResendAllowed, problem)
        : await releaseLease(ctx, held, { problem });
  return { refund, answer: answer.type };
}

/**
 * What must hold for a resend: the lease, a "not found" to a query that was sent late enough (`isLateEnough`), no verified
 * message, no kept rejection, not too old (an application always may), and enough time left. The write `beginResend` makes
 * sure that nothing has changed meanwhile. After a rejection other rules hold: see retry-rejected.ts.
 */
async function resolveNotFound(
  ctx: ApplyContext,
  held: AppliedRefund,
  isResendAllowed: boolean,
  problem: Problem,
): Promise<Refund> {
  if (messageContradictsNotFound(ctx, held)) return releaseLease(ctx, held, { problem, attention: 'denied' });
  // A rejection that is still kept answered a doubtful attempt. The gateway knows nothing this late: it is confirmed.
  if (held.ret_code && classOfCode(held.ret_code) === 'rejected') return rejectAfterDoubt(ctx, held);
  if (!isResendAllowed) {
    const applied_at = new Date(lastAppliedAtMs(held)).toISOString();
    ctx.log('attempt.too_old_to_resend', { no_refund: held.no_refund, applied_at });
    return releaseLease(ctx, held, { problem, attention: 'too_old_to_resend' });
  }
  if (!ctx.gateway.hasTime(ctx.deadlineMs)) return releaseLease(ctx, held);
  const begun = await beginResend(ctx, held);
  return begun.mine ? sendAttempt(ctx, begun.refund) : releaseLease(ctx, held);
}

/** A verified message, whatever it said, shows that a "not found" isn't true: nothing may be sent on it. */
export function messageContradictsNotFound(ctx: ApplyContext, refund: AppliedRefund): boolean {
  if (!hasMessage(refund)) return false;
  ctx.log('query.denies_message', { no_refund: refund.no_refund });
  return true;
}

/**
 * The age counts from the moment the query was sent: an answer that took its time says nothing about what was
 * booked while it travelled.
 */
function isLateEnough(ctx: ApplyContext, held: AppliedRefund, sentAtMs: number): boolean {
  return sentAtMs - (held.last_attempt_at ?? sentAtMs) >= ctx.rules.resendAfterMs;
}

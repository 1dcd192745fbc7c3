import { RefundConflict, ServiceUnavailable } from '../domain/errors.ts';
import {
  type AppliedKind,
  type AppliedRefund,
  isApplied,
  type Refund,
  rejectionOf,
} from '../domain/refund.ts';
import { differencesFrom, type RefundRequest, readRefundRequest } from '../domain/refund-request.ts';
import { orAsItStands, sendAttempt } from './attempt.ts';
import { createRecord, rememberApplication, withTaskToken } from './attempt-writes.ts';
import type { ApplyContext } from './ports.ts';
import { resolve, retryRejected } from './resolve.ts';

const TOO_LATE =
  'Too little time was left to hear the gateway out. This call has recorded nothing and sent nothing: ' +
  'apply again, unchanged.';

/**
 * Applies for a refund, once, however often it is asked for: the record is written before the gateway hears of
 * it, and a repetition is answered from the record.
 *
 * @returns the record after what the gateway answered; not final means that the service carries it on by itself
 * @throws InvalidRequest, RefundConflict, RefundRejected; ServiceUnavailable where this call has recorded nothing and
 *   sent nothing, OutcomeUnknown where it has sent nothing, but may have recorded something
 */
export async function applyForRefund(ctx: ApplyContext, kind: AppliedKind, input: unknown): Promise<Refund> {
  const request = readRefundRequest(kind, input, {
    oidPartner: ctx.rules.oidPartner,
    notifyUrl: ctx.rules.notifyUrl,
    nowMs: ctx.clock.nowMs(),
  });
  await ctx.gateway.ready();
  if (!ctx.gateway.hasTime(ctx.deadlineMs)) throw new ServiceUnavailable(TOO_LATE);
  const refund = await attemptOnce(ctx, request);
  if (refund.status === 'REJECTED') throw rejectionOf(refund);
  return refund;
}

async function attemptOnce(ctx: ApplyContext, request: RefundRequest): Promise<Refund> {
  const created = await createRecord(ctx, request);
  if (created.mine) return sendAttempt(ctx, created.refund);
  const known = created.refund;
  const issues = differencesFrom(known, request);
  if (!isApplied(known) || issues.length > 0)
    throw new RefundConflict(request.no_refund, { issues, status: known.status, kind: known.kind });
  return applyAgain(ctx, known, request.task_token);
}

async function applyAgain(
  ctx: ApplyContext,
  known: AppliedRefund,
  token: string | undefined,
): Promise<Refund> {
  if (known.status === 'REJECTED') return retryRejected(ctx, known, token);
  const seen = await withTaskToken(ctx, known, token);
  const isUnderWay = (seen.lease_until ?? 0) > ctx.clock.nowMs();
  if (seen.status !== 'REQUESTED') return seen;
  if (isUnderWay) return rememberApplication(ctx, seen);
  return orAsItStands(ctx, seen, async () => (await resolve(ctx, seen, 'application')).refund);
}

import { differencesFrom } from '../domain/differences.ts';
import { OutcomeUnknown, RefundConflict, ServiceUnavailable } from '../domain/errors.ts';
import {
  type AppliedKind,
  type AppliedRefund,
  isApplied,
  type Refund,
  rejectionOf,
} from '../domain/refund.ts';
import { type RefundRequest, readRefundRequest } from '../domain/refund-request.ts';
import { createRecord } from './attempt/begin.ts';
import { rememberApplication } from './attempt/lease.ts';
import { resolveByApplication } from './attempt/resolve.ts';
import { retryRejected } from './attempt/retry-rejected.ts';
import { sendAttempt } from './attempt/send.ts';
import { storeTaskToken } from './attempt/task-token.ts';
import type { ApplyContext } from './ports/context.ts';

const TOO_LATE =
  'Too little time was left to hear the gateway out. This call has recorded nothing and sent nothing: ' +
  'apply again, unchanged.';

const TOKEN_STORED =
  'The table of refunds has taken the task token, but not the application. This call has sent nothing: ' +
  'apply again, unchanged.';

/**
 * Applies for a refund, once, however often it is asked for: the record is written before the gateway hears of
 * it, and a repetition is answered from the record.
 *
 * @param requestedByIam the IAM identity of a caller over HTTP
 * @returns the record after what the gateway answered; not final means that the service carries it on by itself
 * @throws InvalidRequest, RefundConflict, RefundRejected; ServiceUnavailable where this call has recorded nothing and
 *   sent nothing, OutcomeUnknown where it has sent nothing, but may have recorded something
 */
export async function applyForRefund(
  ctx: ApplyContext,
  kind: AppliedKind,
  input: unknown,
  requestedByIam?: string,
): Promise<Refund> {
  const request = readRefundRequest(kind, input, {
    oidPartner: ctx.rules.oidPartner,
    notifyUrl: ctx.rules.notifyUrl,
    nowMs: ctx.clock.nowMs(),
  });
  await ctx.gateway.ready();
  if (!ctx.gateway.hasTime(ctx.deadlineMs)) throw new ServiceUnavailable(TOO_LATE);
  const refund = await attemptOnce(ctx, request, requestedByIam);
  if (refund.status === 'REJECTED') throw rejectionOf(refund);
  return refund;
}

async function attemptOnce(
  ctx: ApplyContext,
  request: RefundRequest,
  requestedByIam: string | undefined,
): Promise<Refund> {
  const created = await createRecord(ctx, request, requestedByIam);
  if (created.mine) return sendAttempt(ctx, created.refund);
  const known = created.refund;
  const issues = differencesFrom(known, request);
  if (!isApplied(known) || issues.length > 0) {
    const { status, kind } = known;
    throw new RefundConflict(request.no_refund, { issues, status, kind });
  }
  return applyAgain(ctx, known, request.task_token);
}

async function applyAgain(
  ctx: ApplyContext,
  known: AppliedRefund,
  token: string | undefined,
): Promise<Refund> {
  if (known.status === 'REJECTED') return retryRejected(ctx, known, token);
  const seen = await storeTaskToken(ctx, known, token);
  if (seen.status !== 'REQUESTED') return seen;
  const isUnderWay = (seen.lease_until ?? 0) > ctx.clock.nowMs();
  const goOn = isUnderWay ? rememberApplication : resolveByApplication;
  return goOn(ctx, seen).catch((error) => {
    const isTokenStored = seen !== known;
    throw isTokenStored ? new OutcomeUnknown(TOKEN_STORED, {}, { cause: error }) : error;
  });
}

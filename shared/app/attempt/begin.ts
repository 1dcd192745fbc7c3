import type { AppliedRefund } from '../../domain/refund.ts';
import type { RefundRequest } from '../../domain/refund-request.ts';
import type { ApplyContext } from '../ports/context.ts';
import type { Counted } from '../ports/store.ts';
import { dayShardOf, firstCheck, furtherCheck } from '../schedule.ts';
import { transition } from '../transitions.ts';
import { leaseUntil } from './lease.ts';
import { type Owned, owned } from './owned.ts';

/** Writes the record of a new refund, with its first attempt begun; nothing may be sent before this. */
export async function createRecord(
  ctx: ApplyContext,
  request: RefundRequest,
  requested_by_iam: string | undefined,
): Promise<Owned> {
  const attempt_id = ctx.newAttemptId();
  const { no_refund, kind } = request;
  const refund = { ...newRecord(ctx, request, attempt_id), requested_by_iam };
  const created = owned(await ctx.store.create(refund), attempt_id);
  if (created.mine) ctx.log('refund.created', { no_refund, kind });
  return created;
}

function newRecord(ctx: ApplyContext, request: RefundRequest, attempt_id: string): AppliedRefund {
  const now = ctx.clock.nowMs();
  const createdAt = new Date(now).toISOString();
  const { no_refund, kind, fields, own, task_token } = request;
  return {
    no_refund,
    kind,
    status: 'REQUESTED',
    version: 1,
    ...fields,
    ...own,
    created_at: createdAt,
    updated_at: createdAt,
    day_shard: dayShardOf(no_refund, now),
    ...(task_token && { task_token, task_tokens: 1 }),
    attempts: 1,
    ...attemptBegun(ctx, attempt_id, now),
    ...firstCheck(no_refund, now, ctx.rules),
  };
}

/**
 * Begins an attempt at a refund that the gateway has rejected: no doubt comes of it, since a rejection is an answer. A
 * newer task token comes with it: beside `REJECTED` it would be answered with the old rejection.
 */
export async function beginAfterRejection(
  ctx: ApplyContext,
  seen: AppliedRefund,
  task_token: string | undefined,
): Promise<Owned> {
  const now = ctx.clock.nowMs();
  const attempt_id = ctx.newAttemptId();
  const counts: Counted[] = ['version', 'attempts', ...(task_token ? (['task_tokens'] as const) : [])];
  const written = await transition(
    ctx.store,
    'beginAfterRejection',
    { seen, counts },
    {
      status: 'REQUESTED',
      ...furtherAttemptBegun(ctx, seen.no_refund, attempt_id, now),
      applied_at: now,
      ...(task_token && { task_token }),
      updated_at: new Date(now).toISOString(),
    },
  );
  const begun = owned(written, attempt_id);
  if (begun.mine) ctx.log('refund.reapplied', { no_refund: seen.no_refund });
  return begun;
}

/**
 * Begins a further attempt while what became of an earlier one isn't known for certain. `doubt` is set in the
 * very write that begins it, so that no crash can skip it.
 */
export async function beginResend(ctx: ApplyContext, held: AppliedRefund): Promise<Owned> {
  const now = ctx.clock.nowMs();
  // A new id, so that this write, repeated, knows itself.
  const attempt_id = ctx.newAttemptId();
  const written = await transition(
    ctx.store,
    'beginResend',
    { seen: held },
    { ...furtherAttemptBegun(ctx, held.no_refund, attempt_id, now), doubt: true },
  );
  const begun = owned(written, attempt_id);
  if (begun.mine) {
    const { no_refund, attempts } = begun.refund;
    ctx.log('attempt.resent', { no_refund, attempts });
  }
  return begun;
}

/** Makes sure, right before a send, that no message about the refund has come since its attempt was begun. */
export async function confirmAttempt(ctx: ApplyContext, held: AppliedRefund): Promise<Owned> {
  const last_attempt_at = ctx.clock.nowMs();
  const written = await transition(ctx.store, 'confirmAttempt', { seen: held }, { last_attempt_at });
  return owned(written, written.written ? held.attempt_id : undefined);
}

/** What the write that begins an attempt sets: the lease and the moment. */
function attemptBegun(ctx: ApplyContext, attempt_id: string, now: number) {
  return { attempt_id, lease_until: leaseUntil(ctx), last_attempt_at: now };
}

/** A further attempt is checked anew, and begins without what the exchanges of the earlier ones have left. */
function furtherAttemptBegun(ctx: ApplyContext, noRefund: string, attempt_id: string, now: number) {
  return {
    ...attemptBegun(ctx, attempt_id, now),
    ...furtherCheck(noRefund, now, ctx.rules),
    ret_code: undefined,
    ret_msg: undefined,
    last_problem: undefined,
    attention: undefined,
  };
}

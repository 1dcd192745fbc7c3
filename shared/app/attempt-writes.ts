import { type AppliedRefund, isApplied, lastAppliedAtMs, type Refund } from '../domain/refund.ts';
import type { RefundRequest } from '../domain/refund-request.ts';
import type { ApplyContext, Changes, Counted, Expected, Written } from './ports.ts';
import { firstCheck, MAX_RESENDABLE_WAIT_MS } from './schedule.ts';

/**
 * How far the clocks of two functions may differ: the holder of a lease stops by its own clock, whoever takes it
 * over judges by another.
 */
const CLOCK_MARGIN_MS = 5_000;

/** A write of the attempt protocol: what came of it, told from a repetition of our own write by its attempt id. */
export type Begun = { mine: true; refund: AppliedRefund } | { mine: false; refund: Refund };

/** Writes the record of a new refund, with its first attempt begun; nothing may be sent before this. */
export async function createRecord(ctx: ApplyContext, request: RefundRequest): Promise<Begun> {
  const now = ctx.clock.nowMs();
  const attempt_id = ctx.newAttemptId();
  const createdAt = new Date(now).toISOString();
  const refund: AppliedRefund = {
    no_refund: request.no_refund,
    kind: request.kind,
    status: 'REQUESTED',
    version: 1,
    ...request.fields,
    created_at: createdAt,
    updated_at: createdAt,
    ...(request.task_token && { task_token: request.task_token, task_tokens: 1 }),
    attempts: 1,
    attempt_id,
    lease_until: leaseUntil(ctx),
    last_attempt_at: now,
    ...firstCheck(request.no_refund, now, ctx.rules),
  };
  return owned(await ctx.store.create(refund), attempt_id);
}

/**
 * Takes the lease of a refund that nobody is attempting any more, to find out what became of it.
 *
 * @param by who wants to know: an explicit application has the refund sent again for longer
 */
export async function takeLease(
  ctx: ApplyContext,
  seen: AppliedRefund,
  by: 'application' | 'check',
): Promise<Begun> {
  const attempt_id = ctx.newAttemptId();
  return change(
    ctx,
    seen,
    { status: ['REQUESTED'], attempt_id: [seen.attempt_id], lease_until: [seen.lease_until] },
    { attempt_id, lease_until: leaseUntil(ctx), ...(by === 'application' && appliedNow(ctx, seen)) },
  );
}

/** How exactly the moment of the last application is kept: a hundredth of the time that counts from it. */
const APPLICATIONS_AT_ONCE = 0.01;

/**
 * Keeps that a caller has applied again while somebody else holds the lease: from now on the refund may be sent again
 * for as long as a new one. Applications at the same time as the last one cost no write.
 */
export async function rememberApplication(ctx: ApplyContext, seen: AppliedRefund): Promise<Refund> {
  const sinceMs = ctx.clock.nowMs() - lastAppliedAtMs(seen);
  if (sinceMs <= APPLICATIONS_AT_ONCE * ctx.rules.resendUntilMs) return seen;
  return recordOf(await ctx.store.update(seen.no_refund, { status: ['REQUESTED'] }, appliedNow(ctx, seen)));
}

/** A refund that had become too old to be sent again is checked as seldom: it is due soon again. */
function appliedNow({ clock, rules }: ApplyContext, { no_refund, next_check_at }: Refund): Changes {
  const now = clock.nowMs();
  const isSeldom = next_check_at === undefined || next_check_at - now > MAX_RESENDABLE_WAIT_MS;
  return { applied_at: now, ...(isSeldom && firstCheck(no_refund, now, rules)) };
}

/**
 * Begins an attempt at a refund that the gateway has refused: no doubt comes of it, since a refusal is an answer. A
 * newer task token comes with it: beside `REJECTED` it would be answered with the old refusal.
 */
export async function beginAfterRejection(
  ctx: ApplyContext,
  seen: AppliedRefund,
  token: string | undefined,
): Promise<Begun> {
  const now = ctx.clock.nowMs();
  return change(
    ctx,
    seen,
    { status: ['REJECTED'], attempt_id: [seen.attempt_id] },
    {
      status: 'REQUESTED',
      attempt_id: ctx.newAttemptId(),
      lease_until: leaseUntil(ctx),
      last_attempt_at: now,
      applied_at: now,
      ...(token && { task_token: token }),
      updated_at: new Date(now).toISOString(),
      ...NO_CODE,
      ...firstCheck(seen.no_refund, now, ctx.rules),
    },
    ['version', 'attempts', ...(token ? (['task_tokens'] as const) : [])],
  );
}

/**
 * Begins a further attempt while what became of an earlier one isn't known for certain. `doubt` is set in the
 * very write that begins it, so that no crash can skip it.
 */
export async function beginResend(ctx: ApplyContext, held: AppliedRefund): Promise<Begun> {
  const now = ctx.clock.nowMs();
  return change(
    ctx,
    held,
    whileUnheardOf(held),
    {
      // A new id, so that this write, repeated, knows itself.
      attempt_id: ctx.newAttemptId(),
      lease_until: leaseUntil(ctx),
      last_attempt_at: now,
      doubt: true,
      ...NO_CODE,
      ...firstCheck(held.no_refund, now, ctx.rules),
    },
    ['attempts'],
  );
}

/** Makes sure, right before a send, that nothing has been heard of the refund since its attempt was begun. */
export async function confirmAttempt(ctx: ApplyContext, held: AppliedRefund): Promise<Begun> {
  const written = await ctx.store.update(held.no_refund, whileUnheardOf(held), {
    last_attempt_at: ctx.clock.nowMs(),
  });
  return written.written ? owned(written, held.attempt_id) : { mine: false, refund: recordOf(written) };
}

/**
 * Records a refusal that is believed: while nothing signed has spoken of the refund. `changes` say whether checks go
 * on.
 */
export async function reject(ctx: ApplyContext, held: AppliedRefund, changes: Changes): Promise<Refund> {
  const rejected: Changes = {
    ...changes,
    status: 'REJECTED',
    lease_until: undefined,
    updated_at: nowText(ctx),
  };
  const { refund } = await change(ctx, held, whileUnheardOf(held), rejected, ['version']);
  const { no_refund, status, ret_code } = refund;
  if (status === 'REJECTED')
    ctx.log.info('rejected', { no_refund, ret_code, metrics: { RefundsRejected: 1 } });
  return refund;
}

/** A code that the gateway answered with, kept until an answer that can be believed. */
export interface KeptCode {
  ret_code?: string;
  ret_msg?: string;
}

/** Gives the lease back and leaves the refund as it is: what became of it isn't known yet. */
export async function giveBack(ctx: ApplyContext, held: AppliedRefund, code: KeptCode = {}): Promise<Refund> {
  const kept = code.ret_code
    ? { ret_code: code.ret_code, ret_msg: code.ret_msg, updated_at: nowText(ctx) }
    : {};
  return (await change(ctx, held, whileHeld(held), { lease_until: undefined, ...kept })).refund;
}

/** A newer task token replaces the stored one, whatever has become of the refund. */
export async function withTaskToken(
  ctx: ApplyContext,
  seen: AppliedRefund,
  token: string | undefined,
): Promise<AppliedRefund> {
  if (!token || token === seen.task_token) return seen;
  // A write that was cut off may land late: it must not bring an older token back.
  const written = await ctx.store.update(
    seen.no_refund,
    { task_tokens: [seen.task_tokens] },
    { task_token: token },
    ['task_tokens'],
  );
  const refund = recordOf(written) as AppliedRefund;
  // Where more than one has come since, one of them may be this, written before and overtaken: the newest stays.
  const isPassedOver = refund.task_tokens === (seen.task_tokens ?? 0) + 1 && refund.task_token !== token;
  return !written.written && isPassedOver ? withTaskToken(ctx, refund, token) : refund;
}

const NO_CODE: Changes = { ret_code: undefined, ret_msg: undefined };

/** What a holder writes of its own attempt takes back nothing that a message has brought meanwhile. */
const whileHeld = (held: Refund): Expected => ({ status: ['REQUESTED'], attempt_id: [held.attempt_id] });

/** No signed message has spoken of the refund, however little it said, and whether or not it could be followed. */
export const UNHEARD_OF: Expected = { unsettled: [undefined], conflict: [undefined] };

/** Nothing is sent again, and no refusal believed, once a signed message has spoken of the refund. */
const whileUnheardOf = (held: Refund): Expected => ({ ...whileHeld(held), ...UNHEARD_OF });

const leaseUntil = (ctx: ApplyContext): number => ctx.deadlineMs + CLOCK_MARGIN_MS;

const nowText = (ctx: ApplyContext): string => new Date(ctx.clock.nowMs()).toISOString();

async function change(
  ctx: ApplyContext,
  seen: AppliedRefund,
  expected: Expected,
  changes: Changes,
  counted: Counted[] = [],
): Promise<Begun> {
  const written = await ctx.store.update(seen.no_refund, expected, changes, counted);
  return owned(written, changes.attempt_id);
}

/**
 * A failed condition that meets the id we have just made up is our own write, repeated after a lost answer. If a
 * message has moved the refund on in between, there is nothing left to attempt.
 */
function owned(written: Written, attemptId: string | undefined): Begun {
  const refund = recordOf(written);
  const isRepeated =
    attemptId !== undefined && refund.attempt_id === attemptId && refund.status === 'REQUESTED';
  const mine = written.written || isRepeated;
  return mine && isApplied(refund) ? { mine, refund } : { mine: false, refund };
}

function recordOf({ refund }: Written): Refund {
  if (!refund) throw new Error('a refund record has vanished: restore it, records are never deleted');
  return refund;
}

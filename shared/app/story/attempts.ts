import type { Refund } from '../../domain/refund.ts';
import type { ReceivedMessage, StoryEntry } from '../../domain/story.ts';
import { type Change, isChanged } from './change.ts';
import { entry, timeOf } from './entry.ts';

/** What a new record tells: an application with its first attempt, a refund that was made elsewhere, or one put back. */
export function creationEntries(
  refund: Refund,
  message: ReceivedMessage | undefined,
  at: string,
): StoryEntry[] {
  const { kind, status, created_at } = refund;
  if (!isNew(refund)) return [entry('record.restored', at, { status, ...askedIn(refund) })];
  if (kind === 'external') {
    const { money_refund, dt_refund, sta_refund, oid_refundno, settle_date } = refund;
    const said = { money_refund, dt_refund, sta_refund, oid_refundno, settle_date };
    return [entry('refund.external', created_at, { status, ...said, message })];
  }
  return [
    entry('refund.created', created_at, { status, ...askedIn(refund) }),
    ...(refund.task_token ? [entry('task.waits', created_at)] : []),
    attemptSent(refund),
  ];
}

/** A record as it was is put back after a deletion, or copied into another table: nothing begins with it. */
function isNew({ version, attempts = 1, created_at, updated_at }: Refund): boolean {
  return version === 1 && attempts === 1 && created_at === updated_at;
}

/** What was asked for, and the caller's own words. */
function askedIn(refund: Refund): object {
  const { kind, money_refund, no_order, oid_paybill, dt_refund } = refund;
  const { reference, reason, requested_by, requested_by_iam } = refund;
  const own = { reference, reason, requested_by, requested_by_iam };
  return { kind, money_refund, no_order, oid_paybill, dt_refund, ...own };
}

/** Applications after the first one, and the attempts that come of them or of checks. */
export function attemptEntries(change: Change): StoryEntry[] {
  const { before, after, at } = change;
  const hasMoreAttempts = (after.attempts ?? 0) > (before.attempts ?? 0);
  const isReapplied = before.status === 'REJECTED' && after.status === 'REQUESTED';
  if (isReapplied) {
    const facts = { from: before.status, status: after.status };
    return [entry('refund.reapplied', timeOf(after.applied_at ?? Date.parse(at)), facts)];
  }
  if (hasMoreAttempts) {
    const resent = attemptSent(after);
    return [entry('attempt.resent', resent.at, { attempt: after.attempts }), resent];
  }
  // An attempt after a rejection is recorded twice: before the query, and again right before it is sent.
  return [
    ...(isChanged(change, 'applied_at') && after.applied_at
      ? [entry('application.repeated', timeOf(after.applied_at))]
      : []),
    ...(isChanged(change, 'last_attempt_at') ? [attemptSent(after)] : []),
  ];
}

/** A state machine that begins to wait. Its token is nobody's business. */
export function taskEntries(change: Change): StoryEntry[] {
  return isChanged(change, 'task_token') && change.after.task_token ? [entry('task.waits', change.at)] : [];
}

function attemptSent({ attempts, last_attempt_at, updated_at }: Refund): StoryEntry {
  return entry('attempt.sent', timeOf(last_attempt_at ?? Date.parse(updated_at)), { attempt: attempts });
}

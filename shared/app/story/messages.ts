import { movesMoney, type Status } from '../../domain/life-cycle.ts';
import { RESULT_FIELDS, type Refund } from '../../domain/refund.ts';
import { reasonOfCode } from '../../domain/return-codes.ts';
import type { StoryEntry } from '../../domain/story.ts';
import { type Change, isChanged } from './change.ts';
import { entry } from './entry.ts';
import type { StoryCode } from './sentences.ts';

const MOVED: Partial<Record<Status, StoryCode>> = {
  INITIALIZED: 'refund.initialized',
  PROCESSING: 'refund.processing',
  SUCCEEDED: 'refund.succeeded',
  FAILED: 'refund.failed',
};

/** What a message may add to a record that it doesn't move. */
const ADDED = ['money_refund', 'dt_refund', ...RESULT_FIELDS] as const satisfies (keyof Refund)[];

/** A change of status that isn't a new application: by a verified message, or by a rejection. */
export function statusEntries({ before, after, message }: Change): StoryEntry[] {
  const { status, ret_code = '', ret_msg, updated_at } = after;
  if (before.status === status) return [];
  const moved = { from: before.status, status };
  if (status === 'REJECTED') {
    const facts = { ...moved, ret_code, ret_msg, reason: reasonOfCode(ret_code) };
    return [entry('refund.rejected', updated_at, facts)];
  }
  const code = MOVED[status];
  if (!code) return [];
  const said = Object.fromEntries(RESULT_FIELDS.map((field) => [field, after[field]]));
  const entries = [entry(code, updated_at, { ...moved, sta_refund: after.sta_refund, ...said, message })];
  const isPaidAfterAll = movesMoney(status) && isRejected(before);
  return isPaidAfterAll
    ? [...entries, entry('refund.paid_after_rejection', updated_at, { status })]
    : entries;
}

/** Rejected, and not sent again since: an attempt after a rejection is queried for first, and its moment set anew then. */
function isRejected({ status, attempts = 0, applied_at, last_attempt_at }: Refund): boolean {
  const isUnsent = attempts > 1 && applied_at !== undefined && last_attempt_at === applied_at;
  return status === 'REJECTED' || (status === 'REQUESTED' && isUnsent);
}

/** A verified message that contradicts the record, or what an earlier one claimed. */
export function conflictEntries(change: Change): StoryEntry[] {
  const { before, after } = change;
  if ((after.conflicts ?? 0) <= (before.conflicts ?? 0)) return [];
  const { received_at, ...said } = { received_at: after.updated_at, ...after.conflict?.latest };
  // Where the message has moved the status or added something, it is evidence for that: an earlier one is contradicted.
  const isElsewhere = before.status !== after.status || Object.keys(addedBy(change)).length > 0;
  const message = isElsewhere ? undefined : change.message;
  return [entry('message.conflict', received_at, { status: after.status, ...said, message })];
}

/** A verified message that moved nothing: it lacks the amount or the status, or adds what the record lacked. */
export function additionEntries(change: Change): StoryEntry[] {
  const { before, after, message } = change;
  const added = addedBy(change);
  const isConflict = isChanged(change, 'conflicts') && Object.keys(added).length === 0;
  if (!message || before.status !== after.status || isConflict) return [];
  const { claimed_sta_refund, claimed_oid_refundno } = after;
  const isIncomplete = (['unsettled', 'claimed_sta_refund', 'claimed_oid_refundno'] as const).some((field) =>
    isChanged(change, field),
  );
  const code = isIncomplete ? 'message.incomplete' : 'message.completes';
  const claims = isIncomplete ? { claimed_sta_refund, claimed_oid_refundno } : {};
  return [entry(code, message.received_at, { status: after.status, ...added, ...claims, message })];
}

function addedBy(change: Change): Pick<Refund, (typeof ADDED)[number]> {
  const fields = ADDED.filter((field) => isChanged(change, field));
  return Object.fromEntries(fields.map((field) => [field, change.after[field]]));
}

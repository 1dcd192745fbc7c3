import { type Status, statusesBefore } from '../../domain/life-cycle.ts';
import { RESULT_FIELDS, type Refund } from '../../domain/refund.ts';
import type { StoryEntry } from '../../domain/story.ts';
import { type Change, isChanged } from './change.ts';
import { entry, timeOf } from './entry.ts';

/**
 * A lease that lasts longer was set by hand, milliseconds: no function lives longer than 250 s (serverless.yml), and a
 * stream may round its times down by a minute (DynamoDB Local does).
 */
const LONGEST_LEASE_MS = 400_000;

/** Once they are there, the service changes none of these. */
const CONSTANT = [
  ...['kind', 'oid_partner', 'no_order', 'dt_order', 'oid_paybill', 'notify_url'],
  ...['money_refund', 'dt_refund', 'created_at', 'doubt', 'unsettled', 'oid_refundno'],
  ...['reference', 'reason', 'requested_by', 'requested_by_iam'],
] as (keyof Refund)[];

/** These come with messages: a later one may say otherwise, as long as the refund moves. */
const BY_MESSAGE = RESULT_FIELDS.filter((field) => field !== 'oid_refundno');

/** A hold that begins or ends: docs/operations.md has the commands. */
export function holdEntries(change: Change): StoryEntry[] {
  const { before, after, at } = change;
  if (!isChanged(change, 'lease_until')) return [];
  const isHeld = ({ lease_until = 0 }: Refund) => lease_until > Date.parse(at) + LONGEST_LEASE_MS;
  if (isHeld(after)) return [entry('record.held', at, { until: timeOf(after.lease_until ?? 0) })];
  return isHeld(before) && after.status === before.status ? [entry('record.hold_ended', at)] : [];
}

/** What the service never does: fields that it doesn't change once they are there, and a status that goes back. */
export function foreignEntries(change: Change): StoryEntry[] {
  const { before, after, at, message } = change;
  const constant: (keyof Refund)[] = message ? CONSTANT : [...CONSTANT, ...BY_MESSAGE];
  const fields = constant.filter((field) => before[field] !== undefined && isChanged(change, field));
  if (!isMove(before.status, after.status)) fields.push('status');
  if ((after.conflicts ?? 0) < (before.conflicts ?? 0) || (before.conflict && !after.conflict))
    fields.push('conflict');
  if (fields.length === 0) return [];
  const told = fields.includes('status') ? { from: before.status, status: after.status } : {};
  return [entry('record.changed_by_hand', at, { fields, ...told })];
}

/** Whether the service may lead a refund from one status to the other, or leaves it where it is. */
function isMove(from: Status, to: Status): boolean {
  const isForward = statusesBefore(to).includes(from);
  const isAttempt = from === 'REQUESTED' || from === 'REJECTED';
  return from === to || isForward || (isAttempt && (to === 'REQUESTED' || to === 'REJECTED'));
}

import { RESULT_FIELDS, type Refund } from '../../domain/refund.ts';
import type { StoryEntry } from '../../domain/story.ts';
import { type Change, isChanged } from './change.ts';
import { entry, timeOf } from './entry.ts';

/** No function lives so long (serverless.yml), milliseconds: a lease that lasts longer was set by hand. */
const LONGEST_LEASE_MS = 300_000;

/** Once they are there, the service changes none of these. */
const CONSTANT = [
  ...['kind', 'oid_partner', 'no_order', 'dt_order', 'oid_paybill', 'notify_url'],
  ...['money_refund', 'dt_refund', 'created_at', 'doubt', 'unsettled'],
  ...['reference', 'reason', 'requested_by', 'requested_by_iam'],
  ...RESULT_FIELDS,
] as (keyof Refund)[];

/** A hold that begins or ends: docs/operations.md has the commands. */
export function holdEntries(change: Change): StoryEntry[] {
  const { before, after, at } = change;
  if (!isChanged(change, 'lease_until')) return [];
  const isHeld = ({ lease_until = 0 }: Refund) => lease_until > Date.parse(at) + LONGEST_LEASE_MS;
  if (isHeld(after)) return [entry('record.held', at, { until: timeOf(after.lease_until ?? 0) })];
  return isHeld(before) && after.status === before.status ? [entry('record.hold_ended', at)] : [];
}

/** Fields that the service never changes once they are there. */
export function foreignEntries(change: Change): StoryEntry[] {
  const { before, at } = change;
  const fields = CONSTANT.filter((field) => before[field] !== undefined && isChanged(change, field));
  return fields.length > 0 ? [entry('record.changed_by_hand', at, { fields })] : [];
}

import type { Refund } from '../../domain/refund.ts';
import type { ReceivedMessage } from '../../domain/story.ts';

/** A change of a record that was there before and is there after it. */
export interface Change {
  before: Refund;
  after: Refund;
  /** ISO 8601, UTC, as exactly as the stream knows it. */
  at: string;
  /** The verified message that came with it. */
  message: ReceivedMessage | undefined;
}

type Images = Pick<Change, 'before' | 'after'>;

/** Whether a change gave a field another value, or removed it. */
export function isChanged({ before, after }: Images, field: keyof Refund): boolean {
  return !isSame(before[field], after[field]);
}

/** DynamoDB promises no order of a map's keys. */
function isSame(one: unknown, other: unknown): boolean {
  if (!isMap(one) || !isMap(other)) return one === other;
  return Object.keys({ ...one, ...other }).every((key) => isSame(one[key], other[key]));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Whether a change touches no other fields than these. */
export function changesOnly(change: Images, fields: readonly (keyof Refund)[]): boolean {
  const all = Object.keys({ ...change.before, ...change.after }) as (keyof Refund)[];
  return all.every((field) => fields.includes(field) || !isChanged(change, field));
}

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
  return JSON.stringify(before[field]) !== JSON.stringify(after[field]);
}

/** Whether a change touches no other fields than these. */
export function changesOnly(change: Images, fields: readonly (keyof Refund)[]): boolean {
  const all = Object.keys({ ...change.before, ...change.after }) as (keyof Refund)[];
  return all.every((field) => fields.includes(field) || !isChanged(change, field));
}

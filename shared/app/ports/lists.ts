import type { Refund } from '../../domain/refund.ts';
import type { Clock } from './context.ts';

/** Where a refund stands in an index: refunds are sorted by `created_at`. */
export type Place = Pick<Refund, 'created_at' | 'no_refund'>;

/** A part of an index: the refunds whose field has this value. */
export interface Part {
  field: 'no_order' | 'oid_paybill' | 'day_shard' | 'attention' | 'in_conflict';
  value: string;
}

/**
 * What lists are made of. Indexes may lag behind the records by seconds; records are as they stand. Where the table
 * doesn't answer in time, every method throws ServiceUnavailable.
 */
export interface Lists {
  /** Refunds of a part, oldest first, from the one after `after` on. Fewer than `limit` only where it ends. */
  places(part: Part, limit: number, after?: Place): Promise<Place[]>;
  /** Everything in a shard of the index of due refunds, in no order, page by page. */
  unfinished(shard: string): AsyncIterable<Place[]>;
  /** The records of at most 100 numbers, in no order. Those that are not found are left out. */
  records(noRefunds: readonly string[]): Promise<Refund[]>;
}

/** Everything outside that listing needs. */
export interface ListContext {
  lists: Lists;
  clock: Clock;
  /** When the invocation must have answered, epoch milliseconds. */
  deadlineMs: number;
}

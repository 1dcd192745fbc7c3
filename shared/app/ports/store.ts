import type { Refund } from '../../domain/refund.ts';

/**
 * What a conditional write expects to find: for each field the values that are welcome, `undefined` meaning
 * that the field may be missing. Every condition also expects that the record exists.
 */
export type Expected = { [F in keyof Refund]?: readonly (Refund[F] | undefined)[] };

/** Fields to set, and to remove where the value is `undefined`. */
export type Changes = { [F in keyof Refund]?: Refund[F] | undefined };

/** Numbers to raise by one. */
export type Counted = 'version' | 'attempts' | 'conflicts' | 'task_tokens';

/** A conditional write's outcome: the record after it and before it, or the one that stood in its way, if any. */
export type Written =
  | { written: true; refund: Refund; before?: Refund }
  | { written: false; refund: Refund | undefined };

/**
 * Writes are atomic and conditional. Where the table doesn't answer in time, every method throws ServiceUnavailable, and
 * a write of which it isn't known whether it took effect throws OutcomeUnknown.
 */
export interface Store {
  get(noRefund: string): Promise<Refund | undefined>;
  /** Writes a record if there is none of its number. */
  create(refund: Refund): Promise<Written>;
  /** Changes a record if it is as expected. */
  update(
    noRefund: string,
    expected: Expected,
    changes: Changes,
    counted?: readonly Counted[],
  ): Promise<Written>;
  /** Refunds of a shard whose check is due, the longest due first; `after` is the last one of the page before. */
  due(shard: string, nowMs: number, limit: number, after?: DueRefund): Promise<DueRefund[]>;
  /** How many refunds of a shard are due, as far as one read counts: some thousands at the most. */
  countDue(shard: string, nowMs: number): Promise<number>;
}

/** What the index of unfinished refunds tells of one; it may lag behind the record. */
export type DueRefund = Pick<Refund, 'no_refund' | 'check_wait'> &
  Required<Pick<Refund, 'shard' | 'next_check_at'>>;

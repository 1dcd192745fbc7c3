import type { Refund } from '../../domain/refund.ts';

/**
 * What a verified message did to the record.
 *
 * - `settled`: moved it forward, or told something that it lacked
 * - `unchanged`: repeated or late
 * - `conflict`: contradicts it; kept beside it
 * - `incomplete`: lacks the amount or the status; kept, and a query is due
 */
export type Settlement =
  | { outcome: 'settled' | 'unchanged' | 'conflict' | 'incomplete'; refund: Refund }
  | { outcome: 'unknown' };

/**
 * How a message came. An incomplete one makes a query due, unless a `query` of a refund that is due anyway has brought it;
 * a `refresh` is the query of a refund that no check is due for.
 */
export type Via = 'notification' | 'answer' | 'query' | 'refresh';

/** The record after a message about it; `known` where nothing was found, which a record that is known excludes. */
export function refundAfter(settlement: Settlement, known: Refund): Refund {
  return settlement.outcome === 'unknown' ? known : settlement.refund;
}

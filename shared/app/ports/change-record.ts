import type { Refund } from '../../domain/refund.ts';

/**
 * A change of a refund's record, as the table's stream tells it: without `before` it was created, without `after`
 * deleted. `id` tells one change of a batch from another.
 */
export interface ChangeRecord {
  /** The stream's own number of it: a later change of the same record has a greater one. */
  id: string;
  /** When that stream began: a restored table has a stream of its own, whose numbers tell nothing about the old one's. */
  streamLabel: string;
  happenedAtMs: number;
  before?: Refund;
  after?: Refund;
}

export type ChangeOfRefund = ChangeRecord & { after: Refund };

export function isOfRefund(change: ChangeRecord): change is ChangeOfRefund {
  return Boolean(change.after?.no_refund && change.after.status);
}

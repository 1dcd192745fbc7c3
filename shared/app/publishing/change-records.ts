import { movesMoney } from '../../domain/life-cycle.ts';
import type { Refund } from '../../domain/refund.ts';
import type { Log } from '../ports/context.ts';

/**
 * A change of a refund's record, as the table's stream tells it: without `before` it was created, without `after`
 * deleted. `id` tells one change of a batch from another.
 */
export interface ChangeRecord {
  id: string;
  happenedAtMs: number;
  before?: Refund;
  after?: Refund;
}

export type ChangeOfRefund = ChangeRecord & { after: Refund };

export function isOfRefund(change: ChangeRecord): change is ChangeOfRefund {
  return Boolean(change.after?.no_refund && change.after.status);
}

/** The stream misses no change, whoever wrote it and whatever became of them: it counts what alarms wait for. */
export function logWhatMustNotBeMissed(log: Log, { before, after }: ChangeRecord): void {
  if (!after) {
    log('record.deleted', { no_refund: before?.no_refund, status: before?.status });
    return;
  }
  const { no_refund, status, oid_refundno, conflict } = after;
  // A refund that is applied for again comes back to `REQUESTED` first: one that goes on from `REJECTED` itself was
  // carried out although it had been rejected.
  if (before?.status === 'REJECTED' && movesMoney(status))
    log('refund.paid_after_rejection', { no_refund, status });
  if ((after.conflicts ?? 0) > (before?.conflicts ?? 0)) {
    log('record.conflict', { no_refund, status, oid_refundno, conflict: conflict?.latest });
  }
}

import { movesMoney } from '../../domain/life-cycle.ts';
import type { ChangeRecord } from '../ports/change-record.ts';
import type { Log } from '../ports/context.ts';

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

import { RefundError } from '../../shared/domain/errors.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { rankOf } from './checks-on-writes.ts';
import type { Message } from './gateway/wire.ts';
import type { Process } from './process.ts';
import type { Table } from './table.ts';
import type { Outcome } from './world.ts';

const STATUS: Record<string, Status> = { 0: 'INITIALIZED', 1: 'PROCESSING', 2: 'SUCCEEDED', 3: 'FAILED' };

/** A message that a process has read must be in the record when it returns: settled, or kept as a conflict. */
export function violationOfReturn(
  process: Process,
  outcome: Outcome<unknown>,
  table: Table,
): string | undefined {
  if (outcome.type === 'error' && !(outcome.error instanceof RefundError)) {
    return `an unforeseen error: ${(outcome.error as Error).stack}`;
  }
  // These are judged at the end: the log may have the message, or another process may read it again.
  if (process.failedCalls + process.failedKeys > 0) return undefined;
  const lost = process.readMessages.find(({ message }) => {
    const record = table.items.get(message.no_refund as string);
    const rank = rankOf(record?.status ?? 'REQUESTED');
    const status = completeStatus(message);
    return !record?.conflict && !(status ? rank >= rankOf(status) : rank > 0 || record?.unsettled);
  });
  return lost && `${process.name} has read ${JSON.stringify(lost.message)}, and it is not recorded`;
}

/** The status that a message moves a refund to, if it is complete. */
export function completeStatus({
  sta_refund = '',
  money_refund,
  ret_code = '0000',
}: Message): Status | undefined {
  return money_refund && ret_code === '0000' ? STATUS[sta_refund] : undefined;
}

/** What must have come of a genuine notification that was acknowledged. */
export function violationOfNotification(message: Message, table: Table): string | undefined {
  const record = table.items.get(message.no_refund as string);
  if (!record) return 'a notification was acknowledged, and there is no record';
  // That a conflict is recorded is checked field by field.
  if (contradicts(message, record)) return undefined;
  const status = completeStatus(message);
  if (!status) {
    const isKept = record.unsettled || rankOf(record.status) > 0;
    return isKept ? undefined : 'an incomplete message was not kept';
  }
  return rankOf(record.status) < rankOf(status)
    ? `an acknowledged ${status} did not reach the record`
    : undefined;
}

/** Whether a message contradicts the record. */
export function contradicts(message: Message, record: Refund): boolean {
  const differs = (field: 'dt_refund' | 'oid_refundno') =>
    Boolean(message[field] && record[field] && message[field] !== record[field]);
  const otherAmount = message.money_refund && Number(message.money_refund) !== Number(record.money_refund);
  const status = STATUS[message.sta_refund ?? ''];
  const otherEnd = status && status !== record.status && rankOf(status) === 3 && rankOf(record.status) === 3;
  return Boolean(otherAmount || otherEnd || differs('dt_refund') || differs('oid_refundno'));
}

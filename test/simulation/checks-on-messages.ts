import { RefundError } from '../../shared/domain/errors.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { rankOf } from './checks-on-writes.ts';
import type { Message } from './gateway/wire.ts';
import type { Process } from './process.ts';
import type { Table } from './table.ts';
import type { Outcome } from './world.ts';

const STATUS: Record<string, Status> = { 0: 'INITIALIZED', 1: 'PROCESSING', 2: 'SUCCEEDED', 3: 'FAILED' };

/** What a process that ends in an orderly way has heard must be in the records: moved forward, or kept beside. */
export function faultOfReturn(process: Process, outcome: Outcome<unknown>, table: Table): string | undefined {
  if (outcome.type === 'error' && !(outcome.error instanceof RefundError)) {
    return `an error that nobody foresaw: ${(outcome.error as Error).stack}`;
  }
  if (process.failedCalls > 0) return undefined;
  const lost = process.heard.find(({ noRefund, staRefund }) => {
    const record = table.items.get(noRefund);
    const rank = rankOf(record?.status ?? 'REQUESTED');
    const isKept = staRefund ? rank >= rankOf(STATUS[staRefund] as Status) : rank > 0 || record?.unsettled;
    return !record?.conflict && !isKept;
  });
  return (
    lost && `${process.name} heard status ${lost.staRefund ?? 'unknown'} of ${lost.noRefund}, and it is lost`
  );
}

/** Two numbers of the gateway's for one refund mean two payments: that must never go by unseen. */
export class GatewayNumbers {
  readonly #acknowledged = new Map<string, Set<string>>();

  faultOf({ no_refund = '', oid_refundno }: Message, table: Table): string | undefined {
    const known = this.#acknowledged.get(no_refund) ?? new Set();
    if (oid_refundno) this.#acknowledged.set(no_refund, known.add(oid_refundno));
    const isSeen = known.size < 2 || table.items.get(no_refund)?.conflict;
    return isSeen
      ? undefined
      : `two numbers of the gateway's were acknowledged for ${no_refund}, and nobody saw`;
  }
}

/** What must have come of a genuine notification that was acknowledged. */
export function faultOfNotified(message: Message, table: Table): string | undefined {
  const record = table.items.get(message.no_refund as string);
  if (!record) return 'a notification was acknowledged and left no trace';
  if (contradicts(message, record)) {
    const isKept = record.conflict || record.claimed_sta_refund === message.sta_refund;
    return isKept ? undefined : 'a contradiction was not kept';
  }
  const said = STATUS[message.sta_refund ?? ''];
  const isWhole = message.money_refund && (message.ret_code ?? '0000') === '0000';
  if (said && isWhole) {
    return rankOf(record.status) < rankOf(said)
      ? `an acknowledged ${said} did not reach the record`
      : undefined;
  }
  const isKept = record.unsettled || rankOf(record.status) > 0;
  return isKept ? undefined : 'a message that says too little was not kept';
}

function contradicts(message: Message, record: Refund): boolean {
  const differs = (field: 'dt_refund' | 'oid_refundno') =>
    Boolean(message[field] && record[field] && message[field] !== record[field]);
  const otherAmount = message.money_refund && Number(message.money_refund) !== Number(record.money_refund);
  const said = STATUS[message.sta_refund ?? ''];
  const otherEnd = said && said !== record.status && rankOf(said) === 3 && rankOf(record.status) === 3;
  return Boolean(otherAmount || otherEnd || differs('dt_refund') || differs('oid_refundno'));
}

import { isOpen, type Status } from '../../domain/life-cycle.ts';
import { fenOf, yuanOf } from '../../domain/money.ts';
import type { Refund } from '../../domain/refund.ts';

const TOTALS = ['succeeded', 'open', 'failed', 'rejected'] as const;

type Total = (typeof TOTALS)[number];

/** Amounts in CNY yuan, with two decimals. */
export type Totals = Record<Total, string>;

/** Amounts in fen, as digits: the form in which they go from page to page. */
export type Sums = Record<Total, string>;

/** The sums of an order before its first refund. */
export const NO_SUMS: Sums = { succeeded: '0', open: '0', failed: '0', rejected: '0' };

function totalOf(status: Status): Total {
  if (isOpen(status)) return 'open';
  return status.toLowerCase() as Exclude<Total, 'open'>;
}

/** The sums with these refunds added. */
export function sumsWith(sums: Sums, refunds: readonly Refund[]): Sums {
  const added = { ...sums };
  for (const { status, money_refund = '0.00' } of refunds) {
    const total = totalOf(status);
    added[total] = String(BigInt(added[total]) + fenOf(money_refund));
  }
  return added;
}

/** The sums as a caller sees them. */
export function totalsOf(sums: Sums): Totals {
  return Object.fromEntries(TOTALS.map((total) => [total, yuanOf(BigInt(sums[total]))])) as Totals;
}

/** Whether something has the form of sums, and nothing else in it. */
export function isSums(value: unknown): value is Sums {
  if (typeof value !== 'object' || value === null) return false;
  const sums = value as Record<string, unknown>;
  return (
    Object.keys(sums).length === TOTALS.length &&
    TOTALS.every((total) => typeof sums[total] === 'string' && /^\d{1,20}$/.test(sums[total]))
  );
}

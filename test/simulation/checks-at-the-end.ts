import type { Refund } from '../../shared/domain/refund.ts';
import type { World } from './world.ts';

const END: Record<string, string> = { 2: 'SUCCEEDED', 3: 'FAILED' };

/** Compares the records with the gateway's ledger once nothing is in flight. */
export function violationAtTheEnd({ table, gateway }: World): string | undefined {
  for (const [noRefund, entries] of gateway.ledger.entries) {
    if (entries.length > 1) return `${noRefund} was paid ${entries.length} times`;
    if (!table.items.has(noRefund) && !gateway.ledger.external.has(noRefund))
      return `${noRefund} was paid and has no record`;
  }
  for (const record of table.items.values()) {
    const violation = violationOf(record, gateway.ledger.entriesOf(record.no_refund)[0]?.staRefund);
    if (violation && !gateway.ledger.inconsistent.has(record.no_refund)) return violation;
  }
  return undefined;
}

function violationOf({ no_refund, kind, status }: Refund, paid: string | undefined): string | undefined {
  // The service didn't apply for it: it knows what the notifications said, no more.
  if (kind === 'external') return undefined;
  const expected = paid === undefined ? 'REJECTED' : END[paid];
  return status === expected
    ? undefined
    : `${no_refund} is recorded as ${status}, by the ledger it is ${expected}`;
}

import { isPaid } from '../domain/life-cycle.ts';
import type { Refund } from '../domain/refund.ts';
import type { Log } from './ports.ts';

/** Tells, and counts, that a refund was carried out after the gateway had refused it, if it was. */
export function tellOfPaidAfterRefusal(log: Log, { no_refund, status }: Refund): void {
  if (!isPaid(status)) return;
  log.warn('the gateway carried out a refund that it had refused', {
    no_refund,
    status,
    metrics: { PaidAfterRefusal: 1 },
  });
}

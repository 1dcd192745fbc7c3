import type { Refund } from '../../shared/domain/refund.ts';
import type { World } from './world.ts';

const END: Record<string, string> = { 2: 'SUCCEEDED', 3: 'FAILED' };

/** What is wrong with the world once it is calm: records against the gateway's books. */
export function faultAtTheEnd({ table, gateway }: World): string | undefined {
  for (const [noRefund, bookings] of gateway.books.bookings) {
    if (bookings.length > 1) return `${noRefund} was paid ${bookings.length} times`;
    if (!table.items.has(noRefund) && !gateway.books.elsewhere.has(noRefund))
      return `${noRefund} was paid and has no record`;
  }
  for (const record of table.items.values()) {
    const fault = faultOf(record, gateway.books.of(record.no_refund)[0]?.staRefund);
    if (fault && !gateway.books.misspoken.has(record.no_refund)) return fault;
  }
  return undefined;
}

function faultOf({ no_refund, kind, status }: Refund, booked: string | undefined): string | undefined {
  // Nobody applied for it: what its notifications said is all there is to know.
  if (kind === 'external') return undefined;
  const right = booked === undefined ? 'REJECTED' : END[booked];
  return status === right
    ? undefined
    : `${no_refund} is recorded as ${status}, the books have it as ${right}`;
}

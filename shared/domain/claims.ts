import { contradicts, statusOf } from './life-cycle.ts';
import type { Refund } from './refund.ts';
import type { VerifiedMessage } from './verified-message.ts';

/**
 * What an incomplete message claimed when it came, as a message of its own, if it can't be true beside what the record
 * has become, or beside the message at hand: the order in which they came must not matter.
 */
export function contradictedClaim(
  refund: Refund,
  message: VerifiedMessage,
  claims: Refund = refund,
): VerifiedMessage | undefined {
  const { no_refund, claimed_sta_refund, claimed_oid_refundno } = claims;
  const ends = [refund.status, ...(message.sta_refund ? [statusOf(message.sta_refund)] : [])];
  const number = message.oid_refundno ?? refund.oid_refundno;
  const isOtherEnd = claimed_sta_refund && ends.some((end) => contradicts(end, statusOf(claimed_sta_refund)));
  const isOtherNumber = claimed_oid_refundno && number && claimed_oid_refundno !== number;
  if (!isOtherEnd && !isOtherNumber) return undefined;
  return {
    no_refund,
    ...(isOtherEnd && { sta_refund: claimed_sta_refund }),
    ...(isOtherNumber && { oid_refundno: claimed_oid_refundno }),
  };
}

import { contradicts, statusOf } from './life-cycle.ts';
import type { Refund } from './refund.ts';
import type { VerifiedMessage } from './verified-message.ts';

/** What an incomplete message claimed when it came, as a message of its own, if it can't be true beside another message. */
export function contradictedClaim(
  { no_refund, claimed_sta_refund, claimed_oid_refundno }: Refund,
  { sta_refund, oid_refundno }: VerifiedMessage,
): VerifiedMessage | undefined {
  const isOtherEnd =
    claimed_sta_refund && sta_refund && contradicts(statusOf(sta_refund), statusOf(claimed_sta_refund));
  const isOtherNumber = claimed_oid_refundno && oid_refundno && claimed_oid_refundno !== oid_refundno;
  if (!isOtherEnd && !isOtherNumber) return undefined;
  return {
    no_refund,
    ...(isOtherEnd && { sta_refund: claimed_sta_refund }),
    ...(isOtherNumber && { oid_refundno: claimed_oid_refundno }),
  };
}

import { isFinal, statusOf } from '../../domain/life-cycle.ts';
import { RESULT_FIELDS, type Refund } from '../../domain/refund.ts';
import type { Evidence } from '../../domain/story.ts';
import type { VerifiedMessage } from '../../domain/verified-message.ts';
import type { Via } from './settlement.ts';

/** Of an acceptance the text says nothing that the status doesn't; a rejection's is kept whole. */
const MAX_ACCEPTED_RET_MSG = 32;

/** The code of an accepted refund. */
export function codeOf({ ret_code, ret_msg }: VerifiedMessage): Pick<Refund, 'ret_code' | 'ret_msg'> {
  return { ret_code, ret_msg: ret_msg?.slice(0, MAX_ACCEPTED_RET_MSG) };
}

/** The message itself, beside the change that it causes: the stream carries it into the refund's story. */
export function evidenceIn({ packed }: VerifiedMessage, via: Via, at: number): { message?: Evidence } {
  return packed ? { message: { packed, via: via === 'refresh' ? 'query' : via, at } } : {};
}

/** What a message tells of the refund's result: of the fields that stay empty until one tells them. */
export function resultIn(message: VerifiedMessage): Pick<Refund, (typeof RESULT_FIELDS)[number]> {
  const present = RESULT_FIELDS.filter((field) => message[field]);
  return Object.fromEntries(present.map((field) => [field, message[field]]));
}

/**
 * The amount and the date, which a record that was made from a shorter message may lack. Not the gateway's number: an
 * incomplete message settles nothing, and the refund's own number may come later.
 */
export function identityIn({
  money_refund,
  dt_refund,
}: VerifiedMessage): Pick<Refund, 'money_refund' | 'dt_refund'> {
  return { ...(money_refund && { money_refund }), ...(dt_refund && { dt_refund }) };
}

/** What an incomplete message leaves in the record: that it came, and what a later one can contradict. */
export function claimsIn({
  sta_refund,
  oid_refundno,
}: VerifiedMessage): Pick<Refund, 'unsettled' | 'claimed_sta_refund' | 'claimed_oid_refundno'> {
  return {
    unsettled: true,
    ...(sta_refund && isFinal(statusOf(sta_refund)) && { claimed_sta_refund: sta_refund }),
    ...(oid_refundno && { claimed_oid_refundno: oid_refundno }),
  };
}

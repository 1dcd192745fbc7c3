import type { Found } from '../shared/app/query.ts';
import type { Problem } from '../shared/domain/problem.ts';
import type { KeptMessage, Refund } from '../shared/domain/refund.ts';
import { type RefundView, WHAT_TO_DO } from '../shared/domain/refund-view.ts';
import { REFUND_FORMS } from '../shared/domain/request-forms.ts';
import { MESSAGE_FORMS } from '../shared/domain/verified-message.ts';
import { type Described, integer, moment, named, objectOf, oneOf, text, yesOrNo } from './described.ts';
import { STATUSES_EXPLAINED, status } from './statuses.ts';

const KINDS: Record<Refund['kind'], string> = {
  refund: 'of a CNY payment',
  'exchange-refund': 'of a payment that was made in a foreign currency',
  external: 'made elsewhere, and known from its notification alone',
};

export const kind = oneOf(KINDS);

/** What a caller sees of the last exchange with the gateway that proved nothing. */
export const PROBLEM: Described<Omit<Problem, 'code'>> = {
  at: { of: moment, required: true, says: 'When it happened.' },
  doing: { of: oneOf({ applying: 1, querying: 1 }), required: true, says: 'What the service was doing.' },
  reason: { of: text(), required: true, says: 'Why the exchange proves nothing, for people.' },
  ret_code: { of: text(), says: "The gateway's return code, if it gave any." },
  ret_msg: { of: text(), says: "The gateway's text, if it gave any." },
};

/** A verified message that contradicts the record. */
export const KEPT_MESSAGE: Described<KeptMessage> = {
  received_at: { of: moment, required: true, says: 'When it came.' },
  sta_refund: { of: text(MESSAGE_FORMS.sta_refund), says: 'The status that it claims.' },
  money_refund: { of: text(MESSAGE_FORMS.money_refund), says: 'The amount that it claims, CNY yuan.' },
  dt_refund: { of: text(MESSAGE_FORMS.dt_refund), says: 'The date of the refund that it claims.' },
  oid_refundno: { of: text(MESSAGE_FORMS.oid_refundno), says: "The gateway's number that it claims." },
  ret_code: { of: text(MESSAGE_FORMS.ret_code), says: 'Its return code.' },
};

/** What a caller sees of a refund. */
export const REFUND: Described<RefundView> = {
  no_refund: {
    of: text(MESSAGE_FORMS.no_refund),
    required: true,
    says: 'Your number of the refund; of an external one, whoever made it gave the number.',
    example: '2013051500005',
  },
  kind: {
    of: kind,
    required: true,
    says: Object.entries(KINDS)
      .map(([name, meaning]) => `\`${name}\`: ${meaning}.`)
      .join(' '),
  },
  status: { of: status, required: true, says: STATUSES_EXPLAINED },
  version: { of: integer(1), required: true, says: 'Counts the changes of status.' },
  oid_partner: { of: text(MESSAGE_FORMS.oid_partner), says: 'The merchant.', example: '201103171000000000' },
  money_refund: {
    of: text(MESSAGE_FORMS.money_refund),
    says: 'CNY yuan, with exactly two decimals.',
    example: '200.01',
  },
  no_order: { of: text(REFUND_FORMS.no_order), says: 'Your order number of the original payment.' },
  dt_order: { of: text(REFUND_FORMS.dt_order), says: 'Date and time of that order, UTC+8.' },
  oid_paybill: { of: text(REFUND_FORMS.oid_paybill), says: "LianLian's number of the original payment." },
  dt_refund: {
    of: text(REFUND_FORMS.dt_refund),
    says: 'Date and time of the refund, yyyyMMddHHmmss in UTC+8.',
    example: '20130515094018',
  },
  notify_url: { of: text(REFUND_FORMS.notify_url), says: 'Where the gateway sends its notifications.' },
  reference: { of: text(REFUND_FORMS.reference), says: 'Your own words, as first given.' },
  reason: {
    of: text(REFUND_FORMS.reason),
    says: 'Your own words, as first given. Of a rejected refund without them: the rejection in English.',
  },
  requested_by: { of: text(REFUND_FORMS.requested_by), says: 'Your own words, as first given.' },
  requested_by_iam: {
    of: text(),
    says: 'The IAM identity that applied over HTTP, as API Gateway has authenticated it.',
  },
  sta_refund: {
    of: text(MESSAGE_FORMS.sta_refund),
    says: "The gateway's own status: 0 initialized, 1 processing, 2 success, 3 failure.",
    example: '1',
  },
  oid_refundno: { of: text(MESSAGE_FORMS.oid_refundno), says: "The gateway's number of the refund." },
  settle_date: { of: text(MESSAGE_FORMS.settle_date), says: 'Its date of settlement, yyyyMMdd.' },
  money_foreign_refund: {
    of: text(MESSAGE_FORMS.money_foreign_refund),
    says: 'Of an exchange refund: the amount in the foreign currency.',
  },
  rate_id: { of: text(MESSAGE_FORMS.rate_id), says: "Of an exchange refund: the rate's number." },
  rate: { of: text(MESSAGE_FORMS.rate), says: 'Of an exchange refund: the rate.' },
  exchange_bankcode: {
    of: text(MESSAGE_FORMS.exchange_bankcode),
    says: 'Of an exchange refund: the bank that exchanged.',
  },
  conflict: {
    of: objectOf('The first verified message that contradicts the record, and the latest.', {
      first: { of: named<KeptMessage>('KeptMessage'), required: true, says: 'The first of them.' },
      latest: { of: named<KeptMessage>('KeptMessage'), required: true, says: 'The latest of them.' },
    }),
    says: 'Verified messages that contradict the record. Look at it before you trust a FAILED.',
  },
  attempts: { of: integer(0), says: 'How many requests to the gateway were begun.' },
  created_at: { of: moment, required: true, says: 'When the service recorded it.' },
  updated_at: { of: moment, required: true, says: 'When the record changed last.' },
  last_problem: {
    of: named<Omit<Problem, 'code'>>('Problem'),
    says: 'The last exchange with the gateway that proved nothing. Absent once a verified status has come.',
  },
  ret_code: { of: text(), says: "The gateway's last return code, where it says more than the status." },
  ret_msg: { of: text(), says: "The gateway's text of that code." },
  rejection_reason: { of: text(), says: 'Of a rejected refund: the rejection in English.' },
  last_attempt_at: { of: moment, says: 'When the last request to the gateway was begun.' },
  next_check_at: { of: moment, says: 'When reconciliation checks it next. Absent once it is final.' },
  needs_attention: { of: oneOf(WHAT_TO_DO), says: "Why the service can't go on by itself." },
  what_to_do: { of: text(), says: 'What to do then.' },
};

/** What a caller sees after a refresh. */
export const REFRESHED: Described<RefundView & Omit<Found, 'refund'>> = {
  ...REFUND,
  refreshed: { of: yesOrNo, says: "After a refresh: whether the gateway's answer is in the record." },
  refresh_problem: { of: text(), says: "Why it isn't." },
};

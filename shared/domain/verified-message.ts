import { isBeijingDate, isBeijingTime } from './beijing-time.ts';
import type { Issue } from './errors.ts';
import { type Status, statusOf } from './life-cycle.ts';
import { isRefundable, normalizeMoney } from './money.ts';
import type { GatewayFields, KeptMessage } from './refund.ts';
import { faultOf, form, type TextForm } from './text-forms.ts';

/** A message whose signature has been verified: what the gateway says of one refund of our merchant. Its fields have their documented form. */
export interface VerifiedMessage extends GatewayFields {
  no_refund: string;
  /** Normalized: two decimals. */
  money_refund?: string;
  dt_refund?: string;
  /** The text as it was received, packed (shared/gateway/packed-text.ts). */
  packed?: Uint8Array;
}

const upTo = (length: number): TextForm =>
  form(new RegExp(`^[\\x21-\\x7e]{1,${length}}$`, 'u'), `must be 1 to ${length} printable characters`);

const printable = form(/^[\x21-\x7e]+$/u, 'must be printable characters');

const decimal = form(/^(?=.{1,12}$)\d+(\.\d+)?$/u, 'must be a decimal number of at most 12 characters');

/** The documented forms of the fields that a message may have; any other key is signed but not read. */
export const MESSAGE_FORMS: Record<Exclude<keyof VerifiedMessage, 'packed'> | 'oid_partner', TextForm> = {
  oid_partner: upTo(18),
  no_refund: form(/^\P{C}{1,32}$/u, 'must be 1 to 32 characters'),
  dt_refund: form(/^\d{14}$/u, 'must be a real yyyyMMddHHmmss', isBeijingTime),
  money_refund: form(
    /^\d{1,12}(\.\d{1,2})?$/u,
    'must be an amount from 0.01 to 100000000.00 with at most two decimals',
    (text) => isRefundable(normalizeMoney(text) ?? '0.00'),
  ),
  oid_refundno: upTo(16),
  sta_refund: form(/^[0-3]$/u, 'must be 0, 1, 2 or 3'),
  settle_date: form(/^\d{8}$/u, 'must be a real yyyyMMdd', isBeijingDate),
  money_foreign_refund: decimal,
  // The documents give these three no length.
  rate_id: printable,
  rate: form(/^\d+(\.\d+)?$/u, 'must be a decimal number'),
  exchange_bankcode: printable,
  ret_code: form(/^[\x21-\x7e]{4}$/u, 'must be 4 characters'),
  ret_msg: form(/^[\s\S]{1,100}$/u, 'must be at most 100 characters'),
};

/** What is wrong with the form of a message's known fields. */
export function faultsOfMessage(fields: ReadonlyMap<string, string>): Issue[] {
  return Object.entries(MESSAGE_FORMS).flatMap(([path, fieldForm]) => {
    const text = fields.get(path);
    const message = text ? faultOf(fieldForm, text) : undefined;
    return message ? [{ path, message }] : [];
  });
}

/** Of the fields that the documents give no length. */
const MAX_FREE_LENGTH = 32;

/** The known fields of a message whose forms were checked. An empty field says nothing, like a missing one. */
export function readMessage(noRefund: string, fields: ReadonlyMap<string, string>): VerifiedMessage {
  const text = (field: string) => fields.get(field) || undefined;
  // A longer one would take the record over one write unit, and nothing is decided by it.
  const shortText = (field: string) =>
    (fields.get(field) ?? '').length <= MAX_FREE_LENGTH ? text(field) : undefined;
  return {
    no_refund: noRefund,
    money_refund: normalizeMoney(text('money_refund') ?? ''),
    dt_refund: text('dt_refund'),
    sta_refund: text('sta_refund'),
    oid_refundno: text('oid_refundno'),
    settle_date: text('settle_date'),
    money_foreign_refund: text('money_foreign_refund'),
    rate_id: shortText('rate_id'),
    rate: shortText('rate'),
    exchange_bankcode: shortText('exchange_bankcode'),
    ret_code: text('ret_code'),
    ret_msg: text('ret_msg'),
  } satisfies Record<Exclude<keyof VerifiedMessage, 'packed'>, string | undefined>;
}

/** A message that says otherwise is about another refund, or about a second payment. */
export const IDENTITY_FIELDS = [
  'money_refund',
  'dt_refund',
  'oid_refundno',
] as const satisfies (keyof VerifiedMessage)[];

/** Whether a message has no code that takes back what it says. */
export function isAccepting({ ret_code = '0000' }: VerifiedMessage): boolean {
  return ret_code === '0000';
}

/**
 * The status that a complete message moves a refund to. One that lacks the amount or the status is incomplete, and so is
 * one whose code isn't 0000: it says two things at once, and a query tells more.
 */
export function statusIn(message: VerifiedMessage): Status | undefined {
  const isComplete = message.money_refund !== undefined && isAccepting(message);
  return isComplete && message.sta_refund ? statusOf(message.sta_refund) : undefined;
}

/** The fields by which one judges a message that is kept, or logged, instead of taking effect. */
export function decisiveFields({
  sta_refund,
  money_refund,
  dt_refund,
  oid_refundno,
  ret_code,
}: VerifiedMessage): Omit<KeptMessage, 'received_at'> {
  return { sta_refund, money_refund, dt_refund, oid_refundno, ret_code };
}

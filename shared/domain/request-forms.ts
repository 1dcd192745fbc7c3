import { isBeijingTime } from './beijing-time.ts';
import { isRefundable, normalizeMoney } from './money.ts';
import { form, reference, type TextForm } from './text-forms.ts';

const beijing = form(
  /^\d{14}$/u,
  'must be a real date and time in the form yyyyMMddHHmmss (UTC+8)',
  isBeijingTime,
);

const money = form(
  // The gateway may write leading zeros; from a caller they are a mistake.
  /^(0|[1-9]\d*)(\.\d{1,2})?$/u,
  'must be CNY yuan from 0.01 to 100000000.00 with at most two decimals, for example 200.01',
  (text) => isRefundable(normalizeMoney(text) ?? '0.00'),
);

/** Any language, but nothing that a log or a terminal could take for more than text. */
const ownWords = (length: number): TextForm =>
  form(
    new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${length}}$`, 'u'),
    `must be 1 to ${length} characters without control characters`,
  );

/** The forms of single fields, in the order in which faults are reported. */
export const REFUND_FORMS = {
  no_refund: form(/^[A-Za-z0-9._~-]{1,32}$/u, 'must be 1 to 32 of the characters A-Z a-z 0-9 . _ ~ -'),
  money_refund: money,
  oid_paybill: reference,
  no_order: reference,
  dt_order: beijing,
  dt_refund: beijing,
  notify_url: form(
    /^[\x21-\x7e]{1,128}$/u,
    'must be an http or https URL of at most 128 characters',
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
  ),
  // Beside its form it must be the configured one.
  oid_partner: form(
    /^[\x21-\x7e]{1,18}$/u,
    'must be the merchant that this service is set up for, or left out',
  ),
  task_token: form(/^[\s\S]{1,2048}$/u, 'must be 1 to 2048 characters'),
  reference: ownWords(64),
  reason: ownWords(200),
  requested_by: ownWords(64),
};

export const REQUIRED_FIELDS = ['no_refund', 'money_refund'] as const;

/** One or both of them name the original payment. */
export const PAYMENT_FIELDS = ['no_order', 'oid_paybill'] as const;

/** What goes with another field only. */
export const COMPANIONS = { dt_order: 'no_order' } as const;

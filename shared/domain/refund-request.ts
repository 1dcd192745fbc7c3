import { beijingTime, isBeijingTime } from './beijing-time.ts';
import { InvalidRequest, type Issue } from './errors.ts';
import { isRefundable, normalizeMoney } from './money.ts';
import type { AppliedKind, OwnWords, RequestFields } from './refund.ts';
import { matching, rule, type TextRule } from './text-forms.ts';

/** A checked application for a refund, with everything that its record needs. */
export interface RefundRequest {
  kind: AppliedKind;
  no_refund: string;
  /** What is sent. */
  fields: RequestFields;
  /** Those of the fields that the caller gave, and that the service didn't fill in. */
  given: Partial<RequestFields>;
  /** No part of what makes two requests the same. */
  own: OwnWords;
  task_token?: string;
}

/** What the service fills in where the caller leaves it out. */
export interface RequestDefaults {
  oidPartner: string;
  notifyUrl: string;
  nowMs: number;
}

/** A reference that the gateway gave or was given: nothing that could be misread in a signed text. */
export const reference = matching(
  /^(?!.*[&=])[\x21-\x7e]{1,32}$/,
  'must be 1 to 32 printable ASCII characters without space, & and =',
);

const beijing = rule(isBeijingTime, 'must be a real date and time in the form yyyyMMddHHmmss (UTC+8)');

const noRefund = matching(/^[A-Za-z0-9._~-]{1,32}$/, 'must be 1 to 32 of the characters A-Z a-z 0-9 . _ ~ -');

const money = rule(
  // The gateway may write leading zeros; from a caller they are a mistake.
  (text) => /^(0|[1-9]\d*)(\.\d{1,2})?$/.test(text) && isRefundable(normalizeMoney(text) ?? '0.00'),
  'must be CNY yuan from 0.01 to 100000000.00 with at most two decimals, for example 200.01',
);

const notifyUrl = rule(
  (text) => /^[\x21-\x7e]{1,128}$/.test(text) && /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
  'must be an http or https URL of at most 128 characters',
);

/** Any language, but nothing that a log or a terminal could take for more than text. */
const ownWords = (length: number): TextRule =>
  matching(
    new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${length}}$`, 'u'),
    `must be 1 to ${length} characters without control characters`,
  );

/** The rules of single fields, in the order in which faults are reported. */
function rulesFor(oidPartner: string): Record<string, TextRule> {
  return {
    no_refund: noRefund,
    money_refund: money,
    oid_paybill: reference,
    no_order: reference,
    dt_order: beijing,
    dt_refund: beijing,
    notify_url: notifyUrl,
    oid_partner: rule(
      (text) => text === oidPartner,
      'must be the merchant that this service is set up for, or left out',
    ),
    task_token: matching(/^.{1,2048}$/s, 'must be 1 to 2048 characters'),
    reference: ownWords(64),
    reason: ownWords(200),
    requested_by: ownWords(64),
  };
}

/**
 * Checks an application and fills in what the caller left out.
 *
 * @throws InvalidRequest with every fault of the input and its path
 */
export function readRefundRequest(
  kind: AppliedKind,
  input: unknown,
  defaults: RequestDefaults,
): RefundRequest {
  const issues = faultsOf(input, rulesFor(defaults.oidPartner));
  if (issues.length > 0) throw new InvalidRequest(issues);

  const { no_refund, task_token, reference, reason, requested_by, ...asked } = input as Checked;
  const given = { ...asked, money_refund: normalizeMoney(asked.money_refund ?? '') ?? '' };
  return {
    kind,
    no_refund,
    task_token,
    given,
    own: { reference, reason, requested_by },
    fields: {
      dt_refund: beijingTime(defaults.nowMs),
      notify_url: defaults.notifyUrl,
      ...given,
      oid_partner: defaults.oidPartner,
    },
  };
}

/** An input without faults. */
type Checked = Record<string, string> & { no_refund: string };

function faultsOf(input: unknown, rules: Record<string, TextRule>): Issue[] {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
    ? faultsOfFields(input as Record<string, unknown>, rules)
    : [{ path: '', message: 'must be a JSON object with the fields of a refund' }];
}

function faultsOfFields(input: Record<string, unknown>, rules: Record<string, TextRule>): Issue[] {
  const issues: Issue[] = [];
  const report = (path: string, message: string) => issues.push({ path, message });

  for (const [field, check] of Object.entries(rules)) {
    if (!Object.hasOwn(input, field)) continue;
    const value = input[field];
    const fault = typeof value === 'string' ? check(value) : typeFault(field, value);
    if (fault) report(field, fault);
  }
  for (const required of ['no_refund', 'money_refund']) {
    if (!Object.hasOwn(input, required)) report(required, 'is missing');
  }
  if (!Object.hasOwn(input, 'no_order') && !Object.hasOwn(input, 'oid_paybill')) {
    report('no_order', 'is missing: name the original payment by no_order, oid_paybill or both');
  }
  if (Object.hasOwn(input, 'dt_order') && !Object.hasOwn(input, 'no_order')) {
    report('dt_order', 'goes with no_order: send no_order too, or leave dt_order out');
  }
  for (const field of Object.keys(input)) {
    if (!Object.hasOwn(rules, field)) report(field, 'is not a field of a refund: leave it out');
  }
  return issues;
}

function typeFault(field: string, value: unknown): string {
  return field === 'money_refund' && typeof value === 'number'
    ? "must be a string: send it in quotes, for example '200.01', since a JSON number can lose what was written"
    : 'must be a string';
}

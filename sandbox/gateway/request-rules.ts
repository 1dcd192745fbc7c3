import { isBeijingTime } from './beijing-time.ts';
import type { Fields } from './message-format.ts';

interface Rule {
  readonly required: boolean;
  /** What is wrong with the value, or undefined. */
  readonly fault: (value: string) => string | undefined;
}

const text = (maxLength: number) => (value: string) =>
  value.length >= 1 && value.length <= maxLength ? undefined : `must have 1 to ${maxLength} characters`;

const time = (value: string) =>
  isBeijingTime(value) ? undefined : 'must be an existing date and time as yyyyMMddHHmmss';

function amount(value: string): string | undefined {
  if (!/^(0|[1-9]\d{0,8})\.\d\d$/.test(value)) return 'must be an amount with exactly two decimals';
  const fen = Number(value.replace('.', ''));
  return fen >= 1 && fen <= 100_000_000_00 ? undefined : 'must be from 0.01 to 100000000.00';
}

function url(value: string): string | undefined {
  const web = /^https?:\/\//.test(value) && URL.canParse(value);
  return web ? text(128)(value) : 'must be an http or https URL of at most 128 characters';
}

const required = (fault: Rule['fault']): Rule => ({ required: true, fault });
const optional = (fault: Rule['fault']): Rule => ({ required: false, fault });

const commonRules = {
  oid_partner: required(text(18)),
  sign_type: required((value) => (value === 'RSA' ? undefined : 'must be RSA')),
  sign: required(text(1024)),
  no_refund: required(text(32)),
  dt_refund: required(time),
};

const refundRules: Record<string, Rule> = {
  ...commonRules,
  money_refund: required(amount),
  no_order: optional(text(32)),
  oid_paybill: optional(text(32)),
  dt_order: optional(time),
  notify_url: required(url),
};

/** The first fault of a refund or exchange refund request, naming its field; undefined where there is none. */
export function refundRequestFault(fields: Fields): string | undefined {
  const fault = requestFault(fields, refundRules);
  if (fault !== undefined) return fault;
  return 'no_order' in fields || 'oid_paybill' in fields ? undefined : 'no_order or oid_paybill is required';
}

/** The first fault of a query, naming its field; undefined where there is none. */
export function queryRequestFault(fields: Fields): string | undefined {
  return requestFault(fields, commonRules);
}

function requestFault(fields: Fields, rules: Record<string, Rule>): string | undefined {
  for (const name of Object.keys(fields)) {
    if (!Object.hasOwn(rules, name)) return `${JSON.stringify(name)} is not a field of this request`;
  }
  for (const [name, rule] of Object.entries(rules)) {
    const value = fields[name];
    if (value === undefined) {
      if (rule.required) return `${name} is required`;
      continue;
    }
    const fault = rule.fault(value);
    if (fault !== undefined) return `${name} ${fault}`;
  }
  return undefined;
}

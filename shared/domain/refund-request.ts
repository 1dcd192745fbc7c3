import { beijingTime } from './beijing-time.ts';
import { InvalidRequest, type Issue } from './errors.ts';
import { normalizeMoney } from './money.ts';
import type { AppliedKind, OwnWords, RequestFields } from './refund.ts';
import { COMPANIONS, PAYMENT_FIELDS, REFUND_FORMS, REQUIRED_FIELDS } from './request-forms.ts';
import { faultOf } from './text-forms.ts';

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
  const issues = faultsOf(input, defaults.oidPartner);
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

function faultsOf(input: unknown, oidPartner: string): Issue[] {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
    ? [
        ...faultsOfForms(input as Record<string, unknown>, oidPartner),
        ...faultsOfFields(input as Record<string, unknown>),
      ]
    : [{ path: '', message: 'must be a JSON object with the fields of a refund' }];
}

function faultsOfForms(input: Record<string, unknown>, oidPartner: string): Issue[] {
  const oid_partner = { ...REFUND_FORMS.oid_partner, holds: (text: string) => text === oidPartner };
  return Object.entries({ ...REFUND_FORMS, oid_partner }).flatMap(([path, fieldForm]) => {
    if (!Object.hasOwn(input, path)) return [];
    const value = input[path];
    const message = typeof value === 'string' ? faultOf(fieldForm, value) : typeFault(path, value);
    return message ? [{ path, message }] : [];
  });
}

/** Fields that are missing, alone or unknown. */
function faultsOfFields(input: Record<string, unknown>): Issue[] {
  const issues: Issue[] = [];
  const report = (path: string, message: string) => issues.push({ path, message });
  const has = (field: string) => Object.hasOwn(input, field);

  for (const field of REQUIRED_FIELDS) {
    if (!has(field)) report(field, 'is missing');
  }
  if (!PAYMENT_FIELDS.some(has)) {
    report('no_order', 'is missing: name the original payment by no_order, oid_paybill or both');
  }
  for (const [field, other] of Object.entries(COMPANIONS)) {
    if (has(field) && !has(other))
      report(field, `goes with ${other}: send ${other} too, or leave ${field} out`);
  }
  for (const field of Object.keys(input)) {
    if (!Object.hasOwn(REFUND_FORMS, field)) report(field, 'is not a field of a refund: leave it out');
  }
  return issues;
}

/** A field that comes more than once is a list. */
function typeFault(field: string, value: unknown): string {
  if (Array.isArray(value)) return 'must be a string, sent once';
  return field === 'money_refund' && typeof value === 'number'
    ? "must be a string: send it in quotes, for example '200.01', since a JSON number can lose what was written"
    : 'must be a string';
}

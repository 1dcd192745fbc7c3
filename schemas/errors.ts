import type * as errors from '../shared/domain/errors.ts';
import { statusCodeOf } from '../shared/entry/error-answers.ts';
import { type Described, listOf, named, objectOf, type Schema, type Typed, text } from './described.ts';
import { kind } from './refund.ts';
import { status } from './statuses.ts';

export type ErrorName = Exclude<keyof typeof errors, 'RefundError'>;

/** One fault of a request. */
export const ISSUE: Described<errors.Issue> = {
  path: { of: text(), required: true, says: 'The field, or an empty text for the whole.' },
  message: { of: text(), required: true, says: 'What to do about it.' },
};

const issues: { of: Typed<errors.Issue[]>; required: true; says: string } = {
  of: listOf(named<errors.Issue>('Issue')),
  required: true,
  says: 'Every fault of the request, each with its path.',
};

type Recorded = ConstructorParameters<typeof errors.RefundConflict>[1];

const RECORDED: Described<{ [K in keyof Recorded]: Recorded[K] }> = {
  issues: { ...issues, says: 'Each field that differs from the recorded refund.' },
  status: { of: status as Typed<string>, required: true, says: 'Of the recorded refund.' },
  kind: { of: kind as Typed<string>, required: true, says: 'Of the recorded refund.' },
};

const REJECTION: Described<ConstructorParameters<typeof errors.RefundRejected>[1]> = {
  ret_code: { of: text(), required: true, says: "The gateway's return code.", example: '5006' },
  ret_msg: { of: text(), required: true, says: "The gateway's text.", example: '商户账户余额不足' },
  reason: {
    of: text(),
    required: true,
    says: 'The code in English.',
    example: 'insufficient merchant balance',
  },
};

/** What each error means to a caller, and what it tells beside `name` and `message`. */
const ERRORS: Record<ErrorName, { says: string; details?: object }> = {
  InvalidRequest: { says: 'The request has faults. Mend them.', details: { issues } },
  NotAuthentic: { says: "The gateway didn't sign the notification." },
  RefundNotFound: { says: 'There is no record of that number.' },
  RefundConflict: {
    says: 'The number belongs to a recorded refund that differs. This call has recorded nothing and sent nothing. The same refund under another number would be a second payment.',
    details: RECORDED,
  },
  PayloadTooLarge: { says: 'The body is too large.' },
  RefundRejected: {
    says: 'The gateway rejected the refund. Once the cause is gone, apply again with the same number, unchanged.',
    details: REJECTION,
  },
  ServiceUnavailable: {
    says: 'Keys or table are out of reach. This call has recorded nothing and sent nothing: repeat it, unchanged.',
  },
  OutcomeUnknown: {
    says: "This call has sent nothing, but whether its record was written isn't known. Apply again, unchanged, under the same number.",
  },
  InternalError: { says: 'Something unforeseen happened. Repeat the request, unchanged.' },
};

export const ERROR_NAMES = Object.keys(ERRORS) as ErrorName[];

export const httpStatusOf = (name: ErrorName): number => statusCodeOf({ name } as errors.RefundError);

export const meaningOf = (name: ErrorName): string => ERRORS[name].says;

/** The body of an error. */
export function errorSchema(name: ErrorName): Schema {
  const { says, details = {} } = ERRORS[name];
  const error = objectOf<{ name: string; message: string }>(says, {
    name: { of: { schema: { const: name } }, required: true, says: 'Stable.' },
    message: { of: text(), required: true, says: 'For people, in one line.' },
    ...details,
  });
  return {
    type: 'object',
    description: says,
    required: ['error'],
    properties: { error: error.schema },
  };
}

/** The body of an error of API Gateway's own: the request has not come to a function, or its answer not back. */
export const GATEWAY_ERROR = objectOf<{ message: string }>("An error of API Gateway's own.", {
  message: { of: text(), required: true, says: 'In English.', example: 'Forbidden' },
});

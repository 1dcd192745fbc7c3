import { recordedNumber } from '../shared/domain/text-forms.ts';
import { MAX_BODY_BYTES } from '../shared/entry/http-event.ts';
import { answer, type Examples, errorAnswers, notificationAnswers } from './answers.ts';
import { type Schema, text } from './described.ts';
import type { ErrorName } from './errors.ts';
import { listParameters } from './list.ts';

const ANY_ROUTE = ['InvalidRequest', 'InternalError', 'ServiceUnavailable'] as const;

const APPLYING: ErrorName[] = [
  ...ANY_ROUTE,
  'RefundConflict',
  'PayloadTooLarge',
  'RefundRejected',
  'OutcomeUnknown',
];

const number: Schema = {
  name: 'no_refund',
  in: 'path',
  required: true,
  description: 'The number of the refund.',
  schema: text(recordedNumber).schema,
  example: '2013051500005',
};

const next: Schema = {
  name: 'next',
  in: 'query',
  description: 'The `next` of the page before, unchanged.',
  schema: text().schema,
};

const refresh: Schema = {
  name: 'refresh',
  in: 'query',
  description: '`true`: the gateway is queried first.',
  schema: { type: 'boolean', default: false },
};

const body = (description: string, name: string): Schema => ({
  required: true,
  description: `${description} At most ${MAX_BODY_BYTES} bytes; the content type doesn't matter.`,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
});

/** What both apply routes have in common. */
const applying = (operationId: string, summary: string, examples: Examples): Schema => ({
  operationId,
  tags: ['Refunds'],
  summary,
  description:
    'Records the refund and sends it, once however often it is repeated. After any 5xx, a 429 or a time-out apply again, unchanged, under the same number: that is always safe.',
  security: [{ iam: [] }],
  requestBody: body('The application.', 'Application'),
  responses: {
    200: answer('The refund has come to its end.', ['Refund'], { Refund: examples.RefundAtItsEnd }),
    202: answer('Recorded: the service carries the refund to its end.', ['Refund'], examples),
    ...errorAnswers(APPLYING, true, examples),
  },
});

interface Reading {
  operationId: string;
  summary: string;
  description: string;
  parameters: Schema[];
  shows: string;
}

const reading = ({ shows, ...route }: Reading, errors: ErrorName[], examples: Examples): Schema => ({
  ...route,
  tags: ['Refunds'],
  security: [{ iam: [] }],
  responses: {
    200: answer(route.summary, [shows], examples),
    ...errorAnswers([...ANY_ROUTE, ...errors], true, examples),
  },
});

const notifying: Schema = {
  operationId: 'notify',
  tags: ['Notifications'],
  summary: 'Deliver a notification (the gateway does that)',
  description: "Public: the message's own signature is the authentication.",
  security: [],
  requestBody: body("The gateway's message.", 'Notification'),
  responses: notificationAnswers([...ANY_ROUTE, 'NotAuthentic', 'PayloadTooLarge']),
};

/** Every route, as OpenAPI has it. */
export function paths(examples: Examples): Schema {
  return {
    '/refunds': { get: reading(LIST, [], examples), post: applying('apply', APPLY, examples) },
    '/exchange-refunds': { post: applying('applyExchange', APPLY_EXCHANGE, examples) },
    '/refunds/{no_refund}': { get: reading(READ, ['RefundNotFound'], examples) },
    '/refunds/{no_refund}/history': { get: reading(HISTORY, ['RefundNotFound'], examples) },
    '/refund-notifications': { post: notifying },
  };
}

const APPLY = 'Apply for the refund of a CNY payment';

const APPLY_EXCHANGE = 'Apply for the refund of a payment that was made in a foreign currency';

const LIST: Reading = {
  operationId: 'list',
  summary: 'List refunds, oldest first, page by page',
  description:
    'Send exactly one of `no_order`, `oid_paybill`, `day`, `open` and `attention`. Only the absence of `next` ends a list: a page may be short or empty and have one. A list may lag behind the records by seconds.',
  parameters: listParameters,
  shows: 'Page',
};

const READ: Reading = {
  operationId: 'get',
  summary: 'Read a refund',
  description: 'Answers 200 whatever the status is.',
  parameters: [number, refresh],
  shows: 'RefreshedRefund',
};

const HISTORY: Reading = {
  operationId: 'history',
  summary: 'Read what happened to a refund, oldest first, page by page',
  description: 'A story follows its record within a second or so. A deleted record keeps its story.',
  parameters: [number, next],
  shows: 'Story',
};

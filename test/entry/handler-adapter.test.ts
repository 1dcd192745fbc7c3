import type { Invocation } from '../../shared/app/ports/context.ts';
import {
  InternalError,
  InvalidRequest,
  NotAuthentic,
  OutcomeUnknown,
  PayloadTooLarge,
  RefundConflict,
  type RefundError,
  RefundNotFound,
  RefundRejected,
  ServiceUnavailable,
} from '../../shared/domain/errors.ts';
import { adaptHandler, type HttpAdapter } from '../../shared/entry/handler-adapter.ts';
import { bodyOf, type HttpAnswer, jsonAnswer } from '../../shared/entry/http-event.ts';
import { captureLog } from './captured-log.ts';

/** A function that returns its input. */
function echo(
  handle?: (input: unknown, invocation: Invocation) => unknown,
  more: Partial<HttpAdapter<unknown, unknown>> = {},
  fromDirect = (event: unknown) => event,
) {
  const { lines, logFor } = captureLog();
  const handler = adaptHandler<unknown, unknown>(
    {
      logFor,
      fromDirect,
      http: {
        read: (event) => JSON.parse(bodyOf(event)),
        answer: (output) => jsonAnswer(202, output as object),
        ...more,
      },
    },
    async (input, invocation) => (handle ? handle(input, invocation) : { echo: input }),
  );
  return { handler, lines };
}

const http = (body: unknown) => ({
  requestContext: { http: { sourceIp: '1.2.3.4' } },
  body: JSON.stringify(body),
});

const throwing = (error: unknown, more: Partial<HttpAdapter<unknown, unknown>> = {}) =>
  echo(() => {
    throw error;
  }, more);

test('an HTTP event gets an HTTP answer', async () => {
  const { handler } = echo();
  expect(await handler(http({ a: 1 }), {})).toEqual(jsonAnswer(202, { echo: { a: 1 } }));
  expect(await handler({ requestContext: { identity: {} }, body: '{"a":1}' }, {})).toEqual(
    jsonAnswer(202, { echo: { a: 1 } }),
  );
});

test('a plain object gets a plain object', async () => {
  expect(await echo().handler({ a: 1 }, {})).toEqual({ echo: { a: 1 } });
});

test('an invocation gets its request id and its time, less the time to answer', async () => {
  jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
  const { handler } = echo((_input, invocation) => invocation);
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 5_000 };
  expect(await handler({}, context)).toEqual({ requestId: 'request-1', deadlineMs: 1_004_700 });
  jest.restoreAllMocks();
});

test('a local caller may omit the context', async () => {
  const before = Date.now();
  const { deadlineMs } = (await echo((_input, invocation) => invocation).handler({})) as Invocation;
  expect(deadlineMs).toBeGreaterThan(before);
});

const REJECTION = { ret_code: '5006', ret_msg: '余额不足', reason: 'insufficient merchant balance' };
const ISSUES = [{ path: 'no_refund', message: 'is missing' }];

const CONFLICT = { issues: ISSUES, status: 'REQUESTED', kind: 'refund' };

const ERRORS: [string, number, RefundError, object][] = [
  ['InvalidRequest', 400, new InvalidRequest(ISSUES), { issues: ISSUES }],
  ['NotAuthentic', 401, new NotAuthentic('x'), {}],
  ['RefundNotFound', 404, new RefundNotFound('1'), {}],
  ['RefundConflict', 409, new RefundConflict('1', CONFLICT), CONFLICT],
  ['PayloadTooLarge', 413, new PayloadTooLarge(1), {}],
  ['RefundRejected', 422, new RefundRejected('1', REJECTION), REJECTION],
  ['ServiceUnavailable', 503, new ServiceUnavailable('x'), {}],
  ['OutcomeUnknown', 504, new OutcomeUnknown('x'), {}],
  ['InternalError', 500, new InternalError(), {}],
];

/** What the log calls an error with that status: only what is the service's own fault counts as a failure. */
const UNLIKE_REFUSED: Record<number, string> = {
  401: 'request.forged',
  503: 'request.unavailable',
  504: 'request.unavailable',
};

test.each(ERRORS)('%s over HTTP is %i', async (name, statusCode, error, details) => {
  const answer = (await throwing(error).handler(http({}), {})) as HttpAnswer;
  expect(answer.statusCode).toBe(statusCode);
  expect(JSON.parse(answer.body)).toEqual({ error: { name, message: error.message, ...details } });
});

test.each(ERRORS)('%s in a direct invocation is thrown with its name', async (name, statusCode, error) => {
  const { handler, lines } = throwing(error);
  await expect(handler({}, { awsRequestId: 'request-1' })).rejects.toMatchObject({
    name,
    message: error.message,
  });
  const code = UNLIKE_REFUSED[statusCode] ?? 'request.refused';
  expect(lines).toMatchObject([{ level: 'warn', requestId: 'request-1', code }]);
});

const UNFORESEEN: [string, unknown][] = [
  ['an Error', new TypeError('secret of the house')],
  ['a text', 'secret of the house'],
  [
    'an Error with a name of ours',
    Object.assign(new Error('secret of the house'), { name: 'ServiceUnavailable' }),
  ],
  [
    'an Error with an HTTP status',
    Object.assign(new Error('secret of the house'), { statusCode: 418, expose: true }),
  ],
];

test.each(UNFORESEEN)('an unexpected %s is reported in the log alone', async (_what, thrown) => {
  const overHttp = throwing(thrown);
  const answer = (await overHttp.handler(http({}), {})) as HttpAnswer;
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('secret of the house');
  expect(JSON.parse(answer.body)).toMatchObject({ error: { name: 'InternalError' } });
  expect(overHttp.lines).toMatchObject([{ level: 'error' }]);
  expect(JSON.stringify(overHttp.lines)).toContain('secret of the house');

  const direct: unknown = await throwing(thrown)
    .handler({}, {})
    .catch((error: unknown) => error);
  expect(direct).toBeInstanceOf(InternalError);
  expect(String((direct as Error).stack)).not.toContain('secret of the house');
  expect(direct).not.toHaveProperty('cause', expect.anything());
});

test('an error while reading the event is answered like any other', async () => {
  const read = () => {
    throw new PayloadTooLarge(7);
  };
  const { handler } = echo(undefined, { read }, read);
  expect(await handler(http({}), {})).toMatchObject({ statusCode: 413 });
  await expect(handler({}, {})).rejects.toMatchObject({ name: 'PayloadTooLarge' });
});

test('an error while making the answer is an unexpected one', async () => {
  const { handler } = echo(undefined, {
    answer: () => {
      throw new Error('secret of the house');
    },
  });
  expect(await handler(http({}), {})).toMatchObject({ statusCode: 500 });
});

test('a function may have its own form of errors over HTTP, but not of thrown ones', async () => {
  const { handler } = throwing(new NotAuthentic('x'), {
    error: (error) => jsonAnswer(401, { is: error.name }),
  });
  expect(await handler(http({}), {})).toEqual(jsonAnswer(401, { is: 'NotAuthentic' }));
  await expect(handler({}, {})).rejects.toBeInstanceOf(NotAuthentic);
});

test('concurrent invocations share no state', async () => {
  const { handler } = echo();
  const [overHttp, direct] = await Promise.all([handler(http(1), {}), handler(2 as never, {})]);
  expect(overHttp).toEqual(jsonAnswer(202, { echo: 1 }));
  expect(direct).toEqual({ echo: 2 });
});

import { applyForRefund } from '../../shared/app/apply.ts';
import type { ApplyContext } from '../../shared/app/ports/context.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { applyHandler } from '../../shared/entry/apply.ts';
import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import { captureLog } from './captured-log.ts';

jest.mock('../../shared/app/apply.ts', () => ({ applyForRefund: jest.fn() }));
const useCase = jest.mocked(applyForRefund);
afterEach(() => useCase.mockReset());

const input = { no_refund: '2013051500005', money_refund: '200.01', no_order: '1' };

const record = {
  ...input,
  kind: 'exchange-refund',
  version: 2,
  applied_at: 1,
  attempt_id: 'secret-fence',
  attempts: 3,
  doubt: true,
  lease_until: 4,
  last_attempt_at: 5,
  shard: '6',
  next_check_at: 7,
  check_wait: 8,
  task_token: 'secret-token',
  unsettled: true,
  created_at: '2026-11-22T00:00:00.000Z',
  updated_at: '2026-11-22T00:00:01.000Z',
} as Refund;

const context = {} as ApplyContext;
const handler = applyHandler('exchange-refund', { contextFor: () => context, logFor: captureLog().logFor });
const http = (body: string) => ({ requestContext: {}, body });

test.each([
  ['REQUESTED', 202],
  ['INITIALIZED', 202],
  ['PROCESSING', 202],
  ['SUCCEEDED', 200],
  ['FAILED', 200],
] as const)('%s is answered with %i', async (status, statusCode) => {
  useCase.mockResolvedValue({ ...record, status });
  const answer = (await handler(http(JSON.stringify(input)), {})) as HttpAnswer;
  expect(answer.statusCode).toBe(statusCode);
  expect(JSON.parse(answer.body)).toMatchObject({ no_refund: input.no_refund, status });
  expect(useCase.mock.calls).toEqual([[context, 'exchange-refund', input, undefined]]);
});

test('an answer has the fields that a caller can use, and none of the attempt', async () => {
  useCase.mockResolvedValue({ ...record, status: 'PROCESSING' });
  expect(await handler(input, {})).toEqual({
    ...input,
    kind: 'exchange-refund',
    status: 'PROCESSING',
    version: 2,
    attempts: 3,
    last_attempt_at: '1970-01-01T00:00:00.005Z',
    next_check_at: '1970-01-01T00:00:00.007Z',
    created_at: '2026-11-22T00:00:00.000Z',
    updated_at: '2026-11-22T00:00:01.000Z',
  });
  expect(useCase.mock.calls).toEqual([[context, 'exchange-refund', input, undefined]]);
});

test.each(['', '{', 'no_refund=1', '{"a":1}}'])('the body %j is an InvalidRequest', async (body) => {
  expect(await handler(http(body), {})).toMatchObject({ statusCode: 400 });
  expect(useCase).not.toHaveBeenCalled();
});

test.each([
  ['', 'it is empty'],
  ['{"no_refund": "1",\n  "money_refund": 1.00\n  "no_order": "secret"}', 'line 3, column 3'],
  ['{"task_token": "secret', 'it breaks off at line 1, column 23'],
  ['{"reason": "two\nlines",\n"task_token": "secret"}', 'it is not JSON from line 1, column 16 on'],
  ['{"no_refund": "1"', 'it breaks off at line 1, column 18'],
  ['no_refund=secret', 'line 1, column 1'],
])('where the body %j is broken is told, and nothing of what stands there', async (body, place) => {
  const answer = (await handler(http(body), {})) as HttpAnswer;
  expect(answer.body).toContain(place);
  expect(answer.body).not.toContain('secret');
});

test('a field that comes twice is handed on as a list, and the last does not win', async () => {
  useCase.mockResolvedValue({ ...record, status: 'PROCESSING' });
  const body = '{"no_refund":"d","money_refund":"1.00","no_order":"h1","money\\u005frefund":"100000.00"}';
  await handler(http(body), {});
  expect(useCase.mock.calls[0]?.[2]).toEqual({
    no_refund: 'd',
    money_refund: ['100000.00'],
    no_order: 'h1',
  });
});

test.each([
  ['payload 2.0', { queryStringParameters: { test: 'true' }, rawQueryString: 'test=true' }],
  ['payload 1.0', { queryStringParameters: { test: 'true' } }],
])('a parameter in the URL of an application is refused by its name: %s', async (_what, parameters) => {
  const answer = (await handler({ ...http(JSON.stringify(input)), ...parameters }, {})) as HttpAnswer;
  expect(answer.statusCode).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({
    error: { name: 'InvalidRequest', issues: [{ path: 'test' }] },
  });
  expect(useCase).not.toHaveBeenCalled();
});

test('an input that is too large is rejected over HTTP and in a direct invocation', async () => {
  const large = { ...input, extra: 'x'.repeat(65_536) };
  expect(await handler(http(JSON.stringify(large)), {})).toMatchObject({ statusCode: 413 });
  await expect(handler(large, {})).rejects.toMatchObject({ name: 'PayloadTooLarge' });
  expect(useCase).not.toHaveBeenCalled();
});

test.each([
  ['payload 2.0', { authorizer: { iam: { userArn: 'arn:aws:iam::1:user/wang' } } }],
  ['payload 1.0', { identity: { userArn: 'arn:aws:iam::1:user/wang' } }],
])('who calls over HTTP is known by the word of API Gateway alone: %s', async (_what, requestContext) => {
  useCase.mockResolvedValue({ ...record, status: 'PROCESSING' });
  const headers = { 'x-user-arn': 'arn:aws:iam::1:user/somebody-else' };
  await handler({ requestContext, headers, body: JSON.stringify(input) }, {});
  expect(useCase.mock.calls).toEqual([[context, 'exchange-refund', input, 'arn:aws:iam::1:user/wang']]);
});

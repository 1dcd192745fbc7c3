import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import { httpEvent, post, restEvent } from '../support/api-gateway.ts';
import type { Lambda, ThrownByFunction } from '../support/lambda.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

type Input = Record<string, unknown>;

let service: Service;
let lambdas: { apply: Lambda; exchange: Lambda; unreachable: Lambda };

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 3_600_000 });
  const [apply, exchange, unreachable] = await Promise.all([
    service.lambda('apply-refund'),
    service.lambda('apply-exchange-refund'),
    service.lambda('apply-refund', { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9' }),
  ]);
  lambdas = { apply, exchange, unreachable };
  await Promise.all(
    ['first', 'rest', 'direct'].map((style) =>
      apply.invoke(refundInput(`conflict-${style}`, { money_refund: '9.00' })),
    ),
  );
}, 60_000);

afterAll(() => service.stop());

const numbered = (noRefund: string): Input => refundInput(noRefund);

/** An input, and its outcome in each style. The style's name replaces `%`, so that numbers are unique. */
const outcomes: [what: string, by: keyof typeof lambdas, input: Input, http: number, error: string][] = [
  ['a final status', 'apply', numbered('success-%'), 200, ''],
  ['a final failure', 'apply', numbered('failed-now-%'), 200, ''],
  ['an open one', 'apply', numbered('%'), 202, ''],
  ['an initialized one', 'exchange', numbered('init-%'), 202, ''],
  ['no answer', 'apply', numbered('drop-%'), 202, ''],
  ['a request without anything', 'apply', {}, 400, 'InvalidRequest'],
  ['a number for an amount', 'apply', { ...numbered('%'), money_refund: 200.1 }, 400, 'InvalidRequest'],
  ['an unknown field with braces', 'apply', { ...numbered('%'), '{"a"}\n': 1 }, 400, 'InvalidRequest'],
  ['other parameters', 'apply', numbered('conflict-%'), 409, 'RefundConflict'],
  ['a rejection', 'exchange', numbered('code-5006-%'), 422, 'RefundRejected'],
  ['keys out of reach', 'unreachable', numbered('success-%'), 503, 'ServiceUnavailable'],
];

const styles: [name: string, event: (input: Input) => object][] = [
  ['first', (input) => httpEvent('POST', '/refunds', JSON.stringify(input))],
  ['rest', (input) => restEvent('POST', '/refunds', JSON.stringify(input))],
];

const unique = (input: Input, style: string): Input =>
  JSON.parse(JSON.stringify(input).replace('%', style)) as Input;

describe.each(styles)('over HTTP, %s', (style, event) => {
  test.each(outcomes)('%s', async (_what, by, input, http, error) => {
    const request = unique(input, style);
    const answer = await lambdas[by].invoke<HttpAnswer & Input>(event(request));
    expect(answer.statusCode).toBe(http);
    expect(answer.headers).toEqual({ 'content-type': 'application/json; charset=utf-8' });
    const body = JSON.parse(answer.body);
    if (!error)
      return expect(body).toMatchObject({ no_refund: request.no_refund, version: expect.any(Number) });
    expect(body).toEqual({ error: expect.objectContaining({ name: error, message: expect.any(String) }) });
    expectPlain(body.error.message);
  });
});

test.each(outcomes)('a direct invocation: %s', async (_what, by, input, _http, error) => {
  const request = unique(input, 'direct');
  const outcome = await lambdas[by].invoke(request).catch((thrown: ThrownByFunction) => thrown);
  if (!error)
    return expect(outcome).toMatchObject({ no_refund: request.no_refund, version: expect.any(Number) });
  // Step Functions matches the error's name, `serverless invoke local` prints that of its class.
  expect(outcome).toMatchObject({ name: error, className: error });
  expectPlain(String(outcome.message));
});

function expectPlain(message: string): void {
  expect(message).toMatch(/^[^\n\r{}[\]"\\]+$/);
  expect(message).not.toMatch(/undefined|\[object/);
}

test('one error has all faults of a request, each with its path', async () => {
  const input = {
    no_refund: 'a b',
    money_refund: 1,
    dt_refund: '20260230000000',
    oid_partner: 'x',
    extra: 1,
  };
  const { body } = await post(lambdas.apply, '/refunds', input);
  const issues = body.error?.issues as { path: string; message: string }[];
  expect(issues.map(({ path }) => path).sort()).toEqual(
    ['dt_refund', 'extra', 'money_refund', 'no_order', 'no_refund', 'oid_partner'].sort(),
  );
  for (const { message } of issues) expect(message).not.toBe('');
});

test.each([
  ['prose', 'a refund, please'],
  ['nothing', ''],
  ['a list', '[]'],
  ['a text', '"x"'],
  ['null', 'null'],
])('a body of %s is an invalid request', async (_what, body) => {
  expect(await post(lambdas.apply, '/refunds', body)).toMatchObject({
    statusCode: 400,
    body: { error: { name: 'InvalidRequest', issues: [{ path: '' }] } },
  });
});

test('a field that comes twice is refused by its name, beside all other faults, and nothing is sent', async () => {
  const body = '{"no_refund":"doubled","money_refund":"1.00","no_order":"","money_refund":"100000.00"}';
  const answer = await post(lambdas.apply, '/refunds', body);
  expect(answer).toMatchObject({ statusCode: 400, body: { error: { name: 'InvalidRequest' } } });
  const issues = answer.body.error?.issues as { path: string }[];
  expect(issues.map(({ path }) => path)).toEqual(['money_refund', 'no_order']);
  expect(service.sandbox.gateway.requests('doubled')).toEqual([]);
});

test.each([[null], ['x'], [7], [[]]])('a direct invocation with %j is an invalid request', async (event) => {
  await expect(lambdas.apply.invoke(event)).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test('a base64 body is decoded, and one over 64 KiB is rejected in either encoding', async () => {
  const text = JSON.stringify(refundInput('success-base64'));
  const small = httpEvent('POST', '/refunds', Buffer.from(text));
  expect(await lambdas.apply.invoke(small)).toMatchObject({ statusCode: 200 });
  for (const body of [Buffer.from(text.padEnd(65_537)), `${' '.repeat(65_537)}`, '退'.repeat(21_846)]) {
    const large = await lambdas.apply.invoke<HttpAnswer & Input>(httpEvent('POST', '/refunds', body));
    expect(large.statusCode).toBe(413);
    expect(JSON.parse(large.body).error.name).toBe('PayloadTooLarge');
  }
});

test('an unexpected error is an InternalError, and only the log has its details', async () => {
  service.table.injectFaults(() => 'fail-condition');
  const http = await post(lambdas.apply, '/refunds', refundInput('success-odd'));
  const thrown = await lambdas.apply.invoke(refundInput('success-odd')).catch((error) => error);
  service.table.injectFaults(undefined);
  expect(http).toMatchObject({ statusCode: 500, body: { error: { name: 'InternalError' } } });
  expect(thrown).toMatchObject({ name: 'InternalError', className: 'InternalError' });
  expect(thrown.message + JSON.stringify(http.body)).not.toMatch(/vanished|\.js:/);
  expect(lambdas.apply.log()).toMatch(/something unforeseen.*vanished/);
  expect(service.sandbox.gateway.requests('success-odd')).toEqual([]);
});

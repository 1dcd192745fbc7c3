import { post } from '../support/api-gateway.ts';
import type { Fault } from '../support/fault-proxy.ts';
import type { Lambda } from '../support/lambda.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await startService();
}, 60_000);

afterAll(() => service.stop());

/** A container with its own fault proxy in front of the table or of Secrets Manager. */
async function lambdaBehind(
  what: 'DYNAMODB' | 'SECRETS_MANAGER',
  fault: (operation: string, index: number) => Fault,
  settings: Record<string, string> = {},
): Promise<Lambda> {
  const variable = `AWS_ENDPOINT_URL_${what}` as const;
  const proxy = await service.proxy(service.sandbox.settings[variable]);
  proxy.injectFaults(fault);
  return service.lambda('apply-refund', { ...settings, [variable]: proxy.endpoint });
}

const always = (fault: Fault) => () => fault;
const on = (operation: string, fault: Fault) => (name: string) => (name === operation ? fault : 'pass');

test.concurrent.each([
  ['keys', 'SECRETS_MANAGER', 'refuse', 'ServiceUnavailable', 503],
  ['keys', 'SECRETS_MANAGER', 'hang', 'ServiceUnavailable', 503],
  ['table', 'DYNAMODB', 'refuse', 'ServiceUnavailable', 503],
  ['table', 'DYNAMODB', 'hang', 'OutcomeUnknown', 504],
  ['table', 'DYNAMODB', 'fail', 'OutcomeUnknown', 504],
  ['table', 'DYNAMODB', 'lose-request', 'OutcomeUnknown', 504],
] as const)(
  'without the %s (%s: %s) this call sends nothing, and %s says so',
  async (what, where, fault, name, statusCode) => {
    const lambda = await lambdaBehind(where, always(fault));
    const noRefund = `success-no-${what}-${fault}`;
    const [answer, thrown] = await Promise.all([
      post(lambda, '/refunds', refundInput(noRefund)),
      lambda.invoke(refundInput(noRefund)).catch((error) => error),
    ]);
    expect(answer).toMatchObject({ statusCode, body: { error: { name } } });
    expect(thrown).toMatchObject({ name, className: name });
    expect(thrown.message).toMatch(/this call has (recorded nothing and )?sent nothing/i);
    expect(service.sandbox.gateway.requests(noRefund)).toEqual([]);
    expect(await service.record(noRefund)).toBeUndefined();
  },
  20_000,
);

test('a create whose answers are all lost is OutcomeUnknown, and the next application continues it', async () => {
  let isLossy = true;
  const lambda = await lambdaBehind('DYNAMODB', () => (isLossy ? 'lose-answer' : 'pass'));
  const input = refundInput('success-unknown');
  await expect(lambda.invoke(input)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  isLossy = false;
  expect(service.sandbox.gateway.requests('success-unknown')).toEqual([]);
  const record = await service.record('success-unknown');
  expect(record).toMatchObject({ status: 'REQUESTED', next_check_at: expect.any(Number) });
  expect(await lambda.invoke(input)).toMatchObject({ status: 'REQUESTED' });
});

test('an unreachable table says nothing about a refund that an earlier call has sent', async () => {
  let isDown = false;
  const lambda = await lambdaBehind('DYNAMODB', () => (isDown ? 'refuse' : 'pass'));
  await lambda.invoke(refundInput('lost-sent'));
  isDown = true;
  const again = await lambda.invoke(refundInput('lost-sent')).catch((error) => error);
  expect(again).toMatchObject({ name: 'ServiceUnavailable' });
  expect(again.message).toMatch(
    /^The table of refunds is out of reach .* This call has recorded nothing and sent nothing: repeat it/,
  );
  expect(service.sandbox.gateway.requests('lost-sent')).toHaveLength(1);
});

test('the next application uses keys that can be fetched again', async () => {
  let isDown = true;
  const lambda = await lambdaBehind('SECRETS_MANAGER', () => (isDown ? 'refuse' : 'pass'));
  await expect(lambda.invoke(refundInput('success-back'))).rejects.toMatchObject({
    name: 'ServiceUnavailable',
  });
  isDown = false;
  expect(await lambda.invoke(refundInput('success-back'))).toMatchObject({ status: 'SUCCEEDED' });
});

test.concurrent.each([
  ['refuse', 29_000],
  ['hang', 6_000],
] as const)(
  'a table that fails (%s) after the send leaves the refund REQUESTED, and the answer is in time',
  async (fault, remainingMs) => {
    const lambda = await lambdaBehind('DYNAMODB', on('UpdateItem', fault));
    const noRefund = `after-${fault}`;
    const answer = await post(lambda, '/refunds', refundInput(noRefund), { remainingMs });
    expect(answer).toMatchObject({ statusCode: 202, body: { status: 'REQUESTED' } });
    expect(service.sandbox.gateway.requests(noRefund)).toHaveLength(1);
    await until(async () => (await service.record(noRefund))?.status === 'SUCCEEDED');
  },
  40_000,
);

test.each(['PutItem', 'UpdateItem'])(
  'an application recognizes its own first %s, whose answer was lost, and sends once',
  async (lossy) => {
    let lost = 0;
    const lambda = await lambdaBehind('DYNAMODB', (operation) =>
      operation === lossy && lost++ === 0 ? 'lose-answer' : 'pass',
    );
    const noRefund = `success-${lossy}`;
    expect(await lambda.invoke(refundInput(noRefund))).toMatchObject({ status: 'SUCCEEDED' });
    expect(lost).toBe(2);
    expect(service.sandbox.gateway.requests(noRefund)).toHaveLength(1);
    expect(await service.record(noRefund)).toMatchObject({ status: 'SUCCEEDED', attempts: 1, version: 2 });
  },
);

test('without enough time for an answer, nothing is recorded and nothing is sent', async () => {
  const lambda = await service.lambda('apply-refund');
  const late = refundInput('success-late');
  await expect(lambda.invoke(late, { remainingMs: 2_000 })).rejects.toMatchObject({
    name: 'ServiceUnavailable',
  });
  expect(service.sandbox.gateway.requests('success-late')).toEqual([]);
  expect(await service.record('success-late')).toBeUndefined();
  expect(await lambda.invoke(late)).toMatchObject({ status: 'SUCCEEDED' });
});

test.concurrent('the wait for a silent gateway ends early enough to record the outcome and to answer', async () => {
  const lambda = await service.lambda('apply-refund', { GATEWAY_TIMEOUT_MS: '10000' });
  const answer = await lambda.invoke(refundInput('lost-late'), { remainingMs: 8_000 });
  expect(answer).toMatchObject({ status: 'REQUESTED' });
  expect(service.sandbox.gateway.requests('lost-late')).toHaveLength(1);
  expect(await service.record('lost-late')).not.toHaveProperty('lease_until');
}, 20_000);

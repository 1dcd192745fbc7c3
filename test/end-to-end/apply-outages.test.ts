import { post } from '../support/api-gateway.ts';
import type { Fault } from '../support/fault-proxy.ts';
import type { Lambda } from '../support/lambda.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await startService();
}, 60_000);

afterAll(() => service.stop());

/** A container with its own way to the table or to Secrets Manager, where requests meet a fate. */
async function lambdaBehind(
  what: 'DYNAMODB' | 'SECRETS_MANAGER',
  fate: (operation: string, index: number) => Fault,
  settings: Record<string, string> = {},
): Promise<Lambda> {
  const variable = `AWS_ENDPOINT_URL_${what}` as const;
  const proxy = await service.proxy(service.sandbox.settings[variable]);
  proxy.injectFaults(fate);
  return service.lambda('apply-refund', { ...settings, [variable]: proxy.endpoint });
}

const always = (fate: Fault) => () => fate;
const on = (operation: string, fate: Fault) => (asked: string) => (asked === operation ? fate : 'pass');

test.concurrent.each([
  ['keys', 'SECRETS_MANAGER', 'refuse', 'ServiceUnavailable', 503],
  ['keys', 'SECRETS_MANAGER', 'hang', 'ServiceUnavailable', 503],
  ['table', 'DYNAMODB', 'refuse', 'ServiceUnavailable', 503],
  ['table', 'DYNAMODB', 'hang', 'OutcomeUnknown', 504],
  ['table', 'DYNAMODB', 'fail', 'OutcomeUnknown', 504],
  ['table', 'DYNAMODB', 'lose-request', 'OutcomeUnknown', 504],
] as const)(
  '%s out of reach (%s, %s): this call sends nothing, and %s says so',
  async (what, where, fate, name, statusCode) => {
    const lambda = await lambdaBehind(where, always(fate));
    const noRefund = `success-no-${what}-${fate}`;
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

test('a create whose every answer is lost is told as unknown, and carried on by whoever applies again', async () => {
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

test('about a refund that an earlier call has sent, a table out of reach is no word of the refund', async () => {
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

test('keys that come back are used by the next application', async () => {
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
  'a table that fails (%s) after the request was sent: an open refund, in time',
  async (fate, remainingMs) => {
    const lambda = await lambdaBehind('DYNAMODB', on('UpdateItem', fate));
    const noRefund = `after-${fate}`;
    const answer = await post(lambda, '/refunds', refundInput(noRefund), { remainingMs });
    expect(answer).toMatchObject({ statusCode: 202, body: { status: 'REQUESTED' } });
    expect(service.sandbox.gateway.requests(noRefund)).toHaveLength(1);
    await until(async () => (await service.record(noRefund))?.status === 'SUCCEEDED');
  },
  40_000,
);

test.each(['PutItem', 'UpdateItem'])(
  'a first %s whose answer is lost is our own: the application goes on, and sends once',
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

test('with too little time left to hear an answer, nothing is recorded and nothing is sent', async () => {
  const lambda = await service.lambda('apply-refund');
  const late = refundInput('success-late');
  await expect(lambda.invoke(late, { remainingMs: 2_000 })).rejects.toMatchObject({
    name: 'ServiceUnavailable',
  });
  expect(service.sandbox.gateway.requests('success-late')).toEqual([]);
  expect(await service.record('success-late')).toBeUndefined();
  expect(await lambda.invoke(late)).toMatchObject({ status: 'SUCCEEDED' });
});

test.concurrent('a gateway that never answers is given up early enough to record that and to answer', async () => {
  const lambda = await service.lambda('apply-refund', { GATEWAY_TIMEOUT_MS: '10000' });
  const answer = await lambda.invoke(refundInput('lost-late'), { remainingMs: 8_000 });
  expect(answer).toMatchObject({ status: 'REQUESTED' });
  expect(service.sandbox.gateway.requests('lost-late')).toHaveLength(1);
  expect(await service.record('lost-late')).not.toHaveProperty('lease_until');
}, 20_000);

import { isAuthentic, signed } from '../../sandbox/gateway/signature.ts';
import { readSandboxKeys } from '../../sandbox/keys.ts';
import { post } from '../support/api-gateway.ts';
import { curveKeyPair, rsaKeyPair } from '../support/key-pairs.ts';
import { messageFields } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

let service: Service;
const sandboxKeys = readSandboxKeys();

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 3_600_000 });
}, 60_000);

afterAll(() => service.stop());

/** The ids of one test's secrets, and the settings that name them. */
function secretsOf(test: string, merchantKey = sandboxKeys.merchant.privateKey) {
  const ids = { merchant: `merchant-${test}`, lianlian: `lianlian-${test}` };
  service.sandbox.secretsManager.set(ids.merchant, merchantKey);
  service.sandbox.secretsManager.set(ids.lianlian, sandboxKeys.gateway.publicKey);
  return { ...ids, settings: { MERCHANT_KEY_SECRET_ID: ids.merchant, LIANLIAN_KEY_SECRET_ID: ids.lianlian } };
}

const fetches = (id: string): number => service.sandbox.secretsManager.requestCount(id);

/** The status code of `notify-callback` for a message that is signed with a key. */
async function notified(
  lambda: Awaited<ReturnType<Service['lambda']>>,
  noRefund: string,
  privateKey: string,
) {
  const message = signed(messageFields(service.sandbox.gateway, noRefund), privateKey);
  return (await post(lambda, '/refund-notifications', message)).statusCode;
}

test('concurrent invocations of a cold container fetch each key once, and warm ones none', async () => {
  const { merchant, lianlian, settings } = secretsOf('cold');
  const lambda = await service.lambda('apply-refund', settings);
  const numbers = Array.from({ length: 8 }, (_, index) => `success-cold-${index}`);
  await Promise.all(numbers.map((noRefund) => lambda.invoke(refundInput(noRefund))));
  await lambda.invoke(refundInput('success-warm'));
  expect([fetches(merchant), fetches(lianlian)]).toEqual([1, 1]);
});

test('notify-callback does not need the merchant’s key, and never fetches it', async () => {
  const { merchant, settings } = secretsOf('no-merchant');
  const lambda = await service.lambda('notify-callback', settings);
  expect(await notified(lambda, 'no-merchant-1', sandboxKeys.gateway.privateKey)).toBe(200);
  expect(fetches(merchant)).toBe(0);
});

test.concurrent('a new merchant key is used when the cached one has expired', async () => {
  const { merchant, settings } = secretsOf('merchant');
  const lambda = await service.lambda('apply-refund', { ...settings, KEY_CACHE_SECONDS: '1' });
  await lambda.invoke(refundInput('rotated-1'));
  const newer = rsaKeyPair(2048);
  service.sandbox.secretsManager.set(merchant, JSON.stringify({ private_key: newer.privateKey }));
  await passed(1_100);
  // The gateway doesn't have the new key: its rejection shows that the request was signed with it.
  await lambda.invoke(refundInput('rotated-2')).catch((error) => expect(error.name).toBe('RefundRejected'));
  const [before] = service.sandbox.gateway.requests('rotated-1');
  const [after] = service.sandbox.gateway.requests('rotated-2');
  expect(isAuthentic(before?.fields ?? {}, sandboxKeys.merchant.publicKey)).toBe(true);
  expect(isAuthentic(after?.fields ?? {}, newer.publicKey)).toBe(true);
});

test.concurrent('the old keys stay in use while a refetch fails', async () => {
  const { merchant, lianlian, settings } = secretsOf('failing');
  const lambda = await service.lambda('apply-refund', { ...settings, KEY_CACHE_SECONDS: '1' });
  await lambda.invoke(refundInput('success-old-1'));
  service.sandbox.secretsManager.set(merchant, 'no key any more');
  service.sandbox.secretsManager.set(lianlian, 'no key any more');
  await passed(1_100);
  expect(await lambda.invoke(refundInput('success-old-2'))).toMatchObject({ status: 'SUCCEEDED' });
  expect([fetches(merchant), fetches(lianlian)]).toEqual([2, 2]);
});

test('a message under a key that was just added is authentic after one fetch', async () => {
  const { lianlian, settings } = secretsOf('gateway');
  const lambda = await service.lambda('notify-callback', settings);
  const newer = rsaKeyPair();
  expect(await notified(lambda, 'added-1', sandboxKeys.gateway.privateKey)).toBe(200);
  const public_keys = [sandboxKeys.gateway.publicKey, newer.publicKey];
  service.sandbox.secretsManager.set(lianlian, JSON.stringify({ public_keys }));
  expect(await notified(lambda, 'added-2', newer.privateKey)).toBe(200);
  expect(await notified(lambda, 'added-3', newer.privateKey)).toBe(200);
  expect(await notified(lambda, 'added-4', sandboxKeys.gateway.privateKey)).toBe(200);
  expect(fetches(lianlian)).toBe(2);
});

test('an answer under the gateway’s new key is authentic too', async () => {
  const { lianlian, settings } = secretsOf('answer');
  const lambda = await service.lambda('apply-refund', settings);
  await lambda.invoke(refundInput('success-answer-1'));
  const newer = rsaKeyPair();
  const public_keys = [sandboxKeys.gateway.publicKey, newer.publicKey];
  service.sandbox.secretsManager.set(lianlian, JSON.stringify({ public_keys }));
  service.sandbox.gateway.signWith(newer.privateKey);
  expect(await lambda.invoke(refundInput('success-answer-2'))).toMatchObject({ status: 'SUCCEEDED' });
  service.sandbox.gateway.signWith(sandboxKeys.gateway.privateKey);
  expect(fetches(lianlian)).toBe(2);
});

test('forged messages, in turn or concurrent, cause one fetch', async () => {
  const { lianlian, settings } = secretsOf('forged');
  const lambda = await service.lambda('notify-callback', settings);
  const forge = () => notified(lambda, 'forged-1', sandboxKeys.untrusted.privateKey);
  expect(await Promise.all(Array.from({ length: 10 }, forge))).toEqual(Array(10).fill(401));
  for (let count = 0; count < 5; count += 1) expect(await forge()).toBe(401);
  expect(fetches(lianlian)).toBe(2);
  expect(await notified(lambda, 'forged-1', sandboxKeys.gateway.privateKey)).toBe(200);
});

/** The lines of a function's log with a decision. */
const lines = (log: string, decision: string) =>
  log
    .split('\n')
    .filter((line) => line.includes(JSON.stringify(decision)))
    .map((line) => JSON.parse(line));

test('a bad entry among the gateway’s keys is logged with its position and counted, and the others are used', async () => {
  const { lianlian, settings } = secretsOf('bad-entry');
  const entry = `${rsaKeyPair(2048).publicKey.slice(0, 200)}!`;
  const public_keys = [sandboxKeys.gateway.publicKey, entry, rsaKeyPair(512).publicKey];
  service.sandbox.secretsManager.set(lianlian, JSON.stringify({ public_keys }));
  for (const name of ['apply-refund', 'notify-callback']) {
    const lambda = await service.lambda(name, settings);
    if (name === 'apply-refund')
      expect(await lambda.invoke(refundInput('success-bad-entry'))).toMatchObject({ status: 'SUCCEEDED' });
    else expect(await notified(lambda, 'bad-entry-1', sandboxKeys.gateway.privateKey)).toBe(200);
    const reported = lines(lambda.log(), 'a part of a secret cannot be used: the rest serves');
    expect(reported).toMatchObject([
      {
        level: 'error',
        secret: lianlian,
        fault: expect.stringMatching(/^entry 2 of 3 /),
        metrics: { Failures: 1 },
      },
      {
        level: 'error',
        secret: lianlian,
        fault: expect.stringMatching(/^entry 3 of 3 /),
        metrics: { Failures: 1 },
      },
    ]);
    expect(lambda.log()).not.toContain(entry.split('\n')[1]);
  }
});

test('keys in the forms of Secrets Manager’s console are valid: a JSON list as a text, real line breaks, a BOM', async () => {
  const { merchant, lianlian, settings } = secretsOf('console');
  const list = JSON.stringify([rsaKeyPair().publicKey, sandboxKeys.gateway.publicKey]);
  service.sandbox.secretsManager.set(merchant, `\ufeff{"private_key":"${sandboxKeys.merchant.privateKey}"}`);
  service.sandbox.secretsManager.set(lianlian, JSON.stringify({ public_keys: list }));
  const lambda = await service.lambda('apply-refund', settings);
  expect(await lambda.invoke(refundInput('success-console'))).toMatchObject({ status: 'SUCCEEDED' });
  expect(lines(lambda.log(), 'a part of a secret cannot be used: the rest serves')).toEqual([]);
});

test.each([
  ['alone', [sandboxKeys.merchant.publicKey]],
  ['beside the gateway’s', [sandboxKeys.gateway.publicKey, sandboxKeys.merchant.publicKey]],
])(
  'the public half of the merchant’s own key, %s, is refused with that reason, and nothing is sent',
  async (_what, keys) => {
    const { merchant, lianlian, settings } = secretsOf(`own-${keys.length}`);
    service.sandbox.secretsManager.set(lianlian, JSON.stringify({ public_keys: keys }));
    const lambda = await service.lambda('apply-refund', { ...settings, KEY_CACHE_SECONDS: '1' });
    const noRefund = `success-own-${keys.length}`;
    const thrown = await lambda.invoke(refundInput(noRefund)).catch((error) => error);
    expect(thrown).toMatchObject({ name: 'ServiceUnavailable' });
    expect(thrown.message).toContain(`'${lianlian}' holds the public half of the merchant's own key`);
    expect(thrown.message).toMatch(new RegExp(`'${merchant}'.*store LianLian's public key`));
    expect(thrown.message).toContain(NOTHING_DONE);
    expect(service.sandbox.gateway.requests(noRefund)).toEqual([]);
    expect(await service.record(noRefund)).toBeUndefined();

    service.sandbox.secretsManager.set(lianlian, sandboxKeys.gateway.publicKey);
    await passed(1_100);
    expect(await lambda.invoke(refundInput(noRefund))).toMatchObject({ status: 'SUCCEEDED' });
  },
);

test('forged messages to a cold container cause few calls while Secrets Manager is unreachable', async () => {
  const proxy = await service.proxy(service.sandbox.settings.AWS_ENDPOINT_URL_SECRETS_MANAGER);
  proxy.injectFaults(() => 'lose-request');
  const lambda = await service.lambda('notify-callback', {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: proxy.endpoint,
  });
  for (let count = 0; count < 20; count += 1)
    expect(await notified(lambda, 'outage-1', sandboxKeys.untrusted.privateKey)).toBe(503);
  // Two calls each for the fetch at the start, for that of the first message, and for that of the second; and one more
  // where the twenty took long.
  expect(proxy.operations.length).toBeLessThanOrEqual(8);

  proxy.injectFaults(undefined);
  await passed(2_000);
  expect(await notified(lambda, 'outage-1', sandboxKeys.gateway.privateKey)).toBe(200);
});

/** It is about the call, not about the refund: an earlier call may have sent it. */
const NOTHING_DONE = 'This call has recorded nothing and sent nothing: repeat it, unchanged.';

test('the error for a missing secret says what this call has not done, and what to check', async () => {
  const lambda = await service.lambda('apply-refund', { MERCHANT_KEY_SECRET_ID: 'nowhere' });
  const thrown = await lambda.invoke(refundInput('success-nowhere')).catch((error) => error);
  expect(thrown).toMatchObject({ name: 'ServiceUnavailable' });
  expect(thrown.message).toContain(`'nowhere' is out of reach (ResourceNotFoundException). ${NOTHING_DONE}`);
  expect(thrown.message).toContain('check that the secret exists');
});

const [weak, curved] = [rsaKeyPair(512), curveKeyPair()];

test.each([
  [
    'MERCHANT',
    'of 512 bits',
    weak.privateKey,
    /has only 512 bits; store an RSA private key of at least 1024/,
  ],
  ['MERCHANT', 'on a curve', curved.privateKey, /is of type ec; store an RSA private key/],
  ['MERCHANT', 'that is public', sandboxKeys.merchant.publicKey, /'PUBLIC KEY'; store an RSA private key/],
  ['MERCHANT', 'under another name', '{"key":"AAAA"}', /has no text 'private_key'/],
  ['MERCHANT', 'that is prose', 'to be done', /can't be read as a key; store an RSA private key/],
  ['LIANLIAN', 'of 512 bits', weak.publicKey, /has only 512 bits; store an RSA public key of at least 1024/],
  ['LIANLIAN', 'on a curve', curved.publicKey, /is of type ec; store an RSA public key/],
  ['LIANLIAN', 'under another name', '{"key":"AAAA"}', /has no list 'public_keys'/],
  ['LIANLIAN', 'that is private', sandboxKeys.gateway.privateKey, /'PRIVATE KEY'; store an RSA public key/],
])('a %s key %s is refused with advice, and nothing is sent', async (whose, what, secret, advice) => {
  const id = `bad-${whose}-${what}`;
  const noRefund = `bad-${whose}-${what.length}`;
  service.sandbox.secretsManager.set(id, secret);
  const lambda = await service.lambda('apply-refund', { [`${whose}_KEY_SECRET_ID`]: id });
  const thrown = await lambda.invoke(refundInput(noRefund)).catch((error) => error);
  expect(thrown).toMatchObject({ name: 'ServiceUnavailable', message: expect.stringMatching(advice) });
  expect(thrown.message).toContain(NOTHING_DONE);
  const reported = thrown.message + lambda.log();
  for (const line of secret.split('\n').filter((text) => text.length === 64))
    expect(reported).not.toContain(line);
  expect(service.sandbox.gateway.requests(noRefund)).toEqual([]);
  expect(await service.record(noRefund)).toBeUndefined();
});

const passed = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

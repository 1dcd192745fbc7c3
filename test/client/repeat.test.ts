import { createRefundClient, type RefundServiceError } from '../../client/index.ts';
import { REPETITION, repeated } from '../../client/repeat.ts';
import { referenceAuthorization } from './reference-signer.ts';
import { type ScriptedServer, type Step, startScript } from './scripted-server.ts';

const open = { no_refund: 'r-1', status: 'PROCESSING' };
const input = { no_refund: 'r-1', money_refund: '1.00', no_order: 'o-1', reason: '退款' };
const quick = { firstWaitMs: 1, longestWaitMs: 5, attemptTimeoutMs: 150 };

let server: ScriptedServer | undefined;

afterEach(() => server?.stop());

const error = (name: string) => ({ error: { name, message: `${name} it is` } });

async function startClient(steps: Step[], more: object = {}) {
  server = await startScript(steps);
  return { server, client: createRefundClient({ url: server.url, repetition: quick, ...more }) };
}

const thrownBy = (work: Promise<unknown>): Promise<RefundServiceError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (thrown) => thrown,
  );

test.each<[string, Step]>([
  ['503 of the service', [503, error('ServiceUnavailable')]],
  ['503 of API Gateway', [503, { message: 'Service Unavailable' }]],
  ['503 of whatever is between', [503, '<html>']],
  ['504', [504, error('OutcomeUnknown')]],
  ['500', [500, error('InternalError')]],
  ['429', [429, { message: 'Too Many Requests' }]],
  ['a broken connection', 'break'],
  ['half an answer', 'half'],
  ['a success that is no JSON', [200, '<html>']],
  ['no answer in time', 'hang'],
])('after %s the same request is sent again, to the letter', async (_what, step) => {
  const { server, client } = await startClient([step, step, [202, open]]);
  expect(await client.apply(input)).toEqual({ outcome: 'open', refund: open });
  expect(server.received).toHaveLength(3);
  for (const { method, url, body } of server.received)
    expect({ method, url, body }).toEqual({ method: 'POST', url: '/refunds', body: JSON.stringify(input) });
});

test.each<[number, object, string, string]>([
  [400, error('InvalidRequest'), 'InvalidRequest', 'InvalidRequest it is'],
  [403, { message: 'Forbidden' }, 'ApiGatewayError', 'API Gateway answered 403: Forbidden'],
  [404, { message: 'Not Found' }, 'ApiGatewayError', 'API Gateway answered 404: Not Found'],
  [413, error('PayloadTooLarge'), 'PayloadTooLarge', 'PayloadTooLarge it is'],
  [302, {}, 'ApiGatewayError', 'API Gateway answered 302: no reason given'],
])('%i is thrown at once', async (status, body, name, message) => {
  const { server, client } = await startClient([[status, body]]);
  expect(await thrownBy(client.apply(input))).toMatchObject({ name, status, message });
  expect(await thrownBy(client.get('r-1'))).toMatchObject({ name, status });
  expect(server.received).toHaveLength(2);
});

test('a conflict and a rejection are outcomes, at once', async () => {
  const conflict = {
    message: 'm',
    issues: [{ path: 'kind', message: 'is' }],
    status: 'FAILED',
    kind: 'refund',
  };
  const rejection = { message: 'm', ret_code: '5006', ret_msg: '余额不足', reason: 'insufficient' };
  const { server, client } = await startClient([
    [409, { error: { name: 'RefundConflict', ...conflict } }],
    [422, { error: { name: 'RefundRejected', ...rejection } }],
    [200, { ...open, status: 'FAILED' }],
  ]);
  expect(await client.apply(input)).toEqual({ outcome: 'conflict', ...conflict });
  expect(await client.apply(input)).toEqual({ outcome: 'rejected', ...rejection });
  expect(await client.applyExchange(input)).toEqual({
    outcome: 'final',
    refund: { ...open, status: 'FAILED' },
  });
  expect(server.received.map(({ url }) => url)).toEqual(['/refunds', '/refunds', '/exchange-refunds']);
});

test('it gives up after as many attempts as it may make, with what came last', async () => {
  const { server, client } = await startClient(['break', [504, error('OutcomeUnknown')]], {
    repetition: { ...quick, attempts: 3 },
  });
  expect(await thrownBy(client.apply(input))).toMatchObject({
    name: 'OutcomeUnknown',
    status: 504,
    issues: [],
  });
  expect(server.received).toHaveLength(3);
});

test('where no answer ever comes, the error says so, and why', async () => {
  const { client } = await startClient(['break']);
  const thrown = await thrownBy(client.get('r-1'));
  expect(thrown).toMatchObject({ name: 'NoAnswer', status: 0, cause: { name: 'TypeError' } });
});

test('the waits double, and none is longer than the longest', async () => {
  const { server, client } = await startClient([[503], [503], [503], [503], [202, open]], {
    repetition: { firstWaitMs: 40, longestWaitMs: 100 },
  });
  const at: number[] = [];
  const push = server.received.push.bind(server.received);
  server.received.push = (received) => {
    at.push(performance.now());
    return push(received);
  };
  await client.apply(input);
  const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  expect(waits).toHaveLength(4);
  // Not before half of each wait; timers may fire a millisecond early.
  for (const [index, atLeast] of [19, 39, 49, 49].entries()) expect(waits[index]).toBeGreaterThan(atLeast);
});

test('a caller’s signal ends everything: no further attempt', async () => {
  const { server, client } = await startClient(['hang'], {
    repetition: { ...quick, attemptTimeoutMs: 60_000 },
  });
  const reason = new Error('enough');
  const ending = new AbortController();
  const work = thrownBy(client.apply(input, { signal: ending.signal }));
  while (server.received.length === 0) await new Promise((done) => setTimeout(done, 5));
  ending.abort(reason);
  expect(await work).toBe(reason);
  expect(server.received).toHaveLength(1);
  expect(await thrownBy(client.apply(input, { signal: ending.signal }))).toBe(reason);
  expect(server.received).toHaveLength(1);
});

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/of+mine' };

test('each attempt is signed anew for execute-api; without credentials nothing is signed', async () => {
  const asked: number[] = [];
  const temporary = async () => {
    asked.push(asked.length);
    return { ...credentials, sessionToken: `token/${asked.length}==` };
  };
  const { server, client } = await startClient([[503], [202, open], [200, { ...open, entries: [] }]], {
    region: 'ap-east-1',
    credentials: temporary,
  });
  await client.apply(input);
  for await (const _ of client.history('a b/退%')) throw new Error('there is no entry');
  expect(server.received).toHaveLength(3);
  for (const [index, received] of server.received.entries()) {
    const secrets = { ...credentials, sessionToken: `token/${index + 1}==` };
    const scope = { region: 'ap-east-1', service: 'execute-api' };
    expect(received.headers['x-amz-security-token']).toBe(secrets.sessionToken);
    expect(received.headers.authorization).toBe(await referenceAuthorization(received, secrets, scope));
  }
  const bare = createRefundClient({ url: server.url });
  await bare.get('r-1');
  expect(server.received.at(-1)?.headers).not.toHaveProperty('authorization');
});

test('a provider of credentials that fails before a repetition leaves the outcome as it is: not known', async () => {
  const failure = new Error('no credentials any more');
  let calls = 0;
  const prepare = async () => {
    calls += 1;
    if (calls > 1) throw failure;
    return () => Promise.reject(new Error('the connection broke'));
  };
  const repetition = { ...REPETITION, firstWaitMs: 1 };
  await expect(repeated(prepare, repetition)).rejects.toMatchObject({ name: 'NoAnswer', cause: failure });
});

test('a provider of credentials that fails is not repeated, and nothing is sent', async () => {
  const failure = new Error('no credentials');
  const credentials = jest.fn().mockRejectedValue(failure);
  const { server, client } = await startClient([[202, open]], { region: 'ap-east-1', credentials });
  expect(await thrownBy(client.apply(input))).toBe(failure);
  expect(credentials).toHaveBeenCalledTimes(1);
  expect(server.received).toEqual([]);
});

test('options that make no sense are refused', () => {
  expect(() => createRefundClient({ url: 'nonsense' })).toThrow('Invalid URL');
  expect(() => createRefundClient({ url: 'http://127.0.0.1', credentials })).toThrow('needs a region');
});

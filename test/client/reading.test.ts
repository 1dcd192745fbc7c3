import { createRefundClient, RefundWaitTimeout } from '../../client/index.ts';
import { type ScriptedServer, type Step, startScript } from './scripted-server.ts';

let server: ScriptedServer | undefined;

afterEach(() => server?.stop());

async function startClient(steps: Step[], path = '') {
  server = await startScript(steps);
  return { server, client: createRefundClient({ url: server.url + path }) };
}

const urls = ({ received }: ScriptedServer) => received.map(({ method, url }) => `${method} ${url}`);

const refund = (status: string) => ({ no_refund: 'r-1', status });

test('a refund is read, with a refresh, behind the path of a stage', async () => {
  const { server, client } = await startClient([[200, refund('FAILED')]], '/prod/');
  expect(await client.get('r-1')).toEqual(refund('FAILED'));
  await client.get('a.b~c d/é', { refresh: true });
  expect(urls(server)).toEqual([
    'GET /prod/refunds/r-1',
    'GET /prod/refunds/a.b~c%20d%2F%C3%A9?refresh=true',
  ]);
});

test.each(['', '.', '..'])('the number %j would be another path: nothing is sent', async (noRefund) => {
  const { server, client } = await startClient([[200, { refunds: [] }]]);
  await expect(client.get(noRefund)).rejects.toThrow(TypeError);
  await expect(client.history(noRefund).next()).rejects.toThrow(TypeError);
  expect(server.received).toEqual([]);
});

test('a story is read entry by entry, and a page when it is needed', async () => {
  const { server, client } = await startClient([
    [200, { entries: [{ code: 'a' }, { code: 'b' }], next: 'n+/=' }],
    [200, { entries: [], next: 'm' }],
    [200, { entries: [{ code: 'c' }] }],
  ]);
  const story = client.history('r-1');
  expect((await story.next()).value).toEqual({ code: 'a' });
  expect(server.received).toHaveLength(1);
  const rest: string[] = [];
  for await (const { code } of story) rest.push(code);
  expect(rest).toEqual(['b', 'c']);
  expect(urls(server)).toEqual([
    'GET /refunds/r-1/history',
    'GET /refunds/r-1/history?next=n%2B%2F%3D',
    'GET /refunds/r-1/history?next=m',
  ]);
});

test('a list is read page by page, with its totals', async () => {
  const totals = { succeeded: '1.00', open: '0.00', failed: '0.00', rejected: '0.00' };
  const { server, client } = await startClient([
    [200, { refunds: [refund('FAILED')], next: 'n' }],
    [200, { refunds: [], totals }],
  ]);
  const pages: unknown[] = [];
  for await (const page of client.list({ no_order: "o'1 &", limit: 1 })) pages.push(page);
  expect(pages).toEqual([
    { refunds: [refund('FAILED')], next: 'n' },
    { refunds: [], totals },
  ]);
  expect(urls(server)).toEqual([
    'GET /refunds?no_order=o%271%20%26&limit=1',
    'GET /refunds?no_order=o%271%20%26&limit=1&next=n',
  ]);
});

test('a list goes on from where a page ended', async () => {
  const { server, client } = await startClient([[200, { refunds: [] }]]);
  const pages: unknown[] = [];
  for await (const page of client.list({ open: true }, { next: 'n' })) pages.push(page);
  expect(pages).toEqual([{ refunds: [] }]);
  expect(urls(server)).toEqual(['GET /refunds?open=true&next=n']);
});

test('whoever stops reading reads no further page', async () => {
  const { server, client } = await startClient([[200, { refunds: [], next: 'n' }]]);
  for await (const _ of client.list({ open: true })) break;
  expect(server.received).toHaveLength(1);
});

test.each(['SUCCEEDED', 'FAILED', 'REJECTED'])(
  'waiting polls, with growing waits, until %s',
  async (status) => {
    const { server, client } = await startClient([
      [200, refund('REQUESTED')],
      [200, refund('PROCESSING')],
      [200, refund(status)],
    ]);
    const startedAt = performance.now();
    expect(await client.waitForEnd('r-1', { timeoutMs: 20_000 })).toEqual(refund(status));
    // 500 and 750.
    expect(performance.now() - startedAt).toBeGreaterThan(1_245);
    expect(server.received).toHaveLength(3);
  },
);

test.each<[string, Step]>([
  ['between two polls', [200, refund('PROCESSING')]],
  ['while one hangs', 'hang'],
])('waiting ends in time, %s', async (_when, step) => {
  const { client } = await startClient([[200, refund('PROCESSING')], step]);
  const error = await client.waitForEnd('r-1', { timeoutMs: 900 }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(RefundWaitTimeout);
  expect(error.refund).toEqual(refund('PROCESSING'));
});

test('waiting ends by the caller’s signal, and by an error that no repetition mends', async () => {
  const { client } = await startClient([
    [200, refund('PROCESSING')],
    [404, { error: { name: 'RefundNotFound' } }],
  ]);
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  await expect(client.waitForEnd('r-1', { timeoutMs: 9_000, signal })).rejects.toBe(reason);
  await expect(client.waitForEnd('r-1', { timeoutMs: 9_000 })).rejects.toMatchObject({
    name: 'RefundNotFound',
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRefundClient, type RefundClient, type StoryEntry } from '../../client/index.ts';
import { followTable, type TableStream } from '../../sandbox/table-stream.ts';
import type { HttpAnswer } from '../../shared/entry/http-event.ts';
import type { ApiGateway } from '../support/api-gateway.ts';
import type { Fault } from '../support/fault-proxy.ts';
import { startHttpApi } from '../support/http-api.ts';
import type { Lambda } from '../support/lambda.ts';
import { type Service, startService, until } from '../support/service.ts';

let service: Service;
let stream: TableStream;
let api: ApiGateway;
let client: RefundClient;
/** What becomes of the requests to the table of those who apply. */
let faults: (operation: string) => Fault = () => 'pass';

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 700 });
  const proxy = await service.proxy(service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB);
  proxy.injectFaults((operation) => faults(operation));
  const behind = { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint };
  const lambdas = new Map<string, Lambda>();
  for (const name of [
    'apply-refund',
    'apply-exchange-refund',
    'query-refund',
    'refund-history',
    'list-refunds',
  ])
    lambdas.set(name, await service.lambda(name, name.startsWith('apply') ? behind : {}));
  api = await startHttpApi(
    async (name, event) => (await lambdas.get(name)?.invoke(event)) as unknown as HttpAnswer,
  );
  client = createRefundClient({ url: api.url });
  const recorder = await service.lambda('record-refund-history');
  stream = await followTable({
    endpoint: service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB,
    tableName: service.sandbox.settings.REFUNDS_TABLE,
    deliver: (batch) => recorder.invoke(batch),
  });
}, 60_000);

afterAll(async () => {
  await stream.stop();
  await api.stop();
  await service.stop();
});

afterEach(() => {
  faults = () => 'pass';
});

const input = (no_refund: string) => ({ no_refund, money_refund: '2.00', no_order: `order-of-${no_refund}` });

test('a refund from its application to its end, and its story', async () => {
  expect(await client.apply(input('c-1'))).toMatchObject({
    outcome: 'open',
    refund: { status: 'PROCESSING' },
  });
  expect(await client.waitForEnd('c-1', { timeoutMs: 20_000 })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await client.apply(input('c-1'))).toMatchObject({
    outcome: 'final',
    refund: { status: 'SUCCEEDED' },
  });
  expect(await client.get('c-1', { refresh: true })).toMatchObject({ status: 'SUCCEEDED', refreshed: true });
  const story = await until(async () => {
    const entries: StoryEntry[] = [];
    for await (const entry of client.history('c-1')) entries.push(entry);
    return entries.length >= 4 && entries;
  });
  expect(story.at(-1)).toMatchObject({ code: 'refund.succeeded', from: 'PROCESSING' });
});

test('the other outcomes, and errors with their faults', async () => {
  await client.applyExchange(input('c-2'));
  expect(await client.apply({ ...input('c-2'), money_refund: '3.00' })).toMatchObject({
    outcome: 'conflict',
    kind: 'exchange-refund',
    issues: [{ path: 'kind' }, { path: 'money_refund' }],
  });
  expect(await client.apply(input('code-5006-c'))).toMatchObject({ outcome: 'rejected', ret_code: '5006' });
  await expect(client.apply({ ...input('c-3'), no_refund: 'c 3', money_refund: '0' })).rejects.toMatchObject({
    name: 'InvalidRequest',
    status: 400,
    issues: [{ path: 'no_refund' }, { path: 'money_refund' }],
  });
  await expect(client.get('nobody')).rejects.toMatchObject({ name: 'RefundNotFound', status: 404 });
  await expect(client.history('nobody').next()).rejects.toMatchObject({ name: 'RefundNotFound' });
});

test('a list, page by page, with its totals', async () => {
  const no_order = 'order-of-many';
  const numbers = ['success-l1', 'success-l2', 'success-l3'];
  for (const no_refund of numbers) await client.apply({ ...input(no_refund), no_order });
  const pages = await until(async () => {
    const read: { numbers: string[]; totals: unknown }[] = [];
    for await (const { refunds, totals } of client.list({ no_order, limit: 2 }))
      read.push({ numbers: refunds.map(({ no_refund }) => no_refund), totals });
    return read.flatMap((page) => page.numbers).length === 3 && read;
  });
  expect(pages).toEqual([
    { numbers: numbers.slice(0, 2), totals: undefined },
    {
      numbers: numbers.slice(2),
      totals: { succeeded: '6.00', open: '0.00', failed: '0.00', rejected: '0.00' },
    },
  ]);
});

test.each<[number, Fault]>([
  [503, 'refuse'],
  [504, 'lose-request'],
])('an application that met a %i is repeated, and the money goes back once', async (status, fault) => {
  const noRefund = `success-after-${status}`;
  const statuses: number[] = [];
  faults = (operation) => (operation === 'PutItem' && statuses.length === 0 ? fault : 'pass');
  const watched = createRefundClient({
    url: api.url,
    fetch: async (...request) => {
      const response = await fetch(...request);
      statuses.push(response.status);
      return response;
    },
  });
  expect(await watched.apply(input(noRefund))).toMatchObject({ outcome: 'final' });
  expect(statuses).toEqual([status, 200]);
  expect(service.requestedUrls(noRefund)).toHaveLength(1);
});

test('it is built, and used from JavaScript', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'refund-client-'));
  const run = promisify(execFile);
  try {
    const tsc = 'node_modules/typescript/bin/tsc';
    await run(process.execPath, [tsc, '-p', 'client', '--outDir', join(folder, 'dist')]);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'program.js'), PROGRAM);
    const { stdout } = await run(process.execPath, [join(folder, 'program.js'), api.url]);
    expect(stdout).toBe('final SUCCEEDED\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const PROGRAM = `import { createRefundClient } from './dist/index.js';
const client = createRefundClient({ url: process.argv[2] });
const { outcome, refund } = await client.apply({ no_refund: 'success-js', money_refund: '1.00', no_order: 'js' });
console.log(outcome, refund.status);
`;

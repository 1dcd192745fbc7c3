import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { close, listen } from '../../sandbox/http.ts';
import { refundLists } from '../../shared/store/refund-lists.ts';
import { refundStore } from '../../shared/store/refund-store.ts';
import { FakeLists } from '../app/fake-lists.ts';
import { type ListsUnderTest, listsContract } from './lists-contract.ts';
import { openTable } from './open-table.ts';

const settings = { region: 'ap-east-1', credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' } };

async function open(engine: 'java' | 'dynalite'): Promise<ListsUnderTest> {
  const { client, stop } = await openTable(engine);
  const signal = AbortSignal.timeout(60_000);
  const store = refundStore(client, 'refunds', signal);
  return {
    lists: refundLists(client, 'refunds', signal),
    put: (refund) => store.create(refund),
    stop,
  };
}

listsContract('the table in dynalite', () => open('dynalite'));
// Without Java 17 this runs dynalite again; CI has Java.
listsContract("the table in AWS's DynamoDB Local", () => open('java'));
listsContract("the fake of the use case's tests", async () => {
  const lists = new FakeLists();
  return { lists, put: async (refund) => lists.put(refund), stop: async () => {} };
});

type Request = Record<string, never> & { operation: string };

/** Lists whose table answers each request with a status and a body. */
async function listsBehind(
  answer: (request: Request, number: number) => [number, object],
  withinMs = 20_000,
) {
  const requests: Request[] = [];
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
      const request = { ...JSON.parse(body), operation } as Request;
      const [status, answered] = answer(request, requests.push(request));
      outgoing.writeHead(status).end(JSON.stringify(answered));
    });
  });
  const client = new DynamoDBClient({
    ...settings,
    endpoint: await listen(server, 0, 'a table'),
    maxAttempts: 2,
  });
  const stop = async () => {
    client.destroy();
    server.closeAllConnections();
    await close(server);
  };
  return { lists: refundLists(client, 'refunds', AbortSignal.timeout(withinMs)), requests, stop };
}

const key = (number: string) => ({ no_refund: { S: number } });

test('what DynamoDB leaves out is read again', async () => {
  const { lists, requests, stop } = await listsBehind((_request, number) => [
    200,
    number < 3
      ? {
          Responses: { refunds: [key(`read-${number}`)] },
          UnprocessedKeys: { refunds: { Keys: [key('later')], ConsistentRead: true } },
        }
      : { Responses: { refunds: [key('later')] }, UnprocessedKeys: {} },
  ]);
  const records = await lists.records(['read-1', 'read-2', 'later']);
  await stop();
  expect(records.map(({ no_refund }) => no_refund)).toEqual(['read-1', 'read-2', 'later']);
  const asked = (keys: object[]) => ({ refunds: { Keys: keys, ConsistentRead: true } });
  expect(requests.map(({ RequestItems }) => RequestItems)).toEqual([
    asked([key('read-1'), key('read-2'), key('later')]),
    asked([key('later')]),
    asked([key('later')]),
  ]);
});

test('what DynamoDB leaves out until the time is over makes the table unavailable', async () => {
  const left = { UnprocessedKeys: { refunds: { Keys: [key('1')] } } };
  const { lists, requests, stop } = await listsBehind(() => [200, left], 1_500);
  const error = await lists.records(['1']).catch((thrown) => thrown);
  await stop();
  expect(error).toMatchObject({ name: 'ServiceUnavailable' });
  // The pauses grow.
  expect(requests.length).toBeGreaterThan(2);
  expect(requests.length).toBeLessThan(8);
});

test.each([
  ['refuses it', 400, 'AccessDeniedException', 'ServiceUnavailable'],
  ['throttles it', 400, 'ThrottlingException', 'ServiceUnavailable'],
  ['fails', 500, 'InternalServerError', 'ServiceUnavailable'],
  ['finds a mistake of ours', 400, 'ValidationException', 'ValidationException'],
])('a read throws where the table %s', async (_what, status, __type, name) => {
  const { lists, stop } = await listsBehind(() => [status, { __type }]);
  const reads = [
    lists.places({ field: 'no_order', value: 'o' }, 1),
    lists.unfinished('0')[Symbol.asyncIterator]().next(),
    lists.records(['1']),
  ];
  for (const read of await Promise.allSettled(reads))
    expect(read).toMatchObject({ status: 'rejected', reason: { name } });
  await stop();
});

test('the whole of a shard is read, however many pages it has', async () => {
  const item = (number: number) => ({ ...key(`r-${number}`), created_at: { S: `at-${number}` } });
  const { lists, requests, stop } = await listsBehind((_request, number) => [
    200,
    { Items: [item(number)], ...(number < 3 && { LastEvaluatedKey: key(`r-${number}`) }) },
  ]);
  const read = [];
  for await (const places of lists.unfinished('4')) read.push(...places);
  await stop();
  expect(read.map(({ no_refund }) => no_refund)).toEqual(['r-1', 'r-2', 'r-3']);
  expect(requests.map(({ ExclusiveStartKey }) => ExclusiveStartKey)).toEqual([
    undefined,
    key('r-1'),
    key('r-2'),
  ]);
});

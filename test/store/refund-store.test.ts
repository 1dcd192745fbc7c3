import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { close, listen } from '../../sandbox/http.ts';
import type { Store } from '../../shared/app/ports/store.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import { refundStore } from '../../shared/store/refund-store.ts';
import { openTable } from './open-table.ts';
import { type StoreUnderTest, storeContract } from './store-contract.ts';

async function open(engine: 'java' | 'dynalite'): Promise<StoreUnderTest> {
  const { client, stop } = await openTable(engine);
  return { store: refundStore(client, 'refunds', AbortSignal.timeout(60_000)), stop };
}

storeContract('the table in dynalite', () => open('dynalite'));
// Without Java 17 this runs dynalite again; CI has Java.
storeContract("the table in AWS's DynamoDB Local", () => open('java'));

/** A store whose table responds in these ways, one for each request; the last one is repeated. */
async function storeBehind(...responses: ((socket: Socket, answer: ServerResponse) => void)[]) {
  const server = createServer((request, answer) => {
    const respond = (responses.length > 1 ? responses.shift() : responses[0]) as (typeof responses)[number];
    request.resume().on('end', () => respond(request.socket, answer));
  });
  const client = new DynamoDBClient({
    endpoint: await listen(server, 0, 'a table'),
    region: 'ap-east-1',
    maxAttempts: 3,
    requestHandler: { requestTimeout: 200, throwOnRequestTimeout: true },
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
  const stop = async () => {
    client.destroy();
    server.closeAllConnections();
    await close(server);
  };
  return { store: refundStore(client, 'refunds', AbortSignal.timeout(20_000)), stop };
}

const hang = () => {};
const breakOff = (socket: Socket) => void socket.destroy();
const answerWith = (status: number, __type: string) => (_socket: Socket, answer: ServerResponse) =>
  void answer.writeHead(status).end(JSON.stringify({ __type }));
const throttle = answerWith(400, 'ThrottlingException');

const UNCONFIRMED = 'has sent nothing, but the refund may be carried out later';
const NOTHING = 'has recorded nothing and sent nothing';

test.each([
  ['refuses it', [answerWith(400, 'AccessDeniedException')], 'ServiceUnavailable', NOTHING],
  ['throttles it, each time', [throttle], 'ServiceUnavailable', NOTHING],
  ['fails', [answerWith(500, 'InternalServerError')], 'OutcomeUnknown', UNCONFIRMED],
  ['breaks the connection', [breakOff], 'OutcomeUnknown', UNCONFIRMED],
  ['does not answer', [hang], 'OutcomeUnknown', UNCONFIRMED],
  ['does not answer, and then throttles it', [hang, throttle], 'OutcomeUnknown', UNCONFIRMED],
])(
  'a write throws an error that says what is known where the table %s',
  async (_what, responses, name, words) => {
    const writes = [
      (store: Store) => store.create({ no_refund: '1' } as Refund),
      (store: Store) => store.update('1', {}, { status: 'FAILED' }),
    ];
    for (const write of writes) {
      const { store, stop } = await storeBehind(...responses);
      const error = await write(store).catch((thrown) => thrown);
      const readError = await store.get('1').catch((thrown) => thrown);
      await stop();
      expect(error).toMatchObject({ name, message: expect.stringContaining(words) });
      expect(readError).toMatchObject({ name: 'ServiceUnavailable' });
    }
  },
);

test('an unreachable table has written nothing', async () => {
  const client = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'ap-east-1',
    maxAttempts: 2,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
  const within = (signal: AbortSignal) => refundStore(client, 'refunds', signal);
  const refund = { no_refund: '1' } as Refund;
  for (const store of [within(AbortSignal.timeout(5_000)), within(AbortSignal.abort())]) {
    await expect(store.create(refund)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining(NOTHING),
    });
  }
});

test('get returns the record of the latest write', async () => {
  const bodies: string[] = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      answer.end('{}');
    });
  });
  const client = new DynamoDBClient({
    endpoint: await listen(server, 0, 'a table'),
    region: 'ap-east-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
  expect(await refundStore(client, 'refunds', AbortSignal.timeout(5_000)).get('1')).toBeUndefined();
  client.destroy();
  await close(server);
  expect(bodies.map((body) => JSON.parse(body))).toEqual([expect.objectContaining({ ConsistentRead: true })]);
});

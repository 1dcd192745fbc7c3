import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Engine } from '../../sandbox/dynamodb.ts';
import { type Sandbox, startSandbox, tableClient } from '../../sandbox/sandbox.ts';
import type { StreamBatch } from '../../sandbox/stream-batch.ts';
import { createTable, tableDefinition } from '../../sandbox/table.ts';
import { type Deliver, followTable, type TableStream } from '../../sandbox/table-stream.ts';
import { writeServerlessYml } from './serverless-yml.ts';

let sandbox: Sandbox;
let client: DynamoDBClient;
let stream: TableStream | undefined;

const follow = async (deliver: Deliver, more: { batchSize?: number } = {}) => {
  const { endpoint } = sandbox.dynamoDb;
  stream = await followTable({ endpoint, tableName: 'refunds', pollMs: 10, retryMs: 20, deliver, ...more });
};

afterEach(async () => {
  await stream?.stop();
  stream = undefined;
  client.destroy();
  await sandbox.stop();
});

const put = (no_refund: string, status = 'REQUESTED') => {
  const Item = { no_refund: { S: no_refund }, status: { S: status } };
  return client.send(new PutItemCommand({ TableName: 'refunds', Item }));
};

interface StreamRecord {
  eventSourceARN: string;
  eventName: string;
  dynamodb: {
    SequenceNumber: string;
    ApproximateCreationDateTime: unknown;
    OldImage?: object;
    NewImage: { no_refund: { S: string }; status: { S: string } };
  };
}

const recordsIn = (batch: StreamBatch) => batch.Records as unknown as StreamRecord[];
const numbersIn = (batch: StreamBatch) =>
  recordsIn(batch).map(({ dynamodb }) => dynamodb.NewImage.no_refund.S);

async function until(isSo: () => boolean): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!isSo()) {
    if (Date.now() > giveUpAt) throw new Error('what was waited for has not happened within 10 s');
    await new Promise((done) => setTimeout(done, 10));
  }
}

// Without Java 17 both run on dynalite; CI has Java.
describe.each<Engine>(['java', 'dynalite'])('%s', (engine) => {
  beforeEach(async () => {
    sandbox = await startSandbox({ engine, serverlessYmlPath: writeServerlessYml() });
    client = tableClient(sandbox.settings);
  }, 60_000);

  test("changes arrive in order, in Lambda's form, each once", async () => {
    await put('before');
    const batches: StreamBatch[] = [];
    await follow(async (batch) => {
      batches.push(batch);
      return { batchItemFailures: [] };
    });
    await until(() => batches.length === 1);
    await put('after');
    await put('after', 'PROCESSING');
    await until(() => batches.flatMap(numbersIn).length === 3);
    expect(batches.flatMap(numbersIn)).toEqual(['before', 'after', 'after']);
    const records = batches.flatMap(recordsIn);
    expect(records.map(({ eventName }) => eventName)).toEqual(['INSERT', 'INSERT', 'MODIFY']);
    expect(records[2]?.dynamodb).toMatchObject({
      OldImage: { status: { S: 'REQUESTED' } },
      NewImage: { status: { S: 'PROCESSING' } },
    });
    for (const { eventSourceARN, dynamodb } of records) {
      expect(eventSourceARN).toMatch(/^arn:aws:dynamodb:.*stream/);
      expect(dynamodb.ApproximateCreationDateTime).toEqual(expect.any(Number));
      expect(Number(dynamodb.ApproximateCreationDateTime)).toBeLessThan(Date.now() / 1_000 + 60);
      expect(dynamodb.SequenceNumber).toMatch(/^\d+$/);
    }
  }, 30_000);

  test('after a failure, delivery continues with the first failed record, and no later record comes before it', async () => {
    for (const number of ['1', '2', '3', '4', '5', '6']) await put(number);
    const batches: string[][] = [];
    const answers = [
      // The third and the fourth record fail: the first of them counts.
      (ids: string[]) => ({ batchItemFailures: [{ itemIdentifier: ids[3] }, { itemIdentifier: ids[2] }] }),
      () => {
        throw new Error('the function threw');
      },
      () => ({ batchItemFailures: [{ itemIdentifier: 'of another batch' }] }),
      () => undefined,
    ];
    await follow(
      async (batch) => {
        batches.push(numbersIn(batch));
        return answers.shift()?.(batch.Records.map(({ dynamodb }) => dynamodb.SequenceNumber));
      },
      { batchSize: 4 },
    );
    await until(() => batches.length === 5);
    expect(batches).toEqual([
      ['1', '2', '3', '4'],
      ['3', '4'],
      ['3', '4'],
      ['3', '4'],
      ['5', '6'],
    ]);
  }, 30_000);

  test('stop does not wait for a function that hangs', async () => {
    await put('1');
    let isCalled = false;
    await follow((_batch, signal) => {
      isCalled = true;
      return new Promise((_done, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
    });
    await until(() => isCalled);
    // It would wait for ever.
    await stream?.stop();
  }, 30_000);

  test('a table without a stream is refused', async () => {
    const { endpoint } = sandbox.dynamoDb;
    const { StreamSpecification: _, ...definition } = tableDefinition(writeServerlessYml(), 'RefundsTable');
    await createTable(client, 'plain', definition);
    const deliver = () => Promise.reject(new Error('nothing to deliver'));
    await expect(followTable({ endpoint, tableName: 'plain', deliver })).rejects.toThrow(
      'The table plain has no stream',
    );
  });
});

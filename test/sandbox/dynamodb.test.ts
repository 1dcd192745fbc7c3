import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { isJavaReady } from '../../sandbox/dynamodb/dynamodb-local.ts';
import { type DynamoDb, type Engine, startDynamoDb } from '../../sandbox/dynamodb.ts';
import { createTable, tableDefinition } from '../../sandbox/table.ts';
import { writeServerlessYml } from './serverless-yml.ts';

const TableName = 'refunds';
const item = {
  no_refund: { S: '1' },
  status: { S: 'REQUESTED' },
  shard: { S: 'a' },
  next_check_at: { N: '5' },
};
const Key = { no_refund: item.no_refund };
const onlyNew = { ConditionExpression: 'attribute_not_exists(no_refund)' };
const oldItem = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

describe.each<Engine>(['java', 'dynalite'])('%s', (prefer) => {
  let database: DynamoDb;
  let client: DynamoDBClient;

  beforeAll(async () => {
    database = await startDynamoDb({ port: 0, prefer });
    client = new DynamoDBClient({
      endpoint: database.endpoint,
      region: 'ap-east-1',
      credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    });
    await createTable(client, TableName, tableDefinition(writeServerlessYml(), 'RefundsTable'));
    await client.send(new PutItemCommand({ TableName, Item: item }));
  }, 60_000);
  afterAll(async () => {
    client.destroy();
    await database.stop();
    await expect(fetch(database.endpoint)).rejects.toThrow();
  });

  test('is the preferred engine, or dynalite where Java is missing', async () => {
    expect(database.engine).toBe((await isJavaReady()) ? prefer : 'dynalite');
    expect(new URL(database.endpoint).hostname).toBe('127.0.0.1');
  });

  test('has the table with its index', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    const { Items } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'due',
        KeyConditionExpression: '#shard = :shard',
        ExpressionAttributeNames: { '#shard': 'shard' },
        ExpressionAttributeValues: { ':shard': { S: 'a' } },
      }),
    );
    expect(Items).toHaveLength(1);
  });

  test.each([
    [
      'put',
      () => new PutItemCommand({ TableName, Item: { ...Key, other: { S: 'x' } }, ...onlyNew, ...oldItem }),
    ],
    ['update', () => new UpdateItemCommand({ TableName, Key, ...onlyNew, ...oldItem })],
    ['delete', () => new DeleteItemCommand({ TableName, Key, ...onlyNew, ...oldItem })],
  ])('a failed condition of a %s brings the old item', async (_, command) => {
    await expect(client.send(command() as PutItemCommand)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: item,
    });
  });

  test('returns no old item unrequested, or where none exists', async () => {
    const put = new PutItemCommand({ TableName, Item: item, ...onlyNew });
    const error = await client.send(put).catch((thrown) => thrown);
    expect([error.name, error.Item]).toEqual(['ConditionalCheckFailedException', undefined]);
    const update = new UpdateItemCommand({
      TableName,
      Key: { no_refund: { S: 'none' } },
      ConditionExpression: 'attribute_exists(no_refund)',
      ...oldItem,
    });
    const other = await client.send(update).catch((thrown) => thrown);
    expect([other.name, other.Item]).toEqual(['ConditionalCheckFailedException', undefined]);
  });

  test('lets one of many writers with the same condition win, and returns its item to the others', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const Item = { no_refund: { S: 'race' }, writer: { N: String(n) } };
        const put = new PutItemCommand({ TableName, Item, ...onlyNew, ...oldItem });
        return client.send(put).then(
          () => Item,
          (error) => error.Item,
        );
      }),
    );
    expect(new Set(results.map(({ writer }) => writer.N)).size).toBe(1);
  });

  test.each(['{', '{}', '{"TableName":"refunds"}', '{"TableName":"refunds","Item":{}}'])(
    'refuses the write %s',
    async (body) => {
      const headers = {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': 'DynamoDB_20120810.PutItem',
        'X-Amz-Date': '20260102T030405Z',
        Authorization:
          'AWS4-HMAC-SHA256 Credential=x/20260102/ap-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
      };
      expect((await fetch(database.endpoint, { method: 'POST', headers, body })).ok).toBe(false);
    },
  );

  test('a port in use causes an error that names the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await expect(startDynamoDb({ port, prefer })).rejects.toThrow(`Port ${port} is in use`);
    other.close();
  });
});

test('Java ends with the process that started it, even if that is killed', async () => {
  if (!(await isJavaReady())) return;
  const script = `
    const { startDynamoDb } = await import('./sandbox/dynamodb.ts');
    const { endpoint } = await startDynamoDb({ port: 0, prefer: 'java' });
    console.log(endpoint);`;
  const node = join(process.cwd(), 'node_modules/.bin/node');
  const parent = execFile(node, ['--input-type=module', '-e', script]);
  const [line] = await once(parent.stdout as NodeJS.ReadableStream, 'data');
  const endpoint = String(line).trim();
  expect((await fetch(endpoint)).status).toBe(400);
  parent.kill('SIGKILL');
  await expect(untilConnectionRefused(endpoint)).resolves.toBe('refused');
}, 60_000);

async function untilConnectionRefused(url: string): Promise<string> {
  const end = Date.now() + 5_000;
  while (Date.now() < end) {
    const refused = await fetch(url).then(
      (response) => response.text().then(() => false),
      () => true,
    );
    if (refused) return 'refused';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return 'still answering';
}

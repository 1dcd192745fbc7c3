import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  type StreamViewType,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type ShardIteratorType,
} from '@aws-sdk/client-dynamodb-streams';
import { type DynamoDb, type Engine, startDynamoDb } from '../../sandbox/dynamodb.ts';

const Key = { id: { S: '1' } };
const Item = { ...Key, status: { S: 'a' }, bytes: { B: new Uint8Array([1, 2]) }, count: { N: '1' } };
const changed = { ...Item, status: { S: 'b' } };
let tables = 0;

// Without Java 17 both run on dynalite; CI has Java.
describe.each<Engine>(['java', 'dynalite'])('%s', (prefer) => {
  let database: DynamoDb;
  let client: DynamoDBClient;
  let streams: DynamoDBStreamsClient;
  let TableName: string;

  beforeAll(async () => {
    database = await startDynamoDb({ port: 0, prefer });
    const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
    const access = { endpoint: database.endpoint, region: 'ap-east-1', credentials };
    client = new DynamoDBClient(access);
    streams = new DynamoDBStreamsClient(access);
  }, 60_000);
  afterAll(async () => {
    client.destroy();
    streams.destroy();
    await database.stop();
  });

  const createTable = async (view?: StreamViewType) => {
    tables += 1;
    TableName = `table-${tables}`;
    const create = new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: view && { StreamEnabled: true, StreamViewType: view },
    });
    return (await client.send(create)).TableDescription;
  };
  beforeEach(async () => {
    await createTable('NEW_AND_OLD_IMAGES');
  });

  const put = (item: typeof Item) => client.send(new PutItemCommand({ TableName, Item: item }));
  const streamArn = async () =>
    (await client.send(new DescribeTableCommand({ TableName }))).Table?.LatestStreamArn;
  const iterator = async (type: ShardIteratorType, SequenceNumber?: string) => {
    const StreamArn = await streamArn();
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
    const position = { StreamArn, ShardId, ShardIteratorType: type, SequenceNumber };
    return (await streams.send(new GetShardIteratorCommand(position))).ShardIterator;
  };
  const read = async (ShardIterator: string | undefined, Limit?: number) => {
    const answer = await streams.send(new GetRecordsCommand({ ShardIterator, Limit }));
    const records = (answer.Records ?? []).map((record) => ({ ...record, ...record.dynamodb }));
    return { records, next: answer.NextShardIterator };
  };
  const allRecords = async () => (await read(await iterator('TRIM_HORIZON'))).records;
  const changesOf = async () =>
    (await allRecords()).map(({ eventName, OldImage, NewImage }) => [eventName, OldImage, NewImage]);

  test('put, update and delete make a record each, with the images', async () => {
    await put(Item);
    const update = 'SET #status = :b';
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: update,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':b': { S: 'b' } },
      }),
    );
    await put(Item);
    await client.send(new DeleteItemCommand({ TableName, Key }));
    await client.send(new UpdateItemCommand({ TableName, Key }));
    expect(await changesOf()).toEqual([
      ['INSERT', undefined, Item],
      ['MODIFY', Item, changed],
      ['MODIFY', changed, Item],
      ['REMOVE', Item, undefined],
      ['INSERT', undefined, Key],
    ]);
    const records = await allRecords();
    expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(5);
    const numbers = records.map(({ SequenceNumber = '' }) => SequenceNumber);
    expect(numbers).toEqual([...new Set(numbers)].sort());
    for (const record of records) {
      expect(record).toMatchObject({ Keys: Key, StreamViewType: 'NEW_AND_OLD_IMAGES' });
      expect(record.eventSource).toBe('aws:dynamodb');
      expect(record.SequenceNumber).toMatch(/^\d{21}$/);
      expect(Math.abs(Date.now() - Number(record.ApproximateCreationDateTime))).toBeLessThan(120_000);
    }
  });

  test('a batch makes a record for each change', async () => {
    await put(Item);
    const second = { id: { S: '2' } };
    const RequestItems = {
      [TableName]: [
        { PutRequest: { Item: second } },
        { DeleteRequest: { Key } },
        { DeleteRequest: { Key: { id: { S: 'none' } } } },
      ],
    };
    await client.send(new BatchWriteItemCommand({ RequestItems }));
    const [, ...changes] = await changesOf();
    expect(changes).toHaveLength(2);
    expect(changes).toEqual(
      expect.arrayContaining([
        ['INSERT', undefined, second],
        ['REMOVE', Item, undefined],
      ]),
    );
  });

  test('what changes nothing makes no record', async () => {
    await put(Item);
    await put(Item);
    const onlyNew = { ConditionExpression: 'attribute_not_exists(id)' };
    const failing = [
      new PutItemCommand({ TableName, Item: changed, ...onlyNew }),
      new UpdateItemCommand({ TableName, Key, ...onlyNew }),
      new DeleteItemCommand({ TableName, Key, ...onlyNew }),
    ];
    for (const command of failing) {
      await expect(client.send(command as PutItemCommand)).rejects.toThrow('conditional request failed');
    }
    await client.send(new UpdateItemCommand({ TableName, Key }));
    await client.send(new DeleteItemCommand({ TableName, Key: { id: { S: 'none' } } }));
    expect(await changesOf()).toEqual([['INSERT', undefined, Item]]);
  });

  test('the same item in other words makes no record', async () => {
    const sets = { strings: { SS: ['x', 'y'] }, numbers: { NS: ['1', '2'] } };
    await put({ ...Item, ...sets });
    await put({ ...Item, count: { N: '1.0' }, ...sets });
    const reordered = { strings: { SS: ['y', 'x'] }, numbers: { NS: ['2', '1.0'] } };
    await put({ ...Item, ...reordered });
    expect(await allRecords()).toHaveLength(1);
  });

  test('the images of concurrent writes follow from each other', async () => {
    const writers = Array.from({ length: 10 }, (_, n) => put({ ...Item, count: { N: String(n + 2) } }));
    await Promise.all(writers);
    const changes = await changesOf();
    expect(changes).toHaveLength(10);
    for (const [index, [, before]] of changes.entries()) expect(before).toEqual(changes[index - 1]?.[2]);
  });

  test('an iterator begins at the beginning, the end, or a record, and goes on', async () => {
    await put(Item);
    await put(changed);
    await put(Item);
    const numbers = (await allRecords()).map(({ SequenceNumber = '' }) => SequenceNumber);
    const latest = await iterator('LATEST');
    const from = async (start: string | undefined) =>
      (await read(start)).records.map(({ SequenceNumber = '' }) => SequenceNumber);
    expect(await from(await iterator('AT_SEQUENCE_NUMBER', numbers[1]))).toEqual(numbers.slice(1));
    expect(await from(await iterator('AFTER_SEQUENCE_NUMBER', numbers[1]))).toEqual(numbers.slice(2));
    const first = await read(await iterator('TRIM_HORIZON'), 2);
    expect(first.records).toHaveLength(2);
    expect(await from(first.next)).toEqual(numbers.slice(2));
    expect(await from(latest)).toEqual([]);
    await put(changed);
    const [added, ...more] = (await read(latest)).records;
    expect([added?.OldImage, added?.NewImage, more]).toEqual([Item, changed, []]);
  });

  test('the table, its stream and the list of streams agree', async () => {
    const created = await createTable('NEW_AND_OLD_IMAGES');
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      LatestStreamArn: created?.LatestStreamArn,
      LatestStreamLabel: created?.LatestStreamLabel,
    });
    const named = { StreamArn: Table?.LatestStreamArn, StreamLabel: Table?.LatestStreamLabel, TableName };
    expect(named.StreamArn).toBe(`${Table?.TableArn}/stream/${named.StreamLabel}`);
    expect((await streams.send(new ListStreamsCommand({ TableName }))).Streams).toEqual([named]);
    const { StreamArn } = named;
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    expect(StreamDescription).toMatchObject({
      ...named,
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
    const ExclusiveStartShardId = StreamDescription?.Shards?.[0]?.ShardId;
    const rest = await streams.send(new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }));
    expect(rest.StreamDescription?.Shards).toEqual([]);
  });

  test.each<[StreamViewType, object]>([
    ['KEYS_ONLY', {}],
    ['NEW_IMAGE', { NewImage: changed }],
    ['OLD_IMAGE', { OldImage: Item }],
  ])('%s chooses the images', async (view, images) => {
    await createTable(view);
    await put(Item);
    await put(changed);
    const { dynamodb: { Keys, OldImage, NewImage, StreamViewType } = {} } = (await allRecords())[1] ?? {};
    expect({ Keys, OldImage, NewImage, StreamViewType }).toEqual({
      Keys: Key,
      StreamViewType: view,
      ...images,
    });
  });

  test('a table without a stream tells none, and takes writes', async () => {
    await createTable();
    await put(Item);
    expect(await streamArn()).toBeUndefined();
    expect((await streams.send(new ListStreamsCommand({ TableName }))).Streams).toEqual([]);
  });

  test('a stream, shard or position that does not exist is refused', async () => {
    const StreamArn = await streamArn();
    const missing = { name: 'ResourceNotFoundException' };
    const unknown = `${StreamArn}0`;
    await expect(streams.send(new DescribeStreamCommand({ StreamArn: unknown }))).rejects.toMatchObject(
      missing,
    );
    const ShardId = 'shardId-00000000000000000000-00000000';
    const iterate = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    await expect(streams.send(new GetShardIteratorCommand(iterate))).rejects.toMatchObject(missing);
    await expect(iterator('NOWHERE' as ShardIteratorType)).rejects.toThrow();
  });

  test('a table that is created again has nothing of the old stream', async () => {
    const createAgain = async (view?: StreamViewType) => {
      await client.send(new DeleteTableCommand({ TableName }));
      tables -= 1;
      return (await createTable(view))?.LatestStreamArn;
    };
    await put(Item);
    const old = await streamArn();
    // DynamoDB Local still names the deleted table's stream.
    if (database.engine === 'dynalite') expect(await createAgain()).toBeUndefined();
    expect(await createAgain('NEW_AND_OLD_IMAGES')).not.toBe(old);
    expect(await allRecords()).toEqual([]);
  });
});

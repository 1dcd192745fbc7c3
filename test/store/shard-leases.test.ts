import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { tableDefinition } from '../../sandbox/table.ts';
import { isLeaseKey, leaseKey, type ShardLeases } from '../../shared/app/ports/runs.ts';
import { SHARDS } from '../../shared/app/schedule.ts';
import { shardLeases } from '../../shared/store/shard-leases.ts';
import { Leases } from '../simulation/leases.ts';
import { openTable } from './open-table.ts';

interface LeasesUnderTest {
  leases: ShardLeases;
  client?: DynamoDBClient;
  stop(): Promise<void>;
}

async function inTable(prefer: 'java' | 'dynalite'): Promise<LeasesUnderTest> {
  const { client, stop } = await openTable(prefer);
  return { leases: shardLeases(client, 'refunds', AbortSignal.timeout(60_000)), client, stop };
}

async function simulated(): Promise<LeasesUnderTest> {
  const leases = new Leases();
  return {
    leases: {
      acquire: async (...lease) => leases.acquire(...lease),
      release: async (shard, id) => leases.release(shard, id),
    },
    stop: async () => undefined,
  };
}

describe.each([
  ['the table in dynalite', () => inTable('dynalite')],
  // Without Java 17 this runs dynalite again; CI has Java.
  ["the table in AWS's DynamoDB Local", () => inTable('java')],
  // What the simulation shows is worth as much as its leases are like the real ones.
  ['the simulated table', simulated],
] as const)('the leases of shards in %s', (_where, open) => {
  let opened: LeasesUnderTest;
  beforeAll(async () => {
    opened = await open();
  }, 30_000);
  afterAll(() => opened?.stop());

  test('are acquired by one run, until it releases them', async () => {
    const { leases } = opened;
    expect(await leases.acquire('0', 'a', 1_000, 2_000)).toBe(true);
    expect(await leases.acquire('0', 'b', 1_000, 2_000)).toBe(false);
    expect(await leases.acquire('1', 'b', 1_000, 2_000)).toBe(true);
    await leases.release('0', 'a');
    expect(await leases.acquire('0', 'b', 1_000, 2_000)).toBe(true);
  });

  test('are acquired once more by the run that holds them: the answer to the first try may be lost', async () => {
    const { leases } = opened;
    expect(await leases.acquire('2', 'a', 1_000, 2_000)).toBe(true);
    expect(await leases.acquire('2', 'a', 1_100, 2_000)).toBe(true);
  });

  test('end by themselves, a millisecond after their time', async () => {
    const { leases } = opened;
    expect(await leases.acquire('3', 'a', 1_000, 2_000)).toBe(true);
    expect(await leases.acquire('3', 'b', 2_000, 3_000)).toBe(false);
    expect(await leases.acquire('3', 'b', 2_001, 3_000)).toBe(true);
  });

  test('are not believed where they end later than any run can hold them', async () => {
    const { leases } = opened;
    expect(await leases.acquire('7', 'a', 1_000, 251_001)).toBe(true);
    expect(await leases.acquire('7', 'b', 1_000, 251_000)).toBe(true);
    expect(await leases.acquire('7', 'c', 1_000, 251_000)).toBe(false);
  });

  test('are not released by a run that has held them before, or never', async () => {
    const { leases } = opened;
    await leases.acquire('4', 'a', 1_000, 2_000);
    await leases.acquire('4', 'b', 2_001, 3_000);
    await leases.release('4', 'a');
    await leases.release('5', 'a');
    expect(await leases.acquire('4', 'c', 2_500, 3_000)).toBe(false);
  });

  test('are in none of the indexes', async () => {
    const { client, leases } = opened;
    if (!client) return;
    await leases.acquire('6', 'a', 1_000, 2_000);
    const { GlobalSecondaryIndexes = [] } = tableDefinition('serverless.yml', 'RefundsTable') as {
      GlobalSecondaryIndexes?: { IndexName: string; KeySchema: { AttributeName: string }[] }[];
    };
    expect(GlobalSecondaryIndexes).toHaveLength(6);
    for (const { IndexName, KeySchema } of GlobalSecondaryIndexes)
      for (const value of [leaseKey('6'), '6', 'a']) {
        const { Count } = await client.send(
          new QueryCommand({
            TableName: 'refunds',
            IndexName,
            KeyConditionExpression: '#key = :value',
            ExpressionAttributeNames: { '#key': String(KeySchema[0]?.AttributeName) },
            ExpressionAttributeValues: { ':value': { S: value } },
          }),
        );
        expect({ IndexName, Count }).toEqual({ IndexName, Count: 0 });
      }
  });
});

test('a table out of reach is told as such', async () => {
  const client = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'ap-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
  const leases = shardLeases(client, 'refunds', AbortSignal.timeout(5_000));
  await expect(leases.acquire('0', 'a', 1, 2)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  await expect(leases.release('0', 'a')).rejects.toMatchObject({ name: 'ServiceUnavailable' });
});

test('the key of a lease can be no refund’s number: those have 32 characters at most', () => {
  for (const shard of SHARDS) {
    expect(leaseKey(shard).length).toBeGreaterThan(32);
    expect(isLeaseKey(leaseKey(shard))).toBe(true);
  }
  for (const key of ['1', '', undefined, 'reconciliation-lease']) expect(isLeaseKey(key)).toBe(false);
});

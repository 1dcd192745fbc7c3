import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Sandbox, tableClient } from '../sandbox/sandbox.ts';
import { SHARDS } from '../shared/app/schedule.ts';
import { toItem } from '../shared/store/attribute-values.ts';
import { refundStore } from '../shared/store/refund-store.ts';

const dueRefunds = 20;
const batchSize = 25;
const writers = 8;

/** Prints the read units of a search for due refunds, with more and more finished refunds in the table. */
export async function printReadUnits({ settings }: Sandbox, finishedCounts: number[]): Promise<void> {
  const client = tableClient(settings);
  const consumed = countUnits(client);
  const store = refundStore(client, settings.REFUNDS_TABLE, AbortSignal.timeout(600_000));
  for (let number = 0; number < dueRefunds; number += 1) {
    await store.create({ ...record(`due-${number}`), status: 'PROCESSING', ...due(number) });
  }
  let finished = 0;
  for (const count of finishedCounts) {
    await fill(client, settings.REFUNDS_TABLE, finished, count);
    finished = count;
    consumed.reset();
    const found = (await Promise.all(SHARDS.map((shard) => store.due(shard, 2, batchSize)))).flat();
    console.log(`  ${count} finished: ${consumed.units()} read units for ${found.length} due refunds`);
  }
  client.destroy();
}

function countUnits(client: DynamoDBClient): { units(): number; reset(): void } {
  let units = 0;
  client.middlewareStack.add(
    (next) => async (request) => {
      Object.assign(request.input, { ReturnConsumedCapacity: 'TOTAL' });
      const result = await next(request);
      units +=
        (result.output as { ConsumedCapacity?: { CapacityUnits?: number } }).ConsumedCapacity
          ?.CapacityUnits ?? 0;
      return result;
    },
    { step: 'initialize' },
  );
  return {
    units: () => units,
    reset: () => {
      units = 0;
    },
  };
}

const record = (no_refund: string) => ({
  no_refund,
  kind: 'refund' as const,
  version: 3,
  money_refund: '200.10',
  oid_partner: '201103171000000000',
  no_order: '2013051500001',
  notify_url: 'https://merchant.example/refund-notifications',
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
});

const finished = (number: number) => ({
  ...record(`finished-${number}`),
  status: 'SUCCEEDED' as const,
  sta_refund: '2',
});

const unfinished = (number: number) => ({
  ...record(`unfinished-${number}`),
  status: 'PROCESSING' as const,
  dt_refund: '20260101000000',
  ...due(number),
});

const due = (number: number) => ({ shard: String(number % SHARDS.length), next_check_at: 1, check_wait: 1 });

/** Writes refunds: finished ones, or such as are due and unfinished. */
export async function fill(
  client: DynamoDBClient,
  table: string,
  from: number,
  to: number,
  isDue = false,
): Promise<void> {
  let next = from;
  const write = async () => {
    while (next < to) {
      const numbers = Array.from({ length: Math.min(batchSize, to - next) }, (_, index) => next + index);
      next += numbers.length;
      const puts = numbers.map((number) => ({
        PutRequest: {
          Item: toItem(isDue ? unfinished(number) : finished(number)),
        },
      }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts } }));
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}

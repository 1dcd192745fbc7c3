import { setTimeout as wait } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Lists, Part, Place } from '../app/ports/lists.ts';
import type { Refund } from '../domain/refund.ts';
import { fromItem, toItem } from './attribute-values.ts';
import { reached } from './out-of-reach.ts';

type Key = Record<string, AttributeValue>;

/** The index by each field, sorted by `created_at` (serverless.yml). */
const INDEXES: Record<Part['field'], string> = {
  no_order: 'refunds-by-no-order',
  oid_paybill: 'refunds-by-oid-paybill',
  day_shard: 'refunds-by-day',
  attention: 'refunds-with-attention',
  in_conflict: 'refunds-in-conflict',
};

/** Before what DynamoDB has left out is asked for again, milliseconds. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * The lists of the table of refunds.
 *
 * @param abortSignal when to give a request up, the SDK's own repetitions included
 */
export function refundLists(client: DynamoDBClient, tableName: string, abortSignal: AbortSignal): Lists {
  const query = (index: string, key: [field: string, value: string], more: Partial<QueryCommandInput>) => {
    const command = new QueryCommand({ TableName: tableName, IndexName: index, ...keyIs(...key), ...more });
    return reached(() => client.send(command, { abortSignal }));
  };
  return {
    places: async ({ field, value }, limit, after) => {
      const ExclusiveStartKey = after && keyOf(after, field, value);
      return placesIn(await query(INDEXES[field], [field, value], { Limit: limit, ExclusiveStartKey }));
    },
    unfinished: async function* (shard) {
      let ExclusiveStartKey: Key | undefined;
      do {
        const page = await query('due-refunds', ['shard', shard], { ExclusiveStartKey });
        yield placesIn(page);
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    },
    records: (noRefunds) => reached(() => recordsOf(client, tableName, noRefunds, abortSignal)),
  };
}

function keyIs(field: string, value: string) {
  return {
    KeyConditionExpression: '#field = :value',
    ExpressionAttributeNames: { '#field': field },
    ExpressionAttributeValues: { ':value': { S: value } },
  };
}

/** DynamoDB refuses a key that has anything else in it. */
function keyOf({ created_at, no_refund }: Place, field: Part['field'], value: string): Key {
  return toItem({ created_at, no_refund, [field]: value });
}

function placesIn({ Items = [] }: QueryCommandOutput): Place[] {
  return Items.map((item) => {
    const { created_at, no_refund } = fromItem(item) as unknown as Place;
    return { created_at, no_refund };
  });
}

/** Reads until DynamoDB has left nothing out: throttled, or more than it sends at once. */
async function recordsOf(
  client: DynamoDBClient,
  tableName: string,
  noRefunds: readonly string[],
  abortSignal: AbortSignal,
): Promise<Refund[]> {
  const records: Refund[] = [];
  let keys: Key[] | undefined = noRefunds.map((no_refund) => ({ no_refund: { S: no_refund } }));
  for (let pauseMs = FIRST_PAUSE_MS; keys; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const command = new BatchGetItemCommand({
      RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } },
    });
    const answer: BatchGetItemCommandOutput = await client.send(command, { abortSignal });
    const items = answer.Responses?.[tableName] ?? [];
    records.push(...items.map((item) => fromItem(item) as unknown as Refund));
    keys = answer.UnprocessedKeys?.[tableName]?.Keys;
    if (keys) await wait(pauseMs, undefined, { signal: abortSignal });
  }
  return records;
}

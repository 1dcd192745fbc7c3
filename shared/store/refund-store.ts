import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Changes, Counted, DueRefund, Store, Written } from '../app/ports.ts';
import { ServiceUnavailable } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import { fromItem, toItem } from './attribute-values.ts';
import { updateExpressions } from './expressions.ts';

type Item = Record<string, AttributeValue>;

/** Sparse: only unfinished refunds have its keys (serverless.yml). */
const DUE_INDEX = 'due-refunds';

/**
 * The table of refunds. A failed condition brings the old item with it, so that nobody reads before a write or
 * after one.
 *
 * @param abortSignal when to give a request up, the SDK's own repetitions included
 */
export function refundStore(client: DynamoDBClient, tableName: string, abortSignal: AbortSignal): Store {
  const key = (noRefund: string) => ({ TableName: tableName, Key: { no_refund: { S: noRefund } } });

  return {
    get: (noRefund) =>
      reached(async () => {
        const input = { ...key(noRefund), ConsistentRead: true };
        return refundIn((await client.send(new GetItemCommand(input), { abortSignal })).Item);
      }),

    create: (refund) =>
      conditional(async () => {
        const input = {
          TableName: tableName,
          Item: toItem(refund),
          ConditionExpression: 'attribute_not_exists(no_refund)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        } as const;
        await client.send(new PutItemCommand(input), { abortSignal });
        return { written: true, refund };
      }),

    update: (noRefund, expected, changes, counted = []) =>
      conditional(async () => {
        const input = {
          ...key(noRefund),
          ...updateExpressions(expected, changes, counted),
          ReturnValues: 'ALL_OLD',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        } as const;
        const before = refundIn(
          (await client.send(new UpdateItemCommand(input), { abortSignal })).Attributes,
        );
        if (!before) throw new Error('an update came back without the old item');
        return { written: true, refund: changed(before, changes, counted), before };
      }),

    due: (shard, nowMs, limit, after) =>
      reached(async () => {
        const input = {
          TableName: tableName,
          IndexName: DUE_INDEX,
          KeyConditionExpression: '#shard = :shard AND next_check_at <= :now',
          ExpressionAttributeNames: { '#shard': 'shard' },
          ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { N: String(nowMs) } },
          Limit: limit,
          ExclusiveStartKey: after && toItem(pick(after)),
        };
        const { Items = [] } = await client.send(new QueryCommand(input), { abortSignal });
        return Items.map((item) => fromItem(item) as DueRefund);
      }),
  };
}

/** The index's key of a refund, from which a next page goes on. */
function pick({ no_refund, shard, next_check_at }: DueRefund): object {
  return { no_refund, shard, next_check_at };
}

function refundIn(item: Item | undefined): Refund | undefined {
  return item && (fromItem(item) as unknown as Refund);
}

/** What the item is after an update of it: spares asking for the new item beside the old one. */
function changed(before: Refund, changes: Changes, counted: Counted[]): Refund {
  const sums = Object.fromEntries(counted.map((field) => [field, (before[field] ?? 0) + 1]));
  const merged = Object.entries({ ...before, ...changes, ...sums }).filter(([, is]) => is !== undefined);
  return Object.fromEntries(merged) as unknown as Refund;
}

function conditional(write: () => Promise<Written>): Promise<Written> {
  return reached(() =>
    write().catch((error) => {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { written: false, refund: refundIn(error.Item) };
    }),
  );
}

/** Requests that are ours to correct; everything else is the table, the way to it, or the right to use it. */
const OUR_FAULT = new Set(['ValidationException', 'SerializationException']);

async function reached<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    if (OUR_FAULT.has(name)) throw error;
    throw new ServiceUnavailable(
      `The table of refunds is out of reach (${name}). This call has sent nothing: repeat it, unchanged.`,
      {},
      { cause: error },
    );
  }
}

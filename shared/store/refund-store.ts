import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Changes, Counted, DueRefund, Store, Written } from '../app/ports/store.ts';
import { OutcomeUnknown } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import { fromItem, toItem } from './attribute-values.ts';
import { updateExpressions } from './expressions.ts';
import { nameOf, outOfReach, reached } from './out-of-reach.ts';
import { watchFate } from './write-fate.ts';

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

    create: (refund) => {
      const command = new PutItemCommand({
        TableName: tableName,
        Item: toItem(refund),
        ConditionExpression: 'attribute_not_exists(no_refund)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return conditional(command, abortSignal, async () => {
        await client.send(command, { abortSignal });
        return { written: true, refund };
      });
    },

    update: (noRefund, expected, changes, counted = []) => {
      const command = new UpdateItemCommand({
        ...key(noRefund),
        ...updateExpressions(expected, changes, counted),
        ReturnValues: 'ALL_OLD',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return conditional(command, abortSignal, async () => {
        const before = refundIn((await client.send(command, { abortSignal })).Attributes);
        if (!before) throw new Error('an update came back without the old item');
        return { written: true, refund: changed(before, changes, counted), before };
      });
    },

    due: (shard, nowMs, limit, after) =>
      reached(async () => {
        const page = { Limit: limit, ExclusiveStartKey: after && toItem(pick(after)) };
        const input = { TableName: tableName, ...dueIn(shard, nowMs), ...page };
        const { Items = [] } = await client.send(new QueryCommand(input), { abortSignal });
        return Items.map((item) => fromItem(item) as DueRefund);
      }),

    countDue: (shard, nowMs) =>
      reached(async () => {
        const input = { TableName: tableName, ...dueIn(shard, nowMs), Select: 'COUNT' as const };
        const { Count = 0 } = await client.send(new QueryCommand(input), { abortSignal });
        return Count;
      }),
  };
}

/** The query for what is due in a part of the index. */
function dueIn(shard: string, nowMs: number) {
  return {
    IndexName: DUE_INDEX,
    KeyConditionExpression: '#shard = :shard AND next_check_at <= :now',
    ExpressionAttributeNames: { '#shard': 'shard' },
    ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { N: String(nowMs) } },
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
function changed(before: Refund, changes: Changes, counted: readonly Counted[]): Refund {
  const sums = Object.fromEntries(counted.map((field) => [field, (before[field] ?? 0) + 1]));
  const merged = Object.entries({ ...before, ...changes, ...sums }).filter(([, is]) => is !== undefined);
  return Object.fromEntries(merged) as unknown as Refund;
}

async function conditional(
  command: PutItemCommand | UpdateItemCommand,
  abortSignal: AbortSignal,
  write: () => Promise<Written>,
): Promise<Written> {
  if (abortSignal.aborted) throw outOfReach(abortSignal.reason);
  const fate = watchFate(command as PutItemCommand);
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException)
      return { written: false, refund: refundIn(error.Item) };
    throw fate.mayBeWritten ? unconfirmed(error) : outOfReach(error);
  }
}

function unconfirmed(cause: unknown): OutcomeUnknown {
  return new OutcomeUnknown(
    `The table of refunds did not confirm a write (${nameOf(cause)}): whether it took effect is not known. This call ` +
      'has sent nothing, but the refund may be carried out later. Apply again, unchanged.',
    {},
    { cause },
  );
}

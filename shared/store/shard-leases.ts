import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { LONGEST_LEASE_MS, leaseKey, type ShardLeases } from '../app/ports/runs.ts';
import { outOfReach } from './out-of-reach.ts';

/**
 * The leases of the index's parts, each an item of the table of refunds.
 *
 * @param abortSignal when to give a request up, the SDK's own repetitions included
 */
export function shardLeases(
  client: DynamoDBClient,
  tableName: string,
  abortSignal: AbortSignal,
): ShardLeases {
  const update = (shard: string, expressions: object): Promise<boolean> => {
    const input = { TableName: tableName, Key: { no_refund: { S: leaseKey(shard) } }, ...expressions };
    return isWritten(() => client.send(new UpdateItemCommand(input), { abortSignal }));
  };
  return {
    acquire: (shard, id, nowMs, untilMs) => update(shard, acquiring(id, nowMs, untilMs)),
    release: async (shard, id) => {
      await update(shard, {
        ConditionExpression: 'lease_id = :id',
        UpdateExpression: 'REMOVE lease_id, lease_until',
        ExpressionAttributeValues: { ':id': { S: id } },
      });
    },
  };
}

/** The same lease is no hindrance: a repetition of the SDK's meets what its first try has written. */
function acquiring(id: string, nowMs: number, untilMs: number): object {
  return {
    ConditionExpression:
      'attribute_not_exists(lease_id) OR lease_until < :now OR lease_until > :latest OR lease_id = :id',
    UpdateExpression: 'SET lease_id = :id, lease_until = :until',
    ExpressionAttributeValues: {
      ':id': { S: id },
      ':now': { N: String(nowMs) },
      ':latest': { N: String(nowMs + LONGEST_LEASE_MS) },
      ':until': { N: String(untilMs) },
    },
  };
}

/** Whether the condition of a write held. */
async function isWritten(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw outOfReach(error);
  }
}

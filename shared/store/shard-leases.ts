import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { leaseKey, type ShardLeases } from '../app/ports/runs.ts';
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
  /** @returns whether the condition held; a repetition of the SDK's meets what its first try has written */
  const update = async (shard: string, expressions: object): Promise<boolean> => {
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: { no_refund: { S: leaseKey(shard) } },
      ...expressions,
    });
    try {
      await client.send(command, { abortSignal });
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw outOfReach(error);
    }
  };
  return {
    acquire: (shard, id, nowMs, untilMs) =>
      update(shard, {
        ConditionExpression: 'attribute_not_exists(lease_id) OR lease_until < :now OR lease_id = :id',
        UpdateExpression: 'SET lease_id = :id, lease_until = :until',
        ExpressionAttributeValues: {
          ':id': { S: id },
          ':now': { N: String(nowMs) },
          ':until': { N: String(untilMs) },
        },
      }),
    release: async (shard, id) => {
      await update(shard, {
        ConditionExpression: 'lease_id = :id',
        UpdateExpression: 'REMOVE lease_id, lease_until',
        ExpressionAttributeValues: { ':id': { S: id } },
      });
    },
  };
}

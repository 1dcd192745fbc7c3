import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { HistoryReader, HistoryWriter } from '../app/ports/history.ts';
import { tableOutOfReach } from './out-of-reach.ts';

/** How many changes one page of a story tells. */
const PAGE = 100;

/**
 * Writes the table of stories: one item for each change that told something, `no_refund` and `position` its key. Nothing
 * that is there is ever written again.
 *
 * @param abortSignal when to give a request up, the SDK's own repetitions included
 */
export function historyWriter(
  client: DynamoDBClient,
  tableName: string,
  abortSignal: AbortSignal,
): HistoryWriter {
  return {
    record: async (noRefund, position, entries) => {
      const command = new PutItemCommand({
        TableName: tableName,
        Item: {
          no_refund: { S: noRefund },
          position: { S: position },
          entries: { S: JSON.stringify(entries) },
        },
        ConditionExpression: 'attribute_not_exists(no_refund)',
      });
      try {
        await client.send(command, { abortSignal });
      } catch (error) {
        // The same change, handed in before.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}

/** Reads the table of stories. */
export function historyReader(
  client: DynamoDBClient,
  tableName: string,
  abortSignal: AbortSignal,
): HistoryReader {
  return {
    read: async (noRefund, after) => {
      const command = new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'no_refund = :number',
        ExpressionAttributeValues: { ':number': { S: noRefund } },
        Limit: PAGE,
        ExclusiveStartKey: after ? { no_refund: { S: noRefund }, position: { S: after } } : undefined,
      });
      const { Items = [], LastEvaluatedKey } = await client
        .send(command, { abortSignal })
        .catch((error) => Promise.reject(tableOutOfReach('stories', error)));
      const entries = Items.flatMap((item) => JSON.parse(item.entries?.S ?? '[]'));
      const next = LastEvaluatedKey?.position?.S;
      return { entries, ...(next && { next }) };
    },
  };
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Application, type Message, statusOf } from './messages.ts';
import { settings } from './settings.ts';

/** A refund as the table has it, by the gateway's names of fields. */
export interface Refund extends Application {
  oid_partner: string;
  dt_refund: string;
  notify_url: string;
  status: string;
  created_at: string;
  updated_at: string;
  oid_refundno?: string;
  settle_date?: string;
}

export const client = new DynamoDBClient({});
const table = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

export async function createRefund(refund: Refund): Promise<void> {
  await table.send(
    new PutCommand({
      TableName: settings.REFUNDS_TABLE,
      Item: refund,
      ConditionExpression: 'attribute_not_exists(no_refund)',
    }),
  );
}

/** Records what a verified message says. A refund that has ended stays as it is. */
export async function recordMessage(message: Message, text: string): Promise<Partial<Refund>> {
  const { Attributes = {} } = await table.send(
    new UpdateCommand({
      TableName: settings.REFUNDS_TABLE,
      Key: { no_refund: message.no_refund },
      UpdateExpression:
        'SET #status = :status, sta_refund = :sta, oid_refundno = :number, settle_date = :settled, #message = :message, updated_at = :now',
      ConditionExpression: 'attribute_exists(no_refund) AND NOT #status IN (:succeeded, :failed)',
      ExpressionAttributeNames: { '#status': 'status', '#message': 'message' },
      ExpressionAttributeValues: {
        ':status': statusOf(message),
        ':sta': message.sta_refund,
        ':number': message.oid_refundno ?? '',
        ':settled': message.settle_date ?? '',
        ':message': text,
        ':now': new Date().toISOString(),
        ':succeeded': 'SUCCEEDED',
        ':failed': 'FAILED',
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Attributes;
}

/** Records that the gateway has refused a refund. */
export async function recordRefusal(no_refund: string, ret_code: string): Promise<Partial<Refund>> {
  const { Attributes = {} } = await table.send(
    new UpdateCommand({
      TableName: settings.REFUNDS_TABLE,
      Key: { no_refund },
      UpdateExpression: 'SET #status = :status, ret_code = :code, updated_at = :now',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':status': 'REJECTED',
        ':code': ret_code,
        ':now': new Date().toISOString(),
      },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return Attributes;
}

/** Refunds that have been under way since before a moment, page by page. */
export async function* underWaySince(before: Date): AsyncGenerator<Refund[]> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await table.send(
      new QueryCommand({
        TableName: settings.REFUNDS_TABLE,
        IndexName: 'by-status',
        KeyConditionExpression: '#status = :status AND updated_at <= :before',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': 'PROCESSING', ':before': before.toISOString() },
        ExclusiveStartKey,
      }),
    );
    yield (page.Items ?? []) as Refund[];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

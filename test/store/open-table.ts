import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../sandbox/dynamodb.ts';
import { createTable, tableDefinition } from '../../sandbox/table.ts';

/** Starts a DynamoDB with the table `refunds` as serverless.yml defines it. */
export async function openTable(prefer: 'java' | 'dynalite') {
  const dynamoDb = await startDynamoDb({ port: 0, prefer });
  const client = new DynamoDBClient({
    endpoint: dynamoDb.endpoint,
    region: 'ap-east-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
  await createTable(client, 'refunds', tableDefinition('serverless.yml', 'RefundsTable'));
  const stop = async () => {
    client.destroy();
    await dynamoDb.stop();
  };
  return { client, stop };
}

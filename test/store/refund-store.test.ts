import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startDynamoDb } from '../../sandbox/dynamodb.ts';
import { createRefundsTable, refundsTableDefinition } from '../../sandbox/table.ts';
import { refundStore } from '../../shared/store/refund-store.ts';
import { type StoreUnderTest, storeContract } from './store-contract.ts';

async function open(engine: 'java' | 'dynalite'): Promise<StoreUnderTest> {
  const dynamoDb = await startDynamoDb({ port: 0, prefer: engine });
  const client = new DynamoDBClient({
    endpoint: dynamoDb.endpoint,
    region: 'ap-east-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
  await createRefundsTable(client, 'refunds', refundsTableDefinition('serverless.yml'));
  return {
    store: refundStore(client, 'refunds', AbortSignal.timeout(60_000)),
    stop: async () => {
      client.destroy();
      await dynamoDb.stop();
    },
  };
}

storeContract('the table in dynalite', () => open('dynalite'));
// Without Java 17 this is dynalite once more; CI has Java.
storeContract("the table in AWS's DynamoDB Local", () => open('java'));

test('a table out of reach is an error that says that nothing was sent', async () => {
  const client = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'ap-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
  const store = refundStore(client, 'refunds', AbortSignal.timeout(5_000));
  await expect(store.get('any')).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    message: expect.stringContaining('has recorded nothing and sent nothing'),
  });
});

import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Logger } from '@aws-lambda-powertools/logger';
import { client } from './refunds.ts';
import { settings } from './settings.ts';

export const logger = new Logger({ serviceName: 'refunds' });

/** Where Powertools keeps what was answered, by the number of the refund or the notification's signature. */
export const idempotency = (key: string) => ({
  persistenceStore: new DynamoDBPersistenceLayer({
    tableName: settings.IDEMPOTENCY_TABLE,
    awsSdkV3Client: client,
  }),
  config: new IdempotencyConfig({
    eventKeyJmesPath: key,
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: 7 * 86_400,
  }),
});

export const answer = (statusCode: number, body: object) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

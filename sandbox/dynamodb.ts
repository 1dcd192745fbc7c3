import { startDynalite } from './dynamodb/dynalite.ts';
import { isJavaReady, startDynamoDbLocal } from './dynamodb/dynamodb-local.ts';

/** The program in the place of DynamoDB: AWS's own DynamoDB Local, or dynalite, which lacks transactions. */
export type Engine = 'java' | 'dynalite';

export interface DynamoDb {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  readonly engine: Engine;
  stop(): Promise<void>;
}

export interface DynamoDbOptions {
  /** 0 means any free port. */
  readonly port: number;
  /** Default: java where there is Java 17 or later, otherwise dynalite. */
  readonly prefer?: Engine;
}

/**
 * Starts an empty DynamoDB in memory, and waits until it answers.
 * @throws Error that names the port, when it is in use; Error with the program's output, when it doesn't start
 */
export async function startDynamoDb({ port, prefer = 'java' }: DynamoDbOptions): Promise<DynamoDb> {
  if (prefer === 'java' && (await isJavaReady())) {
    return { engine: 'java', ...(await startDynamoDbLocal(port)) };
  }
  return { engine: 'dynalite', ...(await startDynalite(port)) };
}

import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BusEvent, type EventBridge, startEventBridge } from './aws/event-bridge.ts';
import { type Queue, startQueue } from './aws/queue.ts';
import { type StepFunctions, startStepFunctions } from './aws/step-functions.ts';
import { type DynamoDb, type Engine, startDynamoDb } from './dynamodb.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import type { GatewayOptions } from './gateway/options.ts';
import { readSandboxKeys } from './keys.ts';
import { type SecretsManager, startSecretsManager } from './secrets-manager.ts';
import { createTable, tableDefinition } from './table.ts';

/** Where the sandbox listens; 0, or none, means any free port. */
export interface SandboxPorts {
  readonly gateway?: number;
  readonly secretsManager?: number;
  readonly dynamoDb?: number;
}

export interface SandboxOptions {
  readonly ports?: SandboxPorts;
  readonly gatewayOptions?: Omit<GatewayOptions, 'port' | 'oidPartner'>;
  /** Which DynamoDB to prefer. Default: java. */
  readonly engine?: Engine;
  /** Called with each event that EventBridge accepts. */
  readonly onPublished?: (event: BusEvent) => void;
  /** Where the tables are defined. Default: serverless.yml in the working directory. */
  readonly serverlessYmlPath?: string;
}

export interface Sandbox {
  readonly gateway: Gateway;
  readonly secretsManager: SecretsManager;
  readonly dynamoDb: DynamoDb;
  readonly eventBridge: EventBridge;
  readonly stepFunctions: StepFunctions;
  readonly deadLetters: Queue;
  /** The functions' environment variables without `NOTIFY_URL`: the sandbox doesn't know where they listen. */
  readonly settings: SandboxSettings;
  stop(): Promise<void>;
}

export type SandboxSettings = ReturnType<typeof sandboxSettings>;

const oidPartner = '201103171000000000';
const merchantSecretId = 'sandbox/merchant-key';
const gatewaySecretId = 'sandbox/lianlian-keys';
const tableName = 'refunds';
const historyTableName = 'refund-histories';

/**
 * Starts the gateway, DynamoDB with the refunds table, and the other services of AWS, all on this machine.
 * @throws Error that says what to do when a part can't start; the parts started before are stopped
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const ports = options.ports ?? {};
  await using started = new AsyncDisposableStack();
  const gateway = await startGateway({ ...options.gatewayOptions, oidPartner, port: ports.gateway ?? 0 });
  started.defer(() => gateway.stop());
  const closedAtStop = <Part extends { close(): Promise<void> }>(part: Part): Part => {
    started.defer(() => part.close());
    return part;
  };
  const secretsManager = closedAtStop(
    await startSecretsManager({ port: ports.secretsManager ?? 0, secrets: sandboxSecrets() }),
  );
  const eventBridge = closedAtStop(await startEventBridge({ port: 0, onEvent: options.onPublished }));
  const stepFunctions = closedAtStop(await startStepFunctions({ port: 0 }));
  const deadLetters = closedAtStop(await startQueue({ port: 0, name: 'refund-event-dead-letters' }));
  const dynamoDb = await startDynamoDb({ port: ports.dynamoDb ?? 0, prefer: options.engine ?? 'java' });
  started.defer(() => dynamoDb.stop());

  const parts = { gateway, secretsManager, eventBridge, stepFunctions, deadLetters, dynamoDb };
  const settings = sandboxSettings(parts);
  await createTables(settings, options.serverlessYmlPath ?? join(process.cwd(), 'serverless.yml'));
  const running = started.move();
  return { ...parts, settings, stop: () => running.disposeAsync() };
}

function sandboxSecrets(): Record<string, string> {
  const { merchant, gateway } = readSandboxKeys();
  return {
    [merchantSecretId]: JSON.stringify({ private_key: merchant.privateKey }),
    [gatewaySecretId]: JSON.stringify({ public_keys: [gateway.publicKey] }),
  };
}

function sandboxSettings(parts: Omit<Sandbox, 'settings' | 'stop'>) {
  return {
    REFUNDS_TABLE: tableName,
    REFUND_HISTORY_TABLE: historyTableName,
    OID_PARTNER: oidPartner,
    MERCHANT_KEY_SECRET_ID: merchantSecretId,
    LIANLIAN_KEY_SECRET_ID: gatewaySecretId,
    LIANLIAN_TRADER_URL: parts.gateway.url,
    LIANLIAN_QUERY_URL: parts.gateway.url,
    DEAD_LETTERS_QUEUE_URL: parts.deadLetters.url,
    AWS_ENDPOINT_URL_DYNAMODB: parts.dynamoDb.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: parts.secretsManager.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: parts.eventBridge.endpoint,
    AWS_ENDPOINT_URL_SFN: parts.stepFunctions.endpoint,
    AWS_ENDPOINT_URL_SQS: parts.deadLetters.endpoint,
    AWS_REGION: 'ap-east-1',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
}

/** A client of the sandbox's DynamoDB; the caller destroys it. */
export function tableClient(settings: SandboxSettings): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: settings.AWS_ENDPOINT_URL_DYNAMODB,
    region: settings.AWS_REGION,
    credentials: { accessKeyId: settings.AWS_ACCESS_KEY_ID, secretAccessKey: settings.AWS_SECRET_ACCESS_KEY },
  });
}

async function createTables(settings: SandboxSettings, serverlessYmlPath: string): Promise<void> {
  const client = tableClient(settings);
  try {
    const create = (name: string, resource: string) =>
      createTable(client, name, tableDefinition(serverlessYmlPath, resource));
    await create(settings.REFUNDS_TABLE, 'RefundsTable');
    await create(settings.REFUND_HISTORY_TABLE, 'RefundHistoryTable');
  } finally {
    client.destroy();
  }
}

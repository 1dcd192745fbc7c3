import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDb, type Engine, startDynamoDb } from './dynamodb.ts';
import { type Gateway, startGateway } from './gateway/gateway.ts';
import type { GatewayOptions } from './gateway/options.ts';
import { readSandboxKeys } from './keys.ts';
import { type SecretsManager, startSecretsManager } from './secrets-manager.ts';
import { createRefundsTable, refundsTableDefinition } from './table.ts';

/** Where the sandbox listens; 0 takes any free port. */
export interface SandboxPorts {
  readonly gateway: number;
  readonly secretsManager: number;
  readonly dynamoDb: number;
}

export interface SandboxOptions {
  /** Default: `defaultPorts`. */
  readonly ports?: SandboxPorts;
  readonly gatewayOptions?: Omit<GatewayOptions, 'port' | 'oidPartner'>;
  /** Which DynamoDB to prefer. Default: java. */
  readonly engine?: Engine;
  /** Where the table is defined. Default: serverless.yml in the working directory. */
  readonly serverlessYmlPath?: string;
}

export interface Sandbox {
  readonly gateway: Gateway;
  readonly secretsManager: SecretsManager;
  readonly dynamoDb: DynamoDb;
  /** The functions' environment variables, all but `NOTIFY_URL`: the sandbox doesn't know where they listen. */
  readonly settings: SandboxSettings;
  stop(): Promise<void>;
}

export type SandboxSettings = ReturnType<typeof sandboxSettings>;

/** Fixed, so that a function invoked from another terminal finds the running sandbox. */
export const defaultPorts: SandboxPorts = { gateway: 4101, secretsManager: 4102, dynamoDb: 4103 };

const oidPartner = '201103171000000000';
const merchantSecretId = 'sandbox/merchant-key';
const gatewaySecretId = 'sandbox/lianlian-keys';
const tableName = 'refunds';

/**
 * Starts the gateway, Secrets Manager and DynamoDB with the refunds table, all on this machine.
 * @throws Error that says what to do when a part can't start; the parts started before are stopped
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const ports = options.ports ?? defaultPorts;
  await using started = new AsyncDisposableStack();
  const gateway = await startGateway({ ...options.gatewayOptions, oidPartner, port: ports.gateway });
  started.defer(() => gateway.stop());
  const secretsManager = await startSecretsManager({ port: ports.secretsManager, secrets: sandboxSecrets() });
  started.defer(() => secretsManager.close());
  const prefer = options.engine ?? 'java';
  const dynamoDb = await startDynamoDb({ port: ports.dynamoDb, prefer });
  started.defer(() => dynamoDb.stop());

  const settings = sandboxSettings(gateway.url, secretsManager.endpoint, dynamoDb.endpoint);
  await createTable(settings, options.serverlessYmlPath ?? join(process.cwd(), 'serverless.yml'));
  const running = started.move();
  return { gateway, secretsManager, dynamoDb, settings, stop: () => running.disposeAsync() };
}

function sandboxSecrets(): Record<string, string> {
  const { merchant, gateway } = readSandboxKeys();
  return {
    [merchantSecretId]: JSON.stringify({ private_key: merchant.privateKey }),
    [gatewaySecretId]: JSON.stringify({ public_keys: [gateway.publicKey] }),
  };
}

function sandboxSettings(gatewayUrl: string, secretsManagerUrl: string, dynamoDbUrl: string) {
  return {
    REFUNDS_TABLE: tableName,
    OID_PARTNER: oidPartner,
    MERCHANT_KEY_SECRET_ID: merchantSecretId,
    LIANLIAN_KEY_SECRET_ID: gatewaySecretId,
    LIANLIAN_TRADER_URL: gatewayUrl,
    LIANLIAN_QUERY_URL: gatewayUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManagerUrl,
    AWS_REGION: 'ap-east-1',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
}

async function createTable(settings: SandboxSettings, serverlessYmlPath: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: settings.AWS_ENDPOINT_URL_DYNAMODB,
    region: settings.AWS_REGION,
    credentials: { accessKeyId: settings.AWS_ACCESS_KEY_ID, secretAccessKey: settings.AWS_SECRET_ACCESS_KEY },
  });
  try {
    await createRefundsTable(client, settings.REFUNDS_TABLE, refundsTableDefinition(serverlessYmlPath));
  } finally {
    client.destroy();
  }
}

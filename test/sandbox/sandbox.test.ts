import { createVerify } from 'node:crypto';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { unusedPort } from '../../sandbox/http.ts';
import { type Sandbox, type SandboxPorts, startSandbox } from '../../sandbox/sandbox.ts';
import { post, sample, signedBody } from './merchant.ts';
import { writeServerlessYml } from './serverless-yml.ts';

const anyPorts = {};
const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
let sandbox: Sandbox;
const start = (ports: SandboxPorts = anyPorts, serverlessYmlPath = writeServerlessYml()) =>
  startSandbox({ ports, serverlessYmlPath, engine: 'dynalite', gatewayOptions: { notifyAfterMs: 60_000 } });

describe('the sandbox', () => {
  beforeAll(async () => {
    sandbox = await start();
  });
  afterAll(async () => {
    await sandbox.stop();
    const { gateway, secretsManager, dynamoDb, eventBridge, stepFunctions, deadLetters } = sandbox;
    const others = [secretsManager, dynamoDb, eventBridge, stepFunctions, deadLetters];
    for (const url of [gateway.url, ...others.map(({ endpoint }) => endpoint)]) {
      await expect(fetch(url)).rejects.toThrow();
    }
  });

  test('has the settings by which the functions reach its parts', () => {
    const local = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(sandbox.settings).toStrictEqual({
      REFUNDS_TABLE: 'refunds',
      REFUND_HISTORY_TABLE: 'refund-histories',
      OID_PARTNER: '201103171000000000',
      MERCHANT_KEY_SECRET_ID: 'sandbox/merchant-key',
      LIANLIAN_KEY_SECRET_ID: 'sandbox/lianlian-keys',
      LIANLIAN_TRADER_URL: local,
      LIANLIAN_QUERY_URL: sandbox.settings.LIANLIAN_TRADER_URL,
      AWS_ENDPOINT_URL_DYNAMODB: local,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: local,
      AWS_ENDPOINT_URL_EVENTBRIDGE: local,
      AWS_ENDPOINT_URL_SFN: local,
      AWS_ENDPOINT_URL_SQS: local,
      DEAD_LETTERS_QUEUE_URL: `${sandbox.settings.AWS_ENDPOINT_URL_SQS}/000000000000/refund-event-dead-letters`,
      AWS_REGION: 'ap-east-1',
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
    });
  });

  test("has the table with the setting's name", async () => {
    const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_REGION: region, REFUNDS_TABLE } = sandbox.settings;
    const client = new DynamoDBClient({ endpoint, region, credentials });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: REFUNDS_TABLE }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    client.destroy();
  });

  test('has the secrets that match the gateway', async () => {
    const { AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint, AWS_REGION: region } = sandbox.settings;
    const client = new SecretsManagerClient({ endpoint, region, credentials });
    const secret = async (SecretId: string) => {
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
      return JSON.parse(SecretString);
    };
    expect((await secret(sandbox.settings.MERCHANT_KEY_SECRET_ID)).private_key).toContain(
      'BEGIN PRIVATE KEY',
    );
    const [publicKey] = (await secret(sandbox.settings.LIANLIAN_KEY_SECRET_ID)).public_keys;
    const { sign, no_refund } = JSON.parse(sandbox.gateway.signMessage({ no_refund: 'x' }));
    const text = `no_refund=${no_refund}&sign_type=RSA`;
    expect(createVerify('md5').update(text).verify(publicKey, sign, 'base64')).toBe(true);
    client.destroy();
  });

  test('accepts refunds', async () => {
    const { fields } = await post(`${sandbox.settings.LIANLIAN_TRADER_URL}/refund.htm`, signedBody(sample));
    expect(fields.ret_code).toBe('0000');
  });

  test('names the port in use when it starts twice, and stops the parts that it had started', async () => {
    const secretsPort = Number(new URL(sandbox.secretsManager.endpoint).port);
    const gatewayPort = await unusedPort();
    const second = start({ gateway: gatewayPort, secretsManager: secretsPort, dynamoDb: 0 });
    await expect(second).rejects.toThrow(`Port ${secretsPort} is in use`);
    await expect(fetch(`http://127.0.0.1:${gatewayPort}`)).rejects.toThrow();
  });

  test('stops every part when the table has no definition', async () => {
    await expect(start(anyPorts, writeServerlessYml('service: x\n'))).rejects.toThrow('RefundsTable');
  });
});

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type SecretsManager, startSecretsManager } from '../../sandbox/secrets-manager.ts';

let server: SecretsManager;
let client: SecretsManagerClient;

beforeEach(async () => {
  server = await startSecretsManager({ port: 0, secrets: { 'sandbox/key': 'first' } });
  client = new SecretsManagerClient({
    endpoint: server.endpoint,
    region: 'ap-east-1',
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const get = (id: string, abortSignal = AbortSignal.timeout(4_000)) =>
  client.send(new GetSecretValueCommand({ SecretId: id }), { abortSignal });

test('GetSecretValue returns a secret, and its new text after a rotation', async () => {
  expect(await get('sandbox/key')).toMatchObject({ Name: 'sandbox/key', SecretString: 'first' });
  server.set('sandbox/key', 'second');
  expect((await get('sandbox/key')).SecretString).toBe('second');
  expect([server.requestCount('sandbox/key'), server.requestCount('other')]).toEqual([2, 0]);
});

test('an unknown secret is a ResourceNotFoundException', async () => {
  await expect(get('other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('failWith makes requests fail until it is called with undefined', async () => {
  server.failWith(500);
  await expect(get('sandbox/key')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  server.failWith('hang');
  await expect(get('sandbox/key', AbortSignal.timeout(100))).rejects.toMatchObject({ name: 'AbortError' });
  server.failWith(undefined);
  expect((await get('sandbox/key')).SecretString).toBe('first');
  expect(server.requestCount('sandbox/key')).toBe(3);
});

test('other operations are refused', async () => {
  const headers = { 'X-Amz-Target': 'secretsmanager.ListSecrets' };
  const response = await fetch(server.endpoint, { method: 'POST', headers, body: '{}' });
  expect([response.status, await response.json()]).toEqual([
    400,
    expect.objectContaining({ __type: 'UnknownOperationException' }),
  ]);
});

test('a port in use causes an error that names the port', async () => {
  const port = Number(new URL(server.endpoint).port);
  await expect(startSecretsManager({ port, secrets: {} })).rejects.toThrow(`Port ${port} is in use`);
});

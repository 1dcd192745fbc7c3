import { readSandboxKeys } from '../../sandbox/keys.ts';
import { type SecretsManager, startSecretsManager } from '../../sandbox/secrets-manager.ts';
import type { ApplyContext, Dependencies } from '../../shared/app/ports/context.ts';
import { httpTransport } from '../../shared/gateway/transport.ts';
import { wireApply, wireQuery } from '../../shared/runtime/wiring.ts';
import { answer, closed, type RawServer, startRawServer } from '../gateway/raw-server.ts';

const environment = process.env;
let gateway: RawServer;
let secretsManager: SecretsManager;

beforeEach(async () => {
  gateway = await startRawServer((socket) => socket.write(answer('{}')));
  const { merchant, gateway: theirs } = readSandboxKeys();
  secretsManager = await startSecretsManager({
    port: 0,
    secrets: { merchant: merchant.privateKey, lianlian: theirs.publicKey },
  });
  process.env = {
    ...environment,
    REFUNDS_TABLE: 'refunds',
    OID_PARTNER: '201103171000000000',
    MERCHANT_KEY_SECRET_ID: 'merchant',
    LIANLIAN_KEY_SECRET_ID: 'lianlian',
    NOTIFY_URL: 'http://127.0.0.1:9/refund-notifications',
    LIANLIAN_TRADER_URL: gateway.url.origin,
    LIANLIAN_QUERY_URL: gateway.url.origin,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
    AWS_REGION: 'ap-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
});

afterEach(async () => {
  process.env = environment;
  await Promise.all([gateway.close(), secretsManager.close()]);
});

const ready = ({ contextFor }: Dependencies<ApplyContext>) =>
  contextFor({ requestId: '', deadlineMs: Date.now() + 29_000 }).gateway.ready();

async function connections(count: number): Promise<void> {
  while (gateway.sockets.length < count) await new Promise((resolve) => setImmediate(resolve));
}

test('a function that applies opens its connection when it starts, and again for an application; it sends nothing', async () => {
  const dependencies = wireApply();
  await connections(1);
  await ready(dependencies);
  expect(gateway.sockets).toHaveLength(1);
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 4_001);
  await ready(dependencies);
  now.mockRestore();
  await connections(2);
  await closed(gateway.sockets[0]);
  expect(gateway.received()).toBe('');
});

test('a function that queries opens none before it has something to ask', async () => {
  await ready(wireQuery());
  await httpTransport().post(gateway.url, '{}', 30_000);
  expect(gateway.dialled).toHaveLength(1);
});

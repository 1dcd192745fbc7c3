import { startLambda, type ThrownByFunction } from '../support/lambda.ts';

const environment: Record<string, string> = {
  REFUNDS_TABLE: 'refunds',
  OID_PARTNER: '201103171000000000',
  NOTIFY_URL: 'https://merchant.example/refund-notifications',
  MERCHANT_KEY_SECRET_ID: 'merchant',
  LIANLIAN_KEY_SECRET_ID: 'lianlian',
  AWS_REGION: 'ap-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  // No server listens there.
  AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9',
};

const wrongSettings: [name: string, value: string][] = [
  ['REFUNDS_TABLE', ''],
  ['OID_PARTNER', '1234567890123456789'],
  ['NOTIFY_URL', `https://merchant.example/${'x'.repeat(128)}`],
  ['MERCHANT_KEY_SECRET_ID', ''],
  ['LIANLIAN_KEY_SECRET_ID', ' '],
  ['LIANLIAN_TRADER_URL', 'http://traderapi.lianlianpay.com'],
  ['LIANLIAN_QUERY_URL', 'queryapi'],
  ['GATEWAY_CA', 'gateway-ca.pem'],
  ['GATEWAY_TIMEOUT_MS', '10s'],
  ['FIRST_CHECK_SECONDS', '0'],
  ['RESEND_AFTER_SECONDS', '-1'],
  ['RESEND_UNTIL_SECONDS', 'a day'],
  ['KEY_CACHE_SECONDS', '1.5'],
  ['EVENT_BUS_NAME', 'my bus'],
  ['AWS_ENDPOINT_URL_DYNAMODB', 'http://dynamodb.example'],
  ['AWS_ENDPOINT_URL_SECRETS_MANAGER', 'ftp://127.0.0.1'],
];

test('wrong settings stop a function at its start with one error that names them all', async () => {
  const wrong = { ...environment, ...Object.fromEntries(wrongSettings) };
  for (const name of ['apply-refund', 'apply-exchange-refund']) {
    const error: ThrownByFunction = await startLambda(name, wrong).catch((refused) => refused);
    expect(error).toMatchObject({ name: 'ConfigurationError' });
    for (const [setting] of wrongSettings) expect(error.message).toContain(`${setting} `);
  }
});

test('notify-callback requires exactly the settings that it uses', async () => {
  const { NOTIFY_URL, MERCHANT_KEY_SECRET_ID, ...needed } = environment;
  const lambda = await startLambda('notify-callback', needed);
  await lambda.stop();
  const wrong = { ...needed, NOTIFY_ALLOWED_IPS: '1.2.3.4, 1.2.3.4/33, gateway' };
  await expect(startLambda('notify-callback', wrong)).rejects.toThrow(
    /NOTIFY_ALLOWED_IPS has '1\.2\.3\.4\/33'.*'gateway'/,
  );
});

test('wrong limits stop reconcile-refunds, and no other function', async () => {
  const wrong = {
    RECONCILE_CHECKS_PER_SHARD: '0',
    GATEWAY_MAX_IN_FLIGHT: '401',
    GATEWAY_MAX_PER_SECOND: '10/s',
    RECONCILE_RUNS: '9',
    RECONCILE_ALONE_SECONDS: '0',
  };
  const error: ThrownByFunction = await startLambda('reconcile-refunds', { ...environment, ...wrong }).catch(
    (refused) => refused,
  );
  expect(error).toMatchObject({ name: 'ConfigurationError' });
  for (const setting of Object.keys(wrong)) expect(error.message).toContain(`${setting} must be`);
  const lambda = await startLambda('query-refund', { ...environment, ...wrong });
  await lambda.stop();
});

test('list-refunds requires exactly the table', async () => {
  const { REFUNDS_TABLE, AWS_REGION = '' } = environment;
  const lambda = await startLambda('list-refunds', { REFUNDS_TABLE: String(REFUNDS_TABLE), AWS_REGION });
  await lambda.stop();
  await expect(startLambda('list-refunds', { AWS_REGION })).rejects.toThrow(/REFUNDS_TABLE is missing/);
});

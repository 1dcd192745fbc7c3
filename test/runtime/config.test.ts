import { rootCertificates } from 'node:tls';
import { readConfig, reconcileConfigFrom } from '../../shared/runtime/config.ts';

const required = [
  'REFUNDS_TABLE',
  'OID_PARTNER',
  'NOTIFY_URL',
  'MERCHANT_KEY_SECRET_ID',
  'LIANLIAN_KEY_SECRET_ID',
] as const;

const least = {
  REFUNDS_TABLE: 'refunds',
  OID_PARTNER: '201103171000000000',
  NOTIFY_URL: 'https://merchant.example/refund-notifications',
  MERCHANT_KEY_SECRET_ID: 'lianlian/merchant-key',
  LIANLIAN_KEY_SECRET_ID: 'lianlian/gateway-keys',
};

const read = (environment: Record<string, string | undefined>) =>
  readConfig({ ...least, ...environment }, required);

function faultOf(environment: Record<string, string | undefined>): Error {
  try {
    read(environment);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was accepted');
}

test('a missing setting has its default', () => {
  expect(read({})).toEqual({
    refundsTable: 'refunds',
    refundHistoryTable: '',
    oidPartner: '201103171000000000',
    notifyUrl: 'https://merchant.example/refund-notifications',
    merchantKeySecretId: 'lianlian/merchant-key',
    lianlianKeySecretId: 'lianlian/gateway-keys',
    traderUrl: 'https://traderapi.lianlianpay.com',
    queryUrl: 'https://queryapi.lianlianpay.com',
    gatewayCa: '',
    gatewayTimeoutMs: 10_000,
    firstCheckMs: 900_000,
    resendAfterMs: 900_000,
    resendUntilMs: 86_400_000,
    eventBusName: 'default',
    deadLettersQueueUrl: '',
    keyCacheMs: 300_000,
    notifyAllowedIps: undefined,
  });
});

test('an empty setting counts as missing', () => {
  expect(read({ GATEWAY_TIMEOUT_MS: '', LIANLIAN_TRADER_URL: ' ', NOTIFY_ALLOWED_IPS: '' })).toEqual(
    read({}),
  );
});

test('every given setting is used', () => {
  const config = read({
    LIANLIAN_TRADER_URL: 'https://trader.example',
    LIANLIAN_QUERY_URL: 'http://127.0.0.1:8080',
    GATEWAY_TIMEOUT_MS: '2500',
    FIRST_CHECK_SECONDS: '1',
    RESEND_AFTER_SECONDS: '2',
    RESEND_UNTIL_SECONDS: '3',
    KEY_CACHE_SECONDS: ' 4 ',
  });
  expect(config).toMatchObject({
    traderUrl: 'https://trader.example',
    queryUrl: 'http://127.0.0.1:8080',
    gatewayTimeoutMs: 2_500,
    firstCheckMs: 1_000,
    resendAfterMs: 2_000,
    resendUntilMs: 3_000,
    keyCacheMs: 4_000,
  });
});

test.each(required)('%s is required for a function that needs it, and for no other', (name) => {
  expect(faultOf({ [name]: undefined }).message).toContain(`${name} is missing`);
  expect(faultOf({ [name]: '  ' }).message).toContain(`${name} is missing`);
  const others = required.filter((other) => other !== name);
  expect(() => readConfig({ ...least, [name]: undefined }, others)).not.toThrow();
});

const COUNTS = [
  'GATEWAY_TIMEOUT_MS',
  'FIRST_CHECK_SECONDS',
  'RESEND_AFTER_SECONDS',
  'RESEND_UNTIL_SECONDS',
  'KEY_CACHE_SECONDS',
];

describe.each(COUNTS)('%s', (name) => {
  test.each(['0', '-1', '1.5', '1e3', 'ten', '10s', '0x10', '١', '99999999999'])('may not be %s', (text) => {
    expect(faultOf({ [name]: text }).message).toContain(name);
  });
});

const LIMITS = {
  RECONCILE_CHECKS_PER_SHARD: 50,
  GATEWAY_MAX_IN_FLIGHT: 400,
  GATEWAY_MAX_PER_SECOND: Number.POSITIVE_INFINITY,
  RECONCILE_RUNS: 8,
  RECONCILE_ALONE_SECONDS: 200,
};
const LIMIT_NAMES = Object.keys(LIMITS);

const limitsIn = (environment: Record<string, string>) => {
  const config = readConfig(environment, [], reconcileConfigFrom);
  return [config.checksPerShard, config.maxInFlight, config.maxPerSecond, config.runs, config.aloneMs];
};

describe('how fast reconciliation may be', () => {
  test('has defaults, and is as given', () => {
    expect(limitsIn({})).toEqual([6, 48, 200, 1, 10_000]);
    expect(limitsIn(Object.fromEntries(LIMIT_NAMES.map((name) => [name, '8'])))).toEqual([8, 8, 8, 8, 8_000]);
    expect(limitsIn({ GATEWAY_MAX_PER_SECOND: '1000' })).toEqual([6, 48, 1_000, 1, 10_000]);
  });

  test.each(LIMIT_NAMES)('%s must be a whole number from 1', (name) => {
    for (const text of ['0', '-1', '1.5', '1e1', 'four', '04'])
      expect(() => limitsIn({ [name]: text })).toThrow(`${name} must be a whole number from 1`);
  });

  test.each(Object.entries(LIMITS).filter(([, most]) => Number.isFinite(most)))(
    '%s is %i at most',
    (name, most) => {
      expect(() => limitsIn({ [name]: String(most) })).not.toThrow();
      for (const text of [most + 1, 10 * most, 1_000])
        expect(() => limitsIn({ [name]: String(text) })).toThrow(
          `${name} must be a whole number from 1 to ${most}`,
        );
    },
  );

  test.each(['GATEWAY_MAX_IN_FLIGHT', 'GATEWAY_MAX_PER_SECOND'])(
    '%s may not be less than the number of runs: each makes one call at the least',
    (name) => {
      expect(() => limitsIn({ [name]: '4', RECONCILE_RUNS: '4' })).not.toThrow();
      expect(() => limitsIn({ [name]: '3', RECONCILE_RUNS: '4' })).toThrow(
        `${name} must be RECONCILE_RUNS or more`,
      );
    },
  );

  test('is told wrong together with the other settings, and is no setting of other functions', () => {
    const wrong = { GATEWAY_MAX_IN_FLIGHT: 'x', KEY_CACHE_SECONDS: 'x' };
    expect(() => limitsIn(wrong)).toThrow(/KEY_CACHE_SECONDS.*GATEWAY_MAX_IN_FLIGHT/);
    expect(read({ GATEWAY_MAX_IN_FLIGHT: 'x' })).toEqual(read({}));
  });
});

const URLS = [
  'LIANLIAN_TRADER_URL',
  'LIANLIAN_QUERY_URL',
  'NOTIFY_URL',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_DYNAMODB',
  'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  'AWS_ENDPOINT_URL_EVENTBRIDGE',
  'AWS_ENDPOINT_URL_SFN',
  'AWS_ENDPOINT_URL_SQS',
  'DEAD_LETTERS_QUEUE_URL',
];

describe.each(URLS)('%s', (name) => {
  test.each([
    'https://host.example',
    'https://host.example:8443/path/',
    'https://10.0.0.1/',
    'http://127.0.0.1:3000/',
    'http://127.8.9.10/',
    'http://localhost:3000/a',
    'http://[::1]:3000/',
  ])('may be %s', (text) => {
    expect(() => read({ [name]: text })).not.toThrow();
  });

  test.each([
    'http://host.example/',
    'http://10.0.0.1/',
    'http://128.0.0.1/',
    'http://localhost.evil.example/',
    'http://127.0.0.1.evil.example/',
    'http://127.0.0.1@evil.example/',
    'http://[::2]/',
    'http://0.0.0.0/',
    'ftp://127.0.0.1/',
    'host.example',
    '/path',
    'https://',
    'javascript:alert(1)',
  ])('may not be %s', (text) => {
    expect(faultOf({ [name]: text }).message).toContain(name);
  });
});

test.each([
  [128, true],
  [129, false],
])('NOTIFY_URL with %i characters is accepted: %s', (length, isTaken) => {
  const url = 'https://merchant.example/'.padEnd(length, 'x');
  const act = () => read({ NOTIFY_URL: url });
  if (isTaken) expect(act().notifyUrl).toBe(url);
  else expect(act).toThrow(/NOTIFY_URL must have at most 128 characters/);
});

test.each(['https://merchant.example/a b', 'https://商户.example/'])('NOTIFY_URL may not be %s', (text) => {
  expect(faultOf({ NOTIFY_URL: text }).message).toContain('NOTIFY_URL');
});

test.each(['LIANLIAN_TRADER_URL', 'LIANLIAN_QUERY_URL'])(
  '%s may have no credentials, query or fragment',
  (name) => {
    for (const text of ['https://u:p@host.example', 'https://host.example/?x=1', 'https://host.example/#f'])
      expect(faultOf({ [name]: text }).message).toContain(name);
  },
);

test.each(['https://host.example/refund.htm', 'https://host.example/refund.html/'])(
  'LIANLIAN_TRADER_URL may not be the address of one API: %s',
  (text) => {
    const { message } = faultOf({ LIANLIAN_TRADER_URL: text });
    expect(message).toMatch(/LIANLIAN_TRADER_URL.*the host alone/);
  },
);

test.each(['ab', 'a b', 'x'.repeat(256), '退款'])('REFUNDS_TABLE may not be %s', (text) => {
  expect(faultOf({ REFUNDS_TABLE: text }).message).toContain('REFUNDS_TABLE');
});

test('REFUNDS_TABLE may be an ARN', () => {
  const arn = 'arn:aws:dynamodb:ap-east-1:123456789012:table/refunds';
  expect(read({ REFUNDS_TABLE: arn }).refundsTable).toBe(arn);
});

test.each(['1'.repeat(19), 'a b', '商户'])('OID_PARTNER may not be %s', (text) => {
  expect(faultOf({ OID_PARTNER: text }).message).toContain('OID_PARTNER');
});

const NAMES: [setting: string, good: string[], bad: string[]][] = [
  [
    'EVENT_BUS_NAME',
    ['refunds', 'default', 'arn:aws:events:ap-east-1:123456789012:event-bus/refunds'],
    ['my bus', '退款', 'x'.repeat(257)],
  ],
  ...['MERCHANT_KEY_SECRET_ID', 'LIANLIAN_KEY_SECRET_ID'].map((name): [string, string[], string[]] => [
    name,
    ['lianlian/prod/key', 'a_b+c=d.e@f-g', 'arn:aws:secretsmanager:ap-east-1:123456789012:secret:x-AbCdEf'],
    ['密钥', 'x'.repeat(2_049)],
  ]),
];

test.each(NAMES)('%s has the form of a name or an ARN', (name, good, bad) => {
  for (const text of good) expect(() => read({ [name]: text })).not.toThrow();
  for (const text of bad) expect(faultOf({ [name]: text }).message).toMatch(new RegExp(`${name} must be`));
});

describe('GATEWAY_CA', () => {
  const [one = '', two = ''] = rootCertificates;

  test.each([
    ['a certificate', one],
    ['several', `${one}\n${two}\n`],
    ['text around them', `subject=CN = a CA\n${one}\nissuer=CN = another\n${two}`],
  ])('may be %s, with real or escaped line breaks', (_what, pem) => {
    expect(read({ GATEWAY_CA: pem }).gatewayCa).toBe(pem.trim());
    expect(read({ GATEWAY_CA: pem.replaceAll('\n', '\\n') }).gatewayCa.trim()).toBe(pem.trim());
  });

  const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----';
  test.each([
    ['what is no certificate', 'gateway.example', 'must be certificates in PEM form'],
    ['a path', '/etc/ssl/certs/ca.pem', 'must be certificates in PEM form'],
    ['a key', key, 'must be certificates in PEM form'],
    ['a key beside a certificate', `${one}\n${key}`, 'nothing else in PEM form'],
    ['one that is cut off', `${two}\n${one.slice(0, 500)}`, 'nothing else in PEM form'],
    ['one whose bytes are damaged', `${two}\n${one.replace(/\nM/, '\nA')}`, "can't be read: number 2"],
  ])('may not be %s, and the fault quotes nothing of it', (_what, pem, words) => {
    const { message } = faultOf({ GATEWAY_CA: pem });
    expect(message).toContain(`GATEWAY_CA ${words.startsWith('can') ? 'has a certificate that ' : ''}`);
    expect(message).toContain(words);
    expect(message).not.toContain('BEGIN');
  });
});

test('one error names every fault at once', () => {
  const error = faultOf({
    REFUNDS_TABLE: undefined,
    OID_PARTNER: 'x'.repeat(19),
    NOTIFY_URL: 'http://merchant.example',
    MERCHANT_KEY_SECRET_ID: '',
    LIANLIAN_KEY_SECRET_ID: undefined,
    ...Object.fromEntries(COUNTS.map((name) => [name, '0'])),
    LIANLIAN_TRADER_URL: 'x',
    LIANLIAN_QUERY_URL: 'y',
    ...Object.fromEntries(URLS.slice(3).map((name) => [name, 'z'])),
    NOTIFY_ALLOWED_IPS: '1.2.3.4,nowhere,5.6.7.8/99',
    EVENT_BUS_NAME: 'my bus',
    GATEWAY_CA: 'none',
  });
  expect(error.name).toBe('ConfigurationError');
  for (const name of [
    ...required,
    ...COUNTS,
    ...URLS,
    'nowhere',
    '5.6.7.8/99',
    'EVENT_BUS_NAME',
    'GATEWAY_CA',
  ]) {
    expect(error.message).toContain(name);
  }
});

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { awsOf } from '../../../cli/doctor/aws.ts';
import { readDefinition } from '../../../cli/doctor/definition.ts';
import { examine } from '../../../cli/doctor/examine.ts';
import type { Finding } from '../../../cli/doctor/finding.ts';
import { readStack } from '../../../cli/doctor/read-stack.ts';
import { stackSetup } from '../../../cli/doctor/setup.ts';
import { readSandboxKeys } from '../../../sandbox/keys.ts';
import { makeCertificates } from '../../gateway/certificates.ts';
import { curveKeyPair, rsaKeyPair } from '../../support/key-pairs.ts';
import { type Account, healthyState, merchant, type State, startAccount } from './aws-account.ts';

const certificates = makeCertificates();
const definition = readDefinition('.');
let server: Server;
let gateway: { url: string; ca: string };
let account: Account;

beforeAll(async () => {
  server = createServer({ ...certificates.good });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  // Not one of the addresses by which a setting names this machine, which no deployed function may use.
  gateway = { url: `https://0.0.0.0:${port}`, ca: certificates.root };
});

afterAll(() => server.close());

afterEach(() => account.stop());

/** What the doctor finds in a stage that is healthy but for what was planted. */
async function diagnose(plant: (state: State) => void = () => {}): Promise<Finding[]> {
  const state = healthyState(gateway);
  plant(state);
  account = await startAccount(state);
  const aws = awsOf({ region: 'ap-east-1', environment: account.environment });
  try {
    return await examine(stackSetup(await readStack(aws, definition, 'prod'), definition, aws));
  } finally {
    aws.destroy();
  }
}

const lineOf = ({ check, verdict, what }: Finding) => `${verdict} ${check}: ${what}`;

test('a healthy stage: every part is looked at and found right, by requests that only read', async () => {
  const findings = await diagnose();
  expect(findings.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  expect([...new Set(findings.map(({ check }) => check))]).toEqual([
    'settings',
    'stack',
    'functions',
    'secrets',
    'keys',
    'table',
    'stories',
    'gateway',
    'address',
    'event bus',
    'dead letters',
    'triggers',
    'alarms',
    'clock',
  ]);
  expect(account.operations.size).toBe(12);
  for (const operation of account.operations) expect(operation).toMatch(/^(GET )?(Describe|Get|List)/);
});

const everyEnvironment = ({ functions }: State, change: Record<string, string | undefined>) => {
  for (const { Environment } of Object.values(functions))
    for (const [name, value] of Object.entries(change))
      if (name in Environment.Variables) Environment.Variables[name] = value;
};

const gatewayKeys = (...public_keys: string[]) => ({
  'lianlian/prod/gateway-keys': JSON.stringify({ public_keys }),
});

/** A key whose modulus is another key's. */
function damagedKey(): string {
  const { n } = createPublicKey(rsaKeyPair(2048).privateKey).export({ format: 'jwk' });
  const key = { ...createPrivateKey(merchant.privateKey).export({ format: 'jwk' }), n };
  return String(createPrivateKey({ key, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }));
}

const sandboxKeys = readSandboxKeys();

const index = ({ tables }: State, name: string) =>
  tables.refunds.GlobalSecondaryIndexes.find(({ IndexName }: { IndexName: string }) => IndexName === name);

const faults: [string, (state: State) => unknown, RegExp][] = [
  [
    'a setting that no function would start with',
    (state) => everyEnvironment(state, { OID_PARTNER: '' }),
    /^fault settings: OID_PARTNER is missing \(all functions\)/,
  ],
  [
    'a setting that is malformed',
    (state) => everyEnvironment(state, { NOTIFY_URL: 'http://example.com' }),
    /^fault settings: NOTIFY_URL must be an https URL .*\(apply-refund, apply-exchange-refund\)/,
  ],
  [
    'a function that was changed by hand',
    ({ functions }) => {
      functions['query-refund'].Environment.Variables.OID_PARTNER = '1';
    },
    /^fault settings: OID_PARTNER differs/,
  ],
  [
    'a gateway that is this machine',
    (state) => everyEnvironment(state, { LIANLIAN_TRADER_URL: 'http://127.0.0.1:1' }),
    /^fault settings: LIANLIAN_TRADER_URL points at the function itself/,
  ],
  [
    'resends that come early',
    ({ functions }) => {
      for (const { Environment } of Object.values(functions))
        Environment.Variables.RESEND_AFTER_SECONDS = '5';
    },
    /^warning settings: RESEND_AFTER_SECONDS/,
  ],
  [
    'an address of AWS that is not AWS',
    ({ functions }) => {
      functions['query-refund'].Environment.Variables.AWS_ENDPOINT_URL = 'https://example.com';
    },
    /^warning settings: AWS_ENDPOINT_URL /,
  ],
  ['a failed update', ({ stack }) => (stack.status = 'UPDATE_ROLLBACK_FAILED'), /^fault stack: .*FAILED/],
  ['a stack that anybody may remove', ({ stack }) => (stack.isProtected = false), /^warning stack: Nothing/],
  [
    'a missing function',
    ({ functions }) => delete functions['list-refunds'],
    /^fault functions: There is no function list-refunds/,
  ],
  [
    'a function that failed',
    ({ functions }) => (functions['list-refunds'].State = 'Failed'),
    /^fault functions: The function list-refunds has failed/,
  ],
  [
    'a function that is stopped',
    ({ reserved }) => (reserved['apply-refund'] = 0),
    /^fault functions: The function apply-refund is stopped/,
  ],
  [
    'a secret that is missing',
    ({ secrets }) => delete secrets['lianlian/prod/merchant-key'],
    /^fault secrets: There is no secret 'lianlian\/prod\/merchant-key'/,
  ],
  [
    'a secret that may not be read',
    ({ denied }) => denied.push('GetSecretValue'),
    /^warning secrets: Your credentials may not look at/,
  ],
  [
    'a secret without a key',
    ({ secrets }) => (secrets['lianlian/prod/merchant-key'] = 'none'),
    /^fault keys: The secret 'lianlian\/prod\/merchant-key' can't be read as a key/,
  ],
  [
    'a key of another kind',
    ({ secrets }) => (secrets['lianlian/prod/merchant-key'] = curveKeyPair().privateKey),
    /^fault keys: .* is of type ec/,
  ],
  [
    'a key that is too short',
    ({ secrets }) => Object.assign(secrets, gatewayKeys(rsaKeyPair(768).publicKey)),
    /^fault keys: .* has only 768 bits/,
  ],
  [
    'one key of several that is unusable',
    ({ secrets }) => Object.assign(secrets, gatewayKeys(rsaKeyPair().publicKey, 'none')),
    /^fault keys: .* entry 2 of 2 /,
  ],
  [
    'halves that do not fit',
    ({ secrets }) => (secrets['lianlian/prod/merchant-key'] = damagedKey()),
    /^fault keys: .* doesn't verify under its own public half/,
  ],
  [
    'the own half in the place of the gateway',
    ({ secrets }) => Object.assign(secrets, gatewayKeys(merchant.publicKey)),
    /^fault keys: .* holds the public half of your own key/,
  ],
  [
    'a published key',
    ({ secrets }) => Object.assign(secrets, gatewayKeys(sandboxKeys.gateway.publicKey)),
    /^fault keys: A secret holds a key of the sandbox/,
  ],
  ['a missing table', ({ tables }) => delete tables.refunds, /^fault table: There is no table refunds/],
  [
    'a missing table of stories',
    ({ tables }) => delete tables.stories,
    /^fault stories: There is no table stories/,
  ],
  [
    'a missing index',
    ({ tables }) => tables.refunds.GlobalSecondaryIndexes.pop(),
    /^fault table: The table refunds lacks the index refunds-in-conflict/,
  ],
  [
    'an index of another key',
    (state) => (index(state, 'refunds-by-day').KeySchema[0].AttributeName = 'day'),
    /^fault table: .* index refunds-by-day by day HASH/,
  ],
  [
    'an index from before',
    (state) => (index(state, 'due-refunds').Projection = { ProjectionType: 'KEYS_ONLY' }),
    /^fault table: .* index due-refunds with KEYS_ONLY, not with INCLUDE check_wait created_at/,
  ],
  [
    'an index that is being filled',
    (state) => (index(state, 'due-refunds').IndexStatus = 'CREATING'),
    /^fault table: .* index due-refunds, which is CREATING/,
  ],
  [
    'a table of another key',
    ({ tables }) => (tables.stories.KeySchema = tables.refunds.KeySchema),
    /^fault stories: .* has the key no_refund HASH, not/,
  ],
  [
    'an attribute of another type',
    ({ tables }) => {
      tables.refunds.AttributeDefinitions = [{ AttributeName: 'next_check_at', AttributeType: 'S' }];
    },
    /^fault table: .* has next_check_at of type S, not N/,
  ],
  [
    'a table that is not ready',
    ({ tables }) => (tables.refunds.TableStatus = 'CREATING'),
    /^fault table: The table refunds is CREATING/,
  ],
  [
    'a stream that is off',
    ({ tables }) => delete tables.refunds.StreamSpecification,
    /^fault table: The stream of the table refunds is off/,
  ],
  [
    'a stream of another view',
    ({ tables }) => (tables.refunds.StreamSpecification.StreamViewType = 'NEW_IMAGE'),
    /^fault table: The stream .* has NEW_IMAGE/,
  ],
  [
    'a table that may be deleted',
    ({ tables }) => (tables.refunds.DeletionProtectionEnabled = false),
    /^fault table: .* no deletion protection/,
  ],
  [
    'tables without backups',
    (state) => (state.backups = 'DISABLED'),
    /^fault table: .* no point-in-time recovery/,
  ],
  [
    'no fixed address',
    ({ functions }) => (functions['apply-refund'].VpcConfig.SubnetIds = []),
    /^warning address: No fixed address: apply-refund call/,
  ],
  ['a missing bus', ({ buses }) => buses.pop(), /^fault event bus: There is no event bus refunds/],
  ['dead letters', (state) => (state.deadLetters = 3), /^warning dead letters: .* has 3/],
  [
    'no queue of dead letters',
    (state) => everyEnvironment(state, { DEAD_LETTERS_QUEUE_URL: '' }),
    /^warning dead letters: There is no queue/,
  ],
  [
    'a trigger that is off',
    ({ mappings }) => (mappings['record-refund-history'][0].State = 'Disabled'),
    /^fault triggers: The trigger of record-refund-history is Disabled/,
  ],
  [
    'a trigger of the table from before',
    ({ tables }) => (tables.refunds.LatestStreamArn = 'arn:aws:dynamodb:ap-east-1:1:table/new/stream/1'),
    /^fault triggers: publish-refund-events doesn't read the stream/,
  ],
  [
    'a trigger that fails',
    ({ mappings }) => (mappings['record-refund-history'][0].LastProcessingResult = 'PROBLEM: it failed'),
    /^warning triggers: .* PROBLEM/,
  ],
  [
    'a replay that was left on',
    ({ mappings }) => (mappings['publish-refund-events'][1].State = 'Enabled'),
    /^warning triggers: The trigger that replays/,
  ],
  ['a schedule that is off', (state) => (state.rules.schedule = 'DISABLED'), /^fault triggers: The schedule/],
  [
    'runs that start no others',
    (state) => (state.rules.shares = 'DISABLED'),
    /^fault triggers: The rule by which/,
  ],
  [
    'alarms without actions',
    ({ alarms }) => {
      for (const alarm of Object.values(alarms)) alarm.AlarmActions = [];
    },
    /^fault alarms: Alarms tell nobody: all 25/,
  ],
  [
    'an alarm that is muted',
    ({ alarms }) => (alarms.ConflictsAlarm.ActionsEnabled = false),
    /^fault alarms: Alarms tell nobody: ConflictsAlarm/,
  ],
  [
    'an alarm that is missing',
    ({ alarms }) => delete alarms.ConflictsAlarm,
    /^fault alarms: Alarms are missing: ConflictsAlarm/,
  ],
  [
    'an alarm that sounds',
    ({ alarms }) => (alarms.ConflictsAlarm.StateValue = 'ALARM'),
    /^warning alarms: ConflictsAlarm sounds/,
  ],
  ['a clock that is behind', (state) => (state.aheadMs = 120_000), /^fault clock: .* 1(19|20) s behind AWS/],
  [
    'a clock that is ahead',
    (state) => (state.aheadMs = -120_000),
    /^fault clock: .* 1(18|19|20) s ahead of AWS/,
  ],
  ['a clock that drifts', (state) => (state.aheadMs = 20_000), /^warning clock: .* s behind/],
];

test.each(faults)('%s is found', async (_what, plant, expected) => {
  const findings = (await diagnose(plant)).filter(({ verdict }) => verdict !== 'ok');
  expect(findings.map(lineOf)).toContainEqual(expect.stringMatching(expected));
  for (const { todo } of findings) expect(todo).toMatch(/\w{2}/);
});

test('a right that is missing hides no fault', async () => {
  const findings = await diagnose(({ tables, denied }) => {
    tables.refunds.GlobalSecondaryIndexes.pop();
    for (const operation of [
      'DescribeContinuousBackups',
      'DescribeAlarms',
      'DescribeRule',
      'DescribeEventBus',
    ])
      denied.push(operation);
    denied.push('ListEventSourceMappings', 'GetFunctionConcurrency', 'GetQueueAttributes', 'GetSecretValue');
  });
  const unseen = findings.filter(({ what }) => what.startsWith('Your credentials may not look at'));
  expect([...new Set(unseen.map(({ check }) => check))].sort()).toEqual([
    'alarms',
    'dead letters',
    'event bus',
    'functions',
    'secrets',
    'stories',
    'table',
    'triggers',
  ]);
  expect(findings.filter(({ verdict }) => verdict === 'fault').map(lineOf)).toEqual([
    'fault table: The table refunds lacks the index refunds-in-conflict',
  ]);
});

test('no finding shows a key', async () => {
  const shown = JSON.stringify(await diagnose());
  const body = merchant.privateKey.split('\n')[1] ?? '-';
  expect(body.length).toBeGreaterThan(40);
  expect(shown).not.toContain(body);
});

import { toItem } from '../../shared/store/attribute-values.ts';
import { httpEvent, post } from '../support/api-gateway.ts';
import { type Lambda, startLambda } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { type AwsCall, type RecordingProxy, startRecordingProxy } from '../support/recording-proxy.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';
import { type Allowed, readTemplate } from '../support/template.ts';

const template = readTemplate();
const names = Object.keys(template.functions).sort();

/** A function with exactly the template's variables, and its recorded calls of AWS. */
interface Watched {
  readonly lambda: Lambda;
  readonly environment: Record<string, string>;
  readonly calls: AwsCall[];
}

let service: Service;
const watched: Record<string, Watched> = {};
const proxies: RecordingProxy[] = [];

const endpoints = ['DYNAMODB', 'SECRETS_MANAGER', 'EVENTBRIDGE', 'SFN', 'SQS'].map(
  (name) => `AWS_ENDPOINT_URL_${name}`,
);

/** Variables that only the sandbox needs. */
const local = /^(AWS_(REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY)|LIANLIAN_.*_URL|GATEWAY_TIMEOUT_MS)$/;

async function watch(name: string): Promise<Watched> {
  const here: Record<string, string> = { ...service.environment, EVENT_BUS_NAME: 'refunds-bus' };
  const deployed = template.functions[name]?.environment ?? {};
  const environment: Record<string, string> = {
    ...Object.fromEntries(Object.entries(here).filter(([variable]) => local.test(variable))),
    ...Object.fromEntries(Object.entries(deployed).map(([key, value]) => [key, here[key] ?? value])),
    FIRST_CHECK_SECONDS: '1',
    RESEND_AFTER_SECONDS: '1',
    // Soon there is enough for further runs.
    RECONCILE_ALONE_SECONDS: '1',
    RECONCILE_CHECKS_PER_SHARD: '1',
    GATEWAY_MAX_IN_FLIGHT: '8',
    GATEWAY_MAX_PER_SECOND: '8',
  };
  const calls: AwsCall[] = [];
  const ways: Record<string, string> = {};
  for (const variable of endpoints) {
    const proxy = await startRecordingProxy(here[variable] ?? '', (call) => calls.push(call));
    proxies.push(proxy);
    ways[variable] = proxy.endpoint;
  }
  // The SDK calls SQS at the queue's URL.
  const { DEAD_LETTERS_QUEUE_URL: queue } = environment;
  if (queue) environment.DEAD_LETTERS_QUEUE_URL = `${ways.AWS_ENDPOINT_URL_SQS}${new URL(queue).pathname}`;
  return { environment, calls, lambda: await startLambda(name, { ...environment, ...ways }) };
}

beforeAll(async () => {
  // The tests send the notifications themselves.
  service = await startService({ notifyAfterMs: 3_600_000 });
  const started = await Promise.all(names.map(watch));
  for (const [index, name] of names.entries()) watched[name] = started[index] as Watched;
  await useEverything();
}, 90_000);

afterAll(async () => {
  await Promise.all(Object.values(watched).map(({ lambda }) => lambda.stop()));
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  await service.stop();
});

const invoke = (name: string, event: unknown) => (watched[name] as Watched).lambda.invoke(event);
const attempt = (name: string, event: unknown) => invoke(name, event).catch((error: Error) => error.name);

/** Makes each function do everything that it can do. */
async function useEverything(): Promise<void> {
  await Promise.all([
    applyInEveryWay('apply-refund', 'p-r'),
    applyInEveryWay('apply-exchange-refund', 'p-x'),
  ]);
  await notify();
  await query();
  await list();
  await reconcile();
  await publish();
  await recordHistory();
  await readHistory();
}

async function applyInEveryWay(name: string, suffix: string): Promise<void> {
  const again = refundInput(`success-${suffix}`);
  expect(await invoke(name, again)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await invoke(name, { ...again, task_token: 'a-token' })).toMatchObject({ status: 'SUCCEEDED' });
  expect(await attempt(name, { ...again, money_refund: '1.00' })).toBe('RefundConflict');
  const rejected = refundInput(`once-5006-${suffix}`);
  expect(await attempt(name, rejected)).toBe('RefundRejected');
  expect(await invoke(name, rejected)).toMatchObject({ status: 'PROCESSING' });
  for (const lost of [refundInput(`lost-once-${suffix}`), refundInput(`silent-${suffix}`)]) {
    expect(await invoke(name, lost)).toMatchObject({ status: 'REQUESTED' });
    await invoke(name, lost);
  }
  const { lambda } = watched[name] as Watched;
  expect(await post(lambda, '/refunds', refundInput(`p-http-${suffix}`))).toMatchObject({ statusCode: 202 });
}

async function notify(): Promise<void> {
  for (const noRefund of ['p-http-p-r', 'made-elsewhere']) {
    const message = signedMessage(service.sandbox.gateway, noRefund, { sta_refund: '2' });
    const event = httpEvent('POST', '/refund-notifications', message);
    expect(await invoke('notify-callback', event)).toMatchObject({ statusCode: 200 });
  }
  expect(await service.record('made-elsewhere')).toMatchObject({ kind: 'external' });
}

async function query(): Promise<void> {
  const silent = { no_refund: 'silent-p-x', refresh: true };
  expect(await invoke('query-refund', silent)).toMatchObject({ refreshed: true });
  expect(await attempt('query-refund', { no_refund: 'unknown' })).toBe('RefundNotFound');
}

async function list(): Promise<void> {
  const day = String((await service.record('success-p-r'))?.day_shard).slice(0, 8);
  const parameters = [{ no_order: '2013051500001' }, { oid_paybill: '1' }, { day }, { open: true }];
  for (const input of [...parameters, { attention: true }])
    expect(await invoke('list-refunds', input)).toHaveProperty('refunds');
  expect(await invoke('list-refunds', { no_order: '2013051500001' })).toHaveProperty('totals');
}

async function reconcile(): Promise<void> {
  await invoke('apply-refund', refundInput('lost-once-p-due'));
  await until(async () => {
    await invoke('reconcile-refunds', {});
    return (await service.record('lost-once-p-due'))?.status === 'PROCESSING';
  });
  const many = Array.from({ length: 32 }, (_, index) => refundInput(`mute-p-${index}`));
  await Promise.all(many.map((input) => invoke('apply-refund', input)));
  await until(async () => {
    await invoke('reconcile-refunds', {});
    return service.sandbox.eventBridge.events.some(({ source }) => source === 'lianlian.reconciliation');
  });
}

async function publish(): Promise<void> {
  const refund = { kind: 'refund', version: 2, oid_partner: '1', money_refund: '1.00' };
  const ended = (no_refund: string, status: string, seconds = Date.now() / 1000) => ({
    dynamodb: {
      SequenceNumber: no_refund,
      ApproximateCreationDateTime: seconds,
      NewImage: toItem({ ...refund, no_refund, status, task_token: `token-${no_refund}` }),
    },
  });
  const complete = { batchItemFailures: [] };
  const records = [ended('p-1', 'SUCCEEDED'), ended('p-2', 'FAILED')];
  expect(await invoke('publish-refund-events', { Records: records })).toEqual(complete);

  const { eventBridge, stepFunctions, deadLetters } = service.sandbox;
  eventBridge.failWith(500);
  stepFunctions.failWith(500);
  const old = { Records: [ended('success-p-r', 'SUCCEEDED', Date.now() / 1000 - 3_600)] };
  expect(await invoke('publish-refund-events', old)).toEqual(complete);
  eventBridge.failWith(undefined);
  stepFunctions.failWith(undefined);
  expect(deadLetters.messages).toHaveLength(1);
  const letters = deadLetters.messages.map(({ id, body }) => ({ messageId: id, body }));
  expect(await invoke('publish-refund-events', { Records: letters })).toEqual(complete);
  expect(stepFunctions.results.map(({ token }) => token)).toContain('a-token');
}

async function recordHistory(): Promise<void> {
  const created = await service.record('success-p-r');
  const records = ['1', '2', '3'].map((SequenceNumber) => ({
    dynamodb: { SequenceNumber, NewImage: toItem(created ?? {}) },
  }));
  const complete = { batchItemFailures: [] };
  expect(await invoke('record-refund-history', { Records: records })).toEqual(complete);
  // Once more: nothing is written over.
  expect(await invoke('record-refund-history', { Records: records })).toEqual(complete);
}

async function readHistory(): Promise<void> {
  const { entries } = await invoke('refund-history', { no_refund: 'success-p-r' });
  expect(entries).toHaveLength(3);
  expect(await invoke('refund-history', { no_refund: 'failed-p-r' }).catch((error) => error.name)).toBe(
    'RefundNotFound',
  );
}

const place = 'ap-east-1:123456789012';

/** The IAM action's prefix and the resources of a call. */
const permissions: Record<string, (input: never, deployed: (here: string) => string) => [string, string[]]> =
  {
    DynamoDB: ({ TableName, IndexName, RequestItems }: Record<string, string>, deployed) => {
      const [name = ''] = TableName ? [TableName] : Object.keys(RequestItems ?? {});
      const table = `arn:aws:dynamodb:${place}:table/${deployed(name)}`;
      return ['dynamodb', [IndexName ? `${table}/index/${IndexName}` : table]];
    },
    secretsmanager: ({ SecretId }: { SecretId: string }, deployed) => [
      'secretsmanager',
      // Secrets Manager appends six characters to each name.
      [`arn:aws:secretsmanager:${place}:secret:${deployed(SecretId)}-??????`],
    ],
    AWSEvents: ({ Entries }: { Entries: { EventBusName?: string }[] }, deployed) => [
      'events',
      Entries.map(
        ({ EventBusName }) =>
          `arn:aws:events:${place}:event-bus/${EventBusName ? deployed(EventBusName) : 'default'}`,
      ),
    ],
    AWSStepFunctions: () => ['states', ['*']],
    AmazonSQS: ({ QueueUrl }: { QueueUrl: string }, deployed) => [
      'sqs',
      [`arn:aws:sqs:${place}:${deployed(QueueUrl)}`],
    ],
  };

/** The permissions that a function's calls need, with the names of the deployed resources. */
function neededBy(name: string): Allowed[] {
  const { calls, environment } = watched[name] as Watched;
  const deployed = (here: string) => {
    const [variable = ''] = Object.entries(environment).find(([, value]) => value === here) ?? [];
    return template.functions[name]?.environment[variable] ?? `no variable says ${here}`;
  };
  return calls.flatMap(({ service: target, operation, input }) => {
    const [prefix, resources] = permissions[target]?.(input as never, deployed) ?? [target, ['?']];
    return resources.map((resource) => ({ action: `${prefix}:${operation}`, resource }));
  });
}

/** The permissions that Lambda itself needs in a function's role. */
function neededByLambda(name: string): Allowed[] {
  const group = `arn:aws:logs:${place}:log-group:/aws/lambda/lianlian-refunds-dev-${name}:*`;
  const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => ({ action, resource: group }));
  if (!['publish-refund-events', 'record-refund-history'].includes(name)) return logs;
  const stream = String(template.evaluate({ 'Fn::GetAtt': ['RefundsTable', 'StreamArn'] }));
  const queue = String(template.evaluate({ 'Fn::GetAtt': ['RefundEventDeadLetters', 'Arn'] }));
  const followed = [
    ...logs,
    { action: 'dynamodb:DescribeStream', resource: stream },
    { action: 'dynamodb:GetRecords', resource: stream },
    { action: 'dynamodb:GetShardIterator', resource: stream },
    { action: 'dynamodb:ListStreams', resource: '*' },
  ];
  if (name === 'record-refund-history') return followed;
  return [
    ...followed,
    { action: 'sqs:ReceiveMessage', resource: queue },
    { action: 'sqs:DeleteMessage', resource: queue },
    { action: 'sqs:GetQueueAttributes', resource: queue },
  ];
}

const lines = (permissions: Allowed[]) =>
  [...new Set(permissions.map(({ action, resource }) => `${action} on ${resource}`))].sort();

test.each(names)('%s has the permissions that its calls need, and no others', (name) => {
  const role = template.functions[name]?.role;
  expect(lines(role ? template.allowedTo(role) : [])).toEqual(
    lines([...neededBy(name), ...neededByLambda(name)]),
  );
  expect(neededBy(name).length).toBeGreaterThan(2);
});

test('notify-callback has no setting for the merchant’s key, and fetches none', () => {
  const fetched = (watched['notify-callback'] as Watched).calls.filter(
    ({ service }) => service === 'secretsmanager',
  );
  expect(new Set(fetched.map(({ input }) => input.SecretId))).toEqual(new Set(['sandbox/lianlian-keys']));
});

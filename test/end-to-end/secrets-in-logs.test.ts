import { readSandboxKeys } from '../../sandbox/keys.ts';
import { toItem } from '../../shared/store/attribute-values.ts';
import { httpEvent } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

const names = [
  'apply-refund',
  'apply-exchange-refund',
  'notify-callback',
  'query-refund',
  'list-refunds',
  'reconcile-refunds',
  'publish-refund-events',
  'refund-history',
  'record-refund-history',
] as const;

const task_token = 'token-that-nobody-may-see';

let service: Service;
const functions = new Map<string, Lambda>();
const answers: unknown[] = [];

beforeAll(async () => {
  // The tests send the notifications themselves.
  service = await startService({ notifyAfterMs: 3_600_000 });
  for (const name of names) functions.set(name, await service.lambda(name));
  await fullRun();
}, 60_000);

afterAll(() => service.stop());

async function call(name: (typeof names)[number], event: unknown): Promise<void> {
  const ended = await functions
    .get(name)
    ?.invoke(event)
    .catch(({ name, message }) => ({ name, message }));
  answers.push(ended);
}

/** Makes the functions take decisions of every kind. */
async function fullRun(): Promise<void> {
  const kinds = [
    '',
    'success-',
    'failed-now-',
    'code-5006-',
    'code-9999-',
    'code-1008-',
    'drop-',
    'forged-',
    'unsigned-',
    'other-amount-',
  ];
  const inputs = kinds.map((kind) => refundInput(`${kind}log`, { task_token }));
  await Promise.all(inputs.map((input) => call('apply-refund', input)));
  await call('apply-exchange-refund', refundInput('log', { money_refund: '1.00', task_token }));
  await call('apply-exchange-refund', refundInput('exchange-log', { task_token }));
  await call('apply-refund', { ...refundInput('bad'), task_token: 7, sign: 'x' });
  const message = signedMessage(service.sandbox.gateway, 'log', { sta_refund: '2' });
  for (const text of [
    message,
    message.replace('"2"', '"3"'),
    signedMessage(service.sandbox.gateway, 'log', { sta_refund: '7' }),
    '{',
    signedMessage(service.sandbox.gateway, 'external-log'),
  ]) {
    await call('notify-callback', httpEvent('POST', '/refund-notifications', text));
  }
  service.table.injectFaults(() => 'refuse');
  await call('apply-refund', refundInput('outage-log', { task_token }));
  service.table.injectFaults(undefined);
  await call('query-refund', { no_refund: 'log', refresh: true });
  await call('list-refunds', { no_order: '2013051500001' });
  await call('list-refunds', { no_order: task_token, sign: 'x' });
  await service.put({ ...(await service.record('code-9999-log')), next_check_at: 1 });
  await call('reconcile-refunds', {});
  const record = { ...(await service.record('success-log')), task_token };
  await call('publish-refund-events', {
    Records: [
      { dynamodb: { SequenceNumber: '1', NewImage: toItem(record) } },
      {
        dynamodb: {
          SequenceNumber: '2',
          OldImage: toItem({ ...record, status: 'REJECTED' }),
          NewImage: toItem(record),
        },
      },
      {
        dynamodb: {
          SequenceNumber: '3',
          OldImage: toItem(record),
          NewImage: toItem({ ...record, conflicts: 1 }),
        },
      },
      { dynamodb: { SequenceNumber: '4', OldImage: toItem(record) } },
    ],
  });
  const told = { Records: [{ dynamodb: { SequenceNumber: '1', NewImage: toItem(record) } }] };
  service.table.injectFaults(() => 'refuse');
  await call('record-refund-history', told);
  service.table.injectFaults(undefined);
  const unreadable = { ...record, message: { packed: Buffer.from('not packed') } };
  await call('record-refund-history', {
    Records: [{ dynamodb: { SequenceNumber: '2', NewImage: toItem(unreadable) } }],
  });
  await call('refund-history', { no_refund: 'unknown-log' });
}

const linesOf = (name: string) => (functions.get(name)?.log() ?? '').split('\n').filter(Boolean);

test.each(names)('every line of %s is one decision, with its request id', (name) => {
  const lines = linesOf(name);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      decision: expect.any(String),
      request_id: expect.stringMatching(/./),
    });
  }
});

test('no line and no answer holds a key, a signature, a task token or a signed text', () => {
  const all = [...names.flatMap(linesOf), ...answers.map((answer) => JSON.stringify(answer))];
  const signatures = ['log', 'success-log', 'drop-log'].flatMap((noRefund) =>
    service.sandbox.gateway.requests(noRefund).map(({ fields }) => String(fields.sign)),
  );
  const keys = Object.values(readSandboxKeys()).flatMap(({ privateKey, publicKey }) =>
    [privateKey, publicKey].map((pem) => pem.split('\n')[1] ?? ''),
  );
  const secrets = [task_token, ...signatures, ...keys, 'sign_type=RSA', 'money_refund=', '"sign"'];
  expect(signatures.length).toBeGreaterThan(2);
  for (const secret of secrets) expect(all.filter((line) => line.includes(secret))).toEqual([]);
});

test('the functions measure the metrics that alarms and the dashboard watch', () => {
  const measured = (name: string) =>
    [...new Set(linesOf(name).flatMap((line) => Object.keys(JSON.parse(line).metrics ?? {})))].sort();
  expect(Object.fromEntries(names.map((name) => [name, measured(name)]))).toEqual({
    'apply-refund': [
      'ExchangesInDoubt',
      'Failures',
      'GatewayLatencyMs',
      'RefundsFailed',
      'RefundsRejected',
      'RefundsSucceeded',
      'SetupRefusals',
    ],
    'apply-exchange-refund': ['GatewayLatencyMs'],
    'notify-callback': ['ForgedNotifications', 'RefundsSucceeded', 'UnreadableMessages'],
    'query-refund': ['GatewayLatencyMs'],
    'list-refunds': [],
    'reconcile-refunds': [
      'ChecksLeft',
      'GatewayLatencyMs',
      'OldestRequestedSeconds',
      'OldestUnfinishedSeconds',
      'ReconciliationLagSeconds',
    ],
    'publish-refund-events': ['Conflicts', 'PaidAfterRefusal', 'RecordsDeleted'],
    'refund-history': [],
    'record-refund-history': ['Failures'],
  });
});

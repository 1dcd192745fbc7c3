import { post } from '../support/api-gateway.ts';
import type { Fault } from '../support/fault-proxy.ts';
import type { Lambda } from '../support/lambda.ts';
import { type Overrides, signedMessage } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

let service: Service;
let apply: Lambda;
let notify: Lambda;

beforeAll(async () => {
  service = await startService({ notifyAfterMs: 3_600_000 });
  [apply, notify] = await Promise.all([service.lambda('apply-refund'), service.lambda('notify-callback')]);
}, 60_000);

afterAll(() => service.stop());

const acknowledged = { statusCode: 200, body: { ret_code: '0000', ret_msg: 'ok' } };

async function receives(noRefund: string, overrides: Overrides): Promise<void> {
  const text = signedMessage(service.sandbox.gateway, noRefund, overrides);
  expect(await post(notify, '/refund-notifications', text)).toEqual(acknowledged);
}

/** Messages that contradict a record, with the behaviour that gives the record its status. */
const conflicting: [what: string, prefix: string, Overrides][] = [
  ['failure after success', 'success-', { sta_refund: '3' }],
  ['success after failure', 'failed-now-', { sta_refund: '2' }],
  ['another amount, final', 'success-', { money_refund: '200.11' }],
  ['another amount, open', '', { sta_refund: '2', money_refund: '20.01' }],
  ['another amount, rejected', 'code-5006-', { sta_refund: '2', money_refund: '20.01' }],
  ['another date, open', '', { sta_refund: '2', dt_refund: '20200101000000' }],
  ['another date, final', 'success-', { dt_refund: '20200101000000' }],
  ['another number, open', '', { sta_refund: '2', oid_refundno: '9999999999999999' }],
  ['another number, final', 'success-', { oid_refundno: '9999999999999999' }],
  ['another number, without status', 'success-', { sta_refund: undefined, oid_refundno: '9999999999999999' }],
];

test.each(conflicting)(
  '%s is recorded as a conflict, and the rest of the record stays the same',
  async (what, prefix, overrides) => {
    const noRefund = `${prefix}${conflicting.findIndex(([name]) => name === what)}`;
    await apply.invoke(refundInput(noRefund)).catch((error) => expect(error.name).toBe('RefundRejected'));
    const before = await service.record(noRefund);
    const dt_refund = String(before?.dt_refund);
    const missing = prefix === 'code-5006-' ? { dt_refund } : {};
    await receives(noRefund, { ...missing, ...overrides });

    const { conflict, conflicts, in_conflict, updated_at, message, ...rest } =
      (await service.record(noRefund)) ?? {};
    const { message: _replaced, ...unchanged } = before ?? {};
    expect({ ...rest, updated_at: before?.updated_at }).toEqual(unchanged);
    expect([in_conflict, message]).toEqual(['yes', expect.objectContaining({ via: 'notification' })]);
    expect(conflicts).toBe(1);
    const kept = definedIn({ ...overrides, received_at: updated_at });
    expect(conflict).toMatchObject({ first: kept, latest: kept });
    expect(notify.log()).toContain('contradicts the record');

    // A correct message is still settled, and answers still have the conflict.
    await receives(noRefund, { ...missing, sta_refund: prefix === 'failed-now-' ? '3' : '2' });
    const end = await apply.invoke(refundInput(noRefund));
    expect(end).toMatchObject({ status: prefix === 'failed-now-' ? 'FAILED' : 'SUCCEEDED', conflict });
  },
);

test('the record keeps the first and the latest of many conflicts, and repeated ones count once', async () => {
  await apply.invoke(refundInput('success-many'));
  await receives('success-many', { oid_refundno: '1111111111111111' });
  await receives('success-many', { sta_refund: '3' });
  await receives('success-many', { money_refund: '5.00' });
  await receives('success-many', { money_refund: '5.00' });
  expect(await service.record('success-many')).toMatchObject({
    status: 'SUCCEEDED',
    version: 2,
    conflicts: 3,
    conflict: { first: { oid_refundno: '1111111111111111' }, latest: { money_refund: '5.00' } },
  });
});

test('concurrent conflicts are all counted', async () => {
  await apply.invoke(refundInput('success-crowd'));
  const amounts = Array.from({ length: 8 }, (_, index) => `${index + 1}.00`);
  await Promise.all(amounts.map((money_refund) => receives('success-crowd', { money_refund })));
  expect(await service.record('success-crowd')).toMatchObject({ status: 'SUCCEEDED', conflicts: 8 });
});

test('a notification of an unknown refund creates an external record', async () => {
  await receives('external-1', { sta_refund: '1', oid_refundno: undefined });
  const first = await service.record('external-1');
  expect(first).toMatchObject({ kind: 'external', status: 'PROCESSING', version: 1, money_refund: '200.10' });
  expect(first?.next_check_at).toEqual(expect.any(Number));

  await receives('external-1', { sta_refund: '1', oid_refundno: undefined });
  expect(await service.record('external-1')).toEqual(first);
  await receives('external-1', { sta_refund: '2' });
  const second = await service.record('external-1');
  expect(second).toMatchObject({
    kind: 'external',
    status: 'SUCCEEDED',
    version: 2,
    settle_date: '20260103',
  });
  expect(second).not.toHaveProperty('next_check_at');
  await receives('external-1', { sta_refund: '3' });
  expect(await service.record('external-1')).toMatchObject({ status: 'SUCCEEDED', conflicts: 1 });

  await expect(apply.invoke(refundInput('external-1'))).rejects.toMatchObject({
    name: 'RefundConflict',
    message: expect.stringMatching(/external, SUCCEEDED.*second payment/),
  });
  expect(service.sandbox.gateway.requests('external-1')).toEqual([]);
});

test.each([
  ['amount', { money_refund: undefined }],
  ['status', { sta_refund: undefined }],
])(
  'a notification of an unknown refund without the %s creates a record that is due at once',
  async (what, lacking) => {
    const noRefund = `external-${what}`;
    await receives(noRefund, lacking);
    const record = await service.record(noRefund);
    expect(record).toMatchObject({ kind: 'external', status: 'REQUESTED' });
    expect(record?.next_check_at).toBeLessThanOrEqual(Date.now());
    await receives(noRefund, { sta_refund: '2' });
    expect(await service.record(noRefund)).toMatchObject({ kind: 'external', status: 'SUCCEEDED' });
  },
);

test('concurrent first notifications of an external refund create one record', async () => {
  const all = Array.from({ length: 10 }, () => receives('external-crowd', { sta_refund: '2' }));
  await Promise.all(all);
  expect(await service.record('external-crowd')).toMatchObject({ status: 'SUCCEEDED', version: 1 });
});

function definedIn(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

describe('a conflict from a refresh', () => {
  /** Refreshes a refund that a notification has settled with another number than the gateway's answer has. */
  async function refreshed(noRefund: string, fault: (operation: string, index: number) => Fault) {
    await apply.invoke(refundInput(noRefund));
    await receives(noRefund, { sta_refund: '2', oid_refundno: '1111111111111111' });
    const proxy = await service.proxy(service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB);
    proxy.injectFaults(fault);
    const query = await service.lambda('query-refund', { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
    const answer = await query.invoke({ no_refund: noRefund, refresh: true });
    return { answer, record: await service.record(noRefund), log: query.log() };
  }

  test('is recorded although the table fails for longer than the SDK retries', async () => {
    let failures = 0;
    const fault = (operation: string) => (operation === 'UpdateItem' && failures++ < 5 ? 'fail' : 'pass');
    const { record } = await refreshed('drop-recorded', fault);
    expect(failures).toBeGreaterThan(5);
    expect(record).toMatchObject({ oid_refundno: '1111111111111111', conflicts: 1 });
    expect(record?.conflict).toHaveProperty(
      'first.oid_refundno',
      expect.not.stringContaining('1111111111111111'),
    );
  });

  test('is logged with its decisive fields, and counted, where the table stays unreachable', async () => {
    const { answer, record, log } = await refreshed('drop-logged', (operation) =>
      operation === 'UpdateItem' ? 'refuse' : 'pass',
    );
    expect(answer).toMatchObject({ refreshed: false });
    expect(record).not.toHaveProperty('conflict');
    const [line] = log.split('\n').filter((text) => text.includes('UnrecordedMessages'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      no_refund: 'drop-logged',
      message: { oid_refundno: expect.stringMatching(/^\d{16}$/), sta_refund: expect.any(String) },
    });
  });
});

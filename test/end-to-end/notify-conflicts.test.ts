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

async function told(noRefund: string, overrides: Overrides): Promise<void> {
  const text = signedMessage(service.sandbox.gateway, noRefund, overrides);
  expect(await post(notify, '/refund-notifications', text)).toEqual(acknowledged);
}

/** Messages that contradict a record, by the status they meet. */
const contradictions: [what: string, prefix: string, Overrides][] = [
  ['failure after success', 'success-', { sta_refund: '3' }],
  ['success after failure', 'failed-now-', { sta_refund: '2' }],
  ['another amount, final', 'success-', { money_refund: '200.11' }],
  ['another amount, open', '', { sta_refund: '2', money_refund: '20.01' }],
  ['another amount, refused', 'code-5006-', { sta_refund: '2', money_refund: '20.01' }],
  ['another date, open', '', { sta_refund: '2', dt_refund: '20200101000000' }],
  ['another date, final', 'success-', { dt_refund: '20200101000000' }],
  ['another number, open', '', { sta_refund: '2', oid_refundno: '9999999999999999' }],
  ['another number, final', 'success-', { oid_refundno: '9999999999999999' }],
  ['another number, without status', 'success-', { sta_refund: undefined, oid_refundno: '9999999999999999' }],
];

test.each(contradictions)('%s: kept beside the record, which stays as it was', async (what, prefix, said) => {
  const noRefund = `${prefix}${contradictions.findIndex(([name]) => name === what)}`;
  await apply.invoke(refundInput(noRefund)).catch((error) => expect(error.name).toBe('RefundRejected'));
  const before = await service.record(noRefund);
  const dt_refund = String(before?.dt_refund);
  const missing = prefix === 'code-5006-' ? { dt_refund } : {};
  await told(noRefund, { ...missing, ...said });

  const { conflict, conflicts, updated_at, ...rest } = (await service.record(noRefund)) ?? {};
  expect({ ...rest, updated_at: before?.updated_at }).toEqual(before);
  expect(conflicts).toBe(1);
  const kept = definedIn({ ...said, received_at: updated_at });
  expect(conflict).toMatchObject({ first: kept, latest: kept });
  expect(notify.log()).toContain('contradicts the record');

  // What is right is still believed, and what is known is still shown.
  await told(noRefund, { ...missing, sta_refund: prefix === 'failed-now-' ? '3' : '2' });
  const end = await apply.invoke(refundInput(noRefund));
  expect(end).toMatchObject({ status: prefix === 'failed-now-' ? 'FAILED' : 'SUCCEEDED', conflict });
});

test('of many contradictions the first and the latest are kept, and repeated ones count once', async () => {
  await apply.invoke(refundInput('success-many'));
  await told('success-many', { oid_refundno: '1111111111111111' });
  await told('success-many', { sta_refund: '3' });
  await told('success-many', { money_refund: '5.00' });
  await told('success-many', { money_refund: '5.00' });
  expect(await service.record('success-many')).toMatchObject({
    status: 'SUCCEEDED',
    version: 2,
    conflicts: 3,
    conflict: { first: { oid_refundno: '1111111111111111' }, latest: { money_refund: '5.00' } },
  });
});

test('contradictions that come at the same moment are all counted', async () => {
  await apply.invoke(refundInput('success-crowd'));
  const amounts = Array.from({ length: 8 }, (_, index) => `${index + 1}.00`);
  await Promise.all(amounts.map((money_refund) => told('success-crowd', { money_refund })));
  expect(await service.record('success-crowd')).toMatchObject({ status: 'SUCCEEDED', conflicts: 8 });
});

test('a refund that was not applied for here is kept as a record of its own', async () => {
  await told('external-1', { sta_refund: '1', oid_refundno: undefined });
  const first = await service.record('external-1');
  expect(first).toMatchObject({ kind: 'external', status: 'PROCESSING', version: 1, money_refund: '200.10' });
  expect(first?.next_check_at).toEqual(expect.any(Number));

  await told('external-1', { sta_refund: '1', oid_refundno: undefined });
  expect(await service.record('external-1')).toEqual(first);
  await told('external-1', { sta_refund: '2' });
  const second = await service.record('external-1');
  expect(second).toMatchObject({
    kind: 'external',
    status: 'SUCCEEDED',
    version: 2,
    settle_date: '20260103',
  });
  expect(second).not.toHaveProperty('next_check_at');
  await told('external-1', { sta_refund: '3' });
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
])('one that was not applied for here and lacks the %s is kept, and due at once', async (what, lacking) => {
  const noRefund = `external-${what}`;
  await told(noRefund, lacking);
  const record = await service.record(noRefund);
  expect(record).toMatchObject({ kind: 'external', status: 'REQUESTED' });
  expect(record?.next_check_at).toBeLessThanOrEqual(Date.now());
  await told(noRefund, { sta_refund: '2' });
  expect(await service.record(noRefund)).toMatchObject({ kind: 'external', status: 'SUCCEEDED' });
});

test('many first messages of a refund from elsewhere make one record', async () => {
  const all = Array.from({ length: 10 }, () => told('external-crowd', { sta_refund: '2' }));
  await Promise.all(all);
  expect(await service.record('external-crowd')).toMatchObject({ status: 'SUCCEEDED', version: 1 });
});

function definedIn(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

describe('a contradiction that a refresh brings', () => {
  /** A refund that a notification has settled with another number than the gateway answers with. */
  async function refreshed(noRefund: string, fate: (operation: string, index: number) => Fault) {
    await apply.invoke(refundInput(noRefund));
    await told(noRefund, { sta_refund: '2', oid_refundno: '1111111111111111' });
    const proxy = await service.proxy(service.sandbox.settings.AWS_ENDPOINT_URL_DYNAMODB);
    proxy.injectFaults(fate);
    const query = await service.lambda('query-refund', { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint });
    const answer = await query.invoke({ no_refund: noRefund, refresh: true });
    return { answer, record: await service.record(noRefund), log: query.log() };
  }

  test('is kept, although the table fails for longer than the SDK repeats', async () => {
    let failures = 0;
    const fate = (operation: string) => (operation === 'UpdateItem' && failures++ < 5 ? 'fail' : 'pass');
    const { record } = await refreshed('drop-kept', fate);
    expect(failures).toBeGreaterThan(5);
    expect(record).toMatchObject({ oid_refundno: '1111111111111111', conflicts: 1 });
    expect(record?.conflict).toHaveProperty(
      'first.oid_refundno',
      expect.not.stringContaining('1111111111111111'),
    );
  });

  test('is in the log with its decisive fields, and counted, where the table does not come back', async () => {
    const { answer, record, log } = await refreshed('drop-told', (operation) =>
      operation === 'UpdateItem' ? 'refuse' : 'pass',
    );
    expect(answer).toMatchObject({ refreshed: false });
    expect(record).not.toHaveProperty('conflict');
    const [line] = log.split('\n').filter((text) => text.includes('UnrecordedMessages'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      no_refund: 'drop-told',
      message: { oid_refundno: expect.stringMatching(/^\d{16}$/), sta_refund: expect.any(String) },
    });
  });
});

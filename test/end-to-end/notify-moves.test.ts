import { httpEvent, post, restEvent } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { type Overrides, signedMessage, withBareNumbers } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

let service: Service;
let apply: Lambda;
let notify: Lambda;

beforeAll(async () => {
  // The tests send the notifications themselves.
  service = await startService({ notifyAfterMs: 3_600_000 });
  [apply, notify] = await Promise.all([service.lambda('apply-refund'), service.lambda('notify-callback')]);
}, 60_000);

afterAll(() => service.stop());

const acknowledged = { statusCode: 200, body: { ret_code: '0000', ret_msg: 'ok' } };

const message = (noRefund: string, overrides?: Overrides): string =>
  signedMessage(service.sandbox.gateway, noRefund, overrides);

const notified = (text: string) => post(notify, '/refund-notifications', text);

/** Applies for a refund whose number decides its first status. A rejected one throws. */
async function applied(noRefund: string) {
  await apply.invoke(refundInput(noRefund)).catch((error) => expect(error.name).toBe('RefundRejected'));
  return service.record(noRefund);
}

const beginnings: Record<string, string> = {
  REQUESTED: 'drop-unbooked-',
  REJECTED: 'code-5006-',
  INITIALIZED: 'init-',
  PROCESSING: '',
  SUCCEEDED: 'success-',
  FAILED: 'failed-now-',
};

/** The record's status after a notification with `sta_refund` 0, 1, 2 or 3, by its status before. */
const moves = Object.entries({
  REQUESTED: ['INITIALIZED', 'PROCESSING', 'SUCCEEDED', 'FAILED'],
  REJECTED: ['INITIALIZED', 'PROCESSING', 'SUCCEEDED', 'FAILED'],
  INITIALIZED: ['INITIALIZED', 'PROCESSING', 'SUCCEEDED', 'FAILED'],
  PROCESSING: ['PROCESSING', 'PROCESSING', 'SUCCEEDED', 'FAILED'],
  SUCCEEDED: ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'],
  FAILED: ['FAILED', 'FAILED', 'FAILED', 'FAILED'],
}).flatMap(([from, ends]) => ends.map((to, staRefund) => [from, staRefund as 0 | 1 | 2 | 3, to] as const));

test.each(moves)('%s becomes, with sta_refund %s, %s', async (from, staRefund, to) => {
  const noRefund = `${beginnings[from]}${from}-${staRefund}`.slice(0, 32);
  const before = await applied(noRefund);
  expect(before).toMatchObject({ status: from });
  // The record's own date, since the gateway's ledger has none of a refund that was never booked.
  const text = message(noRefund, { sta_refund: String(staRefund), dt_refund: String(before?.dt_refund) });

  for (let copy = 0; copy < 2; copy += 1) {
    expect(await notified(text)).toEqual(acknowledged);
    const after = await service.record(noRefund);
    expect(after).toMatchObject({ status: to, version: Number(before?.version) + (from === to ? 0 : 1) });
    if (from !== to)
      expect(after).toMatchObject({ sta_refund: String(staRefund), oid_refundno: expect.any(String) });
    expect(typeof after?.next_check_at).toBe(isFinal(to) ? 'undefined' : 'number');
    const contradicts = isFinal(from) && isFinal(STATUS[staRefund]) && STATUS[staRefund] !== from;
    expect(Boolean(after?.conflict)).toBe(contradicts);
  }
});

const STATUS = { 0: 'INITIALIZED', 1: 'PROCESSING', 2: 'SUCCEEDED', 3: 'FAILED' };

const isFinal = (status: string): boolean => ['SUCCEEDED', 'FAILED'].includes(status);

test('messages in any order, with any repetitions, lead to the same status', async () => {
  await applied('init-order');
  for (const sta_refund of ['2', '0', '1', '2', '1', '0', '2']) {
    expect(await notified(message('init-order', { sta_refund }))).toEqual(acknowledged);
  }
  const record = await service.record('init-order');
  expect(record).toMatchObject({ status: 'SUCCEEDED', version: 3, sta_refund: '2' });
  expect(record).not.toHaveProperty('conflict');
});

test('concurrent copies of a message change the status once', async () => {
  await applied('copies-1');
  const text = message('copies-1', { sta_refund: '2' });
  const replies = await Promise.all(Array.from({ length: 20 }, () => notified(text)));
  expect(replies).toEqual(Array(20).fill(acknowledged));
  expect(await service.record('copies-1')).toMatchObject({ status: 'SUCCEEDED', version: 3 });
});

test.each([
  ['payload 1.0', (text: string) => restEvent('POST', '/refund-notifications', text)],
  ['a base64 body', (text: string) => httpEvent('POST', '/refund-notifications', Buffer.from(text))],
  [
    'numbers without quotes',
    (text: string) => httpEvent('POST', '/refund-notifications', withBareNumbers(text)),
  ],
])('a notification over HTTP with %s is acknowledged', async (what, event) => {
  const noRefund = `http-${what.length}`;
  await applied(noRefund);
  const answer = await notify.invoke(event(message(noRefund, { sta_refund: '2' })));
  expect(answer).toMatchObject({ statusCode: 200, body: '{"ret_code":"0000","ret_msg":"ok"}' });
  expect(await service.record(noRefund)).toMatchObject({ status: 'SUCCEEDED', money_refund: '200.10' });
});

test.each([
  ['the message', (text: string) => JSON.parse(text)],
  ['its text', (text: string) => text],
])('a direct invocation with %s is acknowledged', async (what, event) => {
  const noRefund = `direct-${what.length}`;
  await applied(noRefund);
  const answer = await notify.invoke(event(message(noRefund, { sta_refund: '2' })));
  expect(answer).toEqual({ ret_code: '0000', ret_msg: 'ok' });
  expect(await service.record(noRefund)).toMatchObject({ status: 'SUCCEEDED' });
});

test.each(['200.1', '200.10', '0200.10'])('an amount is compared by value: %s', async (money_refund) => {
  const noRefund = `amount-${money_refund}`;
  await applied(noRefund);
  expect(await notified(message(noRefund, { money_refund, sta_refund: '2' }))).toEqual(acknowledged);
  expect(await service.record(noRefund)).toMatchObject({ status: 'SUCCEEDED', money_refund: '200.10' });
});

test.each([
  ['amount', { money_refund: undefined }],
  ['status', { sta_refund: undefined }],
  ['amount and status', { money_refund: undefined, sta_refund: undefined }],
])(
  'a message without %s changes no status, is acknowledged, and makes a query due',
  async (what, lacking) => {
    const noRefund = `lacking-${what.replaceAll(' ', '-')}`;
    const before = await applied(noRefund);
    expect(before?.next_check_at).toBeGreaterThan(Date.now() + 800_000);
    expect(await notified(message(noRefund, { sta_refund: '2', ...lacking }))).toEqual(acknowledged);
    const after = await service.record(noRefund);
    expect(after).toMatchObject({ status: 'PROCESSING', version: before?.version, sta_refund: '1' });
    expect(after?.next_check_at).toBeLessThanOrEqual(Date.now());
  },
);

import type { RESULT_FIELDS } from '../../shared/domain/refund.ts';
import { post } from '../support/api-gateway.ts';
import { itemBytes } from '../support/item-size.ts';
import type { Lambda } from '../support/lambda.ts';
import { type Overrides, signedMessage } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

let service: Service;
let exchange: Lambda;
let notify: Lambda;

beforeAll(async () => {
  // The gateway doesn't know the longest merchant id: the tests send its notifications themselves.
  service = await startService({ notifyAfterMs: 3_600_000 });
  exchange = await service.lambda('apply-exchange-refund');
  notify = await service.lambda('notify-callback');
}, 60_000);

afterAll(() => service.stop());

/** An application with every field at its maximum length. */
const longest = (noRefund: string) => ({
  no_refund: noRefund.padEnd(32, 'x'),
  money_refund: '100000000.00',
  no_order: 'o'.repeat(32),
  dt_order: '20260102030405',
  oid_paybill: 'p'.repeat(32),
  dt_refund: '20260102030406',
  notify_url: 'http://127.0.0.1:9/'.padEnd(128, 'n'),
  oid_partner: '201103171000000000',
});

/** A message of the gateway with every field at its maximum length. */
const longestMessage = (sta_refund: string) =>
  ({
    sta_refund,
    ret_msg: '款'.repeat(100),
    money_foreign_refund: '100000000.00',
    rate_id: 'r'.repeat(32),
    rate: `6.${'6'.repeat(30)}`,
    exchange_bankcode: 'b'.repeat(32),
    settle_date: '20260103',
  }) satisfies Overrides & Record<Exclude<(typeof RESULT_FIELDS)[number], 'oid_refundno'>, string>;

/** A write unit of DynamoDB, bytes. */
const unit = 1024;

test.each([
  ['processing', 'init-', '1', 'PROCESSING'],
  ['success', '', '2', 'SUCCEEDED'],
])('the largest record costs two write units: %s', async (_what, prefix, status, end) => {
  const input = longest(prefix);
  await exchange.invoke(input);
  const short = { sta_refund: '2', money_refund: undefined };
  await notify.invoke(signedMessage(service.sandbox.gateway, input.no_refund, short));
  const text = signedMessage(service.sandbox.gateway, input.no_refund, longestMessage(status));
  expect(await post(notify, '/refund-notifications', text)).toMatchObject({ statusCode: 200 });
  const record = await service.record(input.no_refund);
  expect(record).toMatchObject({ ...input, status: end, claimed_oid_refundno: expect.any(String) });
  expect(itemBytes(record ?? {})).toBeLessThan(2 * unit);
});

test.each(['processing', 'success'])(
  'an ordinary record costs one write unit with the message that changed it, and two with the longest words: %s',
  async (prefix) => {
    const own = { reference: '单'.repeat(64), reason: '由'.repeat(200), requested_by: '人'.repeat(64) };
    const more = { dt_order: '20260102030405', oid_paybill: '2013051613121201' };
    await exchange.invoke(refundInput(`${prefix}-13051500005`, more));
    await exchange.invoke(refundInput(`${prefix}-13051500006`, { ...more, ...own }));
    const plain = await service.record(`${prefix}-13051500005`);
    expect(plain?.message).toMatchObject({ via: 'answer' });
    expect(itemBytes(plain ?? {})).toBeLessThan(unit);
    expect(itemBytes((await service.record(`${prefix}-13051500006`)) ?? {})).toBeLessThan(2 * unit);
  },
);

test('a record of a rejection or of no answer costs one write unit', async () => {
  for (const prefix of ['code-5006-', 'code-9999-']) {
    const input = longest(prefix);
    await exchange.invoke(input).catch((error) => expect(error.name).toBe('RefundRejected'));
    expect(itemBytes((await service.record(input.no_refund)) ?? {})).toBeLessThan(unit);
  }
});

/** The fields for callers; all others of a record are internal. */
const shown = [
  'kind',
  'no_refund',
  'status',
  'version',
  'created_at',
  'updated_at',
  'conflict',
  'oid_partner',
].concat(
  [
    'money_refund',
    'no_order',
    'dt_order',
    'oid_paybill',
    'dt_refund',
    'notify_url',
    'sta_refund',
    'oid_refundno',
  ],
  ['settle_date', 'money_foreign_refund', 'rate_id', 'rate', 'exchange_bankcode'],
  ['attempts', 'last_attempt_at'],
);

/** What a caller sees of a refund that is open as well. */
const shownWhileOpen = [...shown, 'ret_code', 'ret_msg', 'last_problem', 'next_check_at'];

test('an answer has every field for callers', async () => {
  const input = longest('all-');
  await exchange.invoke(input);
  const text = signedMessage(service.sandbox.gateway, input.no_refund, longestMessage('2'));
  await notify.invoke(text);
  const query = await service.lambda('query-refund');
  const refund = await query.invoke({ no_refund: input.no_refund });
  expect(Object.keys(refund).sort()).toEqual(shown.filter((field) => field !== 'conflict').sort());
});

test.each(['', 'success-', 'drop-', 'code-9999-', 'init-'])(
  'an answer to %s has no internal field',
  async (prefix) => {
    const input = { ...longest(prefix), no_refund: `${prefix}shown`, task_token: 'secret-token' };
    for (const answer of [
      await exchange.invoke(input),
      (await post(exchange, '/exchange-refunds', input)).body,
    ]) {
      for (const field of Object.keys(answer)) expect(shownWhileOpen).toContain(field);
      expect(JSON.stringify(answer)).not.toContain('secret-token');
      expect(answer).toMatchObject({ no_refund: input.no_refund, kind: 'exchange-refund' });
    }
  },
);

test('times are ISO 8601 in UTC, and dt_refund is in the gateway’s UTC+8', async () => {
  const before = Date.now();
  const answer = await exchange.invoke(refundInput('success-times'));
  for (const field of ['created_at', 'updated_at']) {
    expect(answer[field]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Date.parse(String(answer[field]))).toBeGreaterThanOrEqual(before);
  }
  const beijing = new Date(Date.parse(String(answer.created_at)) + 8 * 3_600_000).toISOString();
  expect(answer.dt_refund).toBe(beijing.replace(/\D/g, '').slice(0, 14));
});

test('an amount is sent with exactly two decimals, and missing fields are not sent', async () => {
  await exchange.invoke({
    no_refund: 'success-sent',
    money_refund: '7',
    oid_paybill: 'paybill-1',
    task_token: 'x',
  });
  const [request] = service.sandbox.gateway.requests('success-sent');
  expect(request?.fields).toEqual({
    oid_partner: '201103171000000000',
    no_refund: 'success-sent',
    dt_refund: expect.stringMatching(/^\d{14}$/),
    money_refund: '7.00',
    oid_paybill: 'paybill-1',
    notify_url: service.environment.NOTIFY_URL,
    sign_type: 'RSA',
    sign: expect.any(String),
  });
});

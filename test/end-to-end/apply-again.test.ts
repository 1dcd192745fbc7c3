import { post } from '../support/api-gateway.ts';
import type { Lambda, ThrownByFunction } from '../support/lambda.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

let service: Service;
let apply: Lambda;
let exchange: Lambda;

beforeAll(async () => {
  service = await startService();
  apply = await service.lambda('apply-refund');
  exchange = await service.lambda('apply-exchange-refund');
}, 60_000);

afterAll(() => service.stop());

test('a repeated request is answered from the record, and the gateway is not queried', async () => {
  // Its notification comes after the second request.
  const first = await apply.invoke(refundInput('mute-again-1'));
  expect(await apply.invoke(refundInput('mute-again-1'))).toEqual(first);
  expect(service.requestedUrls('mute-again-1')).toEqual(['/refund.htm']);
  await apply.invoke(refundInput('again-1'));
  await until(async () => (await service.record('again-1'))?.status === 'SUCCEEDED');
  expect(await apply.invoke(refundInput('again-1'))).toMatchObject({ status: 'SUCCEEDED', sta_refund: '2' });
  // 200.1 is the same amount as 200.10, and oid_partner is optional.
  const same = { money_refund: '200.1', oid_partner: service.environment.OID_PARTNER };
  expect(await apply.invoke(refundInput('again-1', same))).toMatchObject({ status: 'SUCCEEDED' });
  expect(service.requestedUrls('again-1')).toEqual(['/refund.htm']);
});

const complete = { no_order: 'order-1', dt_order: '20260101000000', oid_paybill: 'paybill-1' };

test.each([
  ['another amount', { ...complete, money_refund: '200.11' }],
  ['another order', { ...complete, no_order: 'order-2' }],
  ['another date of the order', { ...complete, dt_order: '20260101000001' }],
  ['another payment', { ...complete, oid_paybill: 'paybill-2' }],
  ['a date', { ...complete, dt_refund: '20260101000000' }],
  ['an address', { ...complete, notify_url: 'https://merchant.example/elsewhere' }],
])('the same number with %s is a conflict, and nothing is sent or changed', async (_what, other) => {
  await apply.invoke(refundInput('success-other', complete));
  const before = await settledRecord('success-other');
  expect(await rejection(apply.invoke(refundInput('success-other', other)))).toBe('RefundConflict');
  expect(await service.record('success-other')).toEqual(before);
  expect(service.requestedUrls('success-other')).toEqual(['/refund.htm']);
});

test.each([
  ['without a date of the order', { ...complete, dt_order: undefined }],
  ['without the payment', { ...complete, oid_paybill: undefined }],
  ['with the amount written shorter', { ...complete, money_refund: '200.1' }],
])('a repetition %s is the same request: a field that is left out matches', async (_what, again) => {
  await apply.invoke(refundInput('success-again', complete));
  expect(await apply.invoke(refundInput('success-again', again))).toMatchObject({ status: 'SUCCEEDED' });
  expect(service.requestedUrls('success-again')).toEqual(['/refund.htm']);
});

test('the fields of an answer can be sent again as a request', async () => {
  const answer = await apply.invoke(refundInput('success-back'));
  const requestFields =
    'no_refund money_refund no_order oid_paybill dt_order dt_refund notify_url oid_partner'.split(' ');
  const sentBack = Object.fromEntries(
    requestFields.filter((field) => answer[field]).map((field) => [field, answer[field]]),
  );
  expect(Object.keys(sentBack)).toEqual(expect.arrayContaining(['dt_refund', 'notify_url', 'oid_partner']));
  expect(await apply.invoke(sentBack)).toMatchObject({ status: 'SUCCEEDED' });
});

test('a conflict has the differences and the status of the recorded refund', async () => {
  await apply.invoke(refundInput('success-differs', complete));
  const other = refundInput('success-differs', { ...complete, money_refund: '1.00', no_order: 'order-2' });
  const { statusCode, body } = await post(exchange, '/exchange-refunds', other);
  expect(statusCode).toBe(409);
  expect(body.error).toMatchObject({
    name: 'RefundConflict',
    status: 'SUCCEEDED',
    kind: 'refund',
    message: expect.stringMatching(/second payment/),
  });
  expect(body.error?.issues).toEqual([
    { path: 'kind', message: 'is refund in the record: apply through that API' },
    { path: 'money_refund', message: 'is 200.10 in the record' },
    { path: 'no_order', message: 'is order-1 in the record' },
  ]);
});

test('the same number for the other kind of refund is a conflict', async () => {
  await apply.invoke(refundInput('success-kind'));
  expect(await rejection(exchange.invoke(refundInput('success-kind')))).toBe('RefundConflict');
  expect(service.requestedUrls('success-kind')).toEqual(['/refund.htm']);
});

test('a refund whose first attempt is in doubt still conflicts with another', async () => {
  await apply.invoke(refundInput('drop-unbooked-other'));
  const other = refundInput('drop-unbooked-other', { money_refund: '1.00' });
  expect(await rejection(apply.invoke(other))).toBe('RefundConflict');
  expect(service.requestedUrls('drop-unbooked-other')).toEqual(['/refund.htm']);
});

test('fifty concurrent applications in five containers cause one request and no failure', async () => {
  // The time-out allows the slow answer: an application that comes later, on a busy machine, finds the refund settled.
  const patience = { GATEWAY_TIMEOUT_MS: '15000' };
  const containers = await Promise.all(
    Array.from({ length: 5 }, () => service.lambda('apply-refund', patience)),
  );
  const answers = await Promise.all(
    containers.flatMap((container) =>
      Array.from({ length: 10 }, () => container.invoke(refundInput('slow-crowd'))),
    ),
  );
  expect(answers).toHaveLength(50);
  for (const { status } of answers) expect(status).toMatch(/^(REQUESTED|PROCESSING|SUCCEEDED)$/);
  expect(service.requestedUrls('slow-crowd')).toEqual(['/refund.htm']);
  expect(service.sandbox.gateway.paidCount('slow-crowd')).toBe(1);
});

test('one of two concurrent applications for different refunds under one number wins', async () => {
  const amounts = Array.from({ length: 10 }, (_, index) => `${index + 1}.00`);
  const outcomes = await Promise.all(
    amounts.map((money_refund) => rejection(apply.invoke(refundInput('race-1', { money_refund })))),
  );
  expect(outcomes.filter((name) => name === undefined)).toHaveLength(1);
  expect(outcomes.filter((name) => name === 'RefundConflict')).toHaveLength(9);
  expect(service.requestedUrls('race-1')).toEqual(['/refund.htm']);
});

test('a newer task token replaces the stored one, at any time, and is in no answer', async () => {
  const tokens = ['token-of-the-first', 'token-of-the-second', 'token-of-the-third'];
  const answers: unknown[] = [];
  for (const task_token of tokens) {
    answers.push(await apply.invoke(refundInput('success-token', { task_token })));
    expect(await service.record('success-token')).toMatchObject({ task_token });
  }
  answers.push(await apply.invoke(refundInput('success-token')));
  expect(await service.record('success-token')).toMatchObject({ task_token: 'token-of-the-third' });
  const conflict = refundInput('success-token', { task_token: 'token-of-a-stranger', money_refund: '1.00' });
  expect(await rejection(apply.invoke(conflict))).toBe('RefundConflict');
  expect(await service.record('success-token')).toMatchObject({ task_token: 'token-of-the-third' });

  expect(JSON.stringify(answers) + apply.log()).not.toContain('token-of');
  expect(service.requestedUrls('success-token')).toEqual(['/refund.htm']);
});

test('the log has neither signatures nor keys', async () => {
  const [request] = service.sandbox.gateway.requests('again-1');
  expect(apply.log()).toContain('again-1');
  expect(apply.log()).not.toContain(request?.fields.sign);
  expect(apply.log()).not.toMatch(/PRIVATE|BEGIN|"sign/);
});

/** The record after the notification that follows the answer; it doesn't change any more. */
async function settledRecord(noRefund: string) {
  await until(async () => (await service.record(noRefund))?.status === 'SUCCEEDED');
  return service.record(noRefund);
}

/** The name of the error that an invocation threw; `undefined` where it returned. */
function rejection(invocation: Promise<unknown>): Promise<string | undefined> {
  return invocation.then(
    () => undefined,
    (error: ThrownByFunction) => error.name,
  );
}

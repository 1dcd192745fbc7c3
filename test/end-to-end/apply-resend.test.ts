import type { Lambda } from '../support/lambda.ts';
import { refundInput, type Service, startService, until } from '../support/service.ts';

let service: Service;
/** It confirms "not found" after 15 minutes. */
let patient: Lambda;
let other: Lambda;

beforeAll(async () => {
  service = await startService();
  patient = await service.lambda('apply-refund');
  other = await service.lambda('apply-refund');
}, 60_000);

afterAll(() => service.stop());

test.concurrent('a rejected refund is resent after a query, with the identical request', async () => {
  const input = refundInput('once-5006-1', { dt_order: '20260101000000', oid_paybill: 'paybill-1' });
  await expect(patient.invoke(input)).rejects.toMatchObject({ name: 'RefundRejected' });
  const again = await service.beforeNotifications(() => patient.invoke(input));
  expect(again).toMatchObject({ status: 'PROCESSING', ret_code: '0000' });
  expectSentTwiceTheSame('once-5006-1');
  const record = await until(() => recordWith('once-5006-1', 'SUCCEEDED'));
  expect(record).toMatchObject({ attempts: 2, version: 5 });
  expect(record).not.toHaveProperty('doubt');
  expect(service.sandbox.gateway.paidCount('once-5006-1')).toBe(1);
});

test.concurrent('concurrent applications for a rejected refund resend it once', async () => {
  const input = refundInput('once-5006-many');
  await expect(patient.invoke(input)).rejects.toMatchObject({ name: 'RefundRejected' });
  await Promise.all(Array.from({ length: 10 }, (_, index) => (index % 2 ? patient : other).invoke(input)));
  expectSentTwiceTheSame('once-5006-many');
});

test.concurrent('a query finds a refund that was paid in spite of its rejection, and nothing is resent', async () => {
  const rejection = service.beforeNotifications(() => patient.invoke(refundInput('booked-5007-1')));
  await expect(rejection).rejects.toMatchObject({ name: 'RefundRejected' });
  expect(await patient.invoke(refundInput('booked-5007-1'))).toMatchObject({
    status: expect.stringMatching(/^(PROCESSING|SUCCEEDED)$/),
  });
  expect(service.requestedUrls('booked-5007-1').filter((url) => url === '/refund.htm')).toHaveLength(1);
  await until(() => recordWith('booked-5007-1', 'SUCCEEDED'));
});

test.concurrent.each(['drop-unbooked-young', 'lost-young', 'code-9999-young'])(
  '%s: a refund in doubt is queried first, and not resent while "not found" may be lag',
  async (noRefund) => {
    expect(await patient.invoke(refundInput(noRefund))).toMatchObject({ status: 'REQUESTED' });
    expect(await patient.invoke(refundInput(noRefund))).toMatchObject({ status: 'REQUESTED' });
    expect(await patient.invoke(refundInput(noRefund))).toMatchObject({ status: 'REQUESTED' });
    expect(service.requestedUrls(noRefund)).toEqual(['/refund.htm', '/refundquery.htm', '/refundquery.htm']);
  },
);

test.concurrent('a query finds that a refund in doubt was paid', async () => {
  await patient.invoke(refundInput('silent-found'));
  await until(() => recordWith('silent-found', 'SUCCEEDED'));
  await patient.invoke(refundInput('drop-found'));
  expect(await patient.invoke(refundInput('drop-found'))).toMatchObject({
    status: expect.stringMatching(/^(PROCESSING|SUCCEEDED)$/),
  });
  expect(service.requestedUrls('drop-found').filter((url) => url === '/refund.htm')).toHaveLength(1);
});

test.concurrent.each(['lost-once-late', 'once-9999-late'])(
  '%s: a late "not found" is confirmed, and the identical request is resent',
  async (noRefund) => {
    expect(await patient.invoke(refundInput(noRefund))).toMatchObject({ status: 'REQUESTED' });
    await letPass(noRefund);
    const resent = await service.beforeNotifications(() => patient.invoke(refundInput(noRefund)));
    expect(resent).toMatchObject({ status: 'PROCESSING' });
    expectSentTwiceTheSame(noRefund);
    expect(await until(() => recordWith(noRefund, 'SUCCEEDED'))).toMatchObject({ attempts: 2, doubt: true });
    expect(service.sandbox.gateway.paidCount(noRefund)).toBe(1);
  },
);

test.concurrent('a rejected resend is confirmed by a late query only, since the first request may have succeeded', async () => {
  const road = await service.proxy(service.sandbox.gateway.url);
  const lossy = await service.lambda('apply-refund', { LIANLIAN_TRADER_URL: road.endpoint });
  const noRefund = 'code-5007-resent';
  road.injectFaults(() => 'lose-request');
  expect(await lossy.invoke(refundInput(noRefund))).toMatchObject({ status: 'REQUESTED' });
  road.injectFaults(undefined);
  await letPass(noRefund);

  expect(await lossy.invoke(refundInput(noRefund))).toMatchObject({ status: 'REQUESTED', ret_code: '5007' });
  expect(await lossy.invoke(refundInput(noRefund))).toMatchObject({ status: 'REQUESTED', ret_code: '5007' });
  expect(service.requestedUrls(noRefund)).toEqual(['/refundquery.htm', '/refund.htm', '/refundquery.htm']);
  const due = { doubt: true, attempts: 2, next_check_at: expect.any(Number) };
  expect(await service.record(noRefund)).toMatchObject({ status: 'REQUESTED', ...due });

  await letPass(noRefund);
  await expect(lossy.invoke(refundInput(noRefund))).rejects.toMatchObject({ name: 'RefundRejected' });
  expect(service.requestedUrls(noRefund).filter((url) => url === '/refund.htm')).toHaveLength(1);
  expect(await service.record(noRefund)).toMatchObject({ status: 'REJECTED', ret_code: '5007', ...due });
});

function expectSentTwiceTheSame(noRefund: string): void {
  const requests = service.sandbox.gateway.requests(noRefund);
  expect(requests.map(({ url }) => url)).toEqual(['/refund.htm', '/refundquery.htm', '/refund.htm']);
  expect(requests[2]?.body).toBe(requests[0]?.body);
}

/** Moves the last attempt into the past, so that a "not found" is confirmed. */
async function letPass(noRefund: string): Promise<void> {
  await service.put({ ...(await service.record(noRefund)), last_attempt_at: Date.now() - 901_000 });
}

async function recordWith(noRefund: string, status: string) {
  const record = await service.record(noRefund);
  return record?.status === status && record;
}

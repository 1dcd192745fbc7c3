import type { Lambda } from '../support/lambda.ts';
import { forEachOf, refundInput, type Service, startService, until } from '../support/service.ts';

/** The gateway's behaviour, the immediate answer, the number of payments, and the final status. */
const outcomes: [prefix: string, atOnce: string, paid: number, end: string][] = [
  ['', 'PROCESSING', 1, 'SUCCEEDED'],
  ['success-', 'SUCCEEDED', 1, 'SUCCEEDED'],
  ['failed-', 'PROCESSING', 0, 'FAILED'],
  ['failed-now-', 'FAILED', 0, 'FAILED'],
  ['init-', 'INITIALIZED', 1, 'SUCCEEDED'],
  ['silent-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['lost-', 'REQUESTED', 0, 'REQUESTED'],
  ['slow-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['drop-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['drop-unbooked-', 'REQUESTED', 0, 'REQUESTED'],
  ['half-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['http-500-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['http-302-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['http-201-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['garbage-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['unsigned-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['forged-', 'REQUESTED', 0, 'REQUESTED'],
  ['md5-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['other-refund-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['other-amount-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['other-date-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['other-partner-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['other-number-', 'PROCESSING', 1, 'PROCESSING'],
  ['twice-', 'PROCESSING', 1, 'SUCCEEDED'],
  ['reorder-', 'PROCESSING', 1, 'SUCCEEDED'],
  ['contradict-', 'PROCESSING', 1, 'SUCCEEDED'],
  ['bare-', 'PROCESSING', 1, 'SUCCEEDED'],
  ['booked-9999-', 'REQUESTED', 1, 'SUCCEEDED'],
  ['booked-1002-', 'PROCESSING', 1, 'SUCCEEDED'],
];

let service: Service;
let apply: Lambda;
let exchange: Lambda;
const answers = new Map<string, unknown>();

beforeAll(async () => {
  service = await startService();
  apply = await service.lambda('apply-refund');
  exchange = await service.lambda('apply-exchange-refund');
  // Notifications come after all the answers.
  const resume = service.sandbox.gateway.pause();
  await forEachOf(outcomes, async ([prefix]) =>
    answers.set(prefix, await apply.invoke(refundInput(`${prefix}o1`))),
  );
  resume();
}, 60_000);

afterAll(() => service.stop());

test.each(outcomes)('%s: first %s, paid %i times, finally %s', async (prefix, atOnce, paid, end) => {
  const noRefund = `${prefix}o1`;
  expect(answers.get(prefix)).toMatchObject({ no_refund: noRefund, status: atOnce });
  await until(async () => (await service.record(noRefund))?.status === end);
  expect(service.sandbox.gateway.paidCount(noRefund)).toBe(paid);
  expect(service.sandbox.gateway.requests(noRefund).filter(({ url }) => url === '/refund.htm')).toHaveLength(
    1,
  );
});

test.concurrent('a notification before the answer settles the refund, and the answer changes nothing', async () => {
  const answer = await apply.invoke(refundInput('early-1'));
  expect(answer.status).toBe('SUCCEEDED');
  expect(await service.record('early-1')).toMatchObject({ status: 'SUCCEEDED', version: 2, sta_refund: '2' });
});

test.concurrent('an exchange refund is sent to its own path, and its record has the exchange fields', async () => {
  await exchange.invoke(refundInput('exchange-1', { money_refund: '200.01' }));
  const record = await until(async () => {
    const found = await service.record('exchange-1');
    return found?.status === 'SUCCEEDED' && found;
  });
  expect(record).toMatchObject({
    kind: 'exchange-refund',
    money_foreign_refund: '30.03',
    rate_id: '1',
    rate: '6.66',
    exchange_bankcode: '01040000',
  });
  expect(service.sandbox.gateway.requests('exchange-1').map(({ url }) => url)).toEqual([
    '/exchangerefund.htm',
  ]);
});

test.concurrent('the record keeps the first and the latest conflicting message', async () => {
  await apply.invoke(refundInput('contradict-2'));
  const record = await until(async () => {
    const found = await service.record('contradict-2');
    return found?.conflict ? found : undefined;
  });
  expect(record).toMatchObject({ status: 'SUCCEEDED', conflicts: 1 });
  expect(record.conflict).toMatchObject({ first: { sta_refund: '3' }, latest: { sta_refund: '3' } });
  await service.sandbox.gateway.notify('contradict-2', { sta_refund: '3', oid_refundno: '9999999999999999' });
  expect((await service.record('contradict-2'))?.conflict).toMatchObject({
    first: { oid_refundno: record.oid_refundno },
    latest: { oid_refundno: '9999999999999999' },
  });
});

test.concurrent('an answer with another amount than the request is a conflict, not a success', async () => {
  await apply.invoke(refundInput('other-amount-2'));
  const record = await until(async () => {
    const found = await service.record('other-amount-2');
    return found?.conflict ? found : undefined;
  });
  expect(record.conflict).toMatchObject({ first: { money_refund: '200.17' } });
});

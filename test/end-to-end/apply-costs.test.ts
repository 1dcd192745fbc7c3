import { isJavaReady } from '../../sandbox/dynamodb/dynamodb-local.ts';
import { toItem } from '../../shared/store/attribute-values.ts';
import { httpEvent } from '../support/api-gateway.ts';
import type { Lambda } from '../support/lambda.ts';
import { signedMessage } from '../support/messages.ts';
import { refundInput, type Service, startService } from '../support/service.ts';

let service: Service;
let apply: Lambda;
let exchange: Lambda;
let notify: Lambda;

beforeAll(async () => {
  // The tests send the notifications themselves.
  service = await startService({ notifyAfterMs: 3_600_000 });
  [apply, exchange, notify] = await Promise.all([
    service.lambda('apply-refund'),
    service.lambda('apply-exchange-refund'),
    service.lambda('notify-callback'),
  ]);
  await apply.invoke(refundInput('success-warm'));
  await exchange.invoke(refundInput('success-warm-x'));
  await notify.invoke(notificationOf('success-warm'));
}, 60_000);

afterAll(() => service.stop());

interface Costs {
  table: string[];
  secrets: string[];
  gateway: string[];
}

/** The requests that an invocation makes. */
async function costsOf(noRefund: string, work: () => Promise<unknown>): Promise<Costs> {
  const { table, secrets, sandbox } = service;
  const before = [
    table.operations.length,
    secrets.operations.length,
    sandbox.gateway.requests(noRefund).length,
  ];
  await work().catch(() => {
    // The requests of a failed invocation count too.
  });
  return {
    table: table.operations.slice(before[0]),
    secrets: secrets.operations.slice(before[1]),
    gateway: sandbox.gateway
      .requests(noRefund)
      .slice(before[2])
      .map(({ url }) => url),
  };
}

const warm = { secrets: [] };

test.each([
  ['success-1', () => apply, '/refund.htm'],
  ['processing-1', () => apply, '/refund.htm'],
  ['code-5006-1', () => apply, '/refund.htm'],
  ['code-9999-1', () => apply, '/refund.htm'],
  ['success-x', () => exchange, '/exchangerefund.htm'],
])(
  'a new refund (%s) costs two writes, one request to the gateway, no fetch of keys',
  async (noRefund, lambda, url) => {
    expect(await costsOf(noRefund, () => lambda().invoke(refundInput(noRefund)))).toEqual({
      ...warm,
      table: ['PutItem', 'UpdateItem'],
      gateway: [url],
    });
  },
);

test('a repeated application costs one write, nothing else', async () => {
  await apply.invoke(refundInput('success-again'));
  expect(await costsOf('success-again', () => apply.invoke(refundInput('success-again')))).toEqual({
    ...warm,
    table: ['PutItem'],
    gateway: [],
  });
});

test('a conflicting application costs one write, nothing else', async () => {
  await apply.invoke(refundInput('success-other'));
  const other = refundInput('success-other', { money_refund: '1.00' });
  expect(await costsOf('success-other', () => apply.invoke(other))).toEqual({
    ...warm,
    table: ['PutItem'],
    gateway: [],
  });
});

test('an invalid application costs nothing', async () => {
  expect(await costsOf('', () => apply.invoke({ no_refund: '' }))).toEqual({
    ...warm,
    table: [],
    gateway: [],
  });
});

test('a notification costs one write, nothing else, and so do repeated and late ones', async () => {
  await apply.invoke(refundInput('notified-1'));
  for (const sta_refund of ['2', '2', '1']) {
    expect(
      await costsOf('notified-1', () => notify.invoke(notificationOf('notified-1', sta_refund))),
    ).toEqual({
      ...warm,
      table: ['UpdateItem'],
      gateway: [],
    });
  }
  expect(await service.record('notified-1')).toMatchObject({ status: 'SUCCEEDED' });
});

test('a message that the gateway did not sign never reaches the table', async () => {
  const message = {
    ...JSON.parse(signedMessage(service.sandbox.gateway, 'success-1')),
    money_refund: '1.00',
  };
  const event = httpEvent('POST', '/refund-notifications', JSON.stringify(message));
  expect(await costsOf('success-1', () => notify.invoke(event))).toMatchObject({ table: [], gateway: [] });
});

/** The write units of each request that a refund makes to its end, on the table and on the indexes. */
async function unitsOf(input: { no_refund: string }, sta_refund = '2') {
  const { table } = service;
  const before = table.units.length;
  await apply.invoke(input);
  await notify.invoke(notificationOf(input.no_refund, sta_refund));
  return table.units.slice(before);
}

test.each([
  ['its order number', {}, 3],
  ['the number of its payment', { no_order: undefined, oid_paybill: 'paybill-1' }, 3],
  ['both', { oid_paybill: 'paybill-1' }, 4],
])(
  'a refund that names %s consumes a write unit for each index that it is in, and one for leaving the due ones',
  async (_what, order, created) => {
    const units = await unitsOf(refundInput(`processing-units-${created}-${_what.length}`, order) as never);
    expect(units.map((of) => of.table)).toEqual([1, 1, 1]);
    // The changes of status cost the indexes nothing. Without Java, dynalite stands in: it counts no units of an index.
    if (await isJavaReady()) expect(units.map((of) => of.index)).toEqual([created, 0, 1]);
  },
);

test('the story of a refund consumes one write unit for each change, evidence included', async () => {
  const recorder = await service.lambda('record-refund-history');
  const input = refundInput('processing-told', { oid_paybill: '2013051613121201', reference: 'T-1' });
  await apply.invoke(input);
  const processing = (await service.record('processing-told')) ?? {};
  await notify.invoke(notificationOf('processing-told'));
  const succeeded = (await service.record('processing-told')) ?? {};
  const { message: _message, sta_refund: _sta, oid_refundno: _number, ...rest } = processing;
  const images = [undefined, { ...rest, status: 'REQUESTED', version: 1 }, processing, succeeded];
  const before = service.table.units.length;
  const Records = images.slice(1).map((image, index) => ({
    dynamodb: {
      SequenceNumber: String(index),
      ...(images[index] && { OldImage: toItem(images[index] ?? {}) }),
      NewImage: toItem(image ?? {}),
    },
  }));
  expect(await recorder.invoke({ Records })).toEqual({ batchItemFailures: [] });
  expect(service.table.units.slice(before).map((of) => of.table)).toEqual([1, 1, 1]);
});

test('a conflict consumes one write unit more, for its place in the list', async () => {
  const { table } = service;
  await unitsOf(refundInput('processing-conflict') as never);
  const before = table.units.length;
  await notify.invoke(notificationOf('processing-conflict', '3'));
  await notify.invoke(notificationOf('processing-conflict', '3'));
  const units = table.units.slice(before);
  expect(await service.record('processing-conflict')).toMatchObject({ in_conflict: 'yes', conflicts: 1 });
  if (await isJavaReady()) expect(units.map((of) => of.index)).toEqual([1]);
});

test.each([
  ['an order', () => ({ no_order: '2013051500001' }), ['Query', 'BatchGetItem']],
  ['a day', (day: string) => ({ day }), [...Array(8).fill('Query'), 'BatchGetItem']],
  ['open refunds', () => ({ open: true }), [...Array(8).fill('Query'), 'BatchGetItem']],
  ['attention', () => ({ attention: true }), [...Array(4).fill('Query'), 'BatchGetItem']],
])(
  'a list of %s costs queries of its indexes and one read of the records, nothing else',
  async (_what, of, table) => {
    const list = await service.lambda('list-refunds');
    await unitsOf(refundInput('processing-listed') as never, '1');
    const day = String((await service.record('processing-listed'))?.day_shard).slice(0, 8);
    expect(await costsOf('processing-listed', () => list.invoke({ ...of(day), limit: 1 }))).toEqual({
      ...warm,
      table,
      gateway: [],
    });
  },
);

function notificationOf(noRefund: string, sta_refund = '2'): object {
  const message = signedMessage(service.sandbox.gateway, noRefund, { sta_refund });
  return httpEvent('POST', '/refund-notifications', message);
}

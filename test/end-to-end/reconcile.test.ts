import { shardOf } from '../../shared/app/schedule.ts';
import type { Lambda } from '../support/lambda.ts';
import { forEachOf, refundInput, type Service, startService, until } from '../support/service.ts';

let service: Service;
let apply: Lambda;
let applyExchange: Lambda;
let reconcile: Lambda;

beforeAll(async () => {
  service = await startService(
    { notifyAfterMs: 300 },
    // No check becomes due by itself while the tests run.
    { FIRST_CHECK_SECONDS: '600', RESEND_AFTER_SECONDS: '60', RESEND_UNTIL_SECONDS: '3600' },
  );
  [apply, applyExchange, reconcile] = await Promise.all([
    service.lambda('apply-refund'),
    service.lambda('apply-exchange-refund'),
    service.lambda('reconcile-refunds'),
  ]);
}, 60_000);

afterAll(() => service.stop());

const record = async (noRefund: string) => (await service.record(noRefund)) ?? {};

/** Applies, changes the record if need be, and makes its check due, before a notification comes. */
async function due(noRefund: string, changes: Record<string, unknown> = {}): Promise<void> {
  const resume = service.sandbox.gateway.pause();
  await apply.invoke(refundInput(noRefund));
  await service.put({ ...(await record(noRefund)), next_check_at: 1, ...changes });
  resume();
}

test('a run without due refunds does nothing', async () => {
  expect(await reconcile.invoke({})).toEqual({ checked: 0, settled: 0, resent: 0, pending: 0, failed: 0 });
});

test('a run settles a success that only a query reports, and removes it from the index', async () => {
  await due('mute-1');
  await until(() => service.sandbox.gateway.ledgerEntry('mute-1')?.fields.sta_refund === '2');
  expect(await reconcile.invoke({})).toEqual({ checked: 1, settled: 1, resent: 0, pending: 0, failed: 0 });
  expect(await record('mute-1')).toMatchObject({ status: 'SUCCEEDED', version: 3 });
  expect(await record('mute-1')).not.toHaveProperty('next_check_at');
  expect(await reconcile.invoke({})).toMatchObject({ checked: 0 });
});

test('a run finds the failure of an exchange refund, which is never notified', async () => {
  await applyExchange.invoke(refundInput('failed-x'));
  await until(() => service.sandbox.gateway.ledgerEntry('failed-x')?.fields.sta_refund === '3');
  const found = await record('failed-x');
  expect(found.status).toBe('PROCESSING');
  await service.put({ ...found, next_check_at: 1 });
  expect(await reconcile.invoke({})).toEqual({ checked: 1, settled: 1, resent: 0, pending: 0, failed: 0 });
  expect(await record('failed-x')).toMatchObject({ status: 'FAILED', kind: 'exchange-refund' });
});

test('a refund that the gateway does not know is resent, byte for byte, once "not found" is confirmed', async () => {
  await due('lost-once-1');
  expect(await reconcile.invoke({})).toMatchObject({ checked: 1, pending: 1, resent: 0 });
  await service.put({
    ...(await record('lost-once-1')),
    next_check_at: 1,
    last_attempt_at: Date.now() - 61_000,
  });
  expect(await reconcile.invoke({})).toEqual({ checked: 1, settled: 0, resent: 1, pending: 0, failed: 0 });
  await until(async () => (await record('lost-once-1')).status === 'SUCCEEDED');
  expect(service.requestedUrls('lost-once-1')).toEqual([
    '/refund.htm',
    '/refundquery.htm',
    '/refundquery.htm',
    '/refund.htm',
  ]);
  const [first, , , again] = service.sandbox.gateway.requests('lost-once-1');
  expect(again?.body).toBe(first?.body);
  expect(await record('lost-once-1')).toMatchObject({ attempts: 2, doubt: true });
});

test('a refund that is too old is queried, and not resent', async () => {
  const created_at = new Date(Date.now() - 3_700_000).toISOString();
  await due('lost-old', { created_at, last_attempt_at: Date.now() - 3_700_000 });
  expect(await reconcile.invoke({})).toMatchObject({ checked: 1, pending: 1, resent: 0 });
  expect(service.requestedUrls('lost-old')).toEqual(['/refund.htm', '/refundquery.htm']);
  expect(reconcile.log()).toContain('too old to be sent again by itself');
});

test('each wait is twice as long as the one before, and a running lease only postpones the check', async () => {
  const resume = service.sandbox.gateway.pause();
  await due('mute-wait');
  await reconcile.invoke({});
  const checked = await record('mute-wait');
  resume();
  expect(checked).toMatchObject({ check_wait: 1_200_000 });
  expect(Number(checked.next_check_at)).toBeGreaterThan(Date.now());

  const lease_until = Date.now() + 60_000;
  await due('lost-leased', { lease_until });
  expect(await reconcile.invoke({})).toMatchObject({ checked: 1, pending: 1 });
  expect(await record('lost-leased')).toMatchObject({ next_check_at: lease_until, check_wait: 600_000 });
  expect(service.requestedUrls('lost-leased')).toEqual(['/refund.htm']);
});

test('a malformed record and a failing query stop no other check', async () => {
  await Promise.all(['mute-a', 'mute-b', 'mute-c'].map((noRefund) => due(noRefund)));
  await due('mute-malformed', { dt_refund: 'not a date', money_refund: 7 });
  await until(() =>
    ['mute-a', 'mute-b', 'mute-c'].every(
      (it) => service.sandbox.gateway.ledgerEntry(it)?.fields.sta_refund === '2',
    ),
  );
  expect(await reconcile.invoke({})).toMatchObject({ checked: 4, settled: 3, failed: 1 });
});

test('two concurrent runs share the work, and each refund is queried once', async () => {
  const numbers = Array.from({ length: 12 }, (_, index) => `mute-shared-${index}`);
  await Promise.all(numbers.map((noRefund) => due(noRefund)));
  await until(() =>
    numbers.every((it) => service.sandbox.gateway.ledgerEntry(it)?.fields.sta_refund === '2'),
  );
  const other = await service.lambda('reconcile-refunds');
  await Promise.all([reconcile, other].map((it) => it.invoke({})));
  for (const noRefund of numbers)
    expect(service.requestedUrls(noRefund)).toEqual(['/refund.htm', '/refundquery.htm']);
});

test('a query without an answer holds up none of the others in its shard', async () => {
  const numbers = Array.from({ length: 400 }, (_, index) => `mute-beside-${index}`)
    .filter((noRefund) => shardOf(noRefund) === '5')
    .slice(0, 21);
  await forEachOf(numbers, (noRefund) => due(noRefund));
  await until(() =>
    numbers.every((it) => service.sandbox.gateway.ledgerEntry(it)?.fields.sta_refund === '2'),
  );
  const queries = await service.proxy(service.environment.LIANLIAN_QUERY_URL ?? '');
  queries.injectFaults((_operation, index) => (index === 0 ? 'hang' : 'pass'));
  // The first query takes whatever time the run has: none is left for a check after it.
  const run = await service.lambda('reconcile-refunds', {
    LIANLIAN_QUERY_URL: queries.endpoint,
    GATEWAY_TIMEOUT_MS: '60000',
  });
  expect(await run.invoke({}, { remainingMs: 6_000 })).toEqual({
    checked: 21,
    settled: 20,
    resent: 0,
    pending: 0,
    failed: 1,
  });
  expect(run.log()).toMatch(/"code":"reconciliation\.ended".*"left":0,"slowed":1/);
});

test('a run without enough time begins no check, and says what it leaves', async () => {
  await due('mute-late');
  expect(await reconcile.invoke({}, { remainingMs: 2_000 })).toEqual({
    checked: 0,
    settled: 0,
    resent: 0,
    pending: 0,
    failed: 0,
  });
  expect(reconcile.log()).toMatch(/"code":"reconciliation\.ended".*"left":1,/);
  expect(service.requestedUrls('mute-late')).toEqual(['/refund.htm']);
});

test('a run that finds much due hands parts of it over by events, and each is checked once', async () => {
  const numbers = Array.from({ length: 32 }, (_, index) => `mute-many-${index}`);
  await forEachOf(numbers, (noRefund) => due(noRefund));
  await until(() =>
    numbers.every((it) => service.sandbox.gateway.ledgerEntry(it)?.fields.sta_refund === '2'),
  );
  const settings = {
    RECONCILE_CHECKS_PER_SHARD: '1',
    RECONCILE_RUNS: '3',
    RECONCILE_ALONE_SECONDS: '1',
    GATEWAY_MAX_PER_SECOND: '8',
    AWS_LAMBDA_FUNCTION_NAME: 'reconcile-refunds-of-this-stage',
  };
  const [first, ...further] = await Promise.all(
    Array.from({ length: 4 }, () => service.lambda('reconcile-refunds', settings)),
  );
  const running = first?.invoke({});
  const events = await until(() => {
    const shares = service.sandbox.eventBridge.events.filter(
      ({ source }) => source === 'lianlian.reconciliation',
    );
    return shares.length === 2 && shares;
  });
  expect(events.map(({ bus, detail }) => [bus, detail.function])).toEqual([
    ['default', settings.AWS_LAMBDA_FUNCTION_NAME],
    ['default', settings.AWS_LAMBDA_FUNCTION_NAME],
  ]);
  // As EventBridge hands them in, one of them twice.
  const invoked = [...events, events[0]].map((event, index) =>
    further[index]?.invoke({
      source: event?.source,
      'detail-type': event?.detailType,
      detail: event?.detail,
    }),
  );
  const reports = (await Promise.all([running, ...invoked])) as Record<string, number>[];
  expect(reports.reduce((sum, { settled = 0 }) => sum + settled, 0)).toBeGreaterThanOrEqual(32);
  expect(reports[0]?.settled).toBeLessThan(32);
  for (const noRefund of numbers)
    expect(service.requestedUrls(noRefund)).toEqual(['/refund.htm', '/refundquery.htm']);
  expect(first?.log()).toContain('"code":"reconciliation.handed_over"');
  expect(further.map((it) => it.log()).join()).toContain('"code":"reconciliation.part_leased"');
});

test('leases of the index’s parts are no refunds, for nobody who reads the table’s stream', async () => {
  await due('mute-lease');
  await reconcile.invoke({});
  const publish = await service.lambda('publish-refund-events');
  const lease = { no_refund: { S: 'reconciliation-lease-of-the-shard-3' } };
  const change = { SequenceNumber: '1', ApproximateCreationDateTime: Date.now() / 1_000, NewImage: lease };
  expect(await publish.invoke({ Records: [{ dynamodb: change }] })).toEqual({ batchItemFailures: [] });
  expect(publish.log()).not.toContain('record.foreign');
});

import { DAY_MS, harness, inDoubt, meanwhile, notFound, rejected, verified } from './use-case-harness.ts';

/** A verified message takes precedence over everything else, whenever it comes, even an incomplete one. */

test.each([
  ['its success', { sta_refund: '2' }],
  ['something, but not the amount', { sta_refund: '2', money_refund: undefined }],
  ['something, but no status', {}],
  ['another date', { sta_refund: '2', dt_refund: '20200101000000' }],
])('a rejected refund is not resent after a signed message with %s', async (_what, message) => {
  const it = harness({ apply: [rejected], query: [meanwhile(() => it.notify(message), notFound)] });
  await expect(it.apply()).rejects.toMatchObject({ name: 'RefundRejected' });
  await it.apply();
  expect(it.sent).toHaveLength(1);
  expect(it.record().status).not.toBe('REJECTED');
});

test.each([
  ['in between', true],
  ['long before', false],
])('a refund is not resent after an incomplete signed message %s', async (_when, isInBetween) => {
  const notify = () => it.notify({ money_refund: undefined });
  const it = harness({
    query: [meanwhile(async () => isInBetween && notify(), notFound)],
  });
  await it.apply();
  if (!isInBetween) await notify();
  it.advance(3_600_000);
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  expect(it.sent).toHaveLength(1);
  expect(it.record()).not.toHaveProperty('lease_until');
});

test.each([
  ['another amount', { money_refund: '1.00' }],
  ['another date', { dt_refund: '20200101000000' }],
])('a refund is not resent after a conflicting signed message with %s', async (_what, message) => {
  const it = harness({ query: [notFound] });
  await it.apply();
  await it.notify({ sta_refund: '2', ...message });
  expect(it.record()).toMatchObject({ status: 'REQUESTED', conflicts: 1 });
  await it.reconcileIn(3_600_000);
  await it.apply();
  expect(it.sent).toHaveLength(1);
  expect(it.metrics()).toContainEqual({ UnknownToGateway: 1, StuckRefunds: 1 });
});

test('a rejection is not confirmed after an earlier signed message', async () => {
  const it = harness({ apply: [meanwhile(() => it.notify({ money_refund: undefined }), rejected)] });
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED', ret_code: '5006' });
});

test('a failed query is no "not found": a rejected refund is not resent after it', async () => {
  const it = harness({ apply: [rejected], query: [inDoubt] });
  await expect(it.apply()).rejects.toMatchObject({ name: 'RefundRejected' });
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  expect(it.sent).toHaveLength(1);
});

test('a late retry of the write that begins a new attempt has no effect', async () => {
  const it = harness({ apply: [rejected], query: [notFound] });
  await expect(it.apply()).rejects.toThrow();
  const { attempt_id } = it.record();
  await expect(it.apply()).rejects.toThrow();
  const late = { status: ['REJECTED'], attempt_id: [attempt_id] } as const;
  expect(it.table.update('1', late, { status: 'REQUESTED' }, [])).toMatchObject({ written: false });
});

describe('a rejected refund that is no longer checked', () => {
  async function rejectedLongAgo(query: Parameters<typeof harness>[0] = {}) {
    const it = harness({ apply: [rejected], ...query });
    await expect(it.apply()).rejects.toThrow();
    expect(it.record()).not.toHaveProperty('next_check_at');
    it.advance(8 * DAY_MS);
    return it;
  }

  test('is due again after a signed message, until the gateway reports its outcome', async () => {
    const query = [inDoubt, notFound, notFound, verified({ sta_refund: '2' })];
    const it = await rejectedLongAgo({ query });
    await it.notify({ money_refund: undefined, sta_refund: '2' });
    for (const afterMs of [0, DAY_MS, 9 * DAY_MS, DAY_MS]) {
      expect(it.record()).toHaveProperty('next_check_at');
      await it.reconcileIn(afterMs);
    }
    expect(it.record()).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('is due again after a refresh with an incomplete signed answer', async () => {
    const it = await rejectedLongAgo({
      query: [verified({ money_refund: undefined }), verified({ sta_refund: '2' })],
    });
    expect(await it.query({ no_refund: '1', refresh: true })).toMatchObject({ refreshed: false });
    await it.reconcileIn(0);
    expect(it.record()).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('a rejected refund after an attempt in doubt', () => {
  async function watched() {
    const query: Parameters<typeof harness>[0] = { apply: [inDoubt, rejected], query: [notFound] };
    const it = harness(query);
    await it.apply();
    await it.reconcileIn(901_000);
    expect(it.sent).toHaveLength(2);
    await it.reconcileIn(901_000);
    expect(it.record()).toMatchObject({ status: 'REJECTED', next_check_at: expect.any(Number) });
    return { it, query };
  }

  test('is checked for seven days, and then no longer', async () => {
    const { it } = await watched();
    for (let day = 0; day < 6; day += 1) await it.reconcileIn(DAY_MS);
    expect(it.record()).toHaveProperty('next_check_at');
    for (let day = 0; day < 3; day += 1) await it.reconcileIn(DAY_MS);
    expect(it.record()).not.toHaveProperty('next_check_at');
    expect(it.record()).toMatchObject({ status: 'REJECTED' });
  });

  test('is checked as long as the gateway does not answer', async () => {
    const { it, query } = await watched();
    query.query?.splice(0, 1, inDoubt);
    for (let day = 0; day < 12; day += 1) await it.reconcileIn(DAY_MS);
    expect(it.record()).toHaveProperty('next_check_at');
  });
});

describe('another oid_refundno, which means a second payment, is a conflict', () => {
  async function recordAfter(...messages: Parameters<ReturnType<typeof harness>['notify']>[0][]) {
    const it = harness();
    await it.apply();
    for (const message of messages) await it.notify(message);
    return it.record();
  }

  test('where the first one arrived late', async () => {
    const late = { sta_refund: '1', oid_refundno: 'A1' };
    expect(
      await recordAfter({ sta_refund: '2' }, late, { sta_refund: '2', oid_refundno: 'B2' }),
    ).toMatchObject({
      status: 'SUCCEEDED',
      oid_refundno: 'A1',
      conflict: { first: { oid_refundno: 'B2' } },
    });
  });

  test.each([
    ['no amount', { money_refund: undefined }],
    ['no status', {}],
    ['a code that moves nothing', { sta_refund: '3', ret_code: '9999' }],
  ])(
    'where the first one came with %s, and the complete message settles the refund',
    async (_what, short) => {
      const first = { ...short, oid_refundno: 'A1' };
      expect(await recordAfter(first, { sta_refund: '2', oid_refundno: 'B2' })).toMatchObject({
        status: 'SUCCEEDED',
        oid_refundno: 'B2',
        conflict: { first: { oid_refundno: 'A1' } },
      });
      expect(await recordAfter(first, { money_refund: undefined, oid_refundno: 'B2' })).toMatchObject({
        status: 'REQUESTED',
        conflict: { first: { oid_refundno: 'A1' } },
      });
    },
  );
});

test('a message with another code than 0000 leaves its number as a claim in a final refund, and nothing else', async () => {
  const it = harness();
  await it.apply();
  await it.notify({ sta_refund: '3' });
  const ended = it.record();
  await it.notify({ sta_refund: '1', ret_code: '9999', settle_date: '20260106', oid_refundno: 'A1' });
  expect(it.record()).toEqual({ ...ended, claimed_oid_refundno: 'A1', updated_at: expect.any(String) });
  await it.notify({ sta_refund: '3', oid_refundno: 'B2' });
  expect(it.record()).toMatchObject({ oid_refundno: 'B2', conflict: { first: { oid_refundno: 'A1' } } });
  const known = it.record();
  await it.notify({ sta_refund: '3', ret_code: '9999', oid_refundno: 'B2' });
  expect(it.record()).toBe(known);
});

test('an incomplete message that is not about an end claims no end', async () => {
  const it = harness();
  await it.apply();
  await it.notify({ money_refund: undefined, sta_refund: '1' });
  await it.notify({ sta_refund: '2' });
  expect(it.record()).toMatchObject({ status: 'SUCCEEDED' });
  expect(it.record()).not.toHaveProperty('claimed_sta_refund');
});

test('two incomplete messages with different ends are a conflict', async () => {
  const it = harness();
  await it.apply();
  for (const sta_refund of ['3', '2']) await it.notify({ money_refund: undefined, sta_refund });
  expect(it.record()).toMatchObject({ status: 'REQUESTED', conflict: { first: { sta_refund: '3' } } });
});

test('a final status and the conflict that it makes are one write: both are recorded, or logged and counted', async () => {
  const it = harness();
  await it.apply();
  await it.notify({ money_refund: undefined, sta_refund: '3' });
  it.failWrites({ after: 1 });
  await expect(it.notify({ sta_refund: '2' })).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  it.failWrites({ count: 0 });
  expect(it.record()).toMatchObject({ status: 'REQUESTED' });
  expect(it.record()).not.toHaveProperty('conflict');
  expect(it.metrics()).toContainEqual({ UnrecordedMessages: 1, Failures: 1, Conflicts: 1 });
  await it.notify({ sta_refund: '2' });
  expect(it.record()).toMatchObject({ status: 'SUCCEEDED', conflict: { first: { sta_refund: '3' } } });
});

test.each([
  ['the end', [{ sta_refund: '2', oid_refundno: 'B2' }]],
  ['a number that comes after the end', [{ sta_refund: '2' }, { sta_refund: '2', oid_refundno: 'B2' }]],
])('an earlier claim is a conflict in the very write of %s', async (_what, messages) => {
  const it = harness();
  await it.apply();
  await it.notify({ money_refund: undefined, oid_refundno: 'A1' });
  for (const message of messages.slice(0, -1)) await it.notify(message);
  const writes: (object | undefined)[] = [];
  const { update } = it.store;
  it.store.update = async (...of) => {
    const written = await update(...of);
    if (written.written) writes.push(of[2]);
    return written;
  };
  await it.notify(messages.at(-1) as object);
  expect(writes).toEqual([
    expect.objectContaining({
      oid_refundno: 'B2',
      conflict: expect.objectContaining({ first: expect.objectContaining({ oid_refundno: 'A1' }) }),
    }),
  ]);
  expect(it.record()).toMatchObject({ status: 'SUCCEEDED', oid_refundno: 'B2', conflicts: 1 });
});

test('of two numbers that come together after the end, and a claim, none is lost', async () => {
  const it = harness();
  await it.apply();
  await it.notify({ money_refund: undefined, oid_refundno: 'A1' });
  await it.notify({ sta_refund: '2' });
  it.around.before = () => {
    it.table.update('1', {}, { oid_refundno: 'A1' }, []);
  };
  await it.notify({ sta_refund: '2', oid_refundno: 'B2' });
  expect(it.record()).toMatchObject({ oid_refundno: 'A1', conflict: { latest: { oid_refundno: 'B2' } } });
});

test('a rejected refund is counted if the query before a new attempt finds it paid', async () => {
  const it = harness({ apply: [rejected], query: [verified({ sta_refund: '2' })] });
  await expect(it.apply()).rejects.toThrow();
  expect(await it.apply()).toMatchObject({ status: 'SUCCEEDED' });
  expect(it.metrics()).toContainEqual({ PaidAfterRefusal: 1 });
});

test.each([
  ['before', [{ money_refund: undefined, sta_refund: '3' }, { sta_refund: '2' }]],
  ['after', [{ sta_refund: '2' }, { money_refund: undefined, sta_refund: '3' }]],
])('an incomplete message and another end are a conflict, also %s that end', async (_when, messages) => {
  const it = harness();
  await it.apply();
  for (const message of messages) await it.notify(message);
  expect(it.record()).toMatchObject({
    status: 'SUCCEEDED',
    conflicts: 1,
    conflict: { first: { sta_refund: '3' }, latest: { sta_refund: '3' } },
  });
  await it.notify({ sta_refund: '2' });
  expect(it.record()).toMatchObject({ conflicts: 1 });
});

test('a notification that loses the race to create the record is settled on the existing record', async () => {
  const it = harness();
  const { create } = it.store;
  it.store.create = async (refund) => {
    it.store.create = create;
    await it.apply();
    return create(refund);
  };
  await it.notify({ sta_refund: '2' });
  expect(it.record()).toMatchObject({ kind: 'refund', status: 'SUCCEEDED' });
});

test('an incomplete message that agrees with the record is no further conflict', async () => {
  const it = harness();
  await it.apply();
  const claim = { money_refund: undefined, sta_refund: '3', oid_refundno: 'A1' };
  for (const message of [claim, { sta_refund: '1', oid_refundno: 'B2' }]) await it.notify(message);
  expect(it.record()).toMatchObject({ status: 'PROCESSING', conflicts: 1 });
  await it.notify({ money_refund: undefined });
  await it.notify({ sta_refund: '2', oid_refundno: 'B2' });
  expect(it.record()).toMatchObject({ status: 'SUCCEEDED', oid_refundno: 'B2' });
  const { conflicts } = it.record();
  await it.notify({ money_refund: undefined });
  expect(it.record()).toMatchObject({ conflicts });
});

import { DAY_MS, inDoubt, meanwhile, notFound, rejected, scene, verified } from './use-case-harness.ts';

/** What a signed message says outweighs all else, whenever it comes, and however little it says. */

test.each([
  ['its success', { sta_refund: '2' }],
  ['something, but not the amount', { sta_refund: '2', money_refund: undefined }],
  ['something, but no status', {}],
  ['another date', { sta_refund: '2', dt_refund: '20200101000000' }],
])('nothing is sent after a refusal once a signed message has told of %s meanwhile', async (_what, said) => {
  const it = scene({ apply: [rejected], query: [meanwhile(() => it.notify(said), notFound)] });
  await expect(it.apply()).rejects.toMatchObject({ name: 'RefundRejected' });
  await it.apply();
  expect(it.sent).toHaveLength(1);
  expect(it.record().status).not.toBe('REJECTED');
});

test.each([
  ['in between', true],
  ['long before', false],
])('nothing is sent again once a signed message has spoken of it %s', async (_when, isInBetween) => {
  const speak = () => it.notify({ money_refund: undefined });
  const it = scene({
    query: [meanwhile(async () => isInBetween && speak(), notFound)],
  });
  await it.apply();
  if (!isInBetween) await speak();
  it.pass(3_600_000);
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  expect(it.sent).toHaveLength(1);
  expect(it.record()).not.toHaveProperty('lease_until');
});

test.each([
  ['another amount', { money_refund: '1.00' }],
  ['another date', { dt_refund: '20200101000000' }],
])('nothing is sent again once a signed message has contradicted it: %s', async (_what, said) => {
  const it = scene({ query: [notFound] });
  await it.apply();
  await it.notify({ sta_refund: '2', ...said });
  expect(it.record()).toMatchObject({ status: 'REQUESTED', conflicts: 1 });
  await it.reconcileIn(3_600_000);
  await it.apply();
  expect(it.sent).toHaveLength(1);
  expect(it.metrics()).toContainEqual({ UnknownToGateway: 1, StuckRefunds: 1 });
});

test('no refusal is believed against a signed message that came before it', async () => {
  const it = scene({ apply: [meanwhile(() => it.notify({ money_refund: undefined }), rejected)] });
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED', ret_code: '5006' });
});

test('a query that fails is no "not found": nothing is sent after a refusal on it', async () => {
  const it = scene({ apply: [rejected], query: [inDoubt] });
  await expect(it.apply()).rejects.toMatchObject({ name: 'RefundRejected' });
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  expect(it.sent).toHaveLength(1);
});

test('a beginning after a refusal that is repeated late begins nothing', async () => {
  const it = scene({ apply: [rejected], query: [notFound] });
  await expect(it.apply()).rejects.toThrow();
  const { attempt_id } = it.record();
  await expect(it.apply()).rejects.toThrow();
  const late = { status: ['REJECTED'], attempt_id: [attempt_id] } as const;
  expect(it.table.update('1', late, { status: 'REQUESTED' }, [])).toMatchObject({ written: false });
});

describe('a rejected refund that nobody looks after any more', () => {
  async function refusedLongAgo(query: Parameters<typeof scene>[0] = {}) {
    const it = scene({ apply: [rejected], ...query });
    await expect(it.apply()).rejects.toThrow();
    expect(it.record()).not.toHaveProperty('next_check_at');
    it.pass(8 * DAY_MS);
    return it;
  }

  test('is due again once a signed message speaks of it, until the gateway says what became of it', async () => {
    const query = [inDoubt, notFound, notFound, verified({ sta_refund: '2' })];
    const it = await refusedLongAgo({ query });
    await it.notify({ money_refund: undefined, sta_refund: '2' });
    for (const afterMs of [0, DAY_MS, 9 * DAY_MS, DAY_MS]) {
      expect(it.record()).toHaveProperty('next_check_at');
      await it.reconcileIn(afterMs);
    }
    expect(it.record()).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('is due again when a refresh brings something signed that says too little', async () => {
    const it = await refusedLongAgo({
      query: [verified({ money_refund: undefined }), verified({ sta_refund: '2' })],
    });
    expect(await it.query({ no_refund: '1', refresh: true })).toMatchObject({ refreshed: false });
    await it.reconcileIn(0);
    expect(it.record()).toMatchObject({ status: 'SUCCEEDED' });
  });
});

describe('a rejected refund after a doubtful attempt', () => {
  async function watched() {
    const query: Parameters<typeof scene>[0] = { apply: [inDoubt, rejected], query: [notFound] };
    const it = scene(query);
    await it.apply();
    await it.reconcileIn(901_000);
    expect(it.sent).toHaveLength(2);
    await it.reconcileIn(901_000);
    expect(it.record()).toMatchObject({ status: 'REJECTED', next_check_at: expect.any(Number) });
    return { it, query };
  }

  test('is looked after for seven days, and then no more', async () => {
    const { it } = await watched();
    for (let day = 0; day < 6; day += 1) await it.reconcileIn(DAY_MS);
    expect(it.record()).toHaveProperty('next_check_at');
    for (let day = 0; day < 3; day += 1) await it.reconcileIn(DAY_MS);
    expect(it.record()).not.toHaveProperty('next_check_at');
    expect(it.record()).toMatchObject({ status: 'REJECTED' });
  });

  test('is not given up while the gateway does not answer', async () => {
    const { it, query } = await watched();
    query.query?.splice(0, 1, inDoubt);
    for (let day = 0; day < 12; day += 1) await it.reconcileIn(DAY_MS);
    expect(it.record()).toHaveProperty('next_check_at');
  });
});

describe("another number of the gateway's, which means a second payment, is a conflict", () => {
  async function recordAfter(...messages: Parameters<ReturnType<typeof scene>['notify']>[0][]) {
    const it = scene();
    await it.apply();
    for (const said of messages) await it.notify(said);
    return it.record();
  }

  test('where the first one came late', async () => {
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
  ])('where the first one came with %s: the refund is settled by what is whole', async (_what, short) => {
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
  });
});

test('a message whose code is not 0000 adds nothing to an end', async () => {
  const it = scene();
  await it.apply();
  await it.notify({ sta_refund: '3' });
  const ended = it.record();
  await it.notify({ sta_refund: '1', ret_code: '9999', settle_date: '20260106', oid_refundno: 'A1' });
  expect(it.record()).toEqual(ended);
});

test('two messages that say too little, and two ends, are a conflict', async () => {
  const it = scene();
  await it.apply();
  for (const sta_refund of ['3', '2']) await it.notify({ money_refund: undefined, sta_refund });
  expect(it.record()).toMatchObject({ status: 'REQUESTED', conflict: { first: { sta_refund: '3' } } });
});

test('a contradiction that cannot be kept takes no end back, is told and counted', async () => {
  const it = scene();
  await it.apply();
  await it.notify({ money_refund: undefined, sta_refund: '3' });
  it.failWrites({ after: 1 });
  await expect(it.notify({ sta_refund: '2' })).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  it.failWrites({ count: 0 });
  expect(it.record()).toMatchObject({ status: 'SUCCEEDED' });
  expect(it.record()).not.toHaveProperty('conflict');
  expect(it.metrics()).toContainEqual({ UnrecordedMessages: 1, Failures: 1, Conflicts: 1 });
  await it.notify({ sta_refund: '2' });
  expect(it.record()).toMatchObject({ status: 'SUCCEEDED', conflict: { first: { sta_refund: '3' } } });
});

test('a rejected refund that the question before a new attempt finds paid is counted', async () => {
  const it = scene({ apply: [rejected], query: [verified({ sta_refund: '2' })] });
  await expect(it.apply()).rejects.toThrow();
  expect(await it.apply()).toMatchObject({ status: 'SUCCEEDED' });
  expect(it.metrics()).toContainEqual({ PaidAfterRefusal: 1 });
});

test.each([
  ['before', [{ money_refund: undefined, sta_refund: '3' }, { sta_refund: '2' }]],
  ['after', [{ sta_refund: '2' }, { money_refund: undefined, sta_refund: '3' }]],
])(
  'a message that says too little, and another end, is a conflict, also %s that end',
  async (_when, messages) => {
    const it = scene();
    await it.apply();
    for (const said of messages) await it.notify(said);
    expect(it.record()).toMatchObject({
      status: 'SUCCEEDED',
      conflicts: 1,
      conflict: { first: { sta_refund: '3' }, latest: { sta_refund: '3' } },
    });
    await it.notify({ sta_refund: '2' });
    expect(it.record()).toMatchObject({ conflicts: 1 });
  },
);

test('a notification that loses the race for its own record is taken in by the record that won', async () => {
  const it = scene();
  const { create } = it.store;
  it.store.create = async (refund) => {
    it.store.create = create;
    await it.apply();
    return create(refund);
  };
  await it.notify({ sta_refund: '2' });
  expect(it.record()).toMatchObject({ kind: 'refund', status: 'SUCCEEDED' });
});

test('an incomplete message that agrees with everything is no further conflict', async () => {
  const it = scene();
  await it.apply();
  const claim = { money_refund: undefined, sta_refund: '3', oid_refundno: 'A1' };
  for (const said of [claim, { sta_refund: '1', oid_refundno: 'B2' }]) await it.notify(said);
  expect(it.record()).toMatchObject({ status: 'PROCESSING', conflicts: 1 });
  await it.notify({ money_refund: undefined });
  await it.notify({ sta_refund: '2', oid_refundno: 'B2' });
  expect(it.record()).toMatchObject({ status: 'SUCCEEDED', oid_refundno: 'B2' });
  const { conflicts } = it.record();
  await it.notify({ money_refund: undefined });
  expect(it.record()).toMatchObject({ conflicts });
});

import { harness, inDoubt, meanwhile, verified } from './use-case-harness.ts';

/** A refund that the gateway has paid twice: a notification reports one payment, and then one of these ways the other. */
const A = { sta_refund: '2', oid_refundno: 'A1' };
const B = { sta_refund: '2', oid_refundno: 'B2' };
type Scene = ReturnType<typeof harness>;

const ways: [string, (failing: (it: Scene) => void) => Promise<{ it: Scene; end: Promise<unknown> }>][] = [
  [
    'the answer to the application',
    async (failing) => {
      const it: Scene = harness({
        apply: [meanwhile(() => it.notify(A).then(() => failing(it)), verified(B))],
      });
      return { it, end: it.apply() };
    },
  ],
  [
    'the query of a check',
    async (failing) => {
      const it: Scene = harness({
        query: [meanwhile(() => it.notify(A).then(() => failing(it)), verified(B))],
      });
      await it.apply();
      return { it, end: it.reconcileIn(900_000) };
    },
  ],
  [
    'the query of a further application',
    async (failing) => {
      const it: Scene = harness({
        query: [meanwhile(() => it.notify(A).then(() => failing(it)), verified(B))],
      });
      await it.apply();
      it.advance(900_000);
      return { it, end: it.apply() };
    },
  ],
  [
    'a refresh',
    async (failing) => {
      const it: Scene = harness({ query: [verified(B)] });
      await it.apply();
      await it.notify(A);
      failing(it);
      return { it, end: it.query({ no_refund: '1', refresh: true }) };
    },
  ],
  [
    'a notification',
    async (failing) => {
      const it = harness();
      await it.apply();
      await it.notify(A);
      failing(it);
      return { it, end: it.notify(B).catch(() => {}) };
    },
  ],
];

describe.each(ways)('a conflict from %s', (_who, begin) => {
  test.each([
    [0, 1],
    [1, 1],
    [0, 4],
  ])('is recorded although, after %i writes, %i get no answer', async (after, count) => {
    const { it, end } = await begin((harness) => harness.failWrites({ after, count }));
    await end;
    expect(it.record()).toMatchObject({ status: 'SUCCEEDED', conflict: { first: { oid_refundno: 'B2' } } });
    expect(it.metrics()).not.toContainEqual(expect.objectContaining({ UnrecordedMessages: 1 }));
  });

  test.each([
    ['nothing can be written', 0, { UnrecordedMessages: 1, Failures: 1 }],
    ['the record was seen', 1, { UnrecordedMessages: 1, Failures: 1, Conflicts: 1 }],
  ])('is logged with its decisive fields, and counted, where %s', async (_when, after, metrics) => {
    const { it, end } = await begin((harness) => harness.failWrites({ after }));
    await end;
    expect(it.record()).not.toHaveProperty('conflict');
    expect(it.lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        facts: expect.objectContaining({
          no_refund: '1',
          message: expect.objectContaining({ sta_refund: '2', oid_refundno: 'B2', money_refund: '200.10' }),
          metrics,
        }),
      }),
    );
  });
});

test('a programming error is not retried', async () => {
  const it = harness();
  await it.apply();
  let writes = 0;
  it.store.update = async () => {
    writes += 1;
    throw new TypeError('a mistake');
  };
  await expect(it.notify(A)).rejects.toThrow('a mistake');
  expect(writes).toBe(1);
  expect(it.metrics()).toContainEqual({ UnrecordedMessages: 1, Failures: 1 });
});

test('the write of an external refund is retried, and its failure reported, too', async () => {
  const it = harness();
  it.failWrites({ after: 1, count: 2 });
  await it.notify(A);
  expect(it.record()).toMatchObject({ kind: 'external', status: 'SUCCEEDED' });
  const other = harness();
  other.failWrites({ after: 1 });
  await expect(other.notify(A)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  expect(other.metrics()).toContainEqual({ UnrecordedMessages: 1, Failures: 1 });
});

test('retries end before the invocation does', async () => {
  const it = harness();
  await it.apply();
  it.failWrites({});
  const began = it.context().clock.nowMs();
  await expect(it.notify(A)).rejects.toThrow();
  expect(it.context().clock.nowMs() - began).toBeLessThan(28_000);
});

describe('two messages that arrive in turns change nothing the second time', () => {
  test.each([
    ['both contradict the record', [A, B, { sta_refund: '3' }], 2],
    ['both contradict an open refund', [{ money_refund: '1.00' }, { money_refund: '2.00' }], 2],
    [
      'both are incomplete, with different numbers',
      [
        { money_refund: undefined, oid_refundno: 'A1' },
        { money_refund: undefined, oid_refundno: 'B2' },
      ],
      1,
    ],
    [
      'both are incomplete, with different ends',
      [
        { money_refund: undefined, sta_refund: '2' },
        { money_refund: undefined, sta_refund: '3' },
      ],
      1,
    ],
  ])('%s', async (_what, messages, conflicts) => {
    const it = harness({ query: [inDoubt] });
    await it.apply();
    for (const message of messages) await it.notify(message);
    const after = it.record();
    expect(after.conflicts).toBe(conflicts);
    it.advance(60_000);
    for (const message of [...messages, ...messages]) await it.notify(message);
    expect(it.record()).toBe(after);
  });

  test('a repeated incomplete message makes one query due, not one each time', async () => {
    const it = harness({ query: [inDoubt] });
    await it.apply();
    await it.notify({ money_refund: undefined });
    await it.reconcileIn(0);
    expect(it.queried).toHaveLength(1);
    await it.notify({ money_refund: undefined });
    await it.reconcileIn(60_000);
    expect(it.queried).toHaveLength(1);
  });
});

test('two incomplete messages that contradict each other are both recorded', async () => {
  const it = harness();
  await it.apply();
  for (const oid_refundno of ['A1', 'B2']) await it.notify({ money_refund: undefined, oid_refundno });
  expect(it.record().conflict).toMatchObject({
    first: { oid_refundno: 'A1' },
    latest: { oid_refundno: 'B2' },
  });
});

test("an incomplete answer to a check's own query makes the next check due no sooner", async () => {
  const answers = [undefined, 'B2'].map((oid_refundno) =>
    verified({ money_refund: undefined, oid_refundno }),
  );
  const it = harness({ query: answers });
  await it.apply();
  await it.reconcileIn(900_000);
  await it.reconcileIn(3_600_000);
  const { claimed_oid_refundno, next_check_at, check_wait } = it.record();
  expect(claimed_oid_refundno).toBe('B2');
  expect(next_check_at).toBe(it.context().clock.nowMs() + (check_wait ?? 0));
});

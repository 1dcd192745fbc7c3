import { inDoubt, meanwhile, scene, verified } from './use-case-harness.ts';

/** A refund that the gateway says it has paid twice: a notification tells of one payment, and then this of the other. */
const A = { sta_refund: '2', oid_refundno: 'A1' };
const B = { sta_refund: '2', oid_refundno: 'B2' };
type Scene = ReturnType<typeof scene>;

const ways: [string, (failing: (it: Scene) => void) => Promise<{ it: Scene; end: Promise<unknown> }>][] = [
  [
    'the answer to the application',
    async (failing) => {
      const it: Scene = scene({
        apply: [meanwhile(() => it.notify(A).then(() => failing(it)), verified(B))],
      });
      return { it, end: it.apply() };
    },
  ],
  [
    'the query of a check',
    async (failing) => {
      const it: Scene = scene({
        query: [meanwhile(() => it.notify(A).then(() => failing(it)), verified(B))],
      });
      await it.apply();
      return { it, end: it.reconcileIn(900_000) };
    },
  ],
  [
    'the query of a further application',
    async (failing) => {
      const it: Scene = scene({
        query: [meanwhile(() => it.notify(A).then(() => failing(it)), verified(B))],
      });
      await it.apply();
      it.pass(900_000);
      return { it, end: it.apply() };
    },
  ],
  [
    'a refresh',
    async (failing) => {
      const it: Scene = scene({ query: [verified(B)] });
      await it.apply();
      await it.notify(A);
      failing(it);
      return { it, end: it.query({ no_refund: '1', refresh: true }) };
    },
  ],
  [
    'a notification',
    async (failing) => {
      const it = scene();
      await it.apply();
      await it.notify(A);
      failing(it);
      return { it, end: it.notify(B).catch(() => {}) };
    },
  ],
];

describe.each(ways)('a contradiction that %s brings', (_who, begin) => {
  test.each([
    [0, 1],
    [1, 1],
    [0, 4],
  ])('is kept though, after %i writes, %i get no answer', async (after, count) => {
    const { it, end } = await begin((scene) => scene.failWrites({ after, count }));
    await end;
    expect(it.record()).toMatchObject({ status: 'SUCCEEDED', conflict: { first: { oid_refundno: 'B2' } } });
    expect(it.metrics()).not.toContainEqual(expect.objectContaining({ UnrecordedMessages: 1 }));
  });

  test.each([
    ['nothing can be written', 0, { UnrecordedMessages: 1, Failures: 1 }],
    ['the record was seen', 1, { UnrecordedMessages: 1, Failures: 1, Conflicts: 1 }],
  ])('is told with its decisive fields, and counted, where %s', async (_when, after, metrics) => {
    const { it, end } = await begin((scene) => scene.failWrites({ after }));
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

test('a mistake of ours is not repeated', async () => {
  const it = scene();
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

test('the notification of a refund that was made elsewhere is repeated and told, too', async () => {
  const it = scene();
  it.failWrites({ after: 1, count: 2 });
  await it.notify(A);
  expect(it.record()).toMatchObject({ kind: 'external', status: 'SUCCEEDED' });
  const other = scene();
  other.failWrites({ after: 1 });
  await expect(other.notify(A)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
  expect(other.metrics()).toContainEqual({ UnrecordedMessages: 1, Failures: 1 });
});

test('repetitions end before the invocation does', async () => {
  const it = scene();
  await it.apply();
  it.failWrites({});
  const began = it.context().clock.nowMs();
  await expect(it.notify(A)).rejects.toThrow();
  expect(it.context().clock.nowMs() - began).toBeLessThan(28_000);
});

describe('two messages that are sent in turns change nothing the second time', () => {
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
    const it = scene({ query: [inDoubt] });
    await it.apply();
    for (const message of messages) await it.notify(message);
    const after = it.record();
    expect(after.conflicts).toBe(conflicts);
    it.pass(60_000);
    for (const message of [...messages, ...messages]) await it.notify(message);
    expect(it.record()).toBe(after);
  });

  test('an incomplete one alone makes one query due, not one each time', async () => {
    const it = scene({ query: [inDoubt] });
    await it.apply();
    await it.notify({ money_refund: undefined });
    await it.reconcileIn(0);
    expect(it.queried).toHaveLength(1);
    await it.notify({ money_refund: undefined });
    await it.reconcileIn(60_000);
    expect(it.queried).toHaveLength(1);
  });
});

test('of two incomplete messages that contradict each other both are kept', async () => {
  const it = scene();
  await it.apply();
  for (const oid_refundno of ['A1', 'B2']) await it.notify({ money_refund: undefined, oid_refundno });
  expect(it.record().conflict).toMatchObject({
    first: { oid_refundno: 'A1' },
    latest: { oid_refundno: 'B2' },
  });
});

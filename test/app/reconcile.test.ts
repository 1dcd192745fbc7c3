import { measured, newMeasurements } from '../../shared/app/reconciliation/measurements.ts';
import { SHARDS, shardOf } from '../../shared/app/schedule.ts';
import { harness, inDoubt, notFound, rejected, verified } from './use-case-harness.ts';

const report = (more: object = {}) => ({ checked: 0, settled: 0, resent: 0, pending: 0, failed: 0, ...more });

/** Refunds whose outcome is unknown. */
async function open(it: ReturnType<typeof harness>, count: number): Promise<string[]> {
  const numbers = Array.from({ length: count }, (_, index) => `r-${index}`);
  for (const no_refund of numbers) await it.apply({ no_refund });
  return numbers;
}

test('a run reads every page of the due refunds', async () => {
  const it = harness({ query: [notFound] });
  const numbers = await open(it, 500);
  it.sent.length = 0;
  expect(await it.reconcileIn(900_000)).toEqual(report({ checked: 500, resent: 500 }));
  expect(it.sent.toSorted()).toEqual(numbers.toSorted());
});

/** Refunds whose outcome is unknown, all in one shard of the index. */
async function openInOneShard(it: ReturnType<typeof harness>, count: number): Promise<string[]> {
  const candidates = Array.from({ length: 20 * count }, (_, index) => `s-${index}`);
  const numbers = candidates.filter((noRefund) => shardOf(noRefund) === '3').slice(0, count);
  for (const no_refund of numbers) await it.apply({ no_refund });
  return numbers;
}

test.each([1, 3])(
  '%i without an answer hold up none of the others of a shard, page by page',
  async (silent) => {
    let release = () => {};
    const answers = new Promise<void>((resolve) => {
      release = resolve;
    });
    const silence = () => answers.then(() => inDoubt);
    const it = harness({
      // Once they are open, the gateway is well.
      apply: [...Array.from({ length: 60 }, () => inDoubt), rejected],
      query: [...Array.from({ length: silent }, () => silence), notFound],
    });
    const numbers = await openInOneShard(it, 60);
    it.sent.length = 0;
    const run = it.reconcileIn(900_000);
    for (let turn = 0; turn < 10 && it.sent.length < 60 - silent; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    expect(it.sent).toHaveLength(60 - silent);
    release();
    expect(await run).toEqual(report({ checked: 60, resent: 60 - silent, failed: silent }));
    expect(it.queried.toSorted()).toEqual(numbers.toSorted());
  },
);

test('no more refunds of a shard are checked at a time than the setting says', async () => {
  let atATime = 0;
  let most = 0;
  const it = harness({
    query: [
      async () => {
        most = Math.max(most, ++atATime);
        await new Promise((resolve) => setImmediate(resolve));
        atATime -= 1;
        return notFound;
      },
    ],
  });
  it.rules.checksPerShard = 3;
  await openInOneShard(it, 40);
  await it.reconcileIn(900_000);
  expect(most).toBe(3);
});

test('a page that cannot be read ends no check that is under way', async () => {
  const it = harness({
    query: [() => new Promise((resolve) => setImmediate(() => resolve(notFound)))],
  });
  await openInOneShard(it, 40);
  const { due } = it.store;
  it.store.due = async (shard, now, limit, after) => {
    if (after) throw new Error('out of reach');
    return due(shard, now, limit);
  };
  expect(await it.reconcileIn(900_000)).toEqual(report({ checked: 25, resent: 25 }));
  expect(it.lines.filter(({ facts }) => facts.error === 'Error: out of reach')).toHaveLength(1);
});

describe('what a run leaves', () => {
  const left = (it: ReturnType<typeof harness>) => it.lines.at(-1)?.facts.left;

  test('is nothing where time was enough', async () => {
    const it = harness({ query: [inDoubt] });
    await open(it, 40);
    await it.reconcileIn(900_000);
    expect(left(it)).toBe(0);
  });

  test('is what is due and not checked for lack of time, on the pages that it has not read too', async () => {
    const it = harness({ query: [inDoubt] });
    await openInOneShard(it, 60);
    it.timeFor(30);
    expect(await it.reconcileIn(900_000)).toEqual(report({ checked: 30, failed: 30 }));
    expect(left(it)).toBe(30);
    expect(it.metrics().at(-1)).toMatchObject({ ChecksLeft: 30 });
  });

  test('is what another page shows, where the time ended with a page and the others can’t be counted', async () => {
    const it = harness({ query: [inDoubt] });
    await openInOneShard(it, 60);
    it.timeFor(25);
    it.store.countDue = () => Promise.reject(new Error('out of reach'));
    await it.reconcileIn(900_000);
    expect(left(it)).toBe(25);
  });
});

test('a run tells how often the gateway has slowed it down', async () => {
  const it = harness({ query: [inDoubt] });
  await open(it, 1);
  await it.reconcileIn(900_000);
  expect(it.lines.at(-1)?.facts).toMatchObject({ checked: 1, failed: 1, left: 0, slowed: 1 });
});

test('applications are never held back', async () => {
  const it = harness({ query: [notFound] });
  it.rules.maxInFlight = 1;
  it.rules.maxPerSecond = 1;
  const before = it.context().clock.nowMs();
  await open(it, 20);
  expect(it.context().clock.nowMs()).toBe(before);
  expect(it.sent).toHaveLength(20);
});

test('more checks than fit into the arguments of a call are measured', () => {
  const spans = Array.from({ length: 500_000 }, (_, index) => index);
  const measurements = { ...newMeasurements(), openMs: spans };
  expect(measured(measurements, 0, true).OldestUnfinishedSeconds).toBe(500);
});

test('an unreadable shard of the index stops no other', async () => {
  const it = harness({ query: [notFound] });
  await open(it, 40);
  const { due } = it.store;
  it.store.due = async (shard, ...rest) => {
    if (shard === '3') throw new Error('out of reach');
    return due(shard, ...rest);
  };
  const done = await it.reconcileIn(900_000);
  expect(done.checked).toBeGreaterThan(20);
  expect(done.checked).toBeLessThan(40);
  expect(it.lines).toContainEqual(
    expect.objectContaining({
      level: 'error',
      facts: { error: 'Error: out of reach', metrics: { Failures: 1 } },
    }),
  );
});

test('a run that can read no shard fails, and is not counted as completed', async () => {
  const it = harness();
  await open(it, 3);
  it.store.due = () => Promise.reject(new Error('out of reach'));
  await expect(it.reconcileIn(900_000)).rejects.toThrow('out of reach');
  expect(it.lines.map(({ decision }) => decision)).not.toContain('reconciled');
});

test('a lease with a wrong end postpones a check by some minutes at most', async () => {
  const it = harness({ query: [notFound] });
  await it.apply();
  it.table.update('1', {}, { lease_until: Date.UTC(2099, 0) }, []);
  expect(await it.reconcileIn(900_000)).toEqual(report({ checked: 1, pending: 1 }));
  const { next_check_at = 0, check_wait } = it.record();
  const now = it.context().clock.nowMs();
  expect([next_check_at - now, check_wait]).toEqual([250_000, 900_000]);
  expect(it.sent).toHaveLength(1);
});

test.each([
  ['a status', { sta_refund: '1' }],
  ['nothing but its amount', {}],
])(
  'an external refund without a date, for which a notification reported %s, stays due and is reported',
  async (_what, message) => {
    const it = harness({ query: [verified({ sta_refund: '2', dt_refund: '20260105100000' })] });
    await it.notify(message);
    for (const afterMs of [900_000, 3_600_000]) {
      expect(await it.reconcileIn(afterMs)).toEqual(report({ checked: 1, failed: 1 }));
      expect(it.metrics()).toContainEqual({ NotQueryable: 1, StuckRefunds: 1 });
      it.lines.length = 0;
    }
    expect(it.queried).toEqual([]);
    await it.notify({ ...message, dt_refund: '20260105100000' });
    expect(await it.reconcileIn(3_600_000)).toEqual(report({ checked: 1, settled: 1 }));
  },
);

test('a due refund without a check_wait is checked nevertheless', async () => {
  const it = harness({ query: [inDoubt] });
  await it.apply();
  it.table.update('1', {}, { check_wait: undefined }, []);
  expect(await it.reconcileIn(900_000)).toEqual(report({ checked: 1, failed: 1 }));
  expect(it.record()).toMatchObject({ check_wait: 1_800_000, next_check_at: expect.any(Number) });
});

test('the age of the oldest unfinished refund is measured, and that of a final one is not', async () => {
  const it = harness({ query: [verified({ sta_refund: '1' }), verified({ sta_refund: '2' })] });
  await it.apply();
  await it.reconcileIn(900_000);
  expect(it.metrics()).toContainEqual(expect.objectContaining({ OldestUnfinishedSeconds: 900 }));
  it.lines.length = 0;
  await it.reconcileIn(900_000);
  expect(it.metrics()).toContainEqual(expect.objectContaining({ OldestUnfinishedSeconds: 0 }));
});

describe('the age of the oldest REQUESTED refund', () => {
  const oldest = (it: ReturnType<typeof harness>) => it.metrics().at(-1)?.OldestRequestedSeconds;

  test('is measured while its outcome is unknown, not once it is PROCESSING', async () => {
    const it = harness({ query: [inDoubt, verified({ sta_refund: '1' })] });
    await it.apply();
    await it.reconcileIn(900_000);
    expect(oldest(it)).toBe(900);
    await it.reconcileIn(1_800_000);
    expect(oldest(it)).toBe(0);
  });

  test('grows although it is applied for again', async () => {
    const it = harness({ query: [inDoubt] });
    await it.apply();
    it.advance(7_200_000);
    await it.apply();
    await it.reconcileIn(900_000);
    expect(oldest(it)).toBe(8_100);
  });

  test('is measured from the application that followed a rejection', async () => {
    const it = harness({ apply: [rejected, inDoubt], query: [inDoubt] });
    await expect(it.apply()).rejects.toThrow();
    it.advance(7_200_000);
    await it.apply();
    await it.reconcileIn(900_000);
    expect(oldest(it)).toBe(900);
  });

  test('is measured even if its check fails', async () => {
    const it = harness();
    await it.apply();
    it.failWrites({ after: 1 });
    await it.reconcileIn(900_000);
    expect(oldest(it)).toBe(900);
  });
});

describe('the lag of the checks', () => {
  const lag = (it: ReturnType<typeof harness>) => it.metrics().at(-1)?.ReconciliationLagSeconds;

  test('is zero where no check is left', async () => {
    const it = harness({ query: [inDoubt] });
    await open(it, 40);
    await it.reconcileIn(900_000);
    expect(lag(it)).toBe(0);
  });

  test.each([
    ['from the start', 0],
    ['on the way', 60],
  ])('is the age of the oldest check that a run has left for lack of time, %s', async (_when, checks) => {
    const it = harness({ query: [inDoubt] });
    await open(it, 100);
    it.timeFor(checks);
    const { checked } = await it.reconcileIn(7_200_000);
    expect(checked).toBe(checks);
    expect(lag(it)).toBe(7_200 - 900);
  });

  test('includes a check whose lease could not be acquired', async () => {
    const it = harness();
    await it.apply();
    it.failWrites({});
    await it.reconcileIn(1_000_000);
    expect(lag(it)).toBe(100);
  });

  test('is not measured where a shard of the index could not be read', async () => {
    const it = harness({ query: [inDoubt] });
    await open(it, 40);
    const { due } = it.store;
    it.store.due = (shard, ...rest) => (shard === '3' ? Promise.reject(new Error('x')) : due(shard, ...rest));
    await it.reconcileIn(900_000);
    expect(it.metrics().at(-1)).toHaveProperty('OldestUnfinishedSeconds');
    expect(lag(it)).toBeUndefined();
  });
});

test('a query without an answer is a failure, and changes nothing', async () => {
  const it = harness({ query: [inDoubt] });
  await it.apply();
  expect(await it.reconcileIn(900_000)).toEqual(report({ checked: 1, failed: 1 }));
  expect(it.record()).toMatchObject({ status: 'REQUESTED', attempts: 1, check_wait: 1_800_000 });
  expect(it.record()).not.toHaveProperty('lease_until');
});

test('a refund that could not be checked is counted', async () => {
  const it = harness();
  await it.apply();
  it.around.before = () => {
    throw new Error('out of reach');
  };
  expect(await it.reconcileIn(900_000)).toEqual(report({ checked: 1, failed: 1 }));
  expect(it.metrics()).toContainEqual({ Failures: 1 });
});

test('the time that a call waits for its turn is none of the gateway’s', async () => {
  const it = harness({
    query: [
      () => {
        it.advance(100);
        return notFound;
      },
    ],
  });
  await open(it, 10);
  it.lines.length = 0;
  it.rules.maxPerSecond = 2;
  it.rules.maxInFlight = 1;
  await it.reconcileIn(900_000);
  const times = it.metrics().flatMap(({ GatewayLatencyMs }) => GatewayLatencyMs ?? []);
  expect(times).toHaveLength(20);
  expect(new Set(times)).toEqual(new Set([0, 100]));
});

describe('runs side by side', () => {
  /** So many refunds are due, and 40 are checked in a second: after 2.5 s of the 240 of a run, some hundred. */
  async function backlog(count: number) {
    const it = harness({
      query: [
        async () => {
          const noRefund = it.queried.at(-1);
          await new Promise((resolve) => setImmediate(resolve));
          it.advance(25);
          return verified({ ...it.record(noRefund), sta_refund: '2' });
        },
      ],
    });
    it.rules.runs = 4;
    it.rules.aloneMs = 2_500;
    it.setTime(240_000);
    await open(it, count);
    it.advance(900_000);
    return it;
  }

  const codes = (it: ReturnType<typeof harness>) => it.lines.map(({ code }) => code);

  test('a run that finds much due keeps a part of it, and starts others for the rest, which end with it', async () => {
    const it = await backlog(400);
    const endsAtMs = it.context().deadlineMs;
    const { checked } = await it.reconcile();
    expect(it.shares.map(({ shards }) => shards.length)).toEqual([2, 2, 2]);
    expect(new Set(it.shares.flatMap(({ shards }) => shards)).size).toBe(6);
    expect(it.shares.map(({ untilMs }) => untilMs)).toEqual([endsAtMs, endsAtMs, endsAtMs]);
    expect(checked).toBeGreaterThan(100);
    const others = await Promise.all(it.further);
    for (const other of others) expect(other.checked).toBeGreaterThan(40);
    expect(others.reduce((sum, other) => sum + other.settled, checked)).toBe(400);
    expect(it.queried).toHaveLength(400);
    expect(it.shares).toHaveLength(3);
  });

  test('what was handed over, and no other run has taken up, comes back to the run', async () => {
    const it = await backlog(400);
    it.loseShares();
    expect(await it.reconcile()).toEqual(report({ checked: 400, settled: 400 }));
    expect(it.shares).toHaveLength(3);
    expect(new Set(it.queried).size).toBe(400);
  });

  test('what no other run begins with comes back at once, although there is more in the run’s own parts', async () => {
    const it = await backlog(4_000);
    it.setTime(60_000);
    it.loseShares();
    await it.reconcile();
    expect(it.shares).toHaveLength(3);
    const checkedIn = SHARDS.map((shard) => it.queried.filter((number) => shardOf(number) === shard).length);
    for (const count of checkedIn) expect(count).toBeGreaterThan(100);
    expect(it.lines.at(-1)?.facts.left).toBe(4_000 - it.queried.length);
  });

  test('what another run is at is left and measured, where it isn’t done in time', async () => {
    const it = await backlog(100);
    const inParts = (shards: string[]) =>
      [...it.table.items.keys()].filter((number) => shards.includes(shardOf(number))).length;
    const untilMs = it.context().deadlineMs + 5_000;
    for (const shard of ['2', '5']) it.leases.acquire(shard, 'other', untilMs - 1, untilMs);
    const { checked } = await it.reconcile();
    expect(checked).toBe(100 - inParts(['2', '5']));
    expect(it.lines.at(-1)?.facts.left).toBe(inParts(['2', '5']));
    expect(it.metrics().at(-1)).toMatchObject({ ChecksLeft: inParts(['2', '5']) });
    expect(it.metrics().at(-1)?.ReconciliationLagSeconds).toBeGreaterThan(200);
  });

  test('what a run that has crashed held is checked once its leases have ended', async () => {
    const it = await backlog(100);
    it.rules.runs = 1;
    const now = it.context().clock.nowMs();
    for (const shard of SHARDS) it.leases.acquire(shard, 'crashed', now, now + 60_000);
    expect(await it.reconcile()).toMatchObject({ checked: 100, settled: 100 });
  });

  test('a lease that ends later than any run can hold one is not believed', async () => {
    const it = await backlog(100);
    const now = it.context().clock.nowMs();
    for (const shard of SHARDS) it.leases.acquire(shard, 'by-hand', now, now + 250_001);
    expect(await it.reconcile()).toMatchObject({ checked: 100 });
    expect(it.context().clock.nowMs()).toBeLessThan(now + 20_000);
  });

  test('a run without time for a check acquires no lease', async () => {
    const it = await backlog(100);
    let acquired = 0;
    it.leases.acquire = () => {
      acquired += 1;
      return true;
    };
    await it.reconcile({ shards: SHARDS, untilMs: it.context().clock.nowMs() + 3_900 });
    expect([acquired, it.queried.length]).toEqual([0, 0]);
    await it.reconcile({ shards: ['0'], untilMs: it.context().clock.nowMs() + 4_100 });
    expect(acquired).toBe(1);
  });

  test('a run that was started leaves to the one that has started it what others hold, and measures none of it', async () => {
    const it = await backlog(100);
    const now = it.context().clock.nowMs();
    it.leases.acquire('0', 'other', now, now + 200_000);
    expect(await it.reconcile({ shards: ['0'], untilMs: now + 200_000 })).toEqual(report());
    expect(it.context().clock.nowMs()).toBe(now);
    expect(it.metrics().at(-1)).toMatchObject({ ChecksLeft: 0, ReconciliationLagSeconds: 0 });
  });

  test('a share that comes twice is checked once', async () => {
    const it = await backlog(200);
    const share = { shards: ['0', '1', '2'], untilMs: Infinity };
    const [once, again] = await Promise.all([it.reconcile(share), it.reconcile(share)]);
    expect(once.checked).toBeGreaterThan(50);
    expect(again).toEqual(report());
    expect(new Set(it.queried).size).toBe(it.queried.length);
    expect(codes(it).filter((code) => code === 'reconciliation.part_leased')).toHaveLength(3);
    // Its leases end with a run.
    expect(['0', '1', '2'].map((shard) => it.leases.untilMs(shard))).toEqual([0, 0, 0]);
  });

  test('a run that comes while another holds everything checks nothing, and says so', async () => {
    const it = await backlog(100);
    const [first, second] = await Promise.all([it.reconcile(), it.reconcile()]);
    expect([first.checked, second.checked]).toEqual([100, 0]);
    expect(codes(it).filter((code) => code === 'reconciliation.part_leased')).toHaveLength(8);
  });

  test('a run whose share is over checks nothing', async () => {
    const it = await backlog(100);
    it.timeFor(0);
    expect(await it.reconcile({ shards: ['0'], untilMs: 0 })).toEqual(report());
  });

  test.each([
    ['little is due', 60, 4],
    ['one run is allowed', 400, 1],
  ])('no other run is started where %s', async (_what, count, runs) => {
    const it = await backlog(count);
    it.rules.runs = runs;
    await it.reconcile();
    expect(it.shares).toEqual([]);
  });

  test.each([
    ['maxInFlight', 2, 1],
    ['maxInFlight', 5, 3],
    ['maxPerSecond', 6, 3],
    ['maxPerSecond', 2, 1],
    ['maxPerSecond', 1, 0],
  ] as const)('with %s %i, %i runs are started: each gets a whole call', async (limit, is, runs) => {
    const it = await backlog(400);
    it.rules[limit] = is;
    await it.reconcile();
    expect(it.shares).toHaveLength(runs);
  });

  test('no other run is started while the gateway slows this one down', async () => {
    const it = harness({
      query: [
        () => {
          it.advance(100);
          return inDoubt;
        },
      ],
    });
    it.rules.runs = 4;
    await open(it, 400);
    it.advance(900_000);
    await it.reconcile();
    expect(it.queried.length).toBeGreaterThan(150);
    expect(it.shares).toEqual([]);
  });

  test('where no other run can be started, the run goes on by itself, and says so', async () => {
    const it = await backlog(200);
    it.failToStartRuns();
    expect(await it.reconcile()).toEqual(report({ checked: 200, settled: 200 }));
    expect(new Set(it.queried).size).toBe(200);
    const failed = it.lines.filter(({ code }) => code === 'reconciliation.not_handed_over');
    expect(failed).toHaveLength(3);
    expect(failed[0]).toMatchObject({ level: 'error', facts: { metrics: { Failures: 1 } } });
  });

  test('a lease that cannot be acquired leaves its shard to the next run', async () => {
    const it = await backlog(100);
    const { acquire } = it.leases;
    it.leases.acquire = (shard, ...rest) => {
      if (shard === '3') throw new Error('out of reach');
      return acquire.call(it.leases, shard, ...rest);
    };
    const { checked } = await it.reconcile();
    expect(checked).toBeGreaterThan(60);
    expect(checked).toBeLessThan(100);
    expect(codes(it)).toContain('reconciliation.part_unread');
  });

  test('a lease that cannot be released ends by itself, soon after its run', async () => {
    const it = await backlog(20);
    it.leases.release = () => {
      throw new Error('out of reach');
    };
    const endsAtMs = it.context().deadlineMs;
    expect(await it.reconcile()).toMatchObject({ checked: 20 });
    expect(codes(it)).toContain('reconciliation.lease_kept');
    expect(it.leases.untilMs('0')).toBe(endsAtMs + 5_000);
  });
});

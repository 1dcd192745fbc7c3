import { type CaughtUp, catchUp, type Outage } from '../../bench/catch-up.ts';

/** As docs/performance.md has them, with fewer refunds: the whole table is printed by `npm run bench:backlog`. */
const outage: Outage = {
  refunds: 20_000,
  gatewayMs: 200,
  checksOfRun: 100,
  unknownEvery: 20,
  crashes: {},
  checksPerShard: 6,
  maxInFlight: 48,
  maxPerSecond: 200,
  runs: 4,
  aloneMs: 10_000,
};

const HOUR_MS = 3_600_000;

/** Whatever happens: nothing is settled twice or left, and the gateway is called no more often than allowed. */
function expectWithin({ maxPerSecond, maxInFlight, refunds }: Outage, caughtUp: CaughtUp): void {
  expect(caughtUp).toMatchObject({ settled: refunds, twice: 0, endMs: expect.any(Number) });
  expect(caughtUp.mostInSecond).toBeLessThanOrEqual(maxPerSecond);
  expect(caughtUp.mostInFlight).toBeLessThanOrEqual(maxInFlight);
  // One query for each, and a resend for one of 20.
  expect(caughtUp.calls).toBeGreaterThanOrEqual(refunds * 1.05);
  expect(caughtUp.calls).toBeLessThanOrEqual(refunds * 1.06);
}

test('a backlog is shared among runs, which together call the gateway as often as allowed', async () => {
  const caughtUp = await catchUp(outage, HOUR_MS);
  expectWithin(outage, caughtUp);
  expect(caughtUp).toMatchObject({ sideBySide: 4, runs: 4, left: [] });
  // Ten seconds alone, and then nearly what the limit allows.
  expect(caughtUp.mostInSecond).toBeGreaterThan(190);
  const fastestMs = 10_000 + (1_000 * (20_000 * 1.05 - 1_000)) / 200;
  expect(caughtUp.endMs).toBeLessThan(1.1 * fastestMs);
});

test('one run alone takes longer, and no other is begun where little is due', async () => {
  const much = { ...outage, refunds: 30_000, runs: 1 };
  const alone = await catchUp(much, HOUR_MS);
  expectWithin(much, alone);
  expect(alone.sideBySide).toBe(1);
  expect(alone.left.length).toBeGreaterThan(0);
  const little = { ...outage, refunds: 500 };
  expect(await catchUp(little, HOUR_MS)).toMatchObject({ settled: 500, runs: 1 });
});

test('more is allowed, and more is done', async () => {
  const more = { ...outage, runs: 8, maxPerSecond: 500, maxInFlight: 128, checksPerShard: 16 };
  const caughtUp = await catchUp(more, HOUR_MS);
  expectWithin(more, caughtUp);
  expect(caughtUp.mostInSecond).toBeGreaterThan(450);
  expect(caughtUp.sideBySide).toBe(8);
});

test.each([
  ['the run that has started the others', { 1: 60_000 }],
  ['one of those that were started', { 3: 60_000 }],
  ['the first run, before it starts others', { 1: 5_000 }],
  ['all of them', { 1: 60_000, 2: 50_000, 3: 40_000, 4: 30_000 }],
])('when %s crashes, what it held is checked by later runs', async (_who, crashes) => {
  const caughtUp = await catchUp({ ...outage, crashes }, 2 * HOUR_MS);
  expectWithin(outage, caughtUp);
  expect(caughtUp.runs).toBeGreaterThan(4);
});

test('where no run that is started ever begins, the first one takes everything back', async () => {
  const lost = { ...outage, refunds: 40_000, startingMs: Number.POSITIVE_INFINITY };
  const caughtUp = await catchUp(lost, HOUR_MS);
  expectWithin(lost, caughtUp);
  expect(caughtUp.sideBySide).toBe(1);
  // Little longer than one run alone.
  const alone = await catchUp({ ...outage, refunds: 40_000, runs: 1 }, HOUR_MS);
  expect(caughtUp.endMs).toBeLessThan(1.1 * Number(alone.endMs));
});

test.each([
  ['1 a second, one run', { maxPerSecond: 1, runs: 1, refunds: 200 }],
  ['4 a second, four runs', { maxPerSecond: 4, refunds: 800 }],
  ['8 a second, eight runs', { maxPerSecond: 8, runs: 8, refunds: 1_500 }],
])('a low limit holds exactly, where each refund is sent again: %s', async (_what, low) => {
  const way = { ...outage, unknownEvery: 1, ...low };
  const caughtUp = await catchUp(way, HOUR_MS);
  expect(caughtUp).toMatchObject({ settled: way.refunds, twice: 0, mostInSecond: way.maxPerSecond });
});

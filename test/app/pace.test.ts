import type { ReconcileContext } from '../../shared/app/ports/context.ts';
import type { ApplyAnswer, QueryAnswer } from '../../shared/app/ports/gateway.ts';
import { Pace } from '../../shared/app/reconciliation/pace.ts';
import type { AppliedRefund } from '../../shared/domain/refund.ts';
import { Random } from '../simulation/random.ts';
import { Scheduler } from '../simulation/scheduler.ts';

const FOUND = { type: 'not-found', sentAtMs: 0 } as const;
const BUSY = { type: 'in-doubt', reason: 'return code 1007', ret_code: '1007' } as const;
const SILENT = { type: 'in-doubt', reason: 'no complete answer within 10000 ms' } as const;

type Answer = (QueryAnswer & ApplyAnswer) | typeof FOUND;

/** What the gateway makes of a call, with so many others in flight: its answer, and how long that takes. */
type Behaviour = (nowMs: number, inFlight: number) => [answer: Answer, afterMs: number];

/** Some hundred checks that wait for their turn, in virtual time, and a gateway that notes when it was called. */
async function checksOver(
  behaviour: Behaviour,
  {
    maxInFlight = 32,
    maxPerSecond = 200,
    deadlineMs = 60_000,
    resends = false,
    queriesAgain = false,
    share = 1,
  } = {},
) {
  const scheduler = new Scheduler(0, new Random(1));
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      scheduler.after(ms, () => {
        scheduler.wake();
        resolve();
      });
    });
  const calls: number[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const call = async () => {
    calls.push(scheduler.nowMs);
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    const [answer, afterMs] = behaviour(scheduler.nowMs, inFlight);
    // The real gateway keeps two seconds for the writes after an answer.
    await wait(Math.min(afterMs, deadlineMs - 2_000 - scheduler.nowMs));
    inFlight -= 1;
    return answer as never;
  };
  const pace = new Pace({
    clock: { nowMs: () => scheduler.nowMs },
    wait,
    rules: { maxInFlight, maxPerSecond },
    deadlineMs,
    gateway: { hasTime: () => scheduler.nowMs < deadlineMs - 3_000, query: call, apply: call },
  } as never as ReconcileContext);
  pace.setShare(share);
  const kept = { atFirst: pace.keepsUp, ever: false, afterSlowing: false, inTheEnd: false };
  let slowed = 0;
  let ended = 0;
  const refund = {} as AppliedRefund;
  const check = async () => {
    for (let gateway = await pace.begin(); gateway; gateway = await pace.begin()) {
      await gateway.query(refund, deadlineMs);
      if (resends) await gateway.apply(refund, deadlineMs);
      if (queriesAgain) await gateway.query(refund, deadlineMs);
      kept.ever ||= pace.keepsUp;
      if (pace.slowed > slowed) kept.afterSlowing ||= pace.keepsUp;
      slowed = pace.slowed;
      pace.end();
    }
    ended += 1;
  };
  for (let count = 0; count < 100; count += 1) check();
  await new Promise((resolve) => setImmediate(resolve));
  while (scheduler.nextAtMs !== undefined) await scheduler.step();
  expect(ended).toBe(100);
  expect(scheduler.nowMs).toBeLessThanOrEqual(deadlineMs - 1_000);
  kept.inTheEnd = pace.keepsUp;
  /** How many calls there were in that second. */
  const inSecond = (second: number) => calls.filter((atMs) => Math.floor(atMs / 1_000) === second).length;
  return { calls, inSecond, mostInFlight, slowed, kept };
}

const good: Behaviour = () => [FOUND, 200];

test('a healthy gateway gets as many calls in a second as allowed, and no more', async () => {
  const { inSecond, slowed } = await checksOver(good, { maxPerSecond: 80 });
  for (const second of [0, 5, 50]) expect(inSecond(second)).toBeGreaterThan(75);
  for (const second of [0, 5, 50]) expect(inSecond(second)).toBeLessThanOrEqual(81);
  expect(slowed).toBe(0);
});

test('no more calls are in flight than allowed', async () => {
  const { inSecond, mostInFlight } = await checksOver(good, { maxInFlight: 7, maxPerSecond: 1_000 });
  expect(mostInFlight).toBe(7);
  expect(inSecond(5)).toBeGreaterThanOrEqual(7 * 4);
});

test.each([0.25, 0.5])(
  'a run with %d of the parts of the index has as much of both limits',
  async (share) => {
    const { inSecond, mostInFlight } = await checksOver(good, { maxInFlight: 40, maxPerSecond: 80, share });
    for (const second of [0, 5, 50]) expect(inSecond(second)).toBeGreaterThan(75 * share);
    for (const second of [0, 5, 50]) expect(inSecond(second)).toBeLessThanOrEqual(80 * share + 1);
    expect(mostInFlight).toBeLessThanOrEqual(40 * share);
  },
);

test('a run has 50 calls in flight at the most, whatever the limit of all runs', async () => {
  const { mostInFlight } = await checksOver(() => [FOUND, 1_000], { maxInFlight: 400, maxPerSecond: 1_000 });
  expect(mostInFlight).toBe(50);
});

test('a resend counts as a call', async () => {
  const { inSecond } = await checksOver(good, { maxPerSecond: 80, resends: true });
  for (const second of [0, 5, 20]) expect(inSecond(second)).toBeGreaterThan(70);
  for (let second = 0; second < 55; second += 1) expect(inSecond(second)).toBeLessThanOrEqual(81);
});

test.each([
  ['says that it is busy', BUSY, 20],
  ['does not answer', SILENT, 10_000],
  ['is slow', FOUND, 5_000],
] as const)(
  'a gateway that %s gets few calls, and as many as before once it is well again',
  async (_what, answer, afterMs) => {
    const { inSecond, slowed } = await checksOver(
      (nowMs) => (nowMs > 20_000 && nowMs < 60_000 ? [answer, afterMs] : [FOUND, 200]),
      { deadlineMs: 120_000 },
    );
    expect(inSecond(19)).toBeGreaterThan(150);
    expect(inSecond(59)).toBeLessThan(10);
    // Some are left to it all the same: they tell when it is well again.
    expect([50, 51, 52, 53, 54, 55, 56, 57, 58, 59].some((second) => inSecond(second) > 0)).toBe(true);
    expect(inSecond(90)).toBeGreaterThan(150);
    expect(slowed).toBeGreaterThanOrEqual(3);
  },
);

test('a gateway that can do less at a time gets what it can do', async () => {
  const { inSecond } = await checksOver((_nowMs, inFlight) => (inFlight > 10 ? [BUSY, 20] : [FOUND, 200]));
  for (const second of [10, 20, 30]) {
    expect(inSecond(second)).toBeGreaterThan(20);
    expect(inSecond(second)).toBeLessThan(80);
  }
});

test('a silent refund now and then costs the others little', async () => {
  const { calls, slowed } = await checksOver((nowMs) =>
    nowMs % 5_000 < 6 ? [SILENT, 10_000] : [FOUND, 200],
  );
  expect(slowed).toBeGreaterThan(0);
  expect(calls.length).toBeGreaterThan(0.6 * 57 * 155);
});

test('a gateway that was slow from the start isn’t called less for it', async () => {
  const { calls, slowed } = await checksOver(() => [FOUND, 4_000]);
  expect(slowed).toBe(0);
  expect(calls.length).toBeGreaterThan(32 * 12);
});

test('one fast answer does not make the others slow for good', async () => {
  let count = 0;
  const { inSecond } = await checksOver(() => (++count === 1 ? [FOUND, 200] : [FOUND, 1_200]), {
    deadlineMs: 240_000,
  });
  expect(inSecond(200)).toBeGreaterThan(10);
});

test('no check begins once time is up, whoever waits for what', async () => {
  for (const behaviour of [good, () => [SILENT, 10_000], () => [BUSY, 20]] as Behaviour[]) {
    const { calls } = await checksOver(behaviour, { maxPerSecond: 1, deadlineMs: 30_000 });
    expect(calls.length).toBeGreaterThan(2);
    expect(calls.filter((atMs) => atMs >= 27_000)).toEqual([]);
  }
});

/** The most calls in any second. */
const mostInSecond = (calls: number[]) =>
  Math.max(...calls.map((atMs) => calls.filter((other) => other > atMs - 1_000 && other <= atMs).length));

test.each([1, 3, 4, 7, 20])(
  'of %i calls in a second none is too many, however late the gateway answers, and whatever is sent again',
  async (maxPerSecond) => {
    let count = 0;
    const { calls } = await checksOver(() => [FOUND, (count++ * 977) % 1_000], {
      maxPerSecond,
      resends: true,
    });
    expect(mostInSecond(calls)).toBe(maxPerSecond);
    expect(calls.length).toBeGreaterThan(maxPerSecond * 45);
  },
);

test('a check’s third call takes a turn as well', async () => {
  const { calls } = await checksOver(good, { maxPerSecond: 5, resends: true, queriesAgain: true });
  expect(mostInSecond(calls)).toBe(5);
});

test.each([1, 2])(
  'a gateway that is busy gets a call in a second where it gets %i at a time, and more once it is well',
  async (maxInFlight) => {
    const { inSecond } = await checksOver(
      (nowMs) => (nowMs > 20_000 && nowMs < 60_000 ? [BUSY, 20] : [FOUND, 20]),
      { maxInFlight, deadlineMs: 120_000 },
    );
    expect(inSecond(19)).toBeGreaterThan(40 * maxInFlight);
    expect(inSecond(59)).toBeLessThanOrEqual(2);
    expect([56, 57, 58, 59].some((second) => inSecond(second) > 0)).toBe(true);
    expect(inSecond(90)).toBeGreaterThan(40 * maxInFlight);
  },
);

describe('the gateway keeps up', () => {
  test('once it has answered', async () => {
    expect((await checksOver(good)).kept).toMatchObject({ atFirst: false, inTheEnd: true });
  });

  test('not where it has been silent from the start, or still is', async () => {
    expect((await checksOver(() => [SILENT, 10_000])).kept).toMatchObject({ ever: false, inTheEnd: false });
  });

  test('not after a single halving, until the run has recovered wholly', async () => {
    const { kept } = await checksOver((nowMs) => [nowMs > 4_000 && nowMs < 4_020 ? BUSY : FOUND, 200], {
      deadlineMs: 12_000,
    });
    expect(kept).toMatchObject({ ever: true, afterSlowing: false, inTheEnd: true });
  });
});

test('code 1007 alone is strain: other codes in doubt are answers about one refund', async () => {
  const { slowed } = await checksOver(() => [{ type: 'in-doubt', reason: '', ret_code: '1003' }, 200]);
  expect(slowed).toBe(0);
});

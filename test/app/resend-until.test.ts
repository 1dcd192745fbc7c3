import { DAY_MS, inDoubt, notFound, rejected, scene } from './use-case-harness.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Runs reconciliation every five minutes; returns when refund 1 was checked, in milliseconds from now. */
async function checksWithin(it: ReturnType<typeof scene>, periodMs: number): Promise<number[]> {
  const checks: number[] = [];
  for (let passedMs = 0; passedMs < periodMs; passedMs += 5 * MINUTE_MS) {
    const { checked } = await it.reconcileIn(5 * MINUTE_MS);
    if (checked > 0) checks.push(passedMs + 5 * MINUTE_MS);
  }
  return checks;
}

const gaps = (times: number[]) => times.slice(1).map((time, index) => time - (times[index] as number));

test('an outage of nearly a day is followed by a resend, without anybody applying again', async () => {
  let isOut = true;
  const query = () => (isOut ? inDoubt : { ...notFound });
  const it = scene({ query: [query] });
  await it.apply();
  await checksWithin(it, 23 * HOUR_MS);
  expect(it.sent).toHaveLength(1);
  isOut = false;
  await checksWithin(it, HOUR_MS);
  expect(it.sent.length).toBeGreaterThan(1);
});

test('while a refund may be sent again it is checked every hour, and within the last hour before it may not', async () => {
  const it = scene({ query: [inDoubt] });
  await it.apply();
  const checks = await checksWithin(it, DAY_MS);
  expect(Math.max(...gaps(checks))).toBeLessThanOrEqual(HOUR_MS);
  expect(checks.at(-1)).toBeGreaterThan(23 * HOUR_MS);
  const seldom = await checksWithin(it, 4 * DAY_MS);
  expect(Math.max(...gaps(seldom))).toBeGreaterThan(12 * HOUR_MS);
});

test('a run that dies right after it has taken a check over makes no longer wait', async () => {
  const it = scene({ query: [inDoubt] });
  await it.apply();
  await checksWithin(it, 6 * HOUR_MS);
  // Of the writes of a check the first puts the next one off, in two tries where the wait is long.
  it.failWrites({ after: 2 });
  await it.reconcileIn(HOUR_MS);
  expect(it.record().next_check_at).toBeLessThanOrEqual(it.context().clock.nowMs() + HOUR_MS);
});

test('a refund that the gateway has taken in is checked less and less often', async () => {
  const it = scene({ query: [inDoubt] });
  await it.apply();
  await it.notify({ sta_refund: '1' });
  expect(Math.max(...gaps(await checksWithin(it, DAY_MS)))).toBeGreaterThan(4 * HOUR_MS);
});

test('a first check that would come too late comes while the refund may be sent again', async () => {
  const it = scene({ query: [notFound] });
  it.rules.firstCheckMs = 2 * DAY_MS;
  await it.apply();
  await checksWithin(it, DAY_MS);
  expect(it.sent).toHaveLength(2);
});

test('a rejected refund that is applied for again after days, and whose query fails, is sent', async () => {
  const query = [inDoubt, notFound];
  const it = scene({ apply: [rejected, inDoubt], query });
  await expect(it.apply()).rejects.toThrow();
  it.pass(3 * DAY_MS);
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  expect(it.sent).toHaveLength(1);
  await it.reconcileIn(15 * MINUTE_MS);
  expect(it.sent).toHaveLength(2);
});

test('an explicit application counts anew, and a refund that was checked seldom is checked soon', async () => {
  let isOut = true;
  const it = scene({ query: [() => (isOut ? inDoubt : { ...notFound })] });
  await it.apply();
  await checksWithin(it, 6 * DAY_MS);
  await it.apply();
  expect(it.sent).toHaveLength(1);
  isOut = false;
  await checksWithin(it, HOUR_MS);
  expect(it.sent.length).toBeGreaterThan(1);
});

test('an application while somebody else holds the lease counts, too', async () => {
  const it = scene({ query: [inDoubt, notFound] });
  await it.apply();
  it.pass(3 * DAY_MS);
  it.table.update('1', {}, { lease_until: it.context().clock.nowMs() + MINUTE_MS }, []);
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  await it.reconcileIn(5 * MINUTE_MS);
  await it.reconcileIn(HOUR_MS);
  expect(it.sent).toHaveLength(2);
});

test('repetitions at the time of an application write nothing', async () => {
  const it = scene();
  await it.apply();
  it.table.update('1', {}, { lease_until: it.context().clock.nowMs() + MINUTE_MS }, []);
  const before = it.record();
  await it.apply();
  expect(it.record()).toBe(before);
});

test('a refund that is too old is not sent again by itself, and that is told', async () => {
  const it = scene({ query: [notFound] });
  await it.apply();
  await it.reconcileIn(DAY_MS + HOUR_MS);
  expect(it.sent).toHaveLength(1);
  expect(it.metrics()).toContainEqual({ TooOldToResend: 1, StuckRefunds: 1 });
});

import { OutcomeUnknown, ServiceUnavailable } from '../../shared/domain/errors.ts';
import { DAY_MS, harness, inDoubt, notFound, rejected } from './use-case-harness.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Runs reconciliation every five minutes. @returns the times of the checks of refund 1, milliseconds from now */
async function checksWithin(it: ReturnType<typeof harness>, periodMs: number): Promise<number[]> {
  const checks: number[] = [];
  for (let passedMs = 0; passedMs < periodMs; passedMs += 5 * MINUTE_MS) {
    const { checked } = await it.reconcileIn(5 * MINUTE_MS);
    if (checked > 0) checks.push(passedMs + 5 * MINUTE_MS);
  }
  return checks;
}

const gaps = (times: number[]) => times.slice(1).map((time, index) => time - (times[index] as number));

test('a refund is resent after an outage of nearly a day, without another application', async () => {
  let isOut = true;
  const query = () => (isOut ? inDoubt : { ...notFound });
  const it = harness({ query: [query] });
  await it.apply();
  await checksWithin(it, 23 * HOUR_MS);
  expect(it.sent).toHaveLength(1);
  isOut = false;
  await checksWithin(it, HOUR_MS);
  expect(it.sent.length).toBeGreaterThan(1);
});

test('a refund is checked every hour while it may be resent, and once in the last hour', async () => {
  const it = harness({ query: [inDoubt] });
  await it.apply();
  const checks = await checksWithin(it, DAY_MS);
  expect(Math.max(...gaps(checks))).toBeLessThanOrEqual(HOUR_MS);
  expect(checks.at(-1)).toBeGreaterThan(23 * HOUR_MS);
  const seldom = await checksWithin(it, 4 * DAY_MS);
  expect(Math.max(...gaps(seldom))).toBeGreaterThan(12 * HOUR_MS);
});

test('a run that dies right after it has acquired the lease of a check makes the wait no longer', async () => {
  const it = harness({ query: [inDoubt] });
  await it.apply();
  await checksWithin(it, 6 * HOUR_MS);
  // The first write of a check postpones the next one, in two attempts where the wait is long.
  it.failWrites({ after: 2 });
  await it.reconcileIn(HOUR_MS);
  expect(it.record().next_check_at).toBeLessThanOrEqual(it.context().clock.nowMs() + HOUR_MS);
});

test('a refund that the gateway has accepted is checked less and less often', async () => {
  const it = harness({ query: [inDoubt] });
  await it.apply();
  await it.notify({ sta_refund: '1' });
  expect(Math.max(...gaps(await checksWithin(it, DAY_MS)))).toBeGreaterThan(4 * HOUR_MS);
});

test('the first check comes while the refund may be resent, even if FIRST_CHECK_SECONDS is longer', async () => {
  const it = harness({ query: [notFound] });
  it.rules.firstCheckMs = 2 * DAY_MS;
  await it.apply();
  await checksWithin(it, DAY_MS);
  expect(it.sent.length).toBeGreaterThan(1);
});

test('a rejected refund that is applied for again after days is resent, although its first query fails', async () => {
  const query = [inDoubt, notFound];
  const it = harness({ apply: [rejected, inDoubt], query });
  await expect(it.apply()).rejects.toThrow();
  it.advance(3 * DAY_MS);
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  expect(it.sent).toHaveLength(1);
  await it.reconcileIn(15 * MINUTE_MS);
  expect(it.sent).toHaveLength(2);
});

test('an application restarts the time for resends, and the next check comes soon', async () => {
  let isOut = true;
  const it = harness({ query: [() => (isOut ? inDoubt : { ...notFound })] });
  await it.apply();
  await checksWithin(it, 6 * DAY_MS);
  await it.apply();
  expect(it.sent).toHaveLength(1);
  isOut = false;
  await checksWithin(it, HOUR_MS);
  expect(it.sent.length).toBeGreaterThan(1);
});

test('an application counts even while another invocation holds the lease', async () => {
  const it = harness({ query: [inDoubt, notFound] });
  await it.apply();
  it.advance(3 * DAY_MS);
  it.table.update('1', {}, { lease_until: it.context().clock.nowMs() + MINUTE_MS }, []);
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  await it.reconcileIn(5 * MINUTE_MS);
  await it.reconcileIn(HOUR_MS);
  expect(it.sent).toHaveLength(2);
});

describe('an application that the table does not take', () => {
  test('is an error, since the time for resends would not count from it', async () => {
    const it = harness({ query: [notFound] });
    await it.apply();
    it.advance(3 * DAY_MS);
    it.failWrites({ after: 1 });
    await expect(it.apply()).rejects.toThrow();
    expect(it.record()).not.toHaveProperty('applied_at');
    expect(it.sent).toHaveLength(1);
  });

  test.each([
    ['the lease is over', 3 * DAY_MS],
    ['the lease is running', HOUR_MS],
  ])('after it has taken the task token is OutcomeUnknown where %s', async (_what, passedMs) => {
    const it = harness();
    await it.apply();
    it.table.update('1', {}, { lease_until: it.context().clock.nowMs() + DAY_MS }, []);
    it.advance(passedMs);
    const { update } = it.store;
    let writes = 0;
    it.store.update = async (...of) => {
      writes += 1;
      if (writes > 1) throw new ServiceUnavailable('This call has recorded nothing and sent nothing.');
      return update(...of);
    };
    const error = await it.apply({ task_token: 'newer' }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OutcomeUnknown);
    expect(error.message).not.toMatch(/recorded nothing/);
    expect(it.record()).toMatchObject({ task_token: 'newer' });
  });
});

test('an application right before a run that postpones the check by a day keeps the next check near', async () => {
  const it = harness({ query: [inDoubt] });
  await it.apply();
  await checksWithin(it, 4 * DAY_MS);
  it.advance((it.record().next_check_at ?? 0) - it.context().clock.nowMs() + 1_000);
  const { update } = it.store;
  it.store.update = (...of) => {
    it.store.update = update;
    const next_check_at = it.context().clock.nowMs() + DAY_MS;
    it.table.update('1', {}, { next_check_at, check_wait: DAY_MS }, []);
    return update(...of);
  };
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  expect(it.record().next_check_at).toBeLessThanOrEqual(it.context().clock.nowMs() + HOUR_MS);
});

test.each([
  ['a resend', async () => {}],
  ['another application', async (it: ReturnType<typeof harness>) => it.apply()],
])('%s is followed by a check within the hour, even if FIRST_CHECK_SECONDS is longer', async (_what, act) => {
  const it = harness({ query: [notFound] });
  it.rules.firstCheckMs = 3 * HOUR_MS;
  await it.apply();
  await checksWithin(it, 4 * HOUR_MS);
  await act(it);
  expect(Math.max(...gaps(await checksWithin(it, 19 * HOUR_MS)))).toBeLessThanOrEqual(HOUR_MS);
});

test('an application during a lease counts to the minute', async () => {
  const it = harness();
  await it.apply();
  it.table.update('1', {}, { lease_until: it.context().clock.nowMs() + HOUR_MS }, []);
  it.advance(2 * MINUTE_MS);
  await it.apply();
  expect(it.record().applied_at).toBe(it.context().clock.nowMs());
});

test('repetitions right after an application write nothing', async () => {
  const it = harness();
  await it.apply();
  it.table.update('1', {}, { lease_until: it.context().clock.nowMs() + MINUTE_MS }, []);
  const before = it.record();
  await it.apply();
  expect(it.record()).toBe(before);
});

test('a refund that is too old is not resent automatically, and the log says so', async () => {
  const it = harness({ query: [notFound] });
  await it.apply();
  await it.reconcileIn(DAY_MS + HOUR_MS);
  expect(it.sent).toHaveLength(1);
  expect(it.metrics()).toContainEqual({ TooOldToResend: 1, StuckRefunds: 1 });
});

test('an application that loses the race for the lease counts too', async () => {
  const it = harness({ query: [inDoubt, notFound] });
  await it.apply();
  it.advance(3 * DAY_MS);
  const leaseOfAnother = { attempt_id: 'another', lease_until: it.context().clock.nowMs() + MINUTE_MS };
  const { update } = it.store;
  it.store.update = (...of) => {
    it.store.update = update;
    it.table.update('1', {}, leaseOfAnother, []);
    return update(...of);
  };
  expect(await it.apply()).toMatchObject({ status: 'REQUESTED' });
  await it.reconcileIn(5 * MINUTE_MS);
  await it.reconcileIn(HOUR_MS);
  expect(it.sent).toHaveLength(2);
});

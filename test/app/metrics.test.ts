import { DAY_MS, harness, inDoubt, meanwhile, notFound, rejected, verified } from './use-case-harness.ts';

/** Each counted event, with all the metrics of its log line. */

type Harness = ReturnType<typeof harness>;

const duplicate = { type: 'duplicate', ret_code: '1002', ret_msg: '' } as const;
const lost = { query: [notFound] };

const counted: [what: string, metrics: object, run: () => Promise<Harness>][] = [
  [
    'a refund that has succeeded',
    { RefundsSucceeded: 1 },
    async () => applied(harness({ apply: [verified({ sta_refund: '2' })] })),
  ],
  [
    'a refund that has failed',
    { RefundsFailed: 1 },
    async () => applied(harness({ apply: [verified({ sta_refund: '3' })] })),
  ],
  ['a confirmed rejection', { RefundsRejected: 1 }, async () => applied(harness({ apply: [rejected] }))],
  [
    'an exchange in doubt',
    { GatewayLatencyMs: 0, ExchangesInDoubt: 1 },
    async () => applied(harness({ apply: [inDoubt] })),
  ],
  [
    'a rejection of the service as such',
    { SetupRefusals: 1 },
    async () => applied(harness({ apply: [{ ...rejected, ret_code: '1008' }] })),
  ],
  [
    'an answer in doubt with a code that rejects the service as such',
    { SetupRefusals: 1 },
    async () => applied(harness({ apply: [{ ...inDoubt, ret_code: '1001' }] })),
  ],
  ['a resend', { Resends: 1 }, async () => after(applied(harness(lost)), (it) => it.reconcileIn(900_000))],
  [
    'a duplicate that a query does not find',
    { DuplicatesNotFound: 1, StuckRefunds: 1 },
    async () => applied(harness({ apply: [duplicate], ...lost })),
  ],
  [
    'a refund that is too old to be sent again',
    { TooOldToResend: 1, StuckRefunds: 1 },
    async () => after(applied(harness(lost)), (it) => it.reconcileIn(2 * DAY_MS)),
  ],
  [
    'an accepted refund that a query does not find',
    { UnknownToGateway: 1, StuckRefunds: 1 },
    async () =>
      after(applied(harness({ apply: [verified({ sta_refund: '1' })], ...lost })), (it) =>
        it.reconcileIn(900_000),
      ),
  ],
  [
    'an open refund that a verified message is about and that a query denies',
    { UnknownToGateway: 1, StuckRefunds: 1 },
    async () =>
      after(applied(harness(lost)), async (it) => {
        await it.notify({ money_refund: undefined });
        await it.reconcileIn(900_000);
      }),
  ],
  [
    'a refund that cannot be queried',
    { NotQueryable: 1, StuckRefunds: 1 },
    async () =>
      after(Promise.resolve(harness()), async (it) => {
        await it.notify({ sta_refund: '1' });
        await it.reconcileIn(900_000);
      }),
  ],
  [
    'a refund that was rejected and that the query before a new attempt finds paid',
    { PaidAfterRefusal: 1 },
    async () =>
      after(applied(harness({ apply: [rejected], query: [verified({ sta_refund: '1' })] })), (it) =>
        applied(it),
      ),
  ],
  [
    'a table out of reach after a send',
    { Failures: 1 },
    async () => {
      const it: Harness = harness({ apply: [meanwhile(async () => it.failWrites({}), inDoubt)] });
      return applied(it);
    },
  ],
];

async function applied(it: Harness): Promise<Harness> {
  await it.apply().catch((error) => expect(error.name).toBe('RefundRejected'));
  return it;
}

async function after(begun: Promise<Harness>, act: (it: Harness) => Promise<unknown>): Promise<Harness> {
  const it = await begun;
  it.lines.length = 0;
  await act(it);
  return it;
}

test.each(counted)('%s is counted once', async (_what, metrics, run) => {
  const it = await run();
  expect(it.metrics().filter((of) => JSON.stringify(of) === JSON.stringify(metrics))).toEqual([metrics]);
});

test.each([
  ['was not answered', inDoubt],
  ['could not be sent', { type: 'not-sent' } as const],
])('a duplicate whose query %s is not counted as not found', async (_what, answer) => {
  const it = await applied(harness({ apply: [duplicate], query: [answer] }));
  expect(it.metrics()).not.toContainEqual(expect.objectContaining({ StuckRefunds: 1 }));
  expect(it.lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      decision: 'the gateway calls the number a duplicate, and the query was not answered',
      facts: { no_refund: '1', ret_code: '1002' },
    }),
  );
});

test('a refund that was rejected, applied for again and has failed does not count as paid', async () => {
  const it = await applied(harness({ apply: [rejected], query: [verified({ sta_refund: '3' })] }));
  await applied(it);
  expect(it.record()).toMatchObject({ status: 'FAILED' });
  expect(it.metrics()).not.toContainEqual({ PaidAfterRefusal: 1 });
});

test('a lease outlives its holder by the five seconds by which clocks may differ', async () => {
  const it = await applied(harness());
  it.advance(900_000);
  const leases: (number | undefined)[] = [];
  const { update } = it.store;
  it.store.update = (noRefund, expected, changes, counts) => {
    leases.push(changes.lease_until);
    return update(noRefund, expected, changes, counts);
  };
  const { deadlineMs } = it.context();
  await applied(it);
  expect(leases[0]).toBe(deadlineMs + 5_000);
});

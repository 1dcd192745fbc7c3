import { DAY_MS, inDoubt, meanwhile, notFound, rejected, scene, verified } from './use-case-harness.ts';

/** One line for each thing that is counted: the metrics of the line that has it, and no other. */

type Scene = ReturnType<typeof scene>;

const duplicate = { type: 'duplicate', ret_code: '1002', ret_msg: '' } as const;
const lost = { query: [notFound] };

const counted: [what: string, metrics: object, course: () => Promise<Scene>][] = [
  [
    'a refund that has succeeded',
    { RefundsSucceeded: 1 },
    async () => applied(scene({ apply: [verified({ sta_refund: '2' })] })),
  ],
  [
    'a refund that has failed',
    { RefundsFailed: 1 },
    async () => applied(scene({ apply: [verified({ sta_refund: '3' })] })),
  ],
  ['a refusal that is believed', { RefundsRejected: 1 }, async () => applied(scene({ apply: [rejected] }))],
  [
    'an exchange in doubt',
    { GatewayLatencyMs: 0, ExchangesInDoubt: 1 },
    async () => applied(scene({ apply: [inDoubt] })),
  ],
  [
    'a refusal of the service as such',
    { SetupRefusals: 1 },
    async () => applied(scene({ apply: [{ ...rejected, ret_code: '1008' }] })),
  ],
  [
    'an answer in doubt with a code that refuses the service as such',
    { SetupRefusals: 1 },
    async () => applied(scene({ apply: [{ ...inDoubt, ret_code: '1001' }] })),
  ],
  ['a resend', { Resends: 1 }, async () => after(applied(scene(lost)), (it) => it.reconcileIn(900_000))],
  [
    'a duplicate that a query does not find',
    { DuplicatesNotFound: 1, StuckRefunds: 1 },
    async () => applied(scene({ apply: [duplicate], ...lost })),
  ],
  [
    'a refund that is too old to be sent again',
    { TooOldToResend: 1, StuckRefunds: 1 },
    async () => after(applied(scene(lost)), (it) => it.reconcileIn(2 * DAY_MS)),
  ],
  [
    'a refund that was taken in and that a query denies',
    { UnknownToGateway: 1, StuckRefunds: 1 },
    async () =>
      after(applied(scene({ apply: [verified({ sta_refund: '1' })], ...lost })), (it) =>
        it.reconcileIn(900_000),
      ),
  ],
  [
    'an open refund that a verified message is about and that a query denies',
    { UnknownToGateway: 1, StuckRefunds: 1 },
    async () =>
      after(applied(scene(lost)), async (it) => {
        await it.notify({ money_refund: undefined });
        await it.reconcileIn(900_000);
      }),
  ],
  [
    'a refund that cannot be queried',
    { NotQueryable: 1, StuckRefunds: 1 },
    async () =>
      after(Promise.resolve(scene()), async (it) => {
        await it.notify({ sta_refund: '1' });
        await it.reconcileIn(900_000);
      }),
  ],
  [
    'a refund that was rejected and that the query before a new attempt finds paid',
    { PaidAfterRefusal: 1 },
    async () =>
      after(applied(scene({ apply: [rejected], query: [verified({ sta_refund: '1' })] })), (it) =>
        applied(it),
      ),
  ],
  [
    'a table out of reach after a send',
    { Failures: 1 },
    async () => {
      const it: Scene = scene({ apply: [meanwhile(async () => it.failWrites({}), inDoubt)] });
      return applied(it);
    },
  ],
];

async function applied(it: Scene): Promise<Scene> {
  await it.apply().catch((error) => expect(error.name).toBe('RefundRejected'));
  return it;
}

async function after(begun: Promise<Scene>, act: (it: Scene) => Promise<unknown>): Promise<Scene> {
  const it = await begun;
  it.lines.length = 0;
  await act(it);
  return it;
}

test.each(counted)('%s is counted once', async (_what, metrics, course) => {
  const it = await course();
  expect(it.metrics().filter((of) => JSON.stringify(of) === JSON.stringify(metrics))).toEqual([metrics]);
});

test.each([
  ['was not answered', inDoubt],
  ['could not be sent', { type: 'not-sent' } as const],
])('a duplicate whose query %s is not called one that is not found', async (_what, answer) => {
  const it = await applied(scene({ apply: [duplicate], query: [answer] }));
  expect(it.metrics()).not.toContainEqual(expect.objectContaining({ StuckRefunds: 1 }));
  expect(it.lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      decision: 'the gateway calls the number a duplicate, and the query was not answered',
      facts: { no_refund: '1', ret_code: '1002' },
    }),
  );
});

test('a refund that was rejected, applied for again and has failed was not paid', async () => {
  const it = await applied(scene({ apply: [rejected], query: [verified({ sta_refund: '3' })] }));
  await applied(it);
  expect(it.record()).toMatchObject({ status: 'FAILED' });
  expect(it.metrics()).not.toContainEqual({ PaidAfterRefusal: 1 });
});

test('a lease outlives its holder by the five seconds that clocks may differ', async () => {
  const it = await applied(scene());
  it.pass(900_000);
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

import { leaseKey } from '../../shared/app/ports/runs.ts';
import { reconcileHandler } from '../../shared/entry/reconcile.ts';
import { changesIn } from '../../shared/entry/stream-event.ts';
import { harness } from '../app/use-case-harness.ts';

/** A run by an event: which parts of the index it has read, and until when it may go on. */
async function run(event: unknown) {
  const it = harness();
  const read: string[] = [];
  const deadlines: number[] = [];
  const ctx = it.context();
  const handler = reconcileHandler({
    contextFor: () => ({
      ...ctx,
      gateway: {
        ...ctx.gateway,
        hasTime: (deadlineMs) => {
          deadlines.push(deadlineMs);
          return false;
        },
      },
      store: {
        ...it.store,
        due: async (shard) => {
          read.push(shard);
          return [{ no_refund: shard, shard, next_check_at: 1 }];
        },
      },
    }),
    logFor: () => () => {},
  });
  const report = await handler(event);
  expect(report).toEqual({ checked: 0, settled: 0, resent: 0, pending: 0, failed: 0 });
  return { read: read.sort(), endsInMs: deadlines.map((at) => at + 1_000 - ctx.clock.nowMs()) };
}

const share = (detail: unknown) => ({
  source: 'lianlian.reconciliation',
  'detail-type': 'Due Refunds Shared Out',
  detail,
});

const ALL = ['0', '1', '2', '3', '4', '5', '6', '7'];

test.each([
  ['nothing', {}],
  ['the schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
  ['somebody else’s event', { ...share({ shards: ['1'] }), source: 'somebody.else' }],
  ['null', null],
])('an event that says %s begins a run of everything', async (_what, event) => {
  expect((await run(event)).read).toEqual(ALL);
});

test('a share of another run begins one of its parts alone, which ends with that run', async () => {
  const untilMs = harness().context().clock.nowMs() + 20_000;
  const { read, endsInMs } = await run(share({ function: 'f', shards: ['2', '5'], untilMs }));
  expect(read).toEqual(['2', '5']);
  expect(new Set(endsInMs)).toEqual(new Set([20_000]));
});

test.each([
  ['no parts', { untilMs: 9e15 }],
  ['parts that there aren’t', { shards: ['8', 3, null], untilMs: 9e15 }],
  ['nothing', undefined],
])('a share with %s is a share of nothing', async (_what, detail) => {
  expect((await run(share(detail))).read).toEqual([]);
});

test('a share without its end is over', async () => {
  const { endsInMs } = await run(share({ shards: ['0'], untilMs: 'soon' }));
  for (const ms of endsInMs) expect(ms).toBeLessThan(0);
});

test('changes of leases are none of refunds', () => {
  const lease = { no_refund: leaseKey('3'), lease_id: 'a' };
  const images = [{ NewImage: lease }, { OldImage: lease, NewImage: lease }, { OldImage: lease }];
  const records = [...images, { NewImage: { no_refund: '1' } }].map((dynamodb) => ({ dynamodb }));
  const changes = changesIn({ Records: records }, (image) => image as never);
  expect(changes.map(({ after }) => after)).toEqual([{ no_refund: '1' }]);
});

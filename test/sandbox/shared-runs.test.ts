import { once } from 'node:events';
import type { BusEvent } from '../../sandbox/aws/event-bridge.ts';
import { Listeners } from '../../sandbox/listeners.ts';
import { isShare, startSharedRuns } from '../../sandbox/shared-runs.ts';
import { SHARE_DETAIL_TYPE, SHARE_SOURCE } from '../../shared/app/ports/runs.ts';

const share: BusEvent = {
  id: 'e-1',
  bus: 'default',
  source: SHARE_SOURCE,
  detailType: SHARE_DETAIL_TYPE,
  detail: { shards: ['open#1'], untilMs: 1 },
};

test("the service's own event is a share, and a change of status is none", () => {
  expect(isShare(share)).toBe(true);
  expect(isShare({ ...share, source: 'lianlian.refunds' })).toBe(false);
});

test('a share starts a run as the rule would; a run that fails ends nothing, and the end ends every run', async () => {
  const shares = new Listeners<BusEvent>();
  const invoked: unknown[] = [];
  let ended = 0;
  const invoke = async (name: string, event: object, signal: AbortSignal) => {
    invoked.push([name, event]);
    if (invoked.length === 1) throw new Error('it failed');
    if (!signal.aborted) await once(signal, 'abort');
    ended += 1;
  };
  const stop = startSharedRuns(shares, { invoke });
  shares.emit(share);
  shares.emit(share);
  const { source, detailType, detail } = share;
  const event = { source, 'detail-type': detailType, detail };
  expect(invoked).toEqual([
    ['reconcile-refunds', event],
    ['reconcile-refunds', event],
  ]);
  await stop();
  expect(ended).toBe(1);
  shares.emit(share);
  expect(invoked).toHaveLength(2);
});

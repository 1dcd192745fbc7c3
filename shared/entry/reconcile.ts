import type { Dependencies, ReconcileContext } from '../app/ports/context.ts';
import { SHARE_DETAIL_TYPE, SHARE_SOURCE, type Share } from '../app/ports/runs.ts';
import { reconcile } from '../app/reconcile.ts';
import type { Report } from '../app/reconciliation/run.ts';
import { SHARDS } from '../app/schedule.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { jsonAnswer } from './http-event.ts';

/** The handler of `reconcile-refunds`: a share of another run, or whatever else; what the run did out. */
export function reconcileHandler({ contextFor, logFor }: Dependencies<ReconcileContext>): Handler {
  return adaptHandler<Share | undefined, Report>(
    {
      logFor,
      fromDirect: shareIn,
      http: { read: () => undefined, answer: (report) => jsonAnswer(200, report) },
    },
    (share, invocation) => reconcile(contextFor(invocation), share),
  );
}

/** The share that an event of EventBridge's brings. One that can't be read is a share of nothing. */
function shareIn(event: unknown): Share | undefined {
  const { source, 'detail-type': type, detail } = (event ?? {}) as Record<string, unknown>;
  if (source !== SHARE_SOURCE || type !== SHARE_DETAIL_TYPE) return undefined;
  const { shards, untilMs } = (detail ?? {}) as Record<string, unknown>;
  const named = Array.isArray(shards) ? SHARDS.filter((shard) => shards.includes(shard)) : [];
  return { shards: named, untilMs: Number(untilMs) || 0 };
}

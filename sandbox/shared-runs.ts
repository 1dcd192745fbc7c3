import type { BusEvent } from './aws/event-bridge.ts';
import type { FunctionsServer } from './functions-server.ts';
import type { Listeners } from './listeners.ts';

const reconciliation = 'reconcile-refunds';

/** Whether a run of reconciliation hands a part of its work to another run by this event. */
export const isShare = ({ source }: BusEvent): boolean => source === 'lianlian.reconciliation';

/**
 * In place of the rule by which a run of reconciliation with much to do starts others.
 * @returns ends it, and the runs that it has started
 */
export function startSharedRuns(
  shares: Listeners<BusEvent>,
  functions: Pick<FunctionsServer, 'invoke'>,
): () => Promise<void> {
  const stopping = new AbortController();
  const runs = new Set<Promise<unknown>>();
  const unsubscribe = shares.subscribe(({ source, detailType, detail }) => {
    const run = functions
      .invoke(reconciliation, { source, 'detail-type': detailType, detail }, stopping.signal)
      .catch(() => {
        // The functions' log says what happened; the parts are checked by the next run.
      })
      .finally(() => runs.delete(run));
    runs.add(run);
  });
  return async () => {
    unsubscribe();
    stopping.abort();
    await Promise.all(runs);
  };
}

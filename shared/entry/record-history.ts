import type { Dependencies, RecordHistoryContext } from '../app/ports/context.ts';
import { recordHistory } from '../app/record-history.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { jsonAnswer } from './http-event.ts';
import { type Batch, type BatchResponse, batchResponse, changesIn, type RecordIn } from './stream-event.ts';

/** What `record-refund-history` is started with, once per container. */
export interface RecordHistoryDependencies extends Dependencies<RecordHistoryContext> {
  recordIn: RecordIn;
}

/** The handler of `record-refund-history`: a batch of changes in, what failed out. */
export function recordHistoryHandler({ contextFor, logFor, recordIn }: RecordHistoryDependencies): Handler {
  return adaptHandler<Batch, BatchResponse>(
    {
      logFor,
      fromDirect: (event) => event as Batch,
      http: { read: () => ({}), answer: (response) => jsonAnswer(200, response) },
    },
    async (batch, invocation) =>
      batchResponse(await recordHistory(contextFor(invocation), changesIn(batch, recordIn))),
  );
}

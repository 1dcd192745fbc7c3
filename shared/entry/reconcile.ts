import type { Dependencies, ReconcileContext } from '../app/ports/context.ts';
import { type Report, reconcile } from '../app/reconcile.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { jsonAnswer } from './http-event.ts';

/** The handler of `reconcile-refunds`: whatever event, what the run did out. */
export function reconcileHandler({ contextFor, logFor }: Dependencies<ReconcileContext>): Handler {
  return adaptHandler<unknown, Report>(
    {
      logFor,
      fromDirect: () => undefined,
      http: { read: () => undefined, answer: (report) => jsonAnswer(200, report) },
    },
    (_input, invocation) => reconcile(contextFor(invocation)),
  );
}

import type { ApplyContext, Services } from '../app/ports.ts';
import { type Report, reconcile } from '../app/reconcile.ts';
import { type Handler, handlerBehind } from './door.ts';
import { jsonAnswer } from './http-event.ts';

/** The handler of `reconcile-refunds`: whatever event, what the run did out. */
export function reconcileHandler({ open, logFor }: Services<ApplyContext>): Handler {
  return handlerBehind<unknown, Report>(
    {
      logFor,
      fromDirect: () => undefined,
      http: { read: () => undefined, answer: (report) => jsonAnswer(200, report) },
    },
    (_input, invocation) => reconcile(open(invocation)),
  );
}

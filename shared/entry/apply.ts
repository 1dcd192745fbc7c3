import { applyForRefund } from '../app/apply.ts';
import type { ApplyContext, Dependencies } from '../app/ports/context.ts';
import { InvalidRequest } from '../domain/errors.ts';
import { isFinal } from '../domain/life-cycle.ts';
import { type AppliedKind, type RefundView, viewOf } from '../domain/refund.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { bodyOf, jsonAnswer, notTooLarge } from './http-event.ts';

/** The handler of `apply-refund` and `apply-exchange-refund`: a refund in, its record out. */
export function applyHandler(kind: AppliedKind, { contextFor, logFor }: Dependencies<ApplyContext>): Handler {
  return adaptHandler<unknown, RefundView>(
    {
      logFor,
      fromDirect: notTooLarge,
      http: {
        read: (event) => jsonIn(bodyOf(event)),
        answer: (refund) => jsonAnswer(isFinal(refund.status) ? 200 : 202, refund),
      },
    },
    async (input, invocation) => viewOf(await applyForRefund(contextFor(invocation), kind, input)),
  );
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new InvalidRequest([
      { path: '', message: 'the body must be a JSON object with the fields of a refund' },
    ]);
  }
}

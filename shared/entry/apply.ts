import { applyForRefund } from '../app/apply.ts';
import type { ApplyContext, Dependencies } from '../app/ports/context.ts';
import { InvalidRequest } from '../domain/errors.ts';
import { isFinal } from '../domain/life-cycle.ts';
import type { AppliedKind } from '../domain/refund.ts';
import { type RefundView, viewOf } from '../domain/refund-view.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { bodyOf, iamIdentityOf, jsonAnswer, notTooLarge } from './http-event.ts';

/** What a caller wants, and over HTTP who it is. */
interface Application {
  input: unknown;
  requestedByIam?: string;
}

/** The handler of `apply-refund` and `apply-exchange-refund`: a refund in, its record out. */
export function applyHandler(kind: AppliedKind, { contextFor, logFor }: Dependencies<ApplyContext>): Handler {
  return adaptHandler<Application, RefundView>(
    {
      logFor,
      fromDirect: (event) => ({ input: notTooLarge(event) }),
      http: {
        read: (event) => ({ input: jsonIn(bodyOf(event)), requestedByIam: iamIdentityOf(event) }),
        answer: (refund) => jsonAnswer(isFinal(refund.status) ? 200 : 202, refund),
      },
    },
    async ({ input, requestedByIam }, invocation) =>
      viewOf(await applyForRefund(contextFor(invocation), kind, input, requestedByIam)),
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

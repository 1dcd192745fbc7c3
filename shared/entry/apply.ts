import { applyForRefund } from '../app/apply.ts';
import type { ApplyContext, Dependencies } from '../app/ports/context.ts';
import { isFinal } from '../domain/life-cycle.ts';
import type { AppliedKind } from '../domain/refund.ts';
import { type RefundView, viewOf } from '../domain/refund-view.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import {
  bodyOf,
  type HttpEvent,
  iamIdentityOf,
  jsonAnswer,
  notTooLarge,
  refuseParameters,
} from './http-event.ts';
import { jsonIn } from './json-body.ts';

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
        read: applicationIn,
        answer: (refund) => jsonAnswer(isFinal(refund.status) ? 200 : 202, refund),
      },
    },
    async ({ input, requestedByIam }, invocation) =>
      viewOf(await applyForRefund(contextFor(invocation), kind, input, requestedByIam)),
  );
}

function applicationIn(event: HttpEvent): Application {
  refuseParameters(event);
  return { input: jsonIn(bodyOf(event)), requestedByIam: iamIdentityOf(event) };
}

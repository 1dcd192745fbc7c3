import type { ApplyContext, Dependencies } from '../app/ports/context.ts';
import { queryRefund } from '../app/query.ts';
import { viewOf } from '../domain/refund-view.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { askedOfRefund, type HttpEvent, jsonAnswer, notTooLarge } from './http-event.ts';

/** The handler of `query-refund`: a number in, the refund out. */
export function queryHandler({ contextFor, logFor }: Dependencies<ApplyContext>): Handler {
  return adaptHandler<unknown, object>(
    {
      logFor,
      fromDirect: notTooLarge,
      http: { read: inputOf, answer: (found) => jsonAnswer(200, found) },
    },
    async (input, invocation) => {
      const { refund, ...refresh } = await queryRefund(contextFor(invocation), input);
      return { ...viewOf(refund), ...refresh };
    },
  );
}

const BOOLEANS = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
]);

function inputOf(event: HttpEvent): object {
  const { refresh, ...asked } = askedOfRefund(event);
  return refresh === undefined ? asked : { ...asked, refresh: BOOLEANS.get(refresh) ?? refresh };
}

import { readHistory, type Story } from '../app/history.ts';
import type { Dependencies, HistoryContext } from '../app/ports/context.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { askedOfRefund, jsonAnswer, notTooLarge } from './http-event.ts';

/** The handler of `refund-history`: a number in, its story out. */
export function historyHandler({ contextFor, logFor }: Dependencies<HistoryContext>): Handler {
  return adaptHandler<unknown, Story>(
    {
      logFor,
      fromDirect: notTooLarge,
      http: { read: askedOfRefund, answer: (story) => jsonAnswer(200, story) },
    },
    (input, invocation) => readHistory(contextFor(invocation), input),
  );
}

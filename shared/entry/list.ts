import { type Listed, listRefunds } from '../app/list.ts';
import type { Dependencies } from '../app/ports/context.ts';
import type { ListContext } from '../app/ports/lists.ts';
import { type RefundView, viewOf } from '../domain/refund-view.ts';
import { adaptHandler, type Handler } from './handler-adapter.ts';
import { jsonAnswer, notTooLarge, parametersOf } from './http-event.ts';

/** A page as its caller sees it. */
export type PageView = Omit<Listed, 'refunds'> & { refunds: RefundView[] };

/** The handler of `list-refunds`: parameters in, a page of refunds out. */
export function listHandler({ contextFor, logFor }: Dependencies<ListContext>): Handler {
  return adaptHandler<unknown, PageView>(
    {
      logFor,
      fromDirect: notTooLarge,
      http: { read: parametersOf, answer: (page) => jsonAnswer(200, page) },
    },
    async (input, invocation) => {
      const { refunds, ...rest } = await listRefunds(contextFor(invocation), input);
      return { refunds: refunds.map(viewOf), ...rest };
    },
  );
}

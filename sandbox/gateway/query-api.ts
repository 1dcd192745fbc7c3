import type { GatewayContext } from './context.ts';
import type { Fields } from './message-format.ts';
import type { Responder } from './responder.ts';

/** Answers a validated query with the refund's status as it was `queryLagMs` ago, or with 8901. */
export function answerQuery(context: GatewayContext, query: Fields, responder: Responder): void {
  const { settings, clock, ledger, signer } = context;
  const asOfMs = clock.now() - settings.queryLagMs;
  const found = ledger
    .payments(query.no_refund ?? '')
    .filter((payment) => payment.request.dt_refund === query.dt_refund)
    .flatMap((payment) => ({ payment, status: payment.statusAt(asOfMs) }))
    .findLast(({ status }) => status !== undefined);
  if (!found?.status) {
    responder.reject('8901');
    return;
  }
  const { payment, status } = found;
  const bareNumbers = payment.scenario.bareNumbers ?? false;
  responder.message(signer.sign(payment.message(status)), { bareNumbers });
}

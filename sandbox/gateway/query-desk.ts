import type { Office } from './office.ts';
import type { Replies } from './replies.ts';
import type { Fields } from './wire.ts';

/** Answers a checked query with the refund's status as it was `queryLagMs` ago, or with 8901. */
export function answerQuery(office: Office, query: Fields, replies: Replies): void {
  const { settings, clock, books, signer } = office;
  const seenMs = clock.now() - settings.queryLagMs;
  const found = books
    .payments(query.no_refund ?? '')
    .filter((payment) => payment.request.dt_refund === query.dt_refund)
    .flatMap((payment) => ({ payment, status: payment.statusAt(seenMs) }))
    .findLast(({ status }) => status !== undefined);
  if (!found?.status) {
    replies.refusal('8901');
    return;
  }
  const { payment, status } = found;
  replies.message(signer.seal(payment.message(status)), { bareNumbers: payment.script.bareNumbers ?? false });
}

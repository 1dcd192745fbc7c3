import { type Behaviour, exampleOf } from '../gateway/behaviours.ts';
import { bookText, type GatewayEvent } from '../gateway/events.ts';
import type { Payment } from '../gateway/ledger.ts';
import type { SentNotification } from '../gateway/notification.ts';

/** How a behaviour is shown. */
export function behaviourView(behaviour: Behaviour) {
  return { beginning: behaviour.prefix, text: behaviour.does, example: exampleOf(behaviour) };
}

/** How a payment in the gateway's books is shown. Times are real ones, ISO 8601 in UTC, here and below. */
export function paymentView({ kind, oid_refundno, request, statuses }: Payment) {
  return {
    kind,
    oid_refundno,
    money_refund: request.money_refund,
    booked_at: statuses[0]?.at.toISOString(),
    statuses: statuses.map(({ status, at }) => ({ sta_refund: status, at: at.toISOString() })),
  };
}

/** How an event is shown. */
export function eventView(event: GatewayEvent) {
  return {
    at: event.at.toISOString(),
    type: event.type,
    text: bookText(event),
    ...('fields' in event && { fields: event.fields }),
  };
}

/** How a notification is shown; without `acknowledged` while its reply is awaited. */
export function notificationView({ id, at, attempt, notification, reply }: SentNotification) {
  const { no_refund, url, text } = notification;
  return {
    id,
    no_refund,
    at: at.toISOString(),
    url,
    attempt,
    text,
    acknowledged: reply?.acknowledged,
    http_status: reply?.httpStatus,
    reply: reply?.body,
    reason: reply?.reason,
  };
}

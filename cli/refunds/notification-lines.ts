import { aligned, plain } from '../output.ts';
import type { GatewayNotification } from '../sandbox-control.ts';
import { filled, type Texts } from '../texts.ts';

/** Notifications as a table: which, when, of which refund, what it says, and what became of it. */
export function rowsOf(notifications: GatewayNotification[], texts: Texts): string[] {
  return aligned(
    notifications.map((notification) => {
      const { id, at, no_refund, attempt, text } = notification;
      return [
        plain(id),
        plain(at),
        plain(no_refund),
        saidIn(text),
        `attempt ${attempt}`,
        outcomeOf(notification, texts),
      ];
    }),
  );
}

/** The status that a message says. */
function saidIn(text: string): string {
  const { sta_refund = '-' } = JSON.parse(text);
  return plain(`sta_refund ${sta_refund}`);
}

/** What became of a notification. */
export function outcomeOf(
  { acknowledged, http_status, reply, reason }: GatewayNotification,
  texts: Texts,
): string {
  if (acknowledged === undefined) return texts.awaited;
  if (acknowledged) return texts.acknowledged;
  const why = plain(reason ?? `HTTP ${http_status}: ${reply}`);
  return filled(texts.unacknowledged, { why });
}

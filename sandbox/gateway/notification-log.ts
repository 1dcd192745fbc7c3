import { Newest } from '../newest.ts';
import type {
  Notification,
  NotificationReply,
  RepliedNotification,
  SentNotification,
} from './notification.ts';

/** A merchant's endpoint may reply with anything; so many characters of it are kept. */
const keptReplyLength = 2_000;

/** The newest notifications that were sent, with their replies. */
export class NotificationLog {
  readonly #sent: Newest<SentNotification>;
  #lastNumber = 0;

  /** @param limit how many are kept */
  constructor(limit: number) {
    this.#sent = new Newest(limit);
  }

  add(notification: Notification, attempt: number): SentNotification {
    this.#lastNumber += 1;
    const sent = { id: `n-${this.#lastNumber}`, at: new Date(), attempt, notification };
    this.#sent.add(sent);
    return sent;
  }

  /** @returns the same entry, with the reply */
  reply(sent: SentNotification, reply: NotificationReply): RepliedNotification {
    const { body } = reply;
    const isLong = body !== undefined && body.length > keptReplyLength;
    return Object.assign(sent, {
      reply: isLong ? { ...reply, body: `${body.slice(0, keptReplyLength)}…` } : reply,
    });
  }

  find(id: string): SentNotification | undefined {
    return this.#sent.find((sent) => sent.id === id);
  }

  /** Those of a refund, or all, oldest first. */
  list(no_refund?: string): readonly SentNotification[] {
    return this.#sent.filter(
      ({ notification }) => no_refund === undefined || notification.no_refund === no_refund,
    );
  }
}

import type { Fields } from './message-format.ts';

/** A signed message on its way to the merchant. */
export interface Notification {
  readonly no_refund: string;
  readonly url: string;
  readonly fields: Fields;
  readonly text: string;
  /** What is special about it, for the listener. Default: `signed`. */
  readonly remark?: string;
}

/** The merchant's reply to one notification. */
export interface NotificationReply {
  /** Whether the expected reply came in time. */
  readonly acknowledged: boolean;
  /** Missing where no reply came, with the `reason`. */
  readonly httpStatus?: number;
  readonly body?: string;
  readonly reason?: string;
}

/** One sending of a notification. A repetition is another one. */
export interface SentNotification {
  /** Short, and unique in its gateway: `n-17`. */
  readonly id: string;
  readonly at: Date;
  /** From 1 to 30 where the gateway repeats it by itself; otherwise 1. */
  readonly attempt: number;
  readonly notification: Notification;
  /** Missing while it is awaited. */
  readonly reply?: NotificationReply;
}

/** A sending whose reply has come, or was awaited in vain. */
export type RepliedNotification = SentNotification & { readonly reply: NotificationReply };

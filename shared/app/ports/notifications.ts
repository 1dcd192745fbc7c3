import type { Issue } from '../../domain/errors.ts';
import type { VerifiedMessage } from '../../domain/verified-message.ts';

/** A notification that the gateway signed: what it says, or what is wrong with the form of its fields. */
type ReadNotification =
  | { type: 'verified'; message: VerifiedMessage }
  | { type: 'unreadable'; no_refund: string | undefined; faults: Issue[] };

/** Verifies and reads what the gateway posts to us. */
export interface NotificationReader {
  /**
   * @throws NotAuthentic where the gateway didn't sign it, or not for our merchant
   * @throws InvalidRequest where it isn't a message at all
   * @throws ServiceUnavailable while the gateway's keys are out of reach
   */
  read(text: string): Promise<ReadNotification>;
}

import type { NotificationReader } from '../app/ports/notifications.ts';
import { InvalidRequest, NotAuthentic } from '../domain/errors.ts';
import { faultsOfMessage, readMessage } from '../domain/verified-message.ts';
import type { Authenticator } from '../signing/authenticator.ts';
import { isAmbiguous, parseFields } from '../signing/fields.ts';
import { packText } from './packed-text.ts';

const FORGED =
  'The message is not one that the gateway signed for this merchant. Only its notifications are taken here.';

/** Reads the gateway's notifications: what isn't signed for our merchant is refused before it is read. */
export function notificationReader(oidPartner: string, isAuthentic: Authenticator): NotificationReader {
  return {
    read: async (text) => {
      const fields = parseFields(text);
      if (!fields)
        throw new InvalidRequest([
          { path: '', message: 'must be one flat JSON object of texts and numbers' },
        ]);
      // A message for another merchant is signed by the same key.
      if (!(await isAuthentic(fields)) || fields.get('oid_partner') !== oidPartner)
        throw new NotAuthentic(FORGED);

      const faults = faultsOfMessage(fields);
      const noRefund = fields.get('no_refund');
      if (!noRefund) faults.push({ path: 'no_refund', message: 'is missing' });
      if (isAmbiguous(fields))
        faults.push({ path: '', message: 'has & or = where it makes the signed text ambiguous' });
      if (faults.length > 0 || !noRefund) return { type: 'unreadable', no_refund: noRefund, faults };
      return { type: 'verified', message: { ...readMessage(noRefund, fields), packed: packText(text) } };
    },
  };
}

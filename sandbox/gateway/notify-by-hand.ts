import { isLoopback, type NotificationReply } from './notifier.ts';
import type { Office } from './office.ts';
import { returnCode } from './return-codes.ts';
import { type Fields, toJson } from './wire.ts';

/** Values of a notification to write over the normal ones; undefined leaves the field out. */
export type Overrides = Record<string, string | undefined>;

/**
 * Sends one signed notification of the refund's present status, and doesn't repeat it. A `sign` among the overrides
 * is sent as it is.
 * @param url where to, instead of the request's notify_url; needed for a refund that was never booked
 * @throws Error when there is no such URL, or it leaves this machine
 */
export async function notifyByHand(
  { settings, books, signer, notifier }: Office,
  no_refund: string,
  overrides: Overrides = {},
  url?: string,
): Promise<NotificationReply> {
  const payment = books.payments(no_refund).at(-1);
  const target = url ?? settings.notifyUrl ?? payment?.request.notify_url;
  if (!target) throw new Error(`${no_refund} was never booked: say where its notification shall go`);
  if (!isLoopback(target)) throw new Error(`${target} isn't on this machine: give a URL on 127.0.0.1`);

  const unbooked = { ...returnCode('0000'), oid_partner: settings.oidPartner, no_refund };
  const usual = payment?.message(payment.status) ?? unbooked;
  const fields = signer.seal(overridden(usual, overrides));
  if (overrides.sign !== undefined) fields.sign = overrides.sign;
  return notifier.send({ no_refund, url: target, fields, text: toJson(fields, payment?.script.bareNumbers) });
}

function overridden(fields: Fields, overrides: Overrides): Fields {
  const merged = Object.entries({ ...fields, ...overrides });
  return Object.fromEntries(merged.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

import type { GatewayContext } from './context.ts';
import { type Fields, toJson } from './message-format.ts';
import type { RepliedNotification } from './notification.ts';
import { isLoopback } from './notifier.ts';
import { returnCode } from './return-codes.ts';

/** Values of a notification that replace the normal ones; undefined leaves the field out. */
export type Overrides = Record<string, string | undefined>;

/** There is no URL for a notification, or none that may be used; the message says which to give. */
export class UnusableUrl extends Error {}

/**
 * Sends one signed notification of the refund's present status, and doesn't repeat it. A `sign` among the overrides
 * is sent as it is.
 * @param url where to, instead of the request's notify_url; needed for a refund that was never booked
 * @throws UnusableUrl when there is no such URL, or it is on another machine
 */
export async function sendManualNotification(
  { settings, ledger, signer, notifier }: GatewayContext,
  no_refund: string,
  overrides: Overrides = {},
  url?: string,
): Promise<RepliedNotification> {
  const payment = ledger.payments(no_refund).at(-1);
  const target = url ?? settings.notifyUrl ?? payment?.request.notify_url;
  if (!target) throw new UnusableUrl(`${no_refund} was never booked: give the URL for its notification`);
  if (!URL.canParse(target) || !/^https?:$/.test(new URL(target).protocol))
    throw new UnusableUrl(`${target} isn't a URL of http or https: give one on 127.0.0.1`);
  if (!isLoopback(target)) throw new UnusableUrl(`${target} isn't on this machine: give a URL on 127.0.0.1`);

  const unbooked = { ...returnCode('0000'), oid_partner: settings.oidPartner, no_refund };
  const normal = payment?.message(payment.status) ?? unbooked;
  const fields = signer.sign(overridden(normal, overrides));
  if (overrides.sign !== undefined) fields.sign = overrides.sign;
  return notifier.send({
    no_refund,
    url: target,
    fields,
    text: toJson(fields, payment?.scenario.bareNumbers),
    ...(overrides.sign !== undefined && { remark: 'with a signature that was given' }),
  });
}

function overridden(fields: Fields, overrides: Overrides): Fields {
  const merged = Object.entries({ ...fields, ...overrides });
  return Object.fromEntries(merged.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

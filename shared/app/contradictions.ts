import { contradicts, isFinal, statusOf } from '../domain/life-cycle.ts';
import type { KeptMessage, Refund } from '../domain/refund.ts';
import { decisiveFields, type Statement } from '../domain/statement.ts';
import type { Context } from './ports.ts';

/** The identity of a refund: a message that says otherwise speaks of another one, or of a second payment. */
export const IDENTITY = ['money_refund', 'dt_refund', 'oid_refundno'] as const satisfies (keyof Statement)[];

/** Whether a verified message can't be true of a refund as it is recorded. */
export function disagree(known: Refund, said: Statement): boolean {
  return (
    IDENTITY.some((field) => known[field] && said[field] && known[field] !== said[field]) ||
    (said.sta_refund !== undefined && contradicts(known.status, statusOf(said.sta_refund)))
  );
}

/**
 * Keeps a contradiction beside the record: the first one and the latest, counted. The status stays. The table's stream
 * counts it for the alarm: no lost answer and no crash can hide it there (publish.ts).
 *
 * @param earlier the first one, where it is another message than the one at hand
 */
export async function keepConflict(
  ctx: Context,
  known: Refund,
  said: Statement,
  earlier: Statement = said,
): Promise<Refund> {
  const received_at = new Date(ctx.clock.nowMs()).toISOString();
  const message = { received_at, ...decisiveFields(said) };
  // Two messages that are sent in turns change nothing the second time.
  if (known.conflict && isKept(known.conflict, message)) return known;
  const written = await ctx.store.update(
    said.no_refund,
    { conflicts: [known.conflicts] },
    {
      conflict: {
        first: known.conflict?.first ?? { received_at, ...decisiveFields(earlier) },
        latest: message,
      },
      updated_at: received_at,
    },
    ['conflicts'],
  );
  if (!written.refund) throw new Error('a refund record has vanished: restore it, records are never deleted');
  if (!written.written) return keepConflict(ctx, written.refund, said, earlier);
  ctx.log.error('a verified message contradicts the record', {
    no_refund: said.no_refund,
    status: known.status,
    final: isFinal(known.status),
    said: message,
  });
  return written.refund;
}

function isKept({ first, latest }: NonNullable<Refund['conflict']>, message: KeptMessage): boolean {
  const fields = ['sta_refund', 'money_refund', 'dt_refund', 'oid_refundno', 'ret_code'] as const;
  return [first, latest].some((kept) => fields.every((field) => kept[field] === message[field]));
}

/**
 * What an incomplete message claimed when it came, as a message of its own, if it can't be true beside what the record
 * has become, or beside the message at hand: the order in which they came must not matter.
 */
export function contradictedClaim(
  refund: Refund,
  said: Statement,
  claims: Refund = refund,
): Statement | undefined {
  const { no_refund, claimed_sta_refund, claimed_oid_refundno } = claims;
  const ends = [refund.status, ...(said.sta_refund ? [statusOf(said.sta_refund)] : [])];
  const number = said.oid_refundno ?? refund.oid_refundno;
  const isOtherEnd = claimed_sta_refund && ends.some((end) => contradicts(end, statusOf(claimed_sta_refund)));
  const isOtherNumber = claimed_oid_refundno && number && claimed_oid_refundno !== number;
  if (!isOtherEnd && !isOtherNumber) return undefined;
  return {
    no_refund,
    ...(isOtherEnd && { sta_refund: claimed_sta_refund }),
    ...(isOtherNumber && { oid_refundno: claimed_oid_refundno }),
  };
}

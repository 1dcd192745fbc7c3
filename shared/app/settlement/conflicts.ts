import { contradicts, isFinal, statusOf } from '../../domain/life-cycle.ts';
import type { KeptMessage, Refund } from '../../domain/refund.ts';
import { decisiveFields, IDENTITY_FIELDS, type VerifiedMessage } from '../../domain/verified-message.ts';
import type { Context } from '../ports/context.ts';
import { recordOf, transition } from '../transitions.ts';

/** Whether a verified message can't be true of a refund as it is recorded. */
export function contradictsRecord(known: Refund, message: VerifiedMessage): boolean {
  return (
    IDENTITY_FIELDS.some((field) => known[field] && message[field] && known[field] !== message[field]) ||
    (message.sta_refund !== undefined && contradicts(known.status, statusOf(message.sta_refund)))
  );
}

/**
 * Keeps a conflict beside the record: the first message that contradicts it and the latest, counted. The status stays.
 * The table's stream counts it for the alarm: no lost answer and no crash can hide it there (publishing/change-records.ts).
 *
 * @param earlier the first one, where it is another message than the one at hand
 */
export async function recordConflict(
  ctx: Context,
  known: Refund,
  message: VerifiedMessage,
  earlier: VerifiedMessage = message,
): Promise<Refund> {
  const received_at = new Date(ctx.clock.nowMs()).toISOString();
  const latest = { received_at, ...decisiveFields(message) };
  // Two messages that are sent in turns change nothing the second time.
  if (known.conflict && isKept(known.conflict, latest)) return known;
  const first = known.conflict?.first ?? { received_at, ...decisiveFields(earlier) };
  const written = await transition(
    ctx.store,
    'recordConflict',
    { seen: known },
    { conflict: { first, latest }, updated_at: received_at },
  );
  const refund = recordOf(written);
  if (!written.written) return recordConflict(ctx, refund, message, earlier);
  const { no_refund, status } = known;
  ctx.log('message.conflict', { no_refund, status, final: isFinal(status), message: latest });
  return refund;
}

function isKept({ first, latest }: NonNullable<Refund['conflict']>, message: KeptMessage): boolean {
  const fields = ['sta_refund', 'money_refund', 'dt_refund', 'oid_refundno', 'ret_code'] as const;
  return [first, latest].some((kept) => fields.every((field) => kept[field] === message[field]));
}

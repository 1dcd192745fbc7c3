import { contradicts, isFinal, statusOf } from '../../domain/life-cycle.ts';
import type { KeptMessage, Refund } from '../../domain/refund.ts';
import { decisiveFields, IDENTITY_FIELDS, type VerifiedMessage } from '../../domain/verified-message.ts';
import type { Context } from '../ports/context.ts';
import { recordOf, transition } from '../transitions.ts';
import { evidenceIn } from './fields.ts';
import type { Via } from './settlement.ts';

/** Whether a verified message can't be true of a refund as it is recorded. */
export function contradictsRecord(known: Refund, message: VerifiedMessage): boolean {
  return (
    IDENTITY_FIELDS.some((field) => known[field] && message[field] && known[field] !== message[field]) ||
    (message.sta_refund !== undefined && contradicts(known.status, statusOf(message.sta_refund)))
  );
}

/** The messages that contradict the record: the first and the latest. */
type Conflict = NonNullable<Refund['conflict']>;

/**
 * The conflict of a record once a message contradicts it too; `undefined` where it is kept already: two messages that
 * are sent in turns change nothing the second time.
 *
 * @param earlier the first one, where it is another message than the one at hand
 */
export function conflictWith(
  known: Refund,
  receivedAt: string,
  message: VerifiedMessage,
  earlier: VerifiedMessage = message,
): Conflict | undefined {
  const latest = { received_at: receivedAt, ...decisiveFields(message) };
  if (known.conflict && isKept(known.conflict, latest)) return undefined;
  const first = known.conflict?.first ?? { received_at: receivedAt, ...decisiveFields(earlier) };
  return { first, latest };
}

/**
 * Keeps a conflict beside the record, counted. The status stays. The table's stream counts it for the alarm: no lost
 * answer and no crash can hide it there (publishing/alarms.ts).
 */
export async function recordConflict(
  ctx: Context,
  known: Refund,
  message: VerifiedMessage,
  via: Via,
  earlier?: VerifiedMessage,
): Promise<Refund> {
  const nowMs = ctx.clock.nowMs();
  const updated_at = new Date(nowMs).toISOString();
  const conflict = conflictWith(known, updated_at, message, earlier);
  if (!conflict) return known;
  const changes = { conflict, in_conflict: 'yes', ...evidenceIn(message, via, nowMs), updated_at } as const;
  const written = await transition(ctx.store, 'recordConflict', { seen: known }, changes);
  const refund = recordOf(written);
  if (!written.written) return recordConflict(ctx, refund, message, via, earlier);
  logConflict(ctx, known, conflict);
  return refund;
}

export function logConflict({ log }: Context, { no_refund, status }: Refund, { latest }: Conflict): void {
  log('message.conflict', { no_refund, status, final: isFinal(status), message: latest });
}

function isKept({ first, latest }: Conflict, message: KeptMessage): boolean {
  const fields = ['sta_refund', 'money_refund', 'dt_refund', 'oid_refundno', 'ret_code'] as const;
  return [first, latest].some((kept) => fields.every((field) => kept[field] === message[field]));
}

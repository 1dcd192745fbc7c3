import { contradicts, isFinal, statusOf } from '../domain/life-cycle.ts';
import type { KeptMessage, Refund } from '../domain/refund.ts';
import { keptMessage, type Statement } from '../domain/statement.ts';
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

/** Keeps a contradiction beside the record: the first one and the latest, counted. The status stays. */
export async function keepConflict(ctx: Context, known: Refund, said: Statement): Promise<Refund> {
  const message = keptMessage(said, new Date(ctx.clock.nowMs()).toISOString());
  if (known.conflict && saysTheSame(known.conflict.latest, message)) return known;
  const written = await ctx.store.update(
    said.no_refund,
    { conflicts: [known.conflicts] },
    {
      conflict: { first: known.conflict?.first ?? message, latest: message },
      updated_at: message.received_at,
    },
    ['conflicts'],
  );
  if (!written.refund) throw new Error('a refund record has vanished: restore it, records are never deleted');
  if (!written.written) return keepConflict(ctx, written.refund, said);
  ctx.log.error('a verified message contradicts the record', {
    no_refund: said.no_refund,
    status: known.status,
    final: isFinal(known.status),
    said: message,
    metrics: { Conflicts: 1 },
  });
  return written.refund;
}

function saysTheSame(a: KeptMessage, b: KeptMessage): boolean {
  const fields = ['sta_refund', 'money_refund', 'dt_refund', 'oid_refundno', 'ret_code'] as const;
  return fields.every((field) => a[field] === b[field]);
}

/**
 * A message that said too little when it came may be contradicted by what came later: the order must not matter. The
 * message at hand has taken effect already; that this couldn't be kept beside it takes nothing back.
 */
export async function withEarlierWord(
  ctx: Context,
  refund: Refund,
  before: Refund | undefined,
  said: Statement,
): Promise<Refund> {
  const claimed = before && contradictedClaims(before, refund, said);
  if (!claimed || Object.keys(claimed).length === 0) return refund;
  const message = { no_refund: refund.no_refund, ...claimed };
  try {
    return await keepConflict(ctx, refund, message);
  } catch (error) {
    ctx.log.error('a contradiction could not be kept in the record', {
      ...message,
      error: String(error),
      metrics: { Failures: 1 },
    });
    return refund;
  }
}

/** Those of a record's claims that can't be true beside what the record has become, or the message at hand. */
function contradictedClaims(
  { claimed_sta_refund, claimed_oid_refundno }: Refund,
  refund: Refund,
  said: Statement,
): Pick<Statement, 'sta_refund' | 'oid_refundno'> {
  const ends = [refund.status, ...(said.sta_refund ? [statusOf(said.sta_refund)] : [])];
  const number = said.oid_refundno ?? refund.oid_refundno;
  const isOtherEnd = claimed_sta_refund && ends.some((end) => contradicts(end, statusOf(claimed_sta_refund)));
  const isOtherNumber = claimed_oid_refundno && number && claimed_oid_refundno !== number;
  return {
    ...(isOtherEnd && { sta_refund: claimed_sta_refund }),
    ...(isOtherNumber && { oid_refundno: claimed_oid_refundno }),
  };
}

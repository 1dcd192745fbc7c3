import { contradictedClaim } from '../../domain/claims.ts';
import { isFinal } from '../../domain/life-cycle.ts';
import type { Refund } from '../../domain/refund.ts';
import { isAccepting, statusIn, type VerifiedMessage } from '../../domain/verified-message.ts';
import type { Context } from '../ports/context.ts';
import type { Written } from '../ports/store.ts';
import { type Checks, checkNow, checksAfter } from '../schedule.ts';
import { transition } from '../transitions.ts';
import { conflictWith, logConflict } from './conflicts.ts';
import { claimsIn, evidenceIn, identityIn, resultIn } from './fields.ts';
import type { Settlement, Via } from './settlement.ts';

type News = ReturnType<typeof identityIn> & ReturnType<typeof claimsIn> & ReturnType<typeof resultIn>;

/**
 * Adds what a message knows and the record lacks. A message that repeats the status may add what an earlier, shorter one
 * left out. A late or incomplete message adds its identity and its claims only: by them a later message is seen to be
 * about a second payment.
 *
 * @returns `undefined` where somebody has changed the record meanwhile
 */
export async function complete(
  ctx: Context,
  known: Refund,
  message: VerifiedMessage,
  via: Via,
): Promise<Settlement | undefined> {
  const isIncomplete = isIncompleteFor(known, message);
  const added = missingIn(known, isIncomplete ? newsOfIncomplete(message) : newsOfComplete(known, message));
  const { no_refund, sta_refund } = message;
  const facts = { no_refund, status: known.status, via, sta_refund };
  if (Object.keys(added).length === 0) {
    ctx.log('message.unchanged', facts);
    return { outcome: isIncomplete ? 'incomplete' : 'unchanged', refund: known };
  }
  const written = await writeAdded(ctx, known, message, added, via);
  if (!written.written) return undefined;
  ctx.log('message.completes', { ...facts, added: Object.keys(added) });
  return { outcome: isIncomplete ? 'incomplete' : 'settled', refund: written.refund };
}

/** Whether a message lacks what would move a refund that is still open. */
function isIncompleteFor(known: Refund, message: VerifiedMessage): boolean {
  return statusIn(message) === undefined && !isFinal(known.status);
}

async function writeAdded(
  ctx: Context,
  known: Refund,
  message: VerifiedMessage,
  added: News,
  via: Via,
): Promise<Written> {
  const nowMs = ctx.clock.nowMs();
  const updated_at = new Date(nowMs).toISOString();
  // The gateway's number comes late, and an incomplete message has claimed another: one write keeps both.
  const claim = contradictedClaim(known, { no_refund: known.no_refund, oid_refundno: added.oid_refundno });
  const conflict = claim && conflictWith(known, updated_at, claim);
  const isQueryDue = isIncompleteFor(known, message) && via !== 'query';
  const checks = checksAfterNews(ctx, known, added, isQueryDue, nowMs);
  const kept = { ...evidenceIn(message, via, nowMs), updated_at };
  const written = await transition(
    ctx.store,
    'complete',
    { seen: known, agreesWith: message, counts: conflict ? ['conflicts'] : [] },
    { ...added, ...(conflict && { conflict, in_conflict: 'yes' }), ...checks, ...kept },
  );
  if (written.written && conflict) logConflict(ctx, written.refund, conflict);
  return written;
}

function checksAfterNews(
  { rules }: Context,
  { no_refund, status }: Refund,
  added: News,
  isQueryDue: boolean,
  nowMs: number,
): Checks | undefined {
  if (isQueryDue) return checkNow(no_refund, nowMs, rules.firstCheckMs);
  // With the date the gateway can be queried, which a record that was made from a shorter message could not be.
  return 'dt_refund' in added ? checksAfter(status, no_refund, nowMs, rules.firstCheckMs) : undefined;
}

function newsOfIncomplete(message: VerifiedMessage): News {
  return { ...identityIn(message), ...claimsIn(message) };
}

function newsOfComplete(known: Refund, message: VerifiedMessage): News {
  const { oid_refundno } = message;
  return {
    ...(isAccepting(message)
      ? { ...identityIn(message), ...(oid_refundno && { oid_refundno }) }
      : !known.oid_refundno && oid_refundno && { claimed_oid_refundno: oid_refundno }),
    ...(statusIn(message) === known.status && resultIn(message)),
  };
}

function missingIn(known: Refund, news: News): News {
  return Object.fromEntries(
    Object.entries(news).filter(([field]) => known[field as keyof News] === undefined),
  );
}

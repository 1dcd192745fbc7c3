import { contradictedClaim } from '../../domain/claims.ts';
import { isFinal, type Status, statusesBefore } from '../../domain/life-cycle.ts';
import type { Refund } from '../../domain/refund.ts';
import { statusIn, type VerifiedMessage } from '../../domain/verified-message.ts';
import type { DecisionCode } from '../decisions.ts';
import type { Context } from '../ports/context.ts';
import type { Counted } from '../ports/store.ts';
import { transition } from '../transitions.ts';
import { advance, advanceTo, keepIncomplete } from './advance.ts';
import { complete } from './complete.ts';
import { conflictWith, contradictsRecord, logConflict, recordConflict } from './conflicts.ts';
import { recordMessage, type Unrecorded } from './record-message.ts';
import type { Settlement, Via } from './settlement.ts';

const SETTLED: Partial<Record<Status, DecisionCode>> = {
  INITIALIZED: 'refund.initialized',
  PROCESSING: 'refund.processing',
  SUCCEEDED: 'refund.succeeded',
  FAILED: 'refund.failed',
};

/**
 * Lets a verified message take effect, no matter who brings it or which attempt it answers: a signed status is
 * evidence by itself. One conditional write in the normal case; its failure tells the rest. It is repeated while there
 * is time, and logged where it fails in the end.
 *
 * @param begun the record of the attempt that the message answers: the check that came with it serves
 */
export function settle(
  ctx: Context,
  message: VerifiedMessage,
  via: Via,
  begun?: Refund,
): Promise<Settlement> {
  return recordMessage(ctx, { message }, (unrecorded) => settleOnce(ctx, unrecorded, via, begun));
}

async function settleOnce(
  ctx: Context,
  unrecorded: Unrecorded,
  via: Via,
  begun?: Refund,
): Promise<Settlement> {
  const { message } = unrecorded;
  const status = statusIn(message);
  const written = status
    ? await advance(ctx, message, status, via, begun)
    : await keepIncomplete(ctx, message, via);
  if (written.written) {
    logSettled(ctx, message, written.before, via);
    return { outcome: status ? 'settled' : 'incomplete', refund: written.refund };
  }
  return written.refund ? settleKnown(ctx, unrecorded, written.refund, via) : { outcome: 'unknown' };
}

/**
 * A message that didn't move the record: it contradicts it, or an earlier claim, completes it, or repeats it (complete.ts:
 * then nothing changes).
 */
async function settleKnown(
  ctx: Context,
  unrecorded: Unrecorded,
  known: Refund,
  via: Via,
): Promise<Settlement> {
  const { message } = unrecorded;
  const status = statusIn(message);
  const claim = contradictedClaim(known, message);
  const isIncomplete = !status && !isFinal(known.status);
  if (contradictsRecord(known, message) || (claim && isIncomplete)) {
    unrecorded.conflict = message;
    // Of two incomplete messages neither outweighs the other: both are kept as the conflict.
    const refund = await recordConflict(ctx, known, message, via, isIncomplete ? claim : undefined);
    return { outcome: 'conflict', refund };
  }
  unrecorded.conflict = claim;
  const isBehind = status !== undefined && statusesBefore(status).includes(known.status);
  const settled = isBehind
    ? claim && (await advanceAgainstClaim(ctx, message, known, claim, via))
    : await complete(ctx, known, message, via);
  // Somebody was faster: what they wrote decides what this message is now.
  return settled ?? settleOnce(ctx, unrecorded, via);
}

function logSettled({ log }: Context, message: VerifiedMessage, before: Refund | undefined, via: Via): void {
  const { no_refund, sta_refund, ret_code } = message;
  const status = statusIn(message);
  const code = (status && SETTLED[status]) ?? 'message.incomplete';
  log(code, { no_refund, from: before?.status, status, via, sta_refund, ret_code });
}

/**
 * A complete message outweighs what an incomplete one claimed: it settles the refund, and the claim is kept as a conflict
 * in the same write, so that no crash can come between.
 *
 * @returns `undefined` where somebody has changed the record meanwhile
 */
async function advanceAgainstClaim(
  ctx: Context,
  message: VerifiedMessage,
  known: Refund,
  claim: VerifiedMessage,
  via: Via,
): Promise<Settlement | undefined> {
  const status = statusIn(message) as Status;
  const changes = advanceTo(ctx, message, status, via);
  const conflict = conflictWith(known, changes.updated_at, claim);
  const counts: Counted[] = conflict ? ['version', 'conflicts'] : ['version'];
  const written = await transition(
    ctx.store,
    'settleAgainstClaim',
    { seen: known, agreesWith: message, counts },
    { ...changes, ...(conflict && { conflict, in_conflict: 'yes' }) },
  );
  if (!written.written) return undefined;
  logSettled(ctx, message, written.before, via);
  if (conflict) logConflict(ctx, written.refund, conflict);
  return { outcome: 'settled', refund: written.refund };
}

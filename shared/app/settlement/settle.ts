import { contradictedClaim } from '../../domain/claims.ts';
import { isFinal, type Status } from '../../domain/life-cycle.ts';
import type { Refund } from '../../domain/refund.ts';
import { statusIn, type VerifiedMessage } from '../../domain/verified-message.ts';
import type { DecisionCode } from '../decisions.ts';
import type { Context } from '../ports/context.ts';
import type { Written } from '../ports/store.ts';
import { checkNow, checksAfter } from '../schedule.ts';
import { transition } from '../transitions.ts';
import { complete } from './complete.ts';
import { contradictsRecord, recordConflict } from './conflicts.ts';
import { claimsIn, codeOf, identityIn, resultIn } from './fields.ts';
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
 */
export function settle(ctx: Context, message: VerifiedMessage, via: Via): Promise<Settlement> {
  return recordMessage(ctx, { message }, (unrecorded) => settleOnce(ctx, unrecorded, via));
}

async function settleOnce(ctx: Context, unrecorded: Unrecorded, via: Via): Promise<Settlement> {
  const { message } = unrecorded;
  const status = statusIn(message);
  const written = status ? await advance(ctx, message, status) : await keepIncomplete(ctx, message, via);
  if (written.written) {
    const { no_refund, sta_refund, ret_code } = message;
    const code = (status && SETTLED[status]) ?? 'message.incomplete';
    ctx.log(code, { no_refund, from: written.before?.status, status, via, sta_refund, ret_code });
    const refund = await recordEarlierClaim(ctx, unrecorded, written.refund, written.before);
    return { outcome: status ? 'settled' : 'incomplete', refund };
  }
  return written.refund ? settleKnown(ctx, unrecorded, written.refund, via) : { outcome: 'unknown' };
}

/** A message that didn't move the record: it contradicts it, completes it, or repeats it. */
async function settleKnown(
  ctx: Context,
  unrecorded: Unrecorded,
  known: Refund,
  via: Via,
): Promise<Settlement> {
  const { message } = unrecorded;
  const isIncomplete = !statusIn(message) && !isFinal(known.status);
  // Of two incomplete messages neither outweighs the other: both are kept as the conflict.
  const claim = isIncomplete ? contradictedClaim({ ...known, oid_refundno: undefined }, message) : undefined;
  if (claim || contradictsRecord(known, message)) {
    unrecorded.conflict = message;
    return { outcome: 'conflict', refund: await recordConflict(ctx, known, message, claim) };
  }
  // Whoever has written the end may have been cut off before it kept what contradicts it.
  const earlier = known.conflict ? undefined : known;
  const refund = await recordEarlierClaim(ctx, unrecorded, known, earlier);
  const completed = await complete(ctx, refund, message, via);
  // Somebody was faster: what they wrote decides what this message is now.
  return completed ?? settleOnce(ctx, unrecorded, via);
}

function advance(ctx: Context, message: VerifiedMessage, status: Status): Promise<Written> {
  const now = ctx.clock.nowMs();
  return transition(
    ctx.store,
    'settle',
    { seen: message, message },
    {
      ...resultIn(message),
      status,
      sta_refund: message.sta_refund,
      ...identityIn(message),
      ...codeOf(message),
      updated_at: new Date(now).toISOString(),
      lease_until: undefined,
      ...checksAfter(status, message.no_refund, now, ctx.rules.firstCheckMs),
    },
  );
}

function keepIncomplete(ctx: Context, message: VerifiedMessage, via: Via): Promise<Written> {
  const now = ctx.clock.nowMs();
  return transition(
    ctx.store,
    'keepIncomplete',
    { seen: message, message },
    {
      ...identityIn(message),
      ...claimsIn(message),
      updated_at: new Date(now).toISOString(),
      ...(via !== 'query' && checkNow(message.no_refund, now, ctx.rules.firstCheckMs)),
    },
  );
}

/** The order in which an incomplete message and what contradicts it came must not matter. */
async function recordEarlierClaim(
  ctx: Context,
  unrecorded: Unrecorded,
  refund: Refund,
  before: Refund | undefined,
): Promise<Refund> {
  unrecorded.conflict = before && contradictedClaim(refund, unrecorded.message, before);
  return unrecorded.conflict ? recordConflict(ctx, refund, unrecorded.conflict) : refund;
}

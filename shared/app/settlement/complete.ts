import { isFinal } from '../../domain/life-cycle.ts';
import type { Refund } from '../../domain/refund.ts';
import { isAccepting, statusIn, type VerifiedMessage } from '../../domain/verified-message.ts';
import type { Context } from '../ports/context.ts';
import type { Written } from '../ports/store.ts';
import { checkNow, checksAfter } from '../schedule.ts';
import { transition } from '../transitions.ts';
import { claimsIn, identityIn, resultIn } from './fields.ts';
import type { Settlement, Via } from './settlement.ts';

type News = ReturnType<typeof identityIn> & ReturnType<typeof claimsIn> & ReturnType<typeof resultIn>;

/**
 * Adds what a message knows and the record lacks. One that repeats the status may bring what an earlier, shorter one left
 * out; a late or incomplete one nothing but the identity and its claims, by which a later message is then seen to be about
 * a second payment.
 *
 * @returns `undefined` where somebody has changed the record meanwhile
 */
export async function complete(
  ctx: Context,
  known: Refund,
  message: VerifiedMessage,
  via: Via,
): Promise<Settlement | undefined> {
  const isIncomplete = statusIn(message) === undefined && !isFinal(known.status);
  const added = missingIn(known, isIncomplete ? incompleteNews(message) : lateNews(known, message));
  const { no_refund, sta_refund } = message;
  const facts = { no_refund, status: known.status, via, sta_refund };
  if (Object.keys(added).length === 0) {
    ctx.log('message.unchanged', facts);
    return { outcome: isIncomplete ? 'incomplete' : 'unchanged', refund: known };
  }
  const written = await add(ctx, known, message, added, isIncomplete && via !== 'query');
  if (!written.written) return undefined;
  ctx.log('message.completes', { ...facts, added: Object.keys(added) });
  return { outcome: isIncomplete ? 'incomplete' : 'settled', refund: written.refund };
}

function add(
  ctx: Context,
  known: Refund,
  message: VerifiedMessage,
  added: News,
  isQueryDue: boolean,
): Promise<Written> {
  const now = ctx.clock.nowMs();
  const { firstCheckMs } = ctx.rules;
  return transition(
    ctx.store,
    'complete',
    { seen: known, message },
    {
      ...added,
      // With the date the gateway can be queried, which a record that was made from a shorter message could not be.
      ...('dt_refund' in added && checksAfter(known.status, known.no_refund, now, firstCheckMs)),
      ...(isQueryDue && checkNow(known.no_refund, now, firstCheckMs)),
      updated_at: new Date(now).toISOString(),
    },
  );
}

function incompleteNews(message: VerifiedMessage): News {
  return { ...identityIn(message), ...claimsIn(message) };
}

function lateNews(known: Refund, message: VerifiedMessage): News {
  const { oid_refundno } = message;
  return {
    ...(isAccepting(message) && { ...identityIn(message), ...(oid_refundno && { oid_refundno }) }),
    ...(statusIn(message) === known.status && resultIn(message)),
  };
}

function missingIn(known: Refund, news: News): News {
  return Object.fromEntries(
    Object.entries(news).filter(([field]) => known[field as keyof News] === undefined),
  );
}

import { isFinal } from '../../domain/life-cycle.ts';
import { hasMessage, isApplied, lastAppliedAtMs, type Refund } from '../../domain/refund.ts';
import { queryGateway } from '../attempt/query-gateway.ts';
import { type Resolution, resolveByCheck } from '../attempt/resolve.ts';
import type { ApplyContext } from '../ports/context.ts';
import type { DueRefund } from '../ports/store.ts';
import { NO_CHECKS } from '../schedule.ts';
import { settle } from '../settlement/settle.ts';
import { refundAfter } from '../settlement/settlement.ts';
import { transition } from '../transitions.ts';
import type { Measurements } from './measurements.ts';
import { checkAfterLease, postponeCheck } from './postpone.ts';

/** What a check did, or that it couldn't be done. */
export type Outcome = 'settled' | 'resent' | 'pending' | 'failed';

/** How long a rejected refund is checked once nothing is heard of it any more, milliseconds. */
const WATCH_REJECTED_MS = 7 * 86_400_000;

/** Checks one refund, whatever goes wrong with it; `undefined` where another run, or a message, was faster. */
export async function checkSafely(
  ctx: ApplyContext,
  due: DueRefund,
  measurements: Measurements,
): Promise<Outcome | undefined> {
  let isPostponed = false;
  try {
    const before = await postponeCheck(ctx, due);
    isPostponed = true;
    return before && (await check(ctx, before, due, measurements));
  } catch (error) {
    if (!isPostponed) measurements.uncheckedDueAtMs.push(due.next_check_at);
    ctx.log('check.failed', { no_refund: due.no_refund, error: String(error) });
    return 'failed';
  }
}

async function check(
  ctx: ApplyContext,
  before: Refund,
  due: DueRefund,
  { openMs, requestedMs }: Measurements,
): Promise<Outcome> {
  const isRequested = before.status === 'REQUESTED';
  const requestedAgeMs = isRequested ? [ctx.clock.nowMs() - requestedSinceMs(before)] : [];
  const { refund, answer } = await resolveOrQuery(ctx, before, due).catch((error) => {
    // A refund whose checks fail is the one whose age matters.
    requestedMs.push(...requestedAgeMs);
    throw error;
  });
  const isOpen = !isFinal(refund.status) && refund.status !== 'REJECTED';
  if (isOpen) openMs.push(ctx.clock.nowMs() - Date.parse(refund.created_at));
  if (refund.status === 'REQUESTED') requestedMs.push(...requestedAgeMs);
  if ((refund.attempts ?? 0) > (before.attempts ?? 0)) return 'resent';
  if (refund.status !== before.status) return 'settled';
  return answer === 'in-doubt' || answer === 'not-sent' ? 'failed' : 'pending';
}

/** Applying again for a refund in doubt makes it no younger; one that was rejected begins anew. */
function requestedSinceMs(refund: Refund): number {
  return refund.version === 1 ? Date.parse(refund.created_at) : lastAppliedAtMs(refund);
}

async function resolveOrQuery(ctx: ApplyContext, refund: Refund, due: DueRefund): Promise<Resolution> {
  if (refund.status !== 'REQUESTED' || !isApplied(refund)) return queryOnly(ctx, refund);
  const isUnderWay = (refund.lease_until ?? 0) > ctx.clock.nowMs();
  if (isUnderWay) return { refund: await checkAfterLease(ctx, refund, due) };
  return resolveByCheck(ctx, refund);
}

/** A refund that the gateway has answered for, or that isn't ours to send: a query is all there is to do. */
async function queryOnly(ctx: ApplyContext, refund: Refund): Promise<Resolution> {
  const { no_refund, status } = refund;
  if (!refund.dt_refund) {
    // It stays due, so that it is logged until a further notification, or a person, brings the date.
    ctx.log('query.impossible', { no_refund, status });
    return { refund, answer: 'not-sent' };
  }
  const answer = await queryGateway(ctx, refund);
  if (answer.type === 'verified') {
    const settlement = await settle(ctx, answer.message, 'query');
    const isIncomplete = settlement.outcome === 'incomplete';
    return { refund: refundAfter(settlement, refund), answer: isIncomplete ? 'in-doubt' : answer.type };
  }
  if (answer.type === 'not-found') await watchDenied(ctx, refund);
  return { refund, answer: answer.type };
}

/** The gateway doesn't know a refund that isn't `REQUESTED`: that is expected of a rejected one, for seven days. */
async function watchDenied(ctx: ApplyContext, refund: Refund): Promise<void> {
  const { no_refund, status } = refund;
  if (status !== 'REJECTED' || hasMessage(refund)) {
    ctx.log('query.denies_status', { no_refund, status });
    if (refund.attention !== 'denied') {
      await transition(ctx.store, 'flagDenied', { seen: refund }, { attention: 'denied' });
    }
  }
  const quietMs = ctx.clock.nowMs() - Date.parse(refund.updated_at);
  if (status !== 'REJECTED' || quietMs <= WATCH_REJECTED_MS) return;
  // One that a verified message is about stays due, until the gateway says what became of it.
  await transition(ctx.store, 'endChecks', { seen: refund }, NO_CHECKS);
}

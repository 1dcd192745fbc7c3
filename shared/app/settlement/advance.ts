import { isFinal, type Status } from '../../domain/life-cycle.ts';
import type { Refund } from '../../domain/refund.ts';
import type { VerifiedMessage } from '../../domain/verified-message.ts';
import type { Context } from '../ports/context.ts';
import type { Written } from '../ports/store.ts';
import { checkNow, checksAfter } from '../schedule.ts';
import { transition } from '../transitions.ts';
import { claimsIn, codeOf, evidenceIn, identityIn, resultIn } from './fields.ts';
import type { Via } from './settlement.ts';

/** Moves the record forward to the status that a complete message says, unless something contradicts it. */
export function advance(
  ctx: Context,
  message: VerifiedMessage,
  status: Status,
  via: Via,
  begun: Refund | undefined,
): Promise<Written> {
  const { sta_refund, oid_refundno } = message;
  const claims = {
    claimed_oid_refundno: oid_refundno,
    claimed_sta_refund: isFinal(status) ? sta_refund : undefined,
  };
  const agreesWith = { ...message, ...claims };
  const changes = advanceTo(ctx, message, status, via, begun);
  return transition(ctx.store, 'settle', { seen: message, agreesWith }, changes);
}

/** What a complete message sets when it moves the record forward. */
export function advanceTo(ctx: Context, message: VerifiedMessage, status: Status, via: Via, begun?: Refund) {
  const now = ctx.clock.nowMs();
  const updated_at = new Date(now).toISOString();
  return {
    ...resultIn(message),
    status,
    sta_refund: message.sta_refund,
    ...identityIn(message),
    ...codeOf(message),
    ...evidenceIn(message, via, now),
    updated_at,
    lease_until: undefined,
    last_problem: undefined,
    attention: undefined,
    ...checksAfter(status, message.no_refund, now, ctx.rules.firstCheckMs, begun),
  };
}

/** Keeps what an incomplete message tells, and makes a query due. */
export function keepIncomplete(ctx: Context, message: VerifiedMessage, via: Via): Promise<Written> {
  const now = ctx.clock.nowMs();
  const updated_at = new Date(now).toISOString();
  return transition(
    ctx.store,
    'keepIncomplete',
    { seen: message, agreesWith: message },
    {
      ...identityIn(message),
      ...claimsIn(message),
      ...evidenceIn(message, via, now),
      updated_at,
      ...(via !== 'query' && checkNow(message.no_refund, now, ctx.rules.firstCheckMs)),
    },
  );
}

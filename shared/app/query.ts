import { InvalidRequest, RefundNotFound } from '../domain/errors.ts';
import type { Refund } from '../domain/refund.ts';
import { readQuestion, sentOnce } from '../domain/refund-question.ts';
import type { VerifiedMessage } from '../domain/verified-message.ts';
import { queryGateway } from './attempt/query-gateway.ts';
import type { ApplyContext } from './ports/context.ts';
import { settle } from './settlement/settle.ts';
import { refundAfter } from './settlement/settlement.ts';

/** The refund, and with a refresh whether the gateway answered, or why it can't be told. */
export interface Found {
  refund: Refund;
  refreshed?: boolean;
  refresh_problem?: string;
}

/**
 * The stored refund. With `refresh` the gateway is queried first, and its answer settles the record like a
 * notification; a query that fails leaves the record as it is, and says so.
 *
 * @throws InvalidRequest, RefundNotFound, ServiceUnavailable
 */
export async function queryRefund(ctx: ApplyContext, input: unknown): Promise<Found> {
  const { no_refund, refresh } = readQuery(input);
  const refund = await ctx.store.get(no_refund);
  if (!refund) throw new RefundNotFound(no_refund);
  return refresh ? refreshed(ctx, refund) : { refund };
}

function readQuery(input: unknown): { no_refund: string; refresh: boolean } {
  const { no_refund, given, issues } = readQuestion(input, ['refresh']);
  const { refresh = false } = given;
  if (typeof refresh !== 'boolean')
    issues.push({ path: 'refresh', message: sentOnce('must be true or false', refresh) });
  if (issues.length > 0) throw new InvalidRequest(issues);
  return { no_refund, refresh: refresh === true };
}

async function refreshed(ctx: ApplyContext, refund: Refund): Promise<Found> {
  if (!refund.dt_refund)
    return failed(refund, 'the gateway is queried by number and date, and the date is not known');
  try {
    await ctx.gateway.ready();
  } catch (error) {
    const { message } = error as Error;
    ctx.log('key.unreachable', { error: message });
    return failed(refund, message);
  }
  const answer = await queryGateway(ctx, refund);
  switch (answer.type) {
    case 'verified':
      return settled(ctx, refund, answer.message);
    case 'not-found':
      return failed(refund, 'the gateway does not know the refund, or not yet');
    case 'in-doubt':
      return failed(refund, `the gateway gave no answer that can be believed: ${answer.reason}`);
    case 'not-sent':
      return failed(refund, 'too little time was left to query the gateway');
  }
}

async function settled(ctx: ApplyContext, refund: Refund, message: VerifiedMessage): Promise<Found> {
  try {
    // A refund that nobody checks any more is due again, if this is not the end of it.
    const settlement = await settle(ctx, message, refund.next_check_at === undefined ? 'refresh' : 'query');
    const known = refundAfter(settlement, refund);
    return settlement.outcome === 'incomplete'
      ? failed(known, 'the answer lacks the amount or the status')
      : { refund: known, refreshed: true };
  } catch {
    // Settling has logged the message and the cause.
    return failed(refund, 'what the gateway answered could not be recorded');
  }
}

function failed(refund: Refund, refresh_problem: string): Found {
  return { refund, refreshed: false, refresh_problem };
}

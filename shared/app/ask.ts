import type { Refund } from '../domain/refund.ts';
import { refusesTheService } from '../domain/return-codes.ts';
import type { ApplyAnswer, ApplyContext, Facts, QueryAnswer } from './ports.ts';

/** Asks the gateway what it knows of a refund. */
export async function ask(ctx: ApplyContext, refund: Refund): Promise<QueryAnswer> {
  const answer = await ctx.gateway.query(refund, ctx.deadlineMs);
  const reason = 'reason' in answer ? answer.reason : undefined;
  const metrics = exchangeMetrics(answer);
  ctx.log.info('gateway was asked', { no_refund: refund.no_refund, answer: answer.type, reason, metrics });
  return answer;
}

/** What an answer of the gateway's counts as, whatever was asked for. */
export function exchangeMetrics(answer: ApplyAnswer | QueryAnswer): Facts['metrics'] {
  const code = 'ret_code' in answer ? answer.ret_code : undefined;
  return {
    ...(answer.type === 'in-doubt' && { ExchangesInDoubt: 1 }),
    ...(code && refusesTheService(code) && { SetupRefusals: 1 }),
  };
}

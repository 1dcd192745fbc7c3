import type { Refund } from '../domain/refund.ts';
import { refusesTheService } from '../domain/return-codes.ts';
import type { ApplyAnswer, ApplyContext, Facts, QueryAnswer } from './ports.ts';

/** Asks the gateway what it knows of a refund. */
export async function ask(ctx: ApplyContext, refund: Refund): Promise<QueryAnswer> {
  const askedAtMs = ctx.clock.nowMs();
  const answer = await ctx.gateway.query(refund, ctx.deadlineMs);
  const reason = 'reason' in answer ? answer.reason : undefined;
  const metrics = exchangeMetrics(answer, ctx.clock.nowMs() - askedAtMs);
  ctx.log.info('gateway was asked', { no_refund: refund.no_refund, answer: answer.type, reason, metrics });
  return answer;
}

/** What is measured of an exchange with the gateway, whatever was asked for; nothing where there was none. */
export function exchangeMetrics(answer: ApplyAnswer | QueryAnswer, tookMs: number): Facts['metrics'] {
  if (answer.type === 'not-sent') return undefined;
  const code = 'ret_code' in answer ? answer.ret_code : undefined;
  return {
    GatewayLatencyMs: tookMs,
    ...(answer.type === 'in-doubt' && { ExchangesInDoubt: 1 }),
    ...(code && refusesTheService(code) && { SetupRefusals: 1 }),
  };
}

import type { Refund } from '../../domain/refund.ts';
import { rejectsService } from '../../domain/return-codes.ts';
import type { DecisionCode } from '../decisions.ts';
import type { ApplyContext, Facts } from '../ports/context.ts';
import type { ApplyAnswer, QueryAnswer } from '../ports/gateway.ts';
import { ANSWERED } from './problem.ts';

/** Asks the gateway what it knows of a refund. */
export async function queryGateway(ctx: ApplyContext, refund: Refund): Promise<QueryAnswer> {
  const sentAtMs = ctx.clock.nowMs();
  const answer = await ctx.gateway.query(refund, ctx.deadlineMs);
  logExchange(ctx, ANSWERED.querying[answer.type], answer, { no_refund: refund.no_refund }, sentAtMs);
  return answer;
}

/** Logs what came of an exchange with the gateway and how long the gateway took; one that never was has no duration. */
export function logExchange(
  { log, clock }: ApplyContext,
  code: DecisionCode,
  answer: ApplyAnswer | QueryAnswer,
  about: Facts,
  sentAtMs: number,
): void {
  const { type, reason, ret_code, waitedMs = 0 } = { reason: undefined, ret_code: undefined, ...answer };
  const measured =
    type === 'not-sent' ? undefined : { GatewayLatencyMs: clock.nowMs() - sentAtMs - waitedMs };
  log(code, { ...about, reason, ret_code }, measured);
  if (ret_code && rejectsService(ret_code)) log('gateway.refuses_service', { ...about, ret_code });
}

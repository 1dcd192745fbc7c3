import type { Problem } from '../../domain/refund.ts';
import type { Clock } from '../ports/context.ts';
import type { ApplyAnswer, QueryAnswer } from '../ports/gateway.ts';

/** A record must stay within one write unit. */
const MAX_REASON = 120;
const MAX_RET_MSG = 40;

const REASONS: Record<Exclude<(ApplyAnswer | QueryAnswer)['type'], 'in-doubt'>, string> = {
  verified: 'a verified message lacks the amount or the status, or contradicts the record',
  rejected: 'rejected, which proves nothing while an earlier attempt is unresolved',
  duplicate: 'the gateway calls the number a duplicate',
  'not-found': 'the gateway does not know the refund, which may be lag',
  'not-sent': 'too little time was left to send it',
};

/** An exchange that proved nothing, as it is kept with the refund. */
export function problemOf(
  { clock }: { clock: Clock },
  doing: Problem['doing'],
  answer: ApplyAnswer | QueryAnswer,
): Problem {
  const { ret_code, ret_msg } = { ret_code: undefined, ret_msg: undefined, ...answer };
  const reason = answer.type === 'in-doubt' ? answer.reason : REASONS[answer.type];
  return {
    at: new Date(clock.nowMs()).toISOString(),
    doing,
    reason: reason.slice(0, MAX_REASON),
    ...(ret_code && { ret_code }),
    ...(ret_msg && { ret_msg: ret_msg.slice(0, MAX_RET_MSG) }),
  };
}

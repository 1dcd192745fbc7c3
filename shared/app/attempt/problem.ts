import type { Problem } from '../../domain/problem.ts';
import type { DecisionCode } from '../decisions.ts';
import type { Clock } from '../ports/context.ts';
import type { ApplyAnswer, QueryAnswer } from '../ports/gateway.ts';

/** A record must stay within one write unit. */
const MAX_REASON = 120;
const MAX_RET_MSG = 40;

const REASONS: Record<Exclude<(ApplyAnswer | QueryAnswer)['type'], 'in-doubt'>, string> = {
  verified: 'a verified message lacks the amount or the status, or contradicts the record',
  rejected:
    'a rejection proves nothing here: an earlier attempt has no answer, or a verified message says otherwise',
  duplicate: 'the gateway calls the number a duplicate',
  'not-found': 'not found: the books of the gateway may be late',
  'not-sent': 'too little time was left to send it',
};

/** The decisions that answers are logged as. */
export const ANSWERED = {
  applying: {
    verified: 'attempt.accepted',
    rejected: 'attempt.rejected',
    duplicate: 'attempt.duplicate',
    'in-doubt': 'attempt.in_doubt',
    'not-sent': 'attempt.not_sent',
  } satisfies Record<ApplyAnswer['type'], DecisionCode>,
  querying: {
    verified: 'query.found',
    'not-found': 'query.not_found',
    'in-doubt': 'query.in_doubt',
    'not-sent': 'query.not_sent',
  } satisfies Record<QueryAnswer['type'], DecisionCode>,
};

type Answered = Record<(ApplyAnswer | QueryAnswer)['type'], DecisionCode>;

/** An exchange that proved nothing, as it is kept with the refund. */
export function problemOf(
  { clock }: { clock: Clock },
  doing: Problem['doing'],
  answer: ApplyAnswer | QueryAnswer,
): Problem {
  const { ret_code, ret_msg } = { ret_code: undefined, ret_msg: undefined, ...answer };
  const reason = answer.type === 'in-doubt' ? answer.reason : REASONS[answer.type];
  return {
    code: (ANSWERED[doing] as Answered)[answer.type],
    at: new Date(clock.nowMs()).toISOString(),
    doing,
    reason: reason.slice(0, MAX_REASON),
    ...(ret_code && { ret_code }),
    ...(ret_msg && { ret_msg: ret_msg.slice(0, MAX_RET_MSG) }),
  };
}

import type { Problem } from '../../domain/problem.ts';
import type { AppliedRefund, Refund } from '../../domain/refund.ts';
import type { ApplyContext } from '../ports/context.ts';
import type { CodeAnswer } from '../ports/gateway.ts';
import { checkIn, NO_CHECKS } from '../schedule.ts';
import { recordOf, transition } from '../transitions.ts';
import { releaseLease } from './lease.ts';

/**
 * Records a rejection that answered the only attempt in question: it is believed at once, unless a verified message is
 * about the refund, which weighs more than an unsigned rejection.
 */
export async function confirmRejection(
  ctx: ApplyContext,
  held: AppliedRefund,
  { ret_code, ret_msg }: CodeAnswer,
  problem: Problem,
): Promise<Refund> {
  const refund = await reject(ctx, held, { ret_code, ret_msg, ...NO_CHECKS });
  const code = { ret_code, ret_msg };
  return refund.status === 'REQUESTED' ? releaseLease(ctx, held, { code, problem }) : refund;
}

/**
 * Records a rejection that was kept until a late "not found" confirmed it. Checks go on, since nothing bounds the delay
 * of an earlier attempt that is still on its way.
 */
export async function rejectAfterDoubt(ctx: ApplyContext, held: AppliedRefund): Promise<Refund> {
  return reject(ctx, held, checkIn(held.no_refund, ctx.clock.nowMs(), ctx.rules.firstCheckMs));
}

async function reject(
  ctx: ApplyContext,
  held: AppliedRefund,
  changes: Pick<Refund, 'ret_code' | 'ret_msg' | 'shard' | 'next_check_at' | 'check_wait'>,
): Promise<Refund> {
  const updated_at = new Date(ctx.clock.nowMs()).toISOString();
  const written = await transition(
    ctx.store,
    'reject',
    { seen: held },
    {
      ...changes,
      status: 'REJECTED',
      lease_until: undefined,
      last_problem: undefined,
      attention: undefined,
      updated_at,
    },
  );
  const refund = recordOf(written);
  const { no_refund, status, ret_code } = refund;
  if (status === 'REJECTED') ctx.log('refund.rejected', { no_refund, ret_code });
  return refund;
}

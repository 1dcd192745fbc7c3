import type { AppliedRefund } from '../../domain/refund.ts';
import type { ApplyContext } from '../ports/context.ts';
import { recordOf, transition } from '../transitions.ts';

/** Stores a newer task token in the place of the one that is there, whatever has become of the refund. */
export async function storeTaskToken(
  ctx: ApplyContext,
  seen: AppliedRefund,
  token: string | undefined,
): Promise<AppliedRefund> {
  if (!token || token === seen.task_token) return seen;
  // Conditional on their count: a write that was cut off may land late, and must not bring an older token back.
  const written = await transition(ctx.store, 'storeTaskToken', { seen }, { task_token: token });
  const refund = recordOf(written) as AppliedRefund;
  // Exactly one other token came: ours wasn't written, so try again. More than one: ours may be among them, and the
  // newest stays.
  const isOvertakenOnce = refund.task_tokens === (seen.task_tokens ?? 0) + 1 && refund.task_token !== token;
  return !written.written && isOvertakenOnce ? storeTaskToken(ctx, refund, token) : refund;
}

import type { Status } from '../domain/life-cycle.ts';
import { type Refund, viewOf } from '../domain/refund.ts';
import type { PublishContext, RefundEvent } from './ports.ts';

/** A change of a refund's record, as the table's stream tells it. `id` tells one change of a batch from another. */
export interface Change {
  id: string;
  before?: Refund;
  after: Refund;
}

/** How many events one request may carry. */
const EVENTS_AT_ONCE = 10;

/**
 * Tells the world of changes of status, at least once each, and answers the state machines that wait for an end.
 *
 * @returns the ids of the changes that could not be told, to be handed in again
 */
export async function publishChanges(ctx: PublishContext, changes: Change[]): Promise<string[]> {
  const failed = new Set<string>();
  const moved = changes.filter(({ before, after }) => before?.status !== after.status);
  for (let from = 0; from < moved.length; from += EVENTS_AT_ONCE) {
    await putEvents(ctx, moved.slice(from, from + EVENTS_AT_ONCE), failed);
  }
  for (const change of changes) await answerTask(ctx, change, failed);
  return changes.map(({ id }) => id).filter((id) => failed.has(id));
}

async function putEvents(ctx: PublishContext, changes: Change[], failed: Set<string>): Promise<void> {
  const taken = await ctx.bus.put(changes.map(eventOf)).catch((error) => {
    ctx.log.error('no event could be published', { error: String(error) });
    return [];
  });
  for (const [index, { id, after }] of changes.entries()) {
    const facts = { no_refund: after.no_refund, status: after.status, version: after.version };
    if (taken[index]) {
      ctx.log.info('published', facts);
    } else {
      ctx.log.error('an event could not be published', facts);
      failed.add(id);
    }
  }
}

function eventOf({ before, after }: Change): RefundEvent {
  return {
    ...viewOf(after),
    previous_status: before?.status,
    event_id: `${after.no_refund}:${after.version}`,
  };
}

/** How a waiting state machine sees each end of a refund. */
const ENDS: Partial<Record<Status, 'success' | 'RefundFailed' | 'RefundRejected'>> = {
  SUCCEEDED: 'success',
  FAILED: 'RefundFailed',
  REJECTED: 'RefundRejected',
};

/** Answers the state machine when its refund ends, and also one that begins to wait after the end. */
async function answerTask(
  { tasks, log }: PublishContext,
  change: Change,
  failed: Set<string>,
): Promise<void> {
  const { id, before, after } = change;
  const end = ENDS[after.status];
  const isNews = before?.status !== after.status || before.task_token !== after.task_token;
  if (!end || !after.task_token || !isNews) return;
  const facts = { no_refund: after.no_refund, status: after.status };
  try {
    if (end === 'success') await tasks.succeed(after.task_token, viewOf(after));
    else await tasks.fail(after.task_token, end, viewOf(after));
    log.info('answered the waiting state machine', facts);
  } catch (error) {
    log.error('the waiting state machine could not be answered', { ...facts, error: String(error) });
    failed.add(id);
  }
}

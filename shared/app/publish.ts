import type { Status } from '../domain/life-cycle.ts';
import { type Refund, type RefundView, viewOf } from '../domain/refund.ts';
import type { DeadLetter, PublishContext, RefundEvent } from './ports.ts';

/** A change of a refund's record, as the table's stream tells it. `id` tells one change of a batch from another. */
export interface Change {
  id: string;
  happenedAtMs: number;
  before?: Refund;
  after: Refund;
}

/** What a change, or a dead letter, has to tell, and to whom. */
interface Notice {
  id: string;
  refund: RefundView;
  event?: RefundEvent;
  waiting?: { token: string; end: End };
  /** From then on a failure is kept aside, so that the changes behind it are told. */
  giveUpAtMs: number;
}

type End = 'success' | 'RefundFailed' | 'RefundRejected';

/** How a waiting state machine sees each end of a refund. */
const ENDS: Partial<Record<Status, End>> = {
  SUCCEEDED: 'success',
  FAILED: 'RefundFailed',
  REJECTED: 'RefundRejected',
};

/** How many events one request may carry. */
const EVENTS_AT_ONCE = 10;

/** A stream forgets after a day, and what fails holds up what is behind it: half an hour of tries is enough. */
const GIVE_UP_AFTER_MS = 30 * 60_000;

/**
 * Tells the world of changes of status, at least once each, and answers the state machines that wait for an end.
 *
 * @returns the ids of the changes that could not be told, to be handed in again
 */
export function publishChanges(ctx: PublishContext, changes: Change[]): Promise<string[]> {
  return publish(ctx, changes.map(noticeOf));
}

/**
 * Tells once more what was given up. A task token isn't in a dead letter: it is taken from the record, which knows
 * the newest.
 *
 * @returns the ids of the letters that could not be told this time either
 */
export async function replayDeadLetters(
  ctx: PublishContext,
  letters: { id: string; letter: DeadLetter }[],
): Promise<string[]> {
  const notices = await Promise.all(
    letters.map(async ({ id, letter: { refund, event, isWaitedFor } }): Promise<Notice> => {
      const known = isWaitedFor ? await ctx.store.get(refund.no_refund) : undefined;
      return { id, refund, event, waiting: known && waitingFor(known), giveUpAtMs: Number.POSITIVE_INFINITY };
    }),
  );
  return publish(ctx, notices);
}

async function publish(ctx: PublishContext, notices: Notice[]): Promise<string[]> {
  const failed = new Set<Notice>();
  const events = notices.filter(({ event }) => event);
  for (let from = 0; from < events.length; from += EVENTS_AT_ONCE) {
    await putEvents(ctx, events.slice(from, from + EVENTS_AT_ONCE), failed);
  }
  await Promise.all(notices.map((notice) => answerTask(ctx, notice, failed)));
  for (const notice of failed) if (await isKeptAside(ctx, notice)) failed.delete(notice);
  return [...failed].map(({ id }) => id);
}

function noticeOf({ id, happenedAtMs, before, after }: Change): Notice {
  const isMoved = before?.status !== after.status;
  return {
    id,
    refund: viewOf(after),
    event: isMoved ? eventOf(after, before?.status) : undefined,
    // A token that comes after the end is answered too.
    waiting: isMoved || before.task_token !== after.task_token ? waitingFor(after) : undefined,
    giveUpAtMs: happenedAtMs + GIVE_UP_AFTER_MS,
  };
}

function eventOf(refund: Refund, previous_status: Status | undefined): RefundEvent {
  return { ...viewOf(refund), previous_status, event_id: `${refund.no_refund}:${refund.version}` };
}

function waitingFor({ status, task_token }: Refund): Notice['waiting'] {
  const end = ENDS[status];
  return end && task_token ? { token: task_token, end } : undefined;
}

async function putEvents(ctx: PublishContext, notices: Notice[], failed: Set<Notice>): Promise<void> {
  const events = notices.flatMap(({ event }) => event ?? []);
  const taken = await ctx.bus.put(events).catch((error) => {
    ctx.log.error('no event could be published', { error: String(error) });
    return [];
  });
  for (const [index, notice] of notices.entries()) {
    const { no_refund, status, version } = notice.refund;
    if (taken[index]) {
      ctx.log.info('published', { no_refund, status, version });
    } else {
      ctx.log.error('an event could not be published', { no_refund, status, version });
      failed.add(notice);
    }
  }
}

async function answerTask(
  { tasks, log }: PublishContext,
  notice: Notice,
  failed: Set<Notice>,
): Promise<void> {
  const { refund, waiting } = notice;
  if (!waiting) return;
  const facts = { no_refund: refund.no_refund, status: refund.status };
  try {
    if (waiting.end === 'success') await tasks.succeed(waiting.token, refund);
    else await tasks.fail(waiting.token, waiting.end, refund);
    log.info('answered the waiting state machine', facts);
  } catch (error) {
    log.error('the waiting state machine could not be answered', { ...facts, error: String(error) });
    failed.add(notice);
  }
}

async function isKeptAside(ctx: PublishContext, notice: Notice): Promise<boolean> {
  const { refund, event, waiting, giveUpAtMs } = notice;
  if (!ctx.deadLetters || ctx.clock.nowMs() < giveUpAtMs) return false;
  try {
    await ctx.deadLetters.keep({ refund, event, isWaitedFor: waiting !== undefined });
    ctx.log.error('given up and kept as a dead letter', {
      no_refund: refund.no_refund,
      version: refund.version,
    });
    return true;
  } catch (error) {
    ctx.log.error('a dead letter could not be kept', { no_refund: refund.no_refund, error: String(error) });
    return false;
  }
}

import type { Status } from '../domain/life-cycle.ts';
import { type Refund, type RefundView, viewOf } from '../domain/refund.ts';
import { tellOfPaidAfterRefusal } from './paid-after-refusal.ts';
import type { DeadLetter, PublishContext, RefundEvent } from './ports.ts';

/**
 * A change of a refund's record, as the table's stream tells it: without `before` it was created, without `after`
 * deleted. `id` tells one change of a batch from another.
 */
export interface Change {
  id: string;
  happenedAtMs: number;
  before?: Refund;
  after?: Refund;
}

type ChangeOfRefund = Change & { after: Refund };

/** What a change, or a dead letter, has to tell, and to whom. */
interface Notice {
  id: string;
  refund: RefundView;
  event?: RefundEvent;
  waiting?: Waiting;
  /** From then on a failure is kept aside, so that the changes behind it are told. */
  giveUpAtMs: number;
}

/** A state machine that waits, and what it is told. */
interface Waiting {
  token: string;
  end: End;
  refund: RefundView;
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
export async function publishChanges(ctx: PublishContext, changes: Change[]): Promise<string[]> {
  const ofRefunds = changes.filter(isOfRefund);
  for (const change of changes) watch(ctx, change);
  const untold = await publish(ctx, ofRefunds.map(noticeOf));
  return [...changes.filter((change) => isHeldBack(ctx, change)).map(({ id }) => id), ...untold];
}

const isOfRefund = (change: Change): change is ChangeOfRefund =>
  Boolean(change.after?.no_refund && change.after.status);

/** Something else than a refund in the table tells nothing. It is handed in again, so that it is seen, for a time. */
function isHeldBack({ log, clock }: PublishContext, change: Change): boolean {
  if (isOfRefund(change) || !change.after) return false;
  log.error('a change in the table that is none of a refund', {
    change: change.id,
    metrics: { Failures: 1 },
  });
  return clock.nowMs() < change.happenedAtMs + GIVE_UP_AFTER_MS;
}

/** Counts what must not be missed. The stream misses none, whoever wrote it and whatever became of them. */
function watch({ log }: PublishContext, { before, after }: Change): void {
  if (!after) {
    log.error('a record was deleted: restore it, since it keeps its number from being sent again', {
      no_refund: before?.no_refund,
      status: before?.status,
      metrics: { RecordsDeleted: 1 },
    });
    return;
  }
  // A refund that is applied for again comes back to `REQUESTED` first: one that goes on from `REJECTED` itself was
  // carried out although it had been refused.
  if (before?.status === 'REJECTED') tellOfPaidAfterRefusal(log, after);
  if ((after.conflicts ?? 0) > (before?.conflicts ?? 0)) {
    const { no_refund, status, oid_refundno, conflict } = after;
    log.error('a record has a new conflict', {
      no_refund,
      status,
      oid_refundno,
      conflict: conflict?.latest,
      metrics: { Conflicts: 1 },
    });
  }
}

/**
 * Tells once more what was given up. A task token isn't in a dead letter: it is taken from the record, which knows
 * the newest, and how the refund stands by now.
 *
 * @returns the ids of the letters that could not be told this time either
 */
export async function replayDeadLetters(
  ctx: PublishContext,
  letters: { id: string; letter: DeadLetter }[],
): Promise<string[]> {
  const notices = await Promise.all(letters.map(({ id, letter }) => noticeAgain(ctx, id, letter)));
  const readable = notices.filter((notice) => typeof notice !== 'string');
  return [...notices.filter((notice) => typeof notice === 'string'), ...(await publish(ctx, readable))];
}

/** @returns the id alone where the record is out of reach */
async function noticeAgain(
  ctx: PublishContext,
  id: string,
  { refund, event, isWaitedFor }: DeadLetter,
): Promise<Notice | string> {
  const notice = { id, refund, event, giveUpAtMs: Number.POSITIVE_INFINITY };
  if (!isWaitedFor) return notice;
  const { no_refund } = refund;
  try {
    const record = await ctx.store.get(no_refund);
    if (record) return { ...notice, waiting: waitingFor(record) };
    ctx.log.error('a dead letter has no record: restore it, records are never deleted', { no_refund });
  } catch (error) {
    ctx.log.error('a dead letter could not be replayed', { no_refund, error: String(error) });
  }
  return id;
}

async function publish(ctx: PublishContext, notices: Notice[]): Promise<string[]> {
  const events = notices.filter(({ event }) => event);
  const [unpublished, unanswered] = await Promise.all([
    failedOf(chunks(events).map((chunk) => putEvents(ctx, chunk))),
    failedOf(notices.map((notice) => answerTask(ctx, notice))),
  ]);
  const untold = await failedOf(
    notices.map(async (notice) => {
      const event = unpublished.has(notice) ? notice.event : undefined;
      const isWaitedFor = unanswered.has(notice);
      const isTold = !event && !isWaitedFor;
      return isTold || (await isKeptAside(ctx, notice, { refund: notice.refund, event, isWaitedFor }))
        ? []
        : [notice];
    }),
  );
  return [...untold].map(({ id }) => id);
}

async function failedOf(work: Promise<Notice[]>[]): Promise<Set<Notice>> {
  return new Set((await Promise.all(work)).flat());
}

function chunks(notices: Notice[]): Notice[][] {
  return Array.from({ length: Math.ceil(notices.length / EVENTS_AT_ONCE) }, (_, index) =>
    notices.slice(index * EVENTS_AT_ONCE, (index + 1) * EVENTS_AT_ONCE),
  );
}

function noticeOf({ id, happenedAtMs, before, after }: ChangeOfRefund): Notice {
  const isMoved = before?.status !== after.status;
  return {
    id,
    refund: viewOf(after),
    event: isMoved ? eventOf(after, before?.status) : undefined,
    // A token that comes after the end is answered too.
    waiting: isMoved || before?.task_token !== after.task_token ? waitingFor(after) : undefined,
    giveUpAtMs: happenedAtMs + GIVE_UP_AFTER_MS,
  };
}

function eventOf(refund: Refund, previous_status: Status | undefined): RefundEvent {
  return { ...viewOf(refund), previous_status, event_id: `${refund.no_refund}:${refund.version}` };
}

function waitingFor(refund: Refund): Waiting | undefined {
  const end = ENDS[refund.status];
  return end && refund.task_token ? { token: refund.task_token, end, refund: viewOf(refund) } : undefined;
}

/** @returns those whose event was not taken */
async function putEvents({ bus, log }: PublishContext, notices: Notice[]): Promise<Notice[]> {
  const refusals = await bus
    .put(notices.flatMap(({ event }) => event ?? []))
    .catch((error) => notices.map(() => String(error)));
  return notices.filter(({ refund: { no_refund, status, version } }, index) => {
    const error = refusals[index];
    if (error === undefined) log.info('published', { no_refund, status, version });
    else log.error('an event could not be published', { no_refund, status, version, error });
    return error !== undefined;
  });
}

/** @returns the notice where nobody could be told */
async function answerTask({ tasks, log }: PublishContext, notice: Notice): Promise<Notice[]> {
  if (!notice.waiting) return [];
  const { token, end, refund } = notice.waiting;
  const facts = { no_refund: refund.no_refund, status: refund.status };
  try {
    const isHeard =
      end === 'success' ? await tasks.succeed(token, refund) : await tasks.fail(token, end, refund);
    log.info(isHeard ? 'answered the waiting state machine' : 'no state machine waits any more', facts);
    return [];
  } catch (error) {
    log.error('the waiting state machine could not be answered', { ...facts, error: String(error) });
    return [notice];
  }
}

async function isKeptAside(ctx: PublishContext, notice: Notice, letter: DeadLetter): Promise<boolean> {
  if (!ctx.deadLetters || ctx.clock.nowMs() < notice.giveUpAtMs) return false;
  const { no_refund, version } = notice.refund;
  try {
    await ctx.deadLetters.keep(letter);
    ctx.log.error('given up and kept as a dead letter', { no_refund, version, metrics: { DeadLetters: 1 } });
    return true;
  } catch (error) {
    ctx.log.error('a dead letter could not be kept', { no_refund, version, error: String(error) });
    return false;
  }
}

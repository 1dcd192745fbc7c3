import type { PublishContext } from '../ports/context.ts';
import type { DeadLetter } from '../ports/publishing.ts';
import type { Publication } from './publications.ts';

/** How many events one request may carry. */
const EVENTS_AT_ONCE = 10;

/**
 * Publishes events and completes tasks, each by itself. What fails for too long becomes a dead letter.
 *
 * @returns the ids of those that could not be published
 */
export async function publishAll(ctx: PublishContext, publications: Publication[]): Promise<string[]> {
  const withEvents = publications.filter(({ event }) => event);
  const [unpublished, uncompleted] = await Promise.all([
    failedOf(chunks(withEvents).map((chunk) => putEvents(ctx, chunk))),
    failedOf(publications.map((publication) => completeTask(ctx, publication))),
  ]);
  const failed = await failedOf(
    publications.map(async (publication) => {
      const event = unpublished.has(publication) ? publication.event : undefined;
      const isWaitedFor = uncompleted.has(publication);
      const isDone = !event && !isWaitedFor;
      const letter = { refund: publication.refund, event, isWaitedFor };
      return isDone || (await isDeadLetter(ctx, publication, letter)) ? [] : [publication];
    }),
  );
  return [...failed].map(({ id }) => id);
}

async function failedOf(work: Promise<Publication[]>[]): Promise<Set<Publication>> {
  return new Set((await Promise.all(work)).flat());
}

function chunks(publications: Publication[]): Publication[][] {
  return Array.from({ length: Math.ceil(publications.length / EVENTS_AT_ONCE) }, (_, index) =>
    publications.slice(index * EVENTS_AT_ONCE, (index + 1) * EVENTS_AT_ONCE),
  );
}

/** @returns those whose event was not taken */
async function putEvents({ bus, log }: PublishContext, publications: Publication[]): Promise<Publication[]> {
  const refusals = await bus
    .put(publications.flatMap(({ event }) => event ?? []))
    .catch((error) => publications.map(() => String(error)));
  return publications.filter(({ refund: { no_refund, status, version } }, index) => {
    const error = refusals[index];
    log(error === undefined ? 'event.published' : 'event.failed', { no_refund, status, version, error });
    return error !== undefined;
  });
}

/** @returns the publication where the task could not be completed */
async function completeTask(
  { tasks, log }: PublishContext,
  publication: Publication,
): Promise<Publication[]> {
  if (!publication.waiting) return [];
  const { token, end, refund } = publication.waiting;
  const facts = { no_refund: refund.no_refund, status: refund.status };
  try {
    const isWaitedFor =
      end === 'success' ? await tasks.succeed(token, refund) : await tasks.fail(token, end, refund);
    log(isWaitedFor ? 'task.completed' : 'task.gone', facts);
    return [];
  } catch (error) {
    log('task.failed', { ...facts, error: String(error) });
    return [publication];
  }
}

/** Whether a failure has lasted for too long, and is a dead letter now. */
async function isDeadLetter(
  ctx: PublishContext,
  { refund, giveUpAtMs }: Publication,
  letter: DeadLetter,
): Promise<boolean> {
  if (!ctx.deadLetters || ctx.clock.nowMs() < giveUpAtMs) return false;
  const { no_refund, version } = refund;
  try {
    await ctx.deadLetters.send(letter);
    ctx.log('dead_letter.sent', { no_refund, version });
    return true;
  } catch (error) {
    ctx.log('dead_letter.failed', { no_refund, version, error: String(error) });
    return false;
  }
}

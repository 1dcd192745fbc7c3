import { type ChangeRecord, isOfRefund } from './ports/change-record.ts';
import type { PublishContext } from './ports/context.ts';
import type { DeadLetter } from './ports/publishing.ts';
import { logWhatMustNotBeMissed } from './publishing/alarms.ts';
import { type Publication, publicationOf, waitingFor } from './publishing/publications.ts';
import { publishAll } from './publishing/publish-all.ts';

/** A stream forgets after a day, and what fails holds up what is behind it: half an hour of tries is enough. */
const GIVE_UP_AFTER_MS = 30 * 60_000;

/**
 * Publishes changes of status, at least once each, and completes the tasks of state machines that wait for an end.
 *
 * @returns the ids of the changes that could not be published, to be handed in again
 */
export async function publishChanges(ctx: PublishContext, changes: ChangeRecord[]): Promise<string[]> {
  for (const change of changes) logWhatMustNotBeMissed(ctx.log, change);
  const publications = changes
    .filter(isOfRefund)
    .map((change) => publicationOf(change, change.happenedAtMs + GIVE_UP_AFTER_MS));
  const unpublished = await publishAll(ctx, publications);
  return [...changes.filter((change) => isHeldBack(ctx, change)).map(({ id }) => id), ...unpublished];
}

/** Something else than a refund in the table is handed in again for a time, so that somebody sees it. */
function isHeldBack({ log, clock }: PublishContext, change: ChangeRecord): boolean {
  if (isOfRefund(change) || !change.after) return false;
  log('record.foreign', { change: change.id });
  return clock.nowMs() < change.happenedAtMs + GIVE_UP_AFTER_MS;
}

/**
 * Publishes once more what was given up. A task token isn't in a dead letter: it is taken from the record, which knows
 * the newest, and how the refund stands by now.
 *
 * @returns the ids of the letters that could not be published this time either
 */
export async function replayDeadLetters(
  ctx: PublishContext,
  letters: { id: string; letter: DeadLetter }[],
): Promise<string[]> {
  const replays = await Promise.all(letters.map(({ id, letter }) => replayOf(ctx, id, letter)));
  const readable = replays.filter((replay) => typeof replay !== 'string');
  return [...replays.filter((replay) => typeof replay === 'string'), ...(await publishAll(ctx, readable))];
}

/** @returns the id alone where the record is out of reach */
async function replayOf(
  ctx: PublishContext,
  id: string,
  { refund, event, isWaitedFor }: DeadLetter,
): Promise<Publication | string> {
  const publication = { id, refund, event, giveUpAtMs: Number.POSITIVE_INFINITY };
  if (!isWaitedFor) return publication;
  const { no_refund } = refund;
  try {
    const record = await ctx.store.get(no_refund);
    if (record) return { ...publication, waiting: waitingFor(record) };
    ctx.log('dead_letter.without_record', { no_refund });
  } catch (error) {
    ctx.log('dead_letter.not_replayed', { no_refund, error: String(error) });
  }
  return id;
}

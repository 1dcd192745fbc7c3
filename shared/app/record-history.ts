import type { StoryEntry } from '../domain/story.ts';
import type { ChangeRecord } from './ports/change-record.ts';
import type { RecordHistoryContext } from './ports/context.ts';
import { entriesOf, unreadableEntry } from './story/entries.ts';

/** DynamoDB's sequence numbers have up to 40 digits: at one length they sort as texts. */
const NUMBER_DIGITS = 40;

/**
 * Records what changes of refunds tell, each in its refund's story. A change that is handed in twice is told once.
 *
 * @returns the ids of the changes that could not be recorded, to be handed in again
 */
export async function recordHistory(ctx: RecordHistoryContext, changes: ChangeRecord[]): Promise<string[]> {
  const failed = await Promise.all(changes.map((change) => recordChange(ctx, change)));
  return failed.flat();
}

async function recordChange(ctx: RecordHistoryContext, change: ChangeRecord): Promise<string[]> {
  const no_refund = (change.after ?? change.before)?.no_refund;
  const entries = toldBy(ctx, change);
  if (!no_refund || entries.length === 0) return [];
  try {
    await ctx.history.record(no_refund, positionOf(change), entries);
    return [];
  } catch (error) {
    ctx.log('story.unrecorded', { no_refund, error: String(error) });
    return [change.id];
  }
}

/** A change that can't be read must not hold up the stories behind it. */
function toldBy({ unpack, log }: RecordHistoryContext, change: ChangeRecord): StoryEntry[] {
  const entries = entriesOrUnreadable(change, unpack);
  const { no_refund } = change.after ?? change.before ?? {};
  for (const { code, error } of entries) if (code === 'record.unreadable') log(code, { no_refund, error });
  return entries;
}

function entriesOrUnreadable(change: ChangeRecord, unpack: RecordHistoryContext['unpack']): StoryEntry[] {
  try {
    return entriesOf(change, unpack);
  } catch (error) {
    return [unreadableEntry(change, error)];
  }
}

/** A restored table has a new stream, whose numbers begin anew: the moment when a stream was made comes first. */
function positionOf({ streamLabel, id }: ChangeRecord): string {
  return `${streamLabel}#${id.padStart(NUMBER_DIGITS, '0')}`;
}

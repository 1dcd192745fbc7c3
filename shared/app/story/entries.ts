import type { Refund } from '../../domain/refund.ts';
import type { ReceivedMessage, StoryEntry } from '../../domain/story.ts';
import { type ChangeRecord, isOfRefund } from '../ports/change-record.ts';
import { attemptEntries, creationEntries, taskEntries } from './attempts.ts';
import { foreignEntries, holdEntries } from './by-hand.ts';
import { type Change, isChanged } from './change.ts';
import { attentionEntries, checkEntries, problemEntries } from './checks.ts';
import { entry, timeOf } from './entry.ts';
import { additionEntries, conflictEntries, statusEntries } from './messages.ts';

/** What a change may tell, in the order of telling. Each looks at fields of its own. */
const TELLERS: ((change: Change) => StoryEntry[])[] = [
  foreignEntries,
  holdEntries,
  statusEntries,
  conflictEntries,
  additionEntries,
  problemEntries,
  attentionEntries,
  attemptEntries,
  checkEntries,
  taskEntries,
];

/** Gives a packed text back. */
export type Unpack = (packed: Uint8Array) => string;

/**
 * What a change of a record tells of its refund: from the two images alone, so that a change which is handed in twice
 * tells the same. Throws where somebody has put values of another kind into the record.
 */
export function entriesOf(change: ChangeRecord, unpack: Unpack): StoryEntry[] {
  const { before, after } = change;
  if (!isOfRefund(change)) return after || !before ? [] : [deletion(before, timeOfChange(change))];
  if (!before) return creationEntries(change.after, messageIn(change.after, unpack));
  const images = { before, after: change.after };
  const message = isChanged(images, 'message') ? messageIn(change.after, unpack) : undefined;
  return TELLERS.flatMap((tell) => tell({ ...images, message, at: timeOfChange(change) }));
}

/** What is told of a change that cannot be read. */
export function unreadableEntry(change: ChangeRecord, error: unknown): StoryEntry {
  return entry('record.unreadable', timeOfChange(change), { error: String(error) });
}

function deletion({ status }: Refund, at: string): StoryEntry {
  return entry('record.deleted', at, { status });
}

function messageIn({ message }: Refund, unpack: Unpack): ReceivedMessage | undefined {
  return message && { text: unpack(message.packed), via: message.via, received_at: timeOf(message.at) };
}

function timeOfChange({ happenedAtMs, before, after }: ChangeRecord): string {
  return Number.isFinite(happenedAtMs) ? timeOf(happenedAtMs) : String((after ?? before)?.updated_at);
}

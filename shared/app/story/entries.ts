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
  additionEntries,
  conflictEntries,
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
 * tells the same. Throws where the message that came with it can't be unpacked.
 */
export function entriesOf(change: ChangeRecord, unpack: Unpack): StoryEntry[] {
  const { before, after } = change;
  const at = timeOfChange(change);
  if (!after) return before ? [deletion(before, at)] : [];
  if (!isOfRefund(change)) return before ? [entry('record.changed_by_hand', at, { fields: ['status'] })] : [];
  if (!before) return creationEntries(change.after, messageIn(change.after, unpack), at);
  const images = { before, after: change.after };
  const message = isChanged(images, 'message') ? messageIn(change.after, unpack) : undefined;
  return TELLERS.flatMap((tell) => safely(tell, { ...images, message, at }));
}

/** One value that can't be read hides nothing else that the change tells. */
function safely(tell: (change: Change) => StoryEntry[], change: Change): StoryEntry[] {
  try {
    return tell(change);
  } catch (error) {
    return [unreadable(change.at, error)];
  }
}

/** What is told of a change that cannot be read at all. */
export function unreadableEntry(change: ChangeRecord, error: unknown): StoryEntry {
  return unreadable(timeOfChange(change), error);
}

function unreadable(at: string, error: unknown): StoryEntry {
  return entry('record.unreadable', at, { error: String(error) });
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

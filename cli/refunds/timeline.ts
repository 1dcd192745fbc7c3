import type { StoryEntry } from '../../client/index.ts';
import { type Paint, plain } from '../output.ts';

/** What the line has in a place of its own, or what is for machines. */
const TOLD_APART = new Set(['at', 'code', 'text', 'status', 'from', 'message']);

const STATUS_WIDTH = 'INITIALIZED'.length;

const COLOURS: Record<string, 'green' | 'red'> = { SUCCEEDED: 'green', FAILED: 'red', REJECTED: 'red' };

/** An entry as one line: when, how long after the beginning, the status that it brought, what happened and why. */
export function lineOf(entry: StoryEntry, firstAt: string, paint: Paint): string {
  const { at, text, status = '', message } = entry;
  const seconds = (Date.parse(at) - Date.parse(firstAt)) / 1_000;
  const facts = Object.entries(entry)
    .filter(([name]) => !TOLD_APART.has(name))
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  const why = [...facts, ...(message ? [`via ${message.via}`] : [])].join(', ');
  const colour = COLOURS[status];
  const shown = plain(status).padEnd(STATUS_WIDTH);
  return [
    plain(at),
    `+${seconds.toFixed(2)} s`.padStart(10),
    colour ? paint(colour, shown) : shown,
    plain(text) + (why ? paint('dim', ` (${plain(why)})`) : ''),
  ].join('  ');
}

/** A story to its present end. */
export async function collected(entries: AsyncIterable<StoryEntry>): Promise<StoryEntry[]> {
  const all: StoryEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

/** The status that a story has come to. */
export function statusIn(entries: readonly StoryEntry[]): string | undefined {
  return entries.findLast(({ code, status }) => status && code.startsWith('refund.'))?.status;
}

/** Whether a story is told from its beginning. */
export function hasBeginning([first]: readonly StoryEntry[]): boolean {
  return first?.code === 'refund.created' || first?.code === 'refund.external';
}

/** Whether nothing more happens by itself. */
export function isOver(status: string | undefined): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'REJECTED';
}

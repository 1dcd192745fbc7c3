import type { ReceivedMessage } from '../../shared/domain/story.ts';
import { type ExportedEntry, type ExportedStory, UnusableInput } from './story.ts';

/** A page of a story, as the service answered it. */
interface Page {
  no_refund: string;
  entries: Omit<ExportedEntry, 'number'>[];
  next?: string;
}

/** The clocks of two functions may differ by that much, milliseconds. */
const CLOCKS_DIFFER_MS = 60_000;

/**
 * The story in exported texts: each is the JSON of one answer, or of a list of answers.
 *
 * @throws UnusableInput where they aren't the pages of one story, whole and in order
 */
export function readStory(texts: { name: string; text: string }[]): ExportedStory {
  const pages = texts.flatMap(({ name, text }) => {
    const json = parse(name, text);
    return Array.isArray(json) ? json.map((page) => pageOf(name, page)) : [pageOf(name, json)];
  });
  const [first, ...others] = pages;
  if (!first) throw new UnusableInput('There is no page of a story in it. Export it again.');
  const foreign = others.find(({ no_refund }) => no_refund !== first.no_refund);
  if (foreign)
    throw new UnusableInput(
      `These are pages of two refunds, ${first.no_refund} and ${foreign.no_refund}. Verify each refund's story by itself.`,
    );
  for (const [index, page] of others.entries()) refuseDisorder(pages[index] ?? first, page, index + 2);
  return {
    no_refund: first.no_refund,
    entries: pages.flatMap(({ entries }) => entries).map((entry, index) => ({ ...entry, number: index + 1 })),
    goesOn: pages.at(-1)?.next !== undefined,
  };
}

function refuseDisorder(before: Page, page: Page, number: number): void {
  const inOrder = 'Give all pages once, in the order in which the service answered them.';
  if (before.next === undefined)
    throw new UnusableInput(
      `Page ${number - 1} is the last of its story, and page ${number} follows. ${inOrder}`,
    );
  if (before.next === page.next || latestOf(page) < latestOf(before) - CLOCKS_DIFFER_MS)
    throw new UnusableInput(`Page ${number} does not come after page ${number - 1}. ${inOrder}`);
}

/** Not the first or the last time: a record that was restored tells its old times. */
function latestOf({ entries }: Page): number {
  return Math.max(...entries.map(({ at }) => Date.parse(at) || 0));
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new UnusableInput(`${name} is not JSON. Give the service's answer as it came, one in each file.`);
  }
}

function pageOf(name: string, json: unknown): Page {
  const { no_refund, entries, next, error } = objectOf(json);
  if (error)
    throw new UnusableInput(`${name} is the error ${objectOf(error).name}, not a story. Export it again.`);
  if (typeof no_refund !== 'string' || !Array.isArray(entries) || !isTextOrMissing(next))
    throw new UnusableInput(
      `${name} is not a story: it lacks no_refund or entries. Give the answer of …/history.`,
    );
  return { no_refund, entries: entries.map((entry, index) => entryOf(name, entry, index + 1)), next };
}

function entryOf(name: string, json: unknown, number: number): Page['entries'][number] {
  const { at, code, text, message, ...facts } = objectOf(json);
  if (typeof at !== 'string' || typeof code !== 'string' || !isTextOrMissing(text))
    throw new UnusableInput(`${name}: entry ${number} of a page lacks its at or its code. Export it again.`);
  if (message === undefined) return { at, code, facts };
  const received = objectOf(message);
  if (!['text', 'via', 'received_at'].every((field) => typeof received[field] === 'string'))
    throw new UnusableInput(
      `${name}: the message of entry ${number} of a page lacks its text. Export it again.`,
    );
  return { at, code, facts, message: received as unknown as ReceivedMessage };
}

function objectOf(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
}

function isTextOrMissing(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

import { InvalidRequest, RefundNotFound } from '../domain/errors.ts';
import { readQuestion, sentOnce } from '../domain/refund-question.ts';
import type { StoryEntry } from '../domain/story.ts';
import type { HistoryContext } from './ports/context.ts';
import { sentenceOf } from './story/sentences.ts';

/** An entry with its sentence, for people. */
export interface ToldEntry extends StoryEntry {
  text: string;
}

/** A part of a refund's story, oldest first. */
export interface Story {
  no_refund: string;
  entries: ToldEntry[];
  /** Where there is more: to be given with the next request, unchanged. */
  next?: string;
}

/**
 * The story of a refund. It may lag behind the record by seconds: a record without a story yet has no entries.
 *
 * @throws InvalidRequest, RefundNotFound, ServiceUnavailable
 */
export async function readHistory(ctx: HistoryContext, input: unknown): Promise<Story> {
  const { no_refund, after } = readInput(input);
  const { entries, next } = await ctx.history.read(no_refund, after);
  if (entries.length === 0 && !(await isKnown(ctx, no_refund, after))) throw new RefundNotFound(no_refund);
  return { no_refund, entries: entries.map(withSentence), ...(next && { next: tokenOf(next) }) };
}

/** Whether there is a refund of that number, or was: a deleted record has its story still. */
async function isKnown(ctx: HistoryContext, noRefund: string, after: string | undefined): Promise<boolean> {
  if ((await ctx.store.get(noRefund)) !== undefined) return true;
  return after !== undefined && (await ctx.history.read(noRefund, undefined)).entries.length > 0;
}

/** Code, time and sentence first, the message last: for people who read the JSON. */
function withSentence({ code, at, message, ...facts }: StoryEntry): ToldEntry {
  return { at, code, text: sentenceOf(code), ...facts, ...(message && { message }) };
}

function readInput(input: unknown): { no_refund: string; after: string | undefined } {
  const { no_refund, given, issues } = readQuestion(input, ['next']);
  const { next } = given;
  const after = next === undefined ? undefined : positionIn(next);
  if (next !== undefined && after === undefined)
    issues.push({ path: 'next', message: sentOnce('must be the next of an answer, unchanged', next) });
  if (issues.length > 0) throw new InvalidRequest(issues);
  return { no_refund, after };
}

/** Opaque to callers: what is in it may change. */
function tokenOf(position: string): string {
  return Buffer.from(position).toString('base64url');
}

function positionIn(token: unknown): string | undefined {
  if (typeof token !== 'string') return undefined;
  const position = Buffer.from(token, 'base64url').toString();
  return /^[\x20-\x7e]{0,64}#\d{40}$/.test(position) ? position : undefined;
}

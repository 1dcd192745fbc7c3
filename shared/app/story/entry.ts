import type { StoryEntry } from '../../domain/story.ts';
import type { StoryFacts } from './facts.ts';
import type { StoryCode } from './sentences.ts';

/** An entry with those of its facts that are known. */
export function entry(code: StoryCode, at: string, facts: StoryFacts = {}): StoryEntry {
  const known = Object.entries(facts).filter(([, fact]) => fact !== undefined);
  return { code, at, ...Object.fromEntries(known) };
}

/** ISO 8601, UTC; of a number that is no time, the number. Throws where it is no number. */
export function timeOf(epochMs: number): string {
  if (typeof epochMs !== 'number') throw new TypeError(`a time is not a number but ${typeof epochMs}`);
  const time = new Date(epochMs);
  return Number.isNaN(time.getTime()) ? String(epochMs) : time.toISOString();
}

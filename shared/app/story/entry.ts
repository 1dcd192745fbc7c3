import type { StoryEntry } from '../../domain/story.ts';
import type { StoryFacts } from './facts.ts';
import type { StoryCode } from './sentences.ts';

/** An entry with those of its facts that are known. */
export function entry(code: StoryCode, at: string, facts: StoryFacts = {}): StoryEntry {
  const known = Object.entries(facts).filter(([, fact]) => fact !== undefined);
  return { code, at, ...Object.fromEntries(known) };
}

/** ISO 8601, UTC. */
export function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

import type { ReceivedMessage } from '../../shared/domain/story.ts';

/** An entry of an exported story. */
export interface ExportedEntry {
  /** Its place in the story, from 1. */
  number: number;
  at: string;
  code: string;
  message?: ReceivedMessage;
  /** What it tells beside these, by its name. */
  facts: Record<string, unknown>;
}

/** The exported story of one refund, all its pages in order. */
export interface ExportedStory {
  no_refund: string;
  entries: ExportedEntry[];
  /** The last page that was given names a further one. */
  goesOn: boolean;
}

/** What is given cannot be verified at all: it is no story, or no key. */
export class UnusableInput extends Error {}

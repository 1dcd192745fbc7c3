/** How a verified message came. */
export type EvidenceVia = 'answer' | 'query' | 'notification';

/** A verified message as it was received, beside the change that it caused. */
export interface Evidence {
  /** Its text, packed (shared/gateway/packed-text.ts). */
  packed: Uint8Array;
  via: EvidenceVia;
  /** When it was received, epoch milliseconds. */
  at: number;
}

/** A verified message to the letter, so that anybody can verify it again. */
export interface ReceivedMessage {
  text: string;
  via: EvidenceVia;
  /** ISO 8601, UTC. */
  received_at: string;
}

/** One thing that happened to a refund, as its story keeps it. The sentence comes from the code when it is read. */
export interface StoryEntry {
  /** Stable: docs/operations.md and docs/stories.md list the codes. */
  code: string;
  /** ISO 8601, UTC. */
  at: string;
  /** The verified message that caused it. */
  message?: ReceivedMessage;
  [fact: string]: unknown;
}

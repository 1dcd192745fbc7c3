import type { AppliedRefund, Refund } from '../../domain/refund.ts';
import type { VerifiedMessage } from '../../domain/verified-message.ts';

/** No answer, or one that proves nothing; with its code where that may be shown. */
export interface InDoubt {
  type: 'in-doubt';
  reason: string;
  ret_code?: string;
  ret_msg?: string;
}

/** There wasn't enough time left to hear the answer, so nothing left the function. */
export interface NotSent {
  type: 'not-sent';
}

/** An answer that the gateway signed. */
export interface Verified {
  type: 'verified';
  message: VerifiedMessage;
}

/** A rejection, or a number that the gateway calls known. */
export interface CodeAnswer {
  type: 'rejected' | 'duplicate';
  ret_code: string;
  ret_msg: string;
}

/** How long an exchange has waited for its turn before it was sent, milliseconds; missing where there are no turns. */
interface InTurn {
  waitedMs?: number;
}

/** What the gateway made of an application, as far as it can be believed. */
export type ApplyAnswer = (Verified | CodeAnswer | InDoubt | NotSent) & InTurn;

/** What the gateway knows of a refund. `sentAtMs`: when the query was sent. */
export type QueryAnswer = (Verified | { type: 'not-found'; sentAtMs: number } | InDoubt | NotSent) & InTurn;

/** The gateway's APIs. What the network or the gateway do wrong isn't thrown: it is an answer in doubt. */
export interface Gateway {
  /**
   * Waits for the keys, and lets a function that applies begin to open its connection. Nothing is sent.
   *
   * @throws ServiceUnavailable while a key that signing or verifying needs is out of reach
   */
  ready(): Promise<void>;
  /** Whether an exchange that is begun now can end, and be recorded, before `deadlineMs`. */
  hasTime(deadlineMs: number): boolean;
  /** Sends the recorded request: the same text each time. */
  apply(refund: AppliedRefund, deadlineMs: number): Promise<ApplyAnswer>;
  query(refund: Refund, deadlineMs: number): Promise<QueryAnswer>;
}

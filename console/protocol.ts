import type { GatewayBehaviour, GatewayBooks, GatewayNotification } from '../cli/sandbox-control.ts';
import type { Refund, RefundStatus, StoryEntry, Totals } from '../client/index.ts';

// What the console's server and its page say to each other. Only types: the page bundles nothing of the server.

/** What the console shows. */
export interface About {
  /** The sandbox on this machine, or a deployed stage. */
  isSandbox: boolean;
  /** Of the sandbox its port, else the stage's name or the URL. */
  name: string;
  /** Whether the gateway's keys are at hand, so that signatures can be verified. */
  hasKeys: boolean;
  /** Milliseconds between two looks at something that may change soon. */
  pauseMs: number;
  /** In the sandbox, what its gateway can do. */
  behaviours: GatewayBehaviour[];
}

/** The first pages of a list. */
export interface ListAnswer {
  refunds: Refund[];
  /** Once all of it has been read. */
  totals?: Totals;
  /** There are more pages. */
  goesOn: boolean;
  /** There are more than the console reads. */
  isCut?: boolean;
}

/** A refund with its story. */
export interface RefundAnswer {
  /** Missing where the record was deleted: its story stays. */
  refund?: Refund;
  entries: ExplainedEntry[];
  /** There are more entries than the console reads. */
  goesOn: boolean;
  /** Missing without keys. */
  proof?: Proof;
  /** The time of the console's machine, ISO 8601. */
  now: string;
}

/** What the gateway's signatures prove of a story. */
export interface Proof {
  /** What doesn't follow. */
  faults: string[];
  /** Faults of the latest entries were left out: what these follow from may come within seconds. */
  isSettling?: boolean;
  /** How many messages were verified. */
  messages: number;
  /** What the story comes to. */
  status?: RefundStatus;
}

/** An entry, with its message explained. */
export interface ExplainedEntry extends StoryEntry {
  signed?: SignedMessage;
}

/** A message of the gateway, field by field. */
export interface SignedMessage {
  fields: MessageField[];
  /** What the signature is over. */
  signedText: string;
  /** Missing without keys. */
  signature?: 'verified' | 'wrong';
  /** What doesn't follow in this entry, each with what to do. */
  faults: { what: string; todo: string }[];
  /** What the return code means, in English. */
  codeMeaning?: string;
}

interface MessageField {
  name: string;
  value: string;
  /** Whether the signature covers it. */
  isSigned: boolean;
}

/** The other side of a refund, which the sandbox alone can show. */
export interface GatewayAnswer {
  books: GatewayBooks;
  notifications: GatewayNotification[];
}

/** Any answer that isn't what was asked for. */
export interface Failure {
  error: { name: string; message: string; issues?: { path: string; message: string }[] };
}

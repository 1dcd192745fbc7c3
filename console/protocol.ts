import type { Refund, StoryEntry, Totals } from '../client/index.ts';

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
  behaviours: Behaviour[];
}

/** What the sandbox's gateway does with a number that begins so. */
export interface Behaviour {
  /** As docs/sandbox.md has it, `code-NNNN-` for example. */
  beginning: string;
  /** A beginning that can be used as it is, `code-5006-` for example. */
  example: string;
  text: string;
}

/** One page of a list. */
export interface ListAnswer {
  refunds: Refund[];
  totals?: Totals;
  next?: string;
}

/** A refund with its story. */
export interface RefundAnswer {
  refund: Refund;
  entries: ExplainedEntry[];
  /** There are more entries than the console reads. */
  goesOn: boolean;
  /** Whether the whole story follows from the gateway's signatures; missing without keys. */
  faults?: string[];
  /** The server's time, ISO 8601: the browser's clock may differ. */
  now: string;
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

export interface MessageField {
  name: string;
  value: string;
  /** Whether the signature covers it. */
  isSigned: boolean;
}

/** What the sandbox's gateway has of a refund. */
export interface Books {
  payments: {
    kind: string;
    oid_refundno: string;
    money_refund: string;
    booked_at: string;
    statuses: { sta_refund: string; at: string }[];
  }[];
  events: { at: string; type: string; text: string }[];
}

/** A notification that the sandbox's gateway has sent. */
export interface SentNotification {
  id: string;
  at: string;
  attempt: number;
  url: string;
  /** To the letter. */
  text: string;
  /** Missing while it is on its way. */
  acknowledged?: boolean;
  http_status?: number;
  reason?: string;
}

export interface GatewayAnswer {
  books: Books;
  notifications: SentNotification[];
}

/** Any answer that isn't what was asked for. */
export interface Failure {
  error: { name: string; message: string; issues?: { path: string; message: string }[] };
}

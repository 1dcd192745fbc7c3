import type { Issue } from '../domain/errors.ts';
import type { Status } from '../domain/life-cycle.ts';
import type { AppliedRefund, Refund, RefundView } from '../domain/refund.ts';
import type { Statement } from '../domain/statement.ts';

/** Epoch milliseconds. On Lambda a frozen container's clock jumps: look again right before a send. */
export interface Clock {
  nowMs(): number;
}

/** What a decision was about, and what it counts or measures; a metric's name ends with its unit, if it has one. */
export interface Facts {
  metrics?: Partial<Record<Metric, number>>;
  [fact: string]: unknown;
}

export type Metric =
  | 'RefundsSucceeded'
  | 'RefundsFailed'
  | 'RefundsRejected'
  | 'ExchangesInDoubt'
  | 'SetupRefusals'
  | 'Resends'
  | 'Conflicts'
  | 'PaidAfterRefusal'
  | 'DuplicatesNotFound'
  | 'TooOldToResend'
  | 'UnknownToGateway'
  | 'NotQueryable'
  | 'StuckRefunds'
  | 'ForgedNotifications'
  | 'UnreadableMessages'
  | 'UnrecordedMessages'
  | 'RecordsDeleted'
  | 'Failures'
  | 'DeadLetters'
  | 'GatewayLatencyMs'
  | 'OldestUnfinishedSeconds'
  | 'OldestRequestedSeconds'
  | 'ReconciliationLagSeconds';

/** One line per decision. Nothing secret may be passed: no key, signature, task token or signed text. */
export interface Log {
  info(decision: string, facts?: Facts): void;
  warn(decision: string, facts?: Facts): void;
  error(decision: string, facts?: Facts): void;
}

/**
 * What a conditional write expects to find: for each field the values that are welcome, `undefined` meaning
 * that the field may be missing. Every condition also expects that the record exists.
 */
export type Expected = { [F in keyof Refund]?: readonly (Refund[F] | undefined)[] };

/** Fields to set, and to remove where the value is `undefined`. */
export type Changes = { [F in keyof Refund]?: Refund[F] | undefined };

/** Numbers to raise by one. */
export type Counted = 'version' | 'attempts' | 'conflicts' | 'task_tokens';

/** A conditional write's outcome: the record after it and before it, or the one that stood in its way, if any. */
export type Written =
  | { written: true; refund: Refund; before?: Refund }
  | { written: false; refund: Refund | undefined };

/**
 * Writes are atomic and conditional. Where the table doesn't answer in time, every method throws ServiceUnavailable, and
 * a write of which it isn't known whether it took effect throws OutcomeUnknown.
 */
export interface Store {
  get(noRefund: string): Promise<Refund | undefined>;
  /** Writes a record if there is none of its number. */
  create(refund: Refund): Promise<Written>;
  /** Changes a record if it is as expected. */
  update(noRefund: string, expected: Expected, changes: Changes, counted?: Counted[]): Promise<Written>;
  /** Refunds of a shard whose check is due, the longest due first; `after` is the last one of the page before. */
  due(shard: string, nowMs: number, limit: number, after?: DueRefund): Promise<DueRefund[]>;
}

/** What the index of unfinished refunds tells of one; it may lag behind the record. */
export type DueRefund = Pick<Refund, 'no_refund' | 'check_wait'> &
  Required<Pick<Refund, 'shard' | 'next_check_at'>>;

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

/** What the gateway made of an application, as far as it can be believed. */
export type ApplyAnswer =
  | { type: 'statement'; said: Statement }
  | { type: 'rejected' | 'duplicate'; ret_code: string; ret_msg: string }
  | InDoubt
  | NotSent;

/** What the gateway knows of a refund. `sentAtMs`: when the question left. */
export type QueryAnswer =
  | { type: 'statement'; said: Statement }
  | { type: 'not-found'; sentAtMs: number }
  | InDoubt
  | NotSent;

/** The gateway's APIs. What the network or the gateway do wrong isn't thrown: it is an answer in doubt. */
export interface Gateway {
  /** @throws ServiceUnavailable while a key that signing or verifying needs is out of reach */
  ready(): Promise<void>;
  /** Whether an exchange that is begun now can end, and be recorded, before `deadlineMs`. */
  hasTime(deadlineMs: number): boolean;
  /** Sends the recorded request: the same text each time. */
  apply(refund: AppliedRefund, deadlineMs: number): Promise<ApplyAnswer>;
  query(refund: Refund, deadlineMs: number): Promise<QueryAnswer>;
}

/** A message that the gateway signed: what it says, or what is wrong with the form of its fields. */
export type Opened =
  | { type: 'statement'; said: Statement }
  | { type: 'unreadable'; no_refund: string | undefined; faults: Issue[] };

/** Opens what the gateway posts to us. */
export interface Inbox {
  /**
   * @throws NotAuthentic where the gateway didn't sign it, or not for our merchant
   * @throws InvalidRequest where it isn't a message at all
   * @throws ServiceUnavailable while the gateway's keys are out of reach
   */
  open(text: string): Promise<Opened>;
}

/** Settings that the rules depend on; times in milliseconds. */
export interface Rules {
  oidPartner: string;
  notifyUrl: string;
  firstCheckMs: number;
  resendAfterMs: number;
  resendUntilMs: number;
}

/** One invocation of a function: who asked, and when its answer must be there, epoch milliseconds. */
export interface Invocation {
  requestId: string;
  deadlineMs: number;
}

/** What a function is started with, once per container. */
export interface Services<C> {
  open(invocation: Invocation): C;
  logFor(requestId: string): Log;
}

/** Everything outside that settling a refund needs. */
export interface Context {
  store: Store;
  clock: Clock;
  log: Log;
  rules: Rules;
  /** Comes back after that many milliseconds. */
  wait(ms: number): Promise<void>;
  /** When the invocation must have answered, epoch milliseconds. */
  deadlineMs: number;
}

/** Everything outside that applying for a refund, or asking about one, needs. */
export interface ApplyContext extends Context {
  gateway: Gateway;
  newAttemptId(): string;
}

/** Everything outside that taking in a notification needs. */
export interface NotifyContext extends Context {
  inbox: Inbox;
}

/** What goes to whoever listens for refunds. */
export interface RefundEvent {
  /** The same for every repetition of one change of status. */
  event_id: string;
  previous_status?: Status;
  [field: string]: unknown;
}

/** Where events go. */
export interface EventBus {
  /** @returns for each event why it was refused, `undefined` where it was taken; throws where none was taken */
  put(events: RefundEvent[]): Promise<(string | undefined)[]>;
}

/**
 * The state machines that wait for a refund's end. A token that is spent, timed out or unknown counts as done: the
 * methods tell whether somebody waited for the answer.
 */
export interface WaitingTasks {
  succeed(token: string, output: object): Promise<boolean>;
  fail(token: string, error: string, cause: object): Promise<boolean>;
}

/** What could not be told for too long, with everything that a replay needs but for the task token. */
export interface DeadLetter {
  refund: RefundView;
  /** Where it is the event that could not be published. */
  event?: RefundEvent;
  /** Whether a state machine waits, and could not be answered. */
  isWaitedFor: boolean;
}

/** Where dead letters are kept until somebody replays them. */
export interface DeadLetters {
  keep(letter: DeadLetter): Promise<void>;
}

/** Everything outside that publishing needs. */
export interface PublishContext {
  bus: EventBus;
  tasks: WaitingTasks;
  /** Missing where nothing is ever given up. */
  deadLetters?: DeadLetters;
  store: Store;
  clock: Clock;
  log: Log;
}

import type { DecisionCode, Measure } from '../decisions.ts';
import type { Gateway } from './gateway.ts';
import type { HistoryReader, HistoryWriter } from './history.ts';
import type { NotificationReader } from './notifications.ts';
import type { DeadLetters, EventBus, WaitingTasks } from './publishing.ts';
import type { ShardLeases, StartRun } from './runs.ts';
import type { Store } from './store.ts';

/** Epoch milliseconds. On Lambda a frozen container's clock jumps: look again right before a send. */
export interface Clock {
  nowMs(): number;
}

/** What a decision was about. Nothing secret may be passed: no key, signature, task token or signed text. */
export type Facts = Record<string, unknown>;

/** Writes one line for a decision: level, sentence and metrics come from the table of decisions. */
export type Log = (code: DecisionCode, facts?: Facts, measured?: Partial<Record<Measure, number>>) => void;

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
export interface Dependencies<C> {
  contextFor(invocation: Invocation): C;
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

/** Everything outside that applying for a refund, or querying one, needs. */
export interface ApplyContext extends Context {
  gateway: Gateway;
  newAttemptId(): string;
}

/** How fast reconciliation may be. */
export interface Limits {
  /** Checks at a time in each shard of the index. */
  checksPerShard: number;
  /** Calls to the gateway at a time, of all runs together. */
  maxInFlight: number;
  /** Calls to the gateway in a second, of all runs together. */
  maxPerSecond: number;
  /** Runs side by side. */
  runs: number;
  /** How long the first run works alone, milliseconds. */
  aloneMs: number;
}

/** Everything outside that reconciliation needs. */
export interface ReconcileContext extends ApplyContext {
  rules: Rules & Limits;
  leases: ShardLeases;
  startRun: StartRun;
}

/** Everything outside that taking in a notification needs. */
export interface NotifyContext extends Context {
  notifications: NotificationReader;
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

/** Everything outside that recording stories needs. */
export interface RecordHistoryContext {
  history: HistoryWriter;
  /** Gives the text of a message that travelled packed in a record. */
  unpack(packed: Uint8Array): string;
  log: Log;
}

/** Everything outside that reading a story needs. */
export interface HistoryContext {
  history: HistoryReader;
  store: Pick<Store, 'get'>;
}

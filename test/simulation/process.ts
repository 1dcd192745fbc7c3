import type { Metric } from '../../shared/app/decisions.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import { violationOfTimeOut } from './checks-on-runs.ts';
import type { Message } from './gateway/wire.ts';
import type { Line } from './log.ts';
import type { World } from './world.ts';

/** What shared/gateway/client.ts keeps back of an invocation's time, and 100 ms more. */
const EXCHANGE_AND_RECORDING_MS = 3_100;

/** A verified message that this process has read. */
export interface ReadMessage {
  message: Message;
  via: 'answer' | 'query' | 'notification';
}

/** The latest query about a refund, and its answer. */
export interface Query {
  /** By the process's own clock. */
  atMs: number;
  isNotFound: boolean;
  /** Whether the process has written to the refund's record since the answer. */
  isConfirmed: boolean;
}

/**
 * One invocation of a function. It may crash at any await: the call that it waits for may still take effect. It may be
 * frozen, and go on much later as if no time had passed.
 */
export class Process {
  readonly name: string;
  readonly clockErrorMs: number;
  readonly startedMs: number;
  /** By its own clock. */
  readonly deadlineMs: number;
  /** When it must have ended as a further run of another one, by its own clock. */
  untilMs = Number.POSITIVE_INFINITY;
  /** By the world's clock. */
  readonly endsAtMs: number;
  state: 'running' | 'frozen' | 'dead' | 'done' = 'running';
  /** It crashed, or was frozen before its time-out. */
  wasInterrupted = false;
  readonly readMessages: ReadMessage[] = [];
  /** What it has logged. */
  readonly lines: Line[] = [];
  /** Numbers that were answered to this process as duplicates. */
  readonly duplicates = new Set<string>();
  readonly queried = new Map<string, Query>();
  /** By refund: the number of its latest write that took effect. */
  readonly lastWrites = new Map<string, number>();
  /** By refund: the status that it last read. */
  readonly seenStatuses = new Map<string, Status>();
  sends = 0;
  /** The refunds that it has sent. */
  readonly sent = new Set<string>();
  /** By refund: the fencing token of the lease that it acquired last. */
  readonly leases = new Map<string, string | undefined>();
  /** Rejected refunds that it has begun to apply for again. */
  readonly reapplied = new Set<string>();
  /** Refunds whose lease it holds, and that a late enough query did not find. */
  readonly confirmedNotFound = new Set<string>();
  /** By refund: what the writes by which it took checks over expected. */
  readonly postponed = new Map<string, Set<string>>();
  /** The parts of the index whose lease it holds, as a run of reconciliation. */
  readonly heldShards = new Set<string>();
  /** Those of which it has heard that another run holds the lease. */
  readonly refusedShards = new Set<string>();
  /** The refunds that it calls the gateway about. */
  readonly underWay = new Set<string>();
  callsInFlight = 0;
  /** How many exchanges with the gateway have ended, with an answer or an error. */
  exchanges = 0;
  /** Metrics that it must count before it returns, each for a refund. */
  readonly expectedMetrics: [noRefund: string, metric: Metric][] = [];
  /** Metrics that it must count if none of its calls of the table failed, and no answer to one was lost. */
  readonly expectedMetricsIfRecorded: [noRefund: string, metric: Metric][] = [];
  /** Its answer was ServiceUnavailable: it has recorded nothing. */
  hasRecordedNothing = false;
  /** A call of the table took effect, and its answer was lost. */
  hasLostAnswers = false;
  /** How many calls of the table failed. */
  failedCalls = 0;
  /** How many fetches of keys failed. */
  failedKeys = 0;

  readonly #world: World;
  readonly #onDeath: () => void;
  #undelivered: (() => void)[] = [];
  #awaits = 0;
  readonly #crashesAt: number;
  readonly #freezesAt: number;

  constructor(world: World, name: string, clockErrorMs: number, timeoutMs: number, onDeath: () => void) {
    const { random, faults, scheduler } = world;
    this.#world = world;
    this.#onDeath = onDeath;
    this.name = name;
    this.clockErrorMs = clockErrorMs;
    this.startedMs = scheduler.nowMs;
    this.endsAtMs = scheduler.nowMs + timeoutMs;
    this.deadlineMs = this.nowMs() + timeoutMs - 300;
    this.#crashesAt = random.chance(faults.crash) ? random.between(1, 6) : 0;
    this.#freezesAt = random.chance(faults.freeze) ? random.between(1, 6) : 0;
    scheduler.at(this.endsAtMs, () => this.#timeOut());
  }

  nowMs(): number {
    return this.#world.scheduler.nowMs + this.clockErrorMs;
  }

  /** Delivers the result of a call, unless the process has ended. */
  deliver(resume: () => void): void {
    if (this.state === 'dead') return;
    if (this.state === 'frozen') {
      this.#undelivered.push(resume);
      return;
    }
    this.#awaits += 1;
    const isRunning = this.state === 'running';
    if (isRunning && this.#awaits === this.#crashesAt) {
      this.wasInterrupted = true;
      this.#end('crashed');
    } else if (isRunning && this.#awaits === this.#freezesAt) {
      this.#undelivered.push(resume);
      this.wasInterrupted = true;
      this.#freeze();
    } else {
      this.#world.scheduler.wake();
      resume();
    }
  }

  /** Whether an exchange that begins in `inMs` can still end in time. */
  hasTime(inMs = 0): boolean {
    return this.nowMs() + inMs < Math.min(this.deadlineMs, this.untilMs) - EXCHANGE_AND_RECORDING_MS;
  }

  finish(): void {
    if (this.state === 'running') this.state = 'done';
  }

  /** Whether messages that it had read may be lost: it crashed, or was frozen and then ended. */
  get mayHaveLostMessages(): boolean {
    return this.state === 'dead' && this.wasInterrupted;
  }

  #timeOut(): void {
    if (this.state !== 'running') return;
    this.#world.checks.fail(violationOfTimeOut(this));
    if (this.#world.random.chance(0.5)) this.#end('killed at its time-out');
    else this.#freeze();
  }

  #end(how: string): void {
    this.state = 'dead';
    this.#world.history.add(this.name, () => how);
    this.#onDeath();
  }

  #freeze(): void {
    const { random, scheduler, history } = this.#world;
    const left = this.endsAtMs - scheduler.nowMs;
    const forMs = random.pick([
      random.between(0, Math.max(0, left)),
      Math.max(0, left) + 5_000 + random.between(0, 20_000),
      random.between(0, 3_600_000),
    ]);
    this.state = 'frozen';
    history.add(this.name, () => `frozen for ${forMs} ms`);
    scheduler.after(forMs, () => this.#thaw());
  }

  #thaw(): void {
    this.#world.history.add(this.name, () => 'thawed');
    this.state = 'running';
    const undelivered = this.#undelivered.splice(0);
    // Results that came meanwhile, time-outs included, are delivered in random order.
    while (undelivered.length > 0) {
      const [resume] = undelivered.splice(this.#world.random.between(0, undelivered.length - 1), 1);
      if (resume) this.deliver(resume);
    }
    if (this.#world.scheduler.nowMs > this.endsAtMs)
      this.#world.scheduler.after(5_000, () => this.#endLate());
  }

  /** After its time-out a container runs on only until Lambda notices. */
  #endLate(): void {
    if (this.state === 'running') this.#end('ended long after its time-out');
  }
}

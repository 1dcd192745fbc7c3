import type { Metric } from '../../shared/app/decisions.ts';
import type { Status } from '../../shared/domain/life-cycle.ts';
import type { Message } from './gateway/wire.ts';
import type { Line } from './log.ts';
import type { World } from './world.ts';

/** As in shared/gateway/client.ts, and some more. */
const EXCHANGE_AND_RECORDING_MS = 3_100;

/** A verified message that this process has read. */
export interface Read {
  message: Message;
  via: 'answer' | 'query' | 'notification';
}

/** What came of the latest question about a refund. */
export interface Queried {
  /** By the process's own clock. */
  atMs: number;
  isNotFound: boolean;
  /** Whether the process has written something of the refund since it was answered. */
  isConfirmed: boolean;
}

/**
 * One invocation of a function. It may die at any await: what it waits for then comes back to nobody, though it
 * may still take effect. It may be frozen, and go on much later as if no time had passed.
 */
export class Process {
  readonly name: string;
  readonly clockErrorMs: number;
  readonly startedMs: number;
  /** By its own clock. */
  readonly deadlineMs: number;
  /** By the world's. */
  readonly endsAtMs: number;
  state: 'running' | 'frozen' | 'dead' | 'done' = 'running';
  /** It crashed, or was frozen before its time was up: only then may it have read something and told nobody. */
  wasInterrupted = false;
  readonly read: Read[] = [];
  /** What it has logged. */
  readonly lines: Line[] = [];
  /** Numbers that the gateway has called duplicates in answers to this process. */
  readonly duplicates = new Set<string>();
  readonly queried = new Map<string, Queried>();
  /** The number of its latest write that took effect, by refund. */
  readonly lastWrites = new Map<string, number>();
  /** The status that the table last showed it, by refund. */
  readonly shown = new Map<string, Status>();
  sends = 0;
  /** The refunds that it has sent. */
  readonly sent = new Set<string>();
  /** The fence of the lease that it took last, by refund. */
  readonly leases = new Map<string, string | undefined>();
  /** Refused refunds that it has begun anew. */
  readonly reapplied = new Set<string>();
  /** Refunds that it holds, and of which it was told late enough that they aren't there. */
  readonly confirmedNotFound = new Set<string>();
  /** How many exchanges with the gateway have ended, in whatever way. */
  exchanges = 0;
  /** What it has to log before it ends: metrics, each of a refund. */
  readonly expectedMetrics: [noRefund: string, metric: Metric][] = [];
  /** What it has to log once that is recorded. */
  readonly expectedMetricsIfRecorded: [noRefund: string, metric: Metric][] = [];
  /** It was answered that it has recorded nothing. */
  hasRecordedNothing = false;
  /** Some call of the table took effect, and it never heard so. */
  hasLostAnswers = false;
  /** Calls of the table that failed. */
  failedCalls = 0;
  /** Fetches of keys that failed. */
  failedKeys = 0;

  readonly #world: World;
  readonly #onDeath: () => void;
  #held: (() => void)[] = [];
  #awaits = 0;
  readonly #diesAt: number;
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
    this.#diesAt = random.chance(faults.crash) ? random.between(1, 6) : 0;
    this.#freezesAt = random.chance(faults.freeze) ? random.between(1, 6) : 0;
    scheduler.at(this.endsAtMs, () => this.#timeOut());
  }

  nowMs(): number {
    return this.#world.scheduler.nowMs + this.clockErrorMs;
  }

  /** Hands over what the process waits for, if there still is one. */
  deliver(resume: () => void): void {
    if (this.state === 'dead') return;
    if (this.state === 'frozen') {
      this.#held.push(resume);
      return;
    }
    this.#awaits += 1;
    const isRunning = this.state === 'running';
    if (isRunning && this.#awaits === this.#diesAt) {
      this.wasInterrupted = true;
      this.#die('crashed');
    } else if (isRunning && this.#awaits === this.#freezesAt) {
      this.#held.push(resume);
      this.wasInterrupted = true;
      this.#freeze();
    } else {
      this.#world.scheduler.wake();
      resume();
    }
  }

  /** Whether an exchange that began now could still end. */
  hasTime(): boolean {
    return this.nowMs() < this.deadlineMs - EXCHANGE_AND_RECORDING_MS;
  }

  finish(): void {
    if (this.state === 'running') this.state = 'done';
  }

  /** Whether nobody can expect of it that it kept, or told, what it had read. */
  get mayHaveLostMessages(): boolean {
    return this.state === 'dead' && this.wasInterrupted;
  }

  #timeOut(): void {
    if (this.state !== 'running') return;
    if (this.#world.random.chance(0.5)) this.#die('killed at its time-out');
    else this.#freeze();
  }

  #die(how: string): void {
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
    const held = this.#held.splice(0);
    // What had come meanwhile, time-outs included, is found in any order.
    while (held.length > 0) {
      const [resume] = held.splice(this.#world.random.between(0, held.length - 1), 1);
      if (resume) this.deliver(resume);
    }
    if (this.#world.scheduler.nowMs > this.endsAtMs)
      this.#world.scheduler.after(5_000, () => this.#lastBreath());
  }

  /** What a container still does after a time-out lasts only until Lambda notices. */
  #lastBreath(): void {
    if (this.state === 'running') this.#die('ended, long after its time-out');
  }
}

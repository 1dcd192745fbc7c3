import type { KeyObject } from 'node:crypto';
import { receiveNotification } from '../../shared/app/notify.ts';
import type {
  NotifyContext,
  PublishContext,
  ReconcileContext,
  RecordHistoryContext,
} from '../../shared/app/ports/context.ts';
import { Checks } from './checks.ts';
import { Container } from './container.ts';
import {
  contradictOften,
  disconnectGateway,
  drawFaults,
  type FaultProbabilities,
  forgeOften,
  tightenTiming,
} from './faults.ts';
import { Gateway } from './gateway/gateway.ts';
import { History } from './history.ts';
import { KEYS } from './keys.ts';
import { Leases } from './leases.ts';
import type { Line } from './log.ts';
import { Process } from './process.ts';
import { Publisher, Stream } from './publishing.ts';
import { Random } from './random.ts';
import type { RareSituation } from './rare-situations.ts';
import { Scheduler } from './scheduler.ts';
import { Table } from './table.ts';
import { drawSettings, type WorldSettings } from './world-settings.ts';

const NOTIFY_TIMEOUT_MS = 5_000;

const START_MS = Date.UTC(2026, 0, 5, 2, 0, 0);

/** How an invocation ended, as its caller sees it; `died`: without an answer. */
export type Outcome<T> = { type: 'answer'; value: T } | { type: 'error'; error: unknown } | { type: 'died' };

/** One seed's world: the product's use cases, with simulated parts around them. */
export class World {
  readonly seed: number;
  readonly random: Random;
  readonly settings: WorldSettings;
  readonly faults: FaultProbabilities;
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly checks: Checks;
  readonly table: Table;
  readonly leases = new Leases();
  /** Every run of reconciliation, those that have ended too. */
  readonly runs: Process[] = [];
  readonly gateway: Gateway;
  readonly secrets: { merchant: KeyObject; gateway: KeyObject[] };
  /** The process whose write takes effect now. */
  writer: Process | undefined;
  /** What the processes have logged. */
  readonly lines: Line[] = [];
  readonly reached = new Set<RareSituation>();
  readonly stream: Stream;
  /** How many callers, schedules and queries are not finished. */
  busy = 0;
  readonly #idle: Container[] = [];
  readonly #idlePublishers: Publisher[] = [];
  #count = 0;

  constructor(seed: number, keepsHistory: boolean) {
    this.seed = seed;
    this.random = new Random(seed);
    this.settings = drawSettings(seed, this.random);
    this.faults = drawFaults(this.random);
    if (this.settings.hasTightTiming) tightenTiming(this.faults);
    if (this.settings.hasInconsistentGateway && this.random.chance(0.5)) contradictOften(this.faults);
    if (this.settings.hasImpostor) forgeOften(this.faults);
    if (this.settings.hasBacklog || (this.settings.hasShares && this.random.chance(0.5)))
      disconnectGateway(this.faults);
    this.scheduler = new Scheduler(START_MS, this.random);
    this.history = new History(keepsHistory, () => this.scheduler.nowMs);
    this.checks = new Checks(this);
    this.table = new Table(
      () => this.scheduler.nowMs,
      (before, after) => {
        this.checks.stories.onChange(before, after);
        if (after) this.checks.onWrite(before, after);
        this.stream.append(before, after);
      },
    );
    this.stream = new Stream(this);
    this.secrets = { merchant: KEYS.merchantOld.privateKey, gateway: [KEYS.gatewayOld.publicKey] };
    this.gateway = new Gateway(this);
  }

  /** The gateway posts a notification, and repeats it unless it is acknowledged. */
  notify(text: string, repeat: () => void): void {
    const work = (ctx: NotifyContext) => receiveNotification(ctx, text);
    this.invoke('notification', NOTIFY_TIMEOUT_MS, work, (outcome, process) => {
      const sent = this.gateway.ledger.messageOf(text);
      if (sent) this.checks.onNotificationAnswered(process, sent, outcome);
      if (outcome.type !== 'answer') repeat();
    });
  }

  notifyForged(text: string): void {
    const work = (ctx: NotifyContext) => receiveNotification(ctx, text);
    this.invoke('notification', NOTIFY_TIMEOUT_MS, work, (outcome) =>
      this.checks.onForgedNotification(outcome),
    );
  }

  /** Invokes a function in an idle container or in a new one, and reports the outcome once. */
  invoke<T>(
    name: string,
    timeoutMs: number,
    work: (ctx: ReconcileContext & NotifyContext) => Promise<T>,
    report: (outcome: Outcome<T>, process: Process) => void,
  ): void {
    this.#run(name, timeoutMs, this.#warm(this.#idle) ?? new Container(this), this.#idle, work, report);
  }

  /** Invokes the publishing function, which has containers of its own. */
  publish(
    name: string,
    timeoutMs: number,
    work: (ctx: PublishContext) => Promise<string[]>,
    report: (outcome: Outcome<string[]>) => void,
  ): void {
    const publisher = this.#warm(this.#idlePublishers) ?? new Publisher(this);
    this.#run(name, timeoutMs, publisher, this.#idlePublishers, work, report);
  }

  /** Invokes the function that records stories: its containers keep nothing. */
  record(
    timeoutMs: number,
    open: (process: Process) => RecordHistoryContext,
    work: (ctx: RecordHistoryContext) => Promise<string[]>,
    report: (outcome: Outcome<string[]>) => void,
  ): void {
    this.#run('record', timeoutMs, { clockErrorMs: this.clockError(), open }, [], work, report);
  }

  reach(situation: RareSituation): void {
    this.reached.add(situation);
  }

  /** How far a container's clock is off. */
  clockError(): number {
    const { random, settings } = this;
    return Math.round(random.pick([-1, 1, random.next() * 2 - 1]) * settings.clockErrorMs);
  }

  #warm<C>(idle: C[]): C | undefined {
    return this.random.chance(0.6) ? idle.pop() : undefined;
  }

  #run<C extends { clockErrorMs: number; open(process: Process): X }, X, T>(
    name: string,
    timeoutMs: number,
    container: C,
    idle: C[],
    work: (ctx: X) => Promise<T>,
    report: (outcome: Outcome<T>, process: Process) => void,
  ): void {
    const { scheduler } = this;
    let isReported = false;
    const reportOnce = (outcome: Outcome<T>) => {
      if (isReported) return;
      isReported = true;
      report(outcome, process);
    };
    const reportDeath = () => reportOnce({ type: 'died' });
    this.#count += 1;
    const process = new Process(
      this,
      `${name}#${this.#count}`,
      container.clockErrorMs,
      timeoutMs,
      reportDeath,
    );
    if (name === 'reconcile') this.runs.push(process);
    this.history.add(process.name, () => `starts, its clock ${container.clockErrorMs} ms off`);
    scheduler.at(process.endsAtMs + 1, reportDeath);
    const end = (outcome: Outcome<T>) => {
      if (process.state === 'dead') return;
      process.finish();
      if (process.state === 'done') idle.push(container);
      this.checks.onReturn(process, outcome);
      reportOnce(outcome);
    };
    scheduler.wake();
    work(container.open(process)).then(
      (value) => end({ type: 'answer', value }),
      (error) => end({ type: 'error', error }),
    );
  }
}

import type { KeyObject } from 'node:crypto';
import { receiveNotification } from '../../shared/app/notify.ts';
import type { ApplyContext, NotifyContext, PublishContext } from '../../shared/app/ports/context.ts';
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

/** How an invocation ended, as the one who made it sees it. */
export type Outcome<T> = { type: 'answer'; value: T } | { type: 'error'; error: unknown } | { type: 'died' };

/** One seed's world: the product in the middle, and simulated parts all around it. */
export class World {
  readonly seed: number;
  readonly random: Random;
  readonly settings: WorldSettings;
  readonly faults: FaultProbabilities;
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly checks: Checks;
  readonly table: Table;
  readonly gateway: Gateway;
  readonly secrets: { merchant: KeyObject; gateway: KeyObject[] };
  /** Whose write is being taken. */
  writer: Process | undefined;
  /** What the processes have logged. */
  readonly lines: Line[] = [];
  readonly reached = new Set<RareSituation>();
  readonly stream: Stream;
  /** Callers and operators that still have something in mind. */
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
    if (this.settings.hasBacklog) disconnectGateway(this.faults);
    this.scheduler = new Scheduler(START_MS, this.random);
    this.history = new History(keepsHistory, () => this.scheduler.nowMs);
    this.checks = new Checks(this);
    this.table = new Table(
      () => this.scheduler.nowMs,
      (before, after) => {
        if (after) this.checks.onWrite(before, after);
        this.stream.append(before, after);
      },
    );
    this.stream = new Stream(this);
    this.secrets = { merchant: KEYS.merchantOld.privateKey, gateway: [KEYS.gatewayOld.publicKey] };
    this.gateway = new Gateway(this);
  }

  /** The gateway posts a notification; whoever doesn't get the expected reply sends it again. */
  notify(text: string, again: () => void): void {
    const work = (ctx: NotifyContext) => receiveNotification(ctx, text);
    this.invoke('notification', NOTIFY_TIMEOUT_MS, work, (outcome, process) => {
      const signed = this.gateway.ledger.messageOf(text);
      if (signed) this.checks.onNotificationAnswered(process, signed, outcome);
      if (outcome.type !== 'answer') again();
    });
  }

  notifyForged(text: string): void {
    const work = (ctx: NotifyContext) => receiveNotification(ctx, text);
    this.invoke('notification', NOTIFY_TIMEOUT_MS, work, (outcome) =>
      this.checks.onForgedNotification(outcome),
    );
  }

  /** Invokes a function: in a container that is there, or in a new one. The outcome is told once, or a death. */
  invoke<T>(
    name: string,
    timeoutMs: number,
    work: (ctx: ApplyContext & NotifyContext) => Promise<T>,
    tell: (outcome: Outcome<T>, process: Process) => void,
  ): void {
    this.#run(name, timeoutMs, this.#warm(this.#idle) ?? new Container(this), this.#idle, work, tell);
  }

  /** Invokes the publishing function, which has containers of its own. */
  publish(
    name: string,
    timeoutMs: number,
    work: (ctx: PublishContext) => Promise<string[]>,
    tell: (outcome: Outcome<string[]>) => void,
  ): void {
    const publisher = this.#warm(this.#idlePublishers) ?? new Publisher(this);
    this.#run(name, timeoutMs, publisher, this.#idlePublishers, work, tell);
  }

  reach(landmark: RareSituation): void {
    this.reached.add(landmark);
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
    tell: (outcome: Outcome<T>, process: Process) => void,
  ): void {
    const { scheduler } = this;
    let isTold = false;
    const tellOnce = (outcome: Outcome<T>) => {
      if (isTold) return;
      isTold = true;
      tell(outcome, process);
    };
    const lost = () => tellOnce({ type: 'died' });
    this.#count += 1;
    const process = new Process(this, `${name}#${this.#count}`, container.clockErrorMs, timeoutMs, lost);
    this.history.add(process.name, () => `starts, its clock ${container.clockErrorMs} ms off`);
    scheduler.at(process.endsAtMs + 1, lost);
    const end = (outcome: Outcome<T>) => {
      if (process.state === 'dead') return;
      process.finish();
      if (process.state === 'done') idle.push(container);
      this.checks.onReturn(process, outcome);
      tellOnce(outcome);
    };
    scheduler.wake();
    work(container.open(process)).then(
      (value) => end({ type: 'answer', value }),
      (error) => end({ type: 'error', error }),
    );
  }
}

import type { KeyObject } from 'node:crypto';
import { receiveNotification } from '../../shared/app/notify.ts';
import type { ApplyContext, NotifyContext, PublishContext } from '../../shared/app/ports/context.ts';
import { Checks } from './checks.ts';
import { type Climate, drawClimate } from './climate.ts';
import { Container } from './container.ts';
import { Gateway } from './gateway/gateway.ts';
import { History } from './history.ts';
import { KEYS } from './keys.ts';
import type { Landmark } from './landmarks.ts';
import type { Line } from './log.ts';
import { Process } from './process.ts';
import { Publisher, Stream } from './publishing.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { Table } from './table.ts';
import { crowd, drawWeather, lie, slipOften, tighten, type Weather } from './weather.ts';

const NOTIFY_LIFE_MS = 5_000;

const START_MS = Date.UTC(2026, 0, 5, 2, 0, 0);

/** How an invocation ended, as the one who made it sees it. */
export type Outcome<T> = { type: 'answer'; value: T } | { type: 'error'; error: unknown } | { type: 'died' };

/** One seed's world: the product in the middle, and simulated parts all around it. */
export class World {
  readonly seed: number;
  readonly random: Random;
  readonly climate: Climate;
  readonly weather: Weather;
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
  readonly reached = new Set<Landmark>();
  readonly stream: Stream;
  /** Callers and operators that still have something in mind. */
  busy = 0;
  readonly #idle: Container[] = [];
  readonly #idlePublishers: Publisher[] = [];
  #count = 0;

  constructor(seed: number, isToldOf: boolean) {
    this.seed = seed;
    this.random = new Random(seed);
    this.climate = drawClimate(seed, this.random);
    this.weather = drawWeather(this.random);
    if (this.climate.isTight) tighten(this.weather);
    if (this.climate.slips && this.random.chance(0.5)) slipOften(this.weather);
    if (this.climate.hasLiar) lie(this.weather);
    if (this.climate.isCrowded) crowd(this.weather);
    this.scheduler = new Scheduler(START_MS, this.random);
    this.history = new History(isToldOf, () => this.scheduler.nowMs);
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
    this.invoke('notification', NOTIFY_LIFE_MS, work, (outcome, process) => {
      const signed = this.gateway.books.signedAs(text);
      if (signed) this.checks.onNotified(process, signed, outcome);
      if (outcome.type !== 'answer') again();
    });
  }

  notifyForged(text: string): void {
    const work = (ctx: NotifyContext) => receiveNotification(ctx, text);
    this.invoke('notification', NOTIFY_LIFE_MS, work, (outcome) => this.checks.onForgery(outcome));
  }

  /** Invokes a function: in a container that is there, or in a new one. The outcome is told once, or a death. */
  invoke<T>(
    name: string,
    lifeMs: number,
    work: (ctx: ApplyContext & NotifyContext) => Promise<T>,
    tell: (outcome: Outcome<T>, process: Process) => void,
  ): void {
    this.#run(name, lifeMs, this.#warm(this.#idle) ?? new Container(this), this.#idle, work, tell);
  }

  /** Invokes the publishing function, which has containers of its own. */
  publish(
    name: string,
    lifeMs: number,
    work: (ctx: PublishContext) => Promise<string[]>,
    tell: (outcome: Outcome<string[]>) => void,
  ): void {
    const publisher = this.#warm(this.#idlePublishers) ?? new Publisher(this);
    this.#run(name, lifeMs, publisher, this.#idlePublishers, work, tell);
  }

  reach(landmark: Landmark): void {
    this.reached.add(landmark);
  }

  /** How far a container's clock is off. */
  clockError(): number {
    const { random, climate } = this;
    return Math.round(random.pick([-1, 1, random.next() * 2 - 1]) * climate.clockErrorMs);
  }

  #warm<C>(idle: C[]): C | undefined {
    return this.random.chance(0.6) ? idle.pop() : undefined;
  }

  #run<C extends { clockErrorMs: number; open(process: Process): X }, X, T>(
    name: string,
    lifeMs: number,
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
    const process = new Process(this, `${name}#${this.#count}`, container.clockErrorMs, lifeMs, lost);
    this.history.tell(process.name, () => `starts, its clock ${container.clockErrorMs} ms off`);
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

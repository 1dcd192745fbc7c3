import type { KeyObject } from 'node:crypto';
import { receiveNotification } from '../../shared/app/notify.ts';
import type { ApplyContext, NotifyContext } from '../../shared/app/ports.ts';
import { Checks } from './checks.ts';
import { type Climate, drawClimate } from './climate.ts';
import { Container } from './container.ts';
import { Gateway } from './gateway/gateway.ts';
import type { Message } from './gateway/wire.ts';
import { History } from './history.ts';
import { KEYS } from './keys.ts';
import { Process } from './process.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { Table } from './table.ts';
import { drawWeather, tighten, type Weather } from './weather.ts';

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
  /** Callers and operators that still have something in mind. */
  busy = 0;
  #idle: Container[] = [];
  #count = 0;

  constructor(seed: number, isToldOf: boolean) {
    this.seed = seed;
    this.random = new Random(seed);
    this.climate = drawClimate(seed, this.random);
    this.weather = drawWeather(this.random);
    if (this.climate.isTight) tighten(this.weather);
    this.scheduler = new Scheduler(START_MS, this.random);
    this.history = new History(isToldOf, () => this.scheduler.nowMs);
    this.checks = new Checks(this);
    this.table = new Table(
      () => this.scheduler.nowMs,
      (before, after) => this.checks.onWrite(before, after),
    );
    this.secrets = { merchant: KEYS.merchantOld.privateKey, gateway: [KEYS.gatewayOld.publicKey] };
    this.gateway = new Gateway(this);
  }

  /** The gateway posts a notification; whoever doesn't get the expected reply sends it again. */
  notify(text: string, message: Message, again: () => void): void {
    const work = (ctx: NotifyContext) => receiveNotification(ctx, text);
    this.invoke('notification', NOTIFY_LIFE_MS, work, (outcome, process) => {
      this.checks.onNotified(process, message, outcome);
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
    const { scheduler, random } = this;
    const warm = random.chance(0.6) ? this.#idle.pop() : undefined;
    const container = warm ?? new Container(this);
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
      if (process.state === 'done') this.#idle.push(container);
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

import type { ReconcileContext } from '../ports/context.ts';
import type { ApplyAnswer, Gateway, QueryAnswer } from '../ports/gateway.ts';
import { Strain } from './strain.ts';

/** Kept back for taking a refund over, between the look at the time and the call; milliseconds. */
const TAKING_OVER_MS = 1_000;

/** However few calls are allowed: when the next one may be made at the latest, milliseconds. A run ends in time with it. */
const MAX_PAUSE_MS = 1_000;

/** Calls at a time that one run can make: each check may need one of the SDK's 50 connections to the table. */
const MAX_OF_A_RUN = 50;

/**
 * How fast a run may call the gateway: so many calls at a time, and in a second, of its share of the limits. Both are
 * halved when the gateway shows strain (it says that it is busy, is slow, or doesn't answer), and grow again, by one call
 * at a time, with each round of good answers. Each check holds one call; what it calls beyond its query waits for a turn
 * of its own.
 */
export class Pace {
  /** The gateway to check with: its answers set the pace. */
  readonly gateway: Gateway;
  /** How often the run has slowed down. */
  slowed = 0;
  readonly #ctx: ReconcileContext;
  /** The run's part of the limits, 0 to 1. */
  #share = 0;
  /** Calls at a time, at least 1: a fraction counts once it has become a whole. */
  #allowed = 1;
  #inFlight = 0;
  /** When the next check may begin, and the next call be made: what a check does before its call takes its time. */
  #nextAtMs = 0;
  #nextCallAtMs = 0;
  #slowedAtMs = 0;
  readonly #strain = new Strain();
  #isOver = false;
  #last: Promise<unknown> = Promise.resolve();
  #waiting: (() => void)[] = [];

  constructor(ctx: ReconcileContext) {
    const { gateway } = ctx;
    this.#ctx = ctx;
    this.gateway = {
      ...gateway,
      query: (refund, deadlineMs) => this.#called(() => gateway.query(refund, deadlineMs)),
      apply: (refund, deadlineMs) => {
        this.#nextAtMs = this.#after(this.#nextAtMs);
        return this.#called(() => gateway.apply(refund, deadlineMs));
      },
    };
  }

  /** Gives the run another part of the limits, 0 to 1. A run that was slowed down stays as slow, in proportion. */
  setShare(share: number): void {
    const slowness = this.#allowed / this.#limit;
    this.#share = share;
    this.#allowed = Math.max(1, slowness * this.#limit);
    this.#wake();
  }

  /** Whether nothing has slowed the run down by more than half, or it has recovered: the gateway would take more. */
  get keepsUp(): boolean {
    return this.#allowed >= this.#limit / 2;
  }

  /** The most calls at a time. */
  get #limit(): number {
    return Math.min(Math.max(1, this.#share * this.#ctx.rules.maxInFlight), MAX_OF_A_RUN);
  }

  /** Waits until the next check may begin, in the order of the calls; `false` once too little time is left for any. */
  begin(): Promise<boolean> {
    const turn = this.#last.then(() => this.#turn());
    this.#last = turn;
    return turn;
  }

  /** A check that was begun has ended. */
  end(): void {
    this.#inFlight -= 1;
    this.#wake();
  }

  /** Waits until no more checks are under way than the share allows. */
  async fits(): Promise<void> {
    while (this.#inFlight > this.#limit) await this.#change();
  }

  async #turn(): Promise<boolean> {
    const { clock, gateway, wait, deadlineMs } = this.#ctx;
    while (this.#inFlight + 1 > this.#allowed) await this.#change();
    const pauseMs = this.#nextAtMs - clock.nowMs();
    if (pauseMs > 0) await wait(pauseMs);
    this.#isOver ||= !gateway.hasTime(deadlineMs - TAKING_OVER_MS);
    if (this.#isOver) return false;
    this.#inFlight += 1;
    this.#nextAtMs = this.#after(this.#nextAtMs);
    return true;
  }

  /** Waits until a check has ended, or the share is another one. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The turn after one at that time. */
  #after(turnAtMs: number): number {
    const { clock, rules } = this.#ctx;
    const nowMs = clock.nowMs();
    // Whole calls: the sum of all runs is in no second more than the limit.
    const perSecond = Math.floor((rules.maxPerSecond * this.#share * this.#allowed) / this.#limit);
    return Math.min(Math.max(turnAtMs, nowMs) + 1_000 / Math.max(perSecond, 1), nowMs + MAX_PAUSE_MS);
  }

  async #called<Answer extends ApplyAnswer | QueryAnswer>(call: () => Promise<Answer>): Promise<Answer> {
    const { clock, wait } = this.#ctx;
    const pauseMs = this.#nextCallAtMs - clock.nowMs();
    this.#nextCallAtMs = this.#after(this.#nextCallAtMs);
    if (pauseMs > 0) await wait(pauseMs);
    const sentAtMs = clock.nowMs();
    const answer = await call();
    const tookMs = clock.nowMs() - sentAtMs;
    if (answer.type === 'not-sent') return answer;
    if (!this.#strain.shows(answer, tookMs)) {
      this.#allowed = Math.min(this.#allowed + 1 / this.#allowed, this.#limit);
    } else if (sentAtMs > this.#slowedAtMs) {
      // What was sent before the run slowed down says nothing about the new pace.
      this.#slowedAtMs = clock.nowMs();
      this.#allowed = Math.max(this.#allowed / 2, 1);
      this.slowed += 1;
    }
    return answer;
  }
}

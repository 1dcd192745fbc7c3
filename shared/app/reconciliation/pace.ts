import type { ReconcileContext } from '../ports/context.ts';
import type { ApplyAnswer, Gateway, NotSent, QueryAnswer } from '../ports/gateway.ts';
import { Speed } from './speed.ts';

/** Kept back for taking a refund over, between the look at the time and the call; milliseconds. */
const TAKING_OVER_MS = 1_000;

/** Calls at a time that one run can make: each check may need one of the SDK's 50 connections to the table. */
const MAX_OF_A_RUN = 50;

/**
 * How fast a run may call the gateway: so many calls at a time, and in a second, of its share of the limits. Both are
 * halved when the gateway shows strain (it says that it is busy, is slow, or doesn't answer), and grow again, by one call
 * at a time, with each round of good answers. Each check holds one call, and a turn for its first one; each further one
 * takes a turn of its own, before any other check begins.
 */
export class Pace {
  readonly #ctx: ReconcileContext;
  readonly #speed = new Speed();
  /** The run's part of the limits, 0 to 1. */
  #share = 0;
  #inFlight = 0;
  /** When the next check may begin, and the next call be made: what a check does before its call takes its time. */
  #nextAtMs = 0;
  #nextCallAtMs = 0;
  #isOver = false;
  #last: Promise<unknown> = Promise.resolve();
  #waiting: (() => void)[] = [];

  constructor(ctx: ReconcileContext) {
    this.#ctx = ctx;
  }

  /** How often the run has slowed down. */
  get slowed(): number {
    return this.#speed.slowed;
  }

  /** Whether the gateway has answered, and nothing slows the run down: it would take more. */
  get keepsUp(): boolean {
    return this.#speed.isFull;
  }

  /** Gives the run another part of the limits, 0 to 1. A run that was slowed down stays as slow, in proportion. */
  setShare(share: number): void {
    this.#share = share;
    this.#wake();
  }

  /**
   * Waits until the next check may begin, in the order of the calls.
   *
   * @returns the gateway to check with; nothing once too little time is left for any check
   */
  begin(): Promise<Gateway | undefined> {
    const turn = this.#last.then(() => this.#turn());
    this.#last = turn;
    return turn;
  }

  /** A check that was begun has ended. */
  end(): void {
    this.#inFlight -= 1;
    this.#wake();
  }

  /** Waits until no more checks are under way than the share allows, and the last call is a turn ago. */
  async fits(): Promise<void> {
    while (this.#inFlight > this.#limit.atATime) await this.#change();
    const pauseMs = this.#untilMs(this.#nextCallAtMs);
    if (pauseMs > 0) await this.#ctx.wait(pauseMs);
  }

  async #turn(): Promise<Gateway | undefined> {
    const { wait } = this.#ctx;
    while (this.#inFlight + 1 > Math.max(1, this.#speed.factor * this.#limit.atATime)) await this.#change();
    // Meanwhile calls of checks that are under way may have taken turns.
    for (let pauseMs = 0; !this.#isOver; await wait(pauseMs)) {
      pauseMs = this.#untilMs(this.#nextAtMs);
      this.#isOver = !this.#hasTimeIn(pauseMs + TAKING_OVER_MS);
      if (pauseMs === 0) break;
    }
    if (this.#isOver) return undefined;
    this.#inFlight += 1;
    this.#nextAtMs = this.#after(this.#nextAtMs);
    return this.#gatewayOfCheck();
  }

  /** The turn of a check is that of its first call. */
  #gatewayOfCheck(): Gateway {
    const { gateway } = this.#ctx;
    let isFirst = true;
    const inTurn = <A extends ApplyAnswer | QueryAnswer>(call: () => Promise<A>): Promise<A | NotSent> => {
      if (!isFirst) this.#nextAtMs = this.#after(this.#nextAtMs);
      isFirst = false;
      return this.#called(call);
    };
    return {
      ...gateway,
      query: (refund, deadlineMs) => inTurn(() => gateway.query(refund, deadlineMs)),
      apply: (refund, deadlineMs) => inTurn(() => gateway.apply(refund, deadlineMs)),
    };
  }

  /** Waits until a check has ended, or the share is another one. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The most calls at a time, and in a second. */
  get #limit(): { atATime: number; perSecond: number } {
    const { maxInFlight, maxPerSecond } = this.#ctx.rules;
    const atATime = Math.min(Math.max(1, this.#share * maxInFlight), MAX_OF_A_RUN);
    return { atATime, perSecond: Math.max(1, this.#share * maxPerSecond) };
  }

  /** Whole milliseconds: a timer would leave out the rest, and the call come before its turn. */
  #untilMs(atMs: number): number {
    return Math.max(0, Math.ceil(atMs - this.#ctx.clock.nowMs()));
  }

  #hasTimeIn(ms: number): boolean {
    return this.#ctx.gateway.hasTime(this.#ctx.deadlineMs - ms);
  }

  /** The turn after one at that time. Whole calls in a second: the sum of all runs is in none more than the limit. */
  #after(turnAtMs: number): number {
    const perSecond = Math.floor(this.#speed.factor * this.#limit.perSecond);
    return Math.max(turnAtMs, this.#ctx.clock.nowMs()) + 1_000 / Math.max(perSecond, 1);
  }

  async #called<A extends ApplyAnswer | QueryAnswer>(call: () => Promise<A>): Promise<A | NotSent> {
    const { clock, wait } = this.#ctx;
    const pauseMs = this.#untilMs(this.#nextCallAtMs);
    // A run must not outlast its time in a queue.
    if (pauseMs > 0 && !this.#hasTimeIn(pauseMs)) return { type: 'not-sent' };
    this.#nextCallAtMs = this.#after(this.#nextCallAtMs);
    if (pauseMs > 0) await wait(pauseMs);
    const sentAtMs = clock.nowMs();
    const answer = await call();
    this.#speed.hear(answer, sentAtMs, clock.nowMs(), this.#limit);
    return { ...answer, waitedMs: pauseMs };
  }
}

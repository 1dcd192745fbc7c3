import { Random } from '../simulation/random.ts';

/** What an account lets through. */
export interface Limits {
  /** Executions at a time, of all functions. */
  concurrency: number;
  /** The reserved concurrency of functions that have one: their floor and their ceiling. */
  reserved: Record<string, number | undefined>;
  /** API Gateway's limits of routes that have some: a bucket of `burst` tokens that fills with `rate` a second. */
  throttling: Record<string, { rate: number; burst: number } | undefined>;
}

/** What is asked of a function. */
export interface Load {
  /** Invocations a second, on the average: they come at random. */
  perSecond: number;
  /** How long an invocation takes, ms. */
  takesMs: number;
  /** The route that it comes by; none: Lambda is invoked directly. */
  route?: string;
}

/** What became of it. */
export interface Fate {
  offered: number;
  served: number;
  /** Turned away by API Gateway. */
  refused: number;
  /** No execution was free. */
  throttled: number;
  mostAtATime: number;
}

/** Each execution serves ten invocations a second at the most, however short they are. */
const INVOCATIONS_OF_AN_EXECUTION = 10;

/**
 * A model of Lambda's concurrency, as its documentation has it: a reservation is taken from the account's executions, and
 * is its function's alone; functions without one share what is left. Milliseconds of virtual time, always the same.
 */
export function underLoad(limits: Limits, loads: Record<string, Load>, forMs: number): Record<string, Fate> {
  const random = new Random(1);
  const pools = poolsOf(limits, Object.keys(loads));
  const flows = Object.entries(loads).map(([name, load]) => ({
    load,
    pool: pools[name] as Pool,
    bucket: new Bucket(limits.throttling[load.route ?? '']),
    running: new Executions(load.takesMs),
    fate: { offered: 0, served: 0, refused: 0, throttled: 0, mostAtATime: 0 },
    name,
  }));
  for (let nowMs = 0; nowMs < forMs; nowMs += 1) {
    for (const { pool, running } of flows) pool.free += running.endedAt(nowMs);
    for (const pool of new Set(Object.values(pools))) pool.refill();
    const arrivals = flows.flatMap((flow) =>
      Array.from({ length: countOf(random, flow.load.perSecond / 1_000) }, () => ({
        flow,
        order: random.next(),
      })),
    );
    for (const { flow } of arrivals.sort((a, b) => a.order - b.order)) {
      const { fate, bucket, pool, running } = flow;
      fate.offered += 1;
      if (!bucket.take(nowMs)) fate.refused += 1;
      else if (!pool.take()) fate.throttled += 1;
      else {
        fate.served += 1;
        running.begin(nowMs);
        fate.mostAtATime = Math.max(fate.mostAtATime, running.count);
      }
    }
  }
  return Object.fromEntries(flows.map(({ name, fate }) => [name, fate]));
}

/** How many come in a millisecond that brings so many on the average, at most one more than that. */
const countOf = (random: Random, average: number) =>
  Math.floor(average) + (random.chance(average - Math.floor(average)) ? 1 : 0);

/** Executions that are free, and invocations that may begin. */
class Pool {
  free: number;
  readonly #size: number;
  #invocations: number;

  constructor(size: number) {
    this.free = size;
    this.#size = size;
    this.#invocations = INVOCATIONS_OF_AN_EXECUTION * size;
  }

  /** Each millisecond: a thousandth of what a second allows. */
  refill(): void {
    const perSecond = INVOCATIONS_OF_AN_EXECUTION * this.#size;
    this.#invocations = Math.min(perSecond, this.#invocations + perSecond / 1_000);
  }

  take(): boolean {
    if (this.free < 1 || this.#invocations < 1) return false;
    this.free -= 1;
    this.#invocations -= 1;
    return true;
  }
}

function poolsOf({ concurrency, reserved }: Limits, names: string[]): Record<string, Pool> {
  const all = Object.values(reserved).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const shared = new Pool(concurrency - all);
  return Object.fromEntries(
    names.map((name) => [name, reserved[name] === undefined ? shared : new Pool(reserved[name])]),
  );
}

class Bucket {
  readonly #limit: { rate: number; burst: number } | undefined;
  #tokens: number;
  #atMs = 0;

  constructor(limit: { rate: number; burst: number } | undefined) {
    this.#limit = limit;
    this.#tokens = limit?.burst ?? 0;
  }

  take(nowMs: number): boolean {
    if (!this.#limit) return true;
    const { rate, burst } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#atMs) * rate) / 1_000);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** The invocations of a function that are under way: they end in the order in which they began. */
class Executions {
  readonly #takesMs: number;
  readonly #endsAtMs: number[] = [];
  #ended = 0;

  constructor(takesMs: number) {
    this.#takesMs = takesMs;
  }

  get count(): number {
    return this.#endsAtMs.length - this.#ended;
  }

  begin(nowMs: number): void {
    this.#endsAtMs.push(nowMs + this.#takesMs);
  }

  endedAt(nowMs: number): number {
    const before = this.#ended;
    while ((this.#endsAtMs[this.#ended] ?? Infinity) <= nowMs) this.#ended += 1;
    return this.#ended - before;
  }
}

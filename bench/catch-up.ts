import type { Limits, ReconcileContext } from '../shared/app/ports/context.ts';
import type { Share } from '../shared/app/ports/runs.ts';
import { reconcile } from '../shared/app/reconcile.ts';
import { BacklogGateway, type Deliver } from './backlog-gateway.ts';
import { BacklogTable } from './backlog-table.ts';
import { VirtualTime } from './virtual-time.ts';

/** As in serverless.yml: how often the schedule starts a run, how long it may take, and what is kept for its answer; ms. */
const EVERY_MS = 300_000;
const TIMEOUT_MS = 240_000;
const ANSWERING_MS = 300;

/** How long another run takes to begin: an event, its rule, and the start of a container; ms. */
const STARTING_MS = 1_500;

/** What a request of the table takes, ms. */
const TABLE_MS = 5;

const START_MS = Date.UTC(2026, 0, 6);

/** What is caught up with, and how. */
export interface Outage extends Limits {
  refunds: number;
  /** What the gateway takes to answer, ms. */
  gatewayMs: number;
  /** How many checks a second the CPU of one run is enough for. */
  checksOfRun: number;
  /** One refund of so many has never arrived at the gateway, and is sent again. */
  unknownEvery: number;
  /** The runs that crash, by their number, and how long after their start; ms. */
  crashes: Record<number, number>;
  /** How long another run takes to begin, ms; endless: it never does. */
  startingMs?: number;
}

export interface CaughtUp {
  /** When the last refund was settled, ms after the first schedule; undefined: not within the time. */
  endMs: number | undefined;
  settled: number;
  /** Refunds that have come to their end more than once. */
  twice: number;
  calls: number;
  mostInSecond: number;
  mostInFlight: number;
  runs: number;
  /** The most runs at a time. */
  sideBySide: number;
  /** What each run that was out of time said was left. */
  left: number[];
}

/** Runs the reconciliation by its schedule, in virtual time, until all of the backlog is settled or the time is over. */
export async function catchUp(outage: Outage, withinMs: number): Promise<CaughtUp> {
  const world = new World(outage);
  let endMs: number | undefined;
  for (let atMs = 0; atMs < withinMs && endMs === undefined; atMs += EVERY_MS) {
    world.time.at(atMs, () => world.run());
    await world.time.runUntil(Math.min(atMs + EVERY_MS - 1, withinMs), () => {
      if (world.table.settled >= outage.refunds) endMs ??= world.time.nowMs;
    });
  }
  return { endMs, settled: world.table.settled, ...world.seen() };
}

class World {
  readonly time = new VirtualTime();
  readonly table: BacklogTable;
  readonly #gateway: BacklogGateway;
  readonly #outage: Outage;
  readonly #left: number[] = [];
  #runs = 0;
  #running = 0;
  #sideBySide = 0;
  #ids = 0;

  constructor(outage: Outage) {
    this.#outage = outage;
    const isKnown = (number: number) => number % outage.unknownEvery !== 0;
    this.table = new BacklogTable(outage.refunds, START_MS, (number) =>
      isKnown(number) ? 'processing' : 'requested',
    );
    this.#gateway = new BacklogGateway(
      () => this.#nowMs(),
      outage.gatewayMs,
      (noRefund) => isKnown(Number(noRefund.slice(1))),
    );
  }

  seen() {
    const { calls, mostInSecond, mostInFlight } = this.#gateway;
    const twice = this.table.ends.reduce((sum, ends) => sum + (ends > 1 ? 1 : 0), 0);
    return {
      twice,
      calls,
      mostInSecond,
      mostInFlight,
      runs: this.#runs,
      sideBySide: this.#sideBySide,
      left: this.#left,
    };
  }

  /** One invocation of the function, in a process of its own. */
  run(share?: Share): void {
    this.#runs += 1;
    this.#running += 1;
    this.#sideBySide = Math.max(this.#sideBySide, this.#running);
    const process = { hasCrashed: false };
    const crashesInMs = this.#outage.crashes[this.#runs];
    const end = () => {
      if (!process.hasCrashed) this.#running -= 1;
    };
    if (crashesInMs !== undefined)
      this.time.at(this.time.nowMs + crashesInMs, () => {
        end();
        process.hasCrashed = true;
      });
    reconcile(this.#contextOf(process), share).then(end);
  }

  #nowMs(): number {
    return START_MS + this.time.nowMs;
  }

  #contextOf(process: { hasCrashed: boolean }): ReconcileContext {
    const deliver: Deliver = (inMs, value) =>
      new Promise((resolve) => {
        this.time.at(this.time.nowMs + inMs, () => {
          if (!process.hasCrashed) resolve(value());
        });
      });
    // What has left a process comes back to the gateway's books, whether somebody still hears it or not.
    const exchange: Deliver = (inMs, value) => {
      this.time.at(this.time.nowMs + inMs, () => this.#gateway.answered());
      return deliver(inMs, value);
    };
    const { startingMs = STARTING_MS, ...limits } = this.#outage;
    const { firstCheckMs, ...rules } = { firstCheckMs: 900_000, ...limits };
    return {
      store: this.#storeOf(deliver),
      leases: this.table.leases,
      gateway: this.#gateway.for(exchange),
      startRun: async (share) => this.time.at(this.time.nowMs + startingMs, () => this.run(share)),
      clock: { nowMs: () => this.#nowMs() },
      wait: (ms) => deliver(ms, () => undefined),
      log: (code, facts) => {
        if (code === 'reconciliation.ended' && Number(facts?.left) > 0) this.#left.push(Number(facts?.left));
      },
      newAttemptId: () => `id-${++this.#ids}`,
      deadlineMs: this.#nowMs() + TIMEOUT_MS - ANSWERING_MS,
      rules: {
        ...rules,
        oidPartner: '201408071000001539',
        notifyUrl: 'https://merchant.example/refund-notifications',
        firstCheckMs,
        resendAfterMs: 900_000,
        resendUntilMs: 7 * 86_400_000,
      },
    };
  }

  /** Each check begins with one write, for which its process needs its share of CPU. */
  #storeOf(deliver: Deliver): ReconcileContext['store'] {
    const { table } = this;
    const cpuMs = 1_000 / this.#outage.checksOfRun;
    let freeAtMs = 0;
    return {
      get: () => Promise.reject(new Error('a check reads no record')),
      create: () => Promise.reject(new Error('a check creates no record')),
      update: (noRefund, expected, changes, counted = []) => {
        const beginsCheck = 'check_wait' in changes && 'next_check_at' in expected;
        if (beginsCheck) freeAtMs = Math.max(freeAtMs, this.time.nowMs) + cpuMs;
        const inMs = beginsCheck ? freeAtMs - this.time.nowMs + TABLE_MS : TABLE_MS;
        return deliver(inMs, () => table.update(noRefund, expected, changes, counted));
      },
      due: (shard, nowMs, limit, after) => deliver(TABLE_MS, () => table.due(shard, nowMs, limit, after)),
      countDue: (shard, nowMs) => deliver(TABLE_MS, () => table.countDue(shard, nowMs)),
    };
  }
}

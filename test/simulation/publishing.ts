import type { ChangeRecord } from '../../shared/app/ports/change-record.ts';
import type { PublishContext } from '../../shared/app/ports/context.ts';
import type { DeadLetter } from '../../shared/app/ports/publishing.ts';
import { publishChanges, replayDeadLetters } from '../../shared/app/publish.ts';
import type { Refund } from '../../shared/domain/refund.ts';
import type { FaultKind } from './faults.ts';
import { logOf } from './log.ts';
import type { Process } from './process.ts';
import { randomDelay } from './random-delay.ts';
import { storeOf } from './table-calls.ts';
import type { World } from './world.ts';

/** As in serverless.yml. */
const BATCH = 25;
const TIMEOUT_MS = 60_000;
/** As in shared/runtime/publish-wiring.ts. */
const SHARE_FOR_PUBLISHING = 0.75;

/**
 * The table's stream and its trigger: change records are delivered in order and in batches. From the first one that
 * failed on they are delivered again.
 */
export class Stream {
  readonly #world: World;
  readonly #pending: ChangeRecord[] = [];
  readonly #letters: { id: string; letter: DeadLetter }[] = [];
  #count = 0;
  #isBusy = false;
  /** The size of the next batch: halved when a whole batch fails. */
  #batch = BATCH;

  constructor(world: World) {
    this.#world = world;
  }

  append(before: Refund | undefined, after: Refund | undefined): void {
    this.#count += 1;
    const happenedAtMs = Math.floor(this.#world.scheduler.nowMs / 1_000) * 1_000;
    this.#pending.push({ id: String(this.#count), streamLabel: '', happenedAtMs, before, after });
    this.#wake();
  }

  addDeadLetter(letter: DeadLetter): void {
    this.#count += 1;
    this.#letters.push({ id: `letter ${this.#count}`, letter });
  }

  /** Replays the dead letters. Returns whether there were any. */
  replay(): boolean {
    const letters = this.#letters.splice(0);
    if (letters.length > 0) this.#world.scheduler.after(1, () => this.#replayLetters(letters));
    return letters.length > 0;
  }

  #replayLetters(letters: { id: string; letter: DeadLetter }[]): void {
    const world = this.#world;
    world.reach('a dead letter is replayed');
    world.publish(
      'replay',
      TIMEOUT_MS,
      (ctx) => replayDeadLetters(ctx, letters),
      (outcome) => {
        const failed = outcome.type === 'answer' ? new Set(outcome.value) : undefined;
        this.#letters.push(...letters.filter(({ id }) => failed?.has(id) ?? true));
      },
    );
  }

  #wake(): void {
    const { random, scheduler } = this.#world;
    if (this.#isBusy || this.#pending.length === 0) return;
    this.#isBusy = true;
    scheduler.after(random.pick([random.between(1, 1_000), randomDelay(random, 3)]), () => this.#deliver());
  }

  #deliver(): void {
    const { world, batch } = { world: this.#world, batch: this.#pending.slice(0, this.#batch) };
    world.publish(
      'publish',
      TIMEOUT_MS,
      (ctx) => publishChanges(ctx, batch),
      (outcome) => {
        const failed =
          outcome.type === 'answer' ? new Set(outcome.value) : new Set(batch.map(({ id }) => id));
        const first = batch.findIndex(({ id }) => failed.has(id));
        this.#pending.splice(0, first < 0 ? batch.length : first);
        this.#batch = outcome.type === 'answer' ? BATCH : Math.ceil(batch.length / 2);
        if (first >= 0) world.reach('a batch of change records is delivered again');
        this.#isBusy = false;
        this.#wake();
      },
    );
  }
}

/** One container of the publishing function. */
export class Publisher {
  readonly clockErrorMs: number;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.clockErrorMs = world.clockError();
  }

  open(process: Process): PublishContext {
    const { checks, random, faults, settings, stream } = this.#world;
    const startedMs = process.nowMs();
    const untilMs = startedMs + (process.deadlineMs - startedMs) * SHARE_FOR_PUBLISHING;
    const call = <T>(fault: FaultKind, latestMs: number, take: () => T) =>
      remoteCall(this.#world, process, faults[fault], latestMs, take);
    return {
      bus: {
        put: (events) =>
          call('busDown', untilMs, () =>
            events.map((event) => {
              if (random.chance(faults.busRejects)) {
                this.#world.reach('an event is rejected by the bus');
                return 'InternalException';
              }
              checks.onEvent(event);
              return undefined;
            }),
          ),
      },
      tasks: {
        succeed: (token, output) =>
          call('tasksDown', untilMs, () => checks.onTask(token, 'SUCCEEDED', output)),
        fail: (token, error, cause) => call('tasksDown', untilMs, () => checks.onTask(token, error, cause)),
      },
      deadLetters: settings.hasDeadLetters
        ? {
            send: (letter) =>
              call('deadLettersDown', process.deadlineMs, () => {
                stream.addDeadLetter(letter);
                checks.onDeadLetter(letter);
              }),
          }
        : undefined,
      store: storeOf(this.#world, process),
      clock: { nowMs: () => process.nowMs() },
      log: logOf(this.#world, process),
    };
  }
}

/** A call of a service that may fail, get lost, or take effect without an answer; at `latestMs` it is aborted. */
export function remoteCall<T>(
  { random, scheduler }: World,
  process: Process,
  odds: number,
  latestMs: number,
  take: () => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (name: string, inMs: number) =>
      scheduler.after(inMs, () => process.deliver(() => reject(new Error(name))));
    const leftMs = Math.max(0, latestMs - process.nowMs());
    const isFaulty = random.chance(odds);
    const kind = isFaulty ? random.pick(['failed', 'failed', 'lost', 'unanswered']) : 'taken';
    if (leftMs === 0) return fail('TimeoutError', 1);
    if (kind === 'failed') return fail('InternalServerException', random.between(5, 200));
    if (kind !== 'taken') fail('TimeoutError', leftMs);
    if (kind === 'lost') return undefined;
    scheduler.after(random.between(1, 50), () => {
      const taken = take();
      if (kind === 'taken')
        scheduler.after(random.between(1, 20), () => process.deliver(() => resolve(taken)));
    });
    return undefined;
  });
}

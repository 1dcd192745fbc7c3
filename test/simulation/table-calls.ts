import type { ShardLeases } from '../../shared/app/ports/runs.ts';
import type { Store, Written } from '../../shared/app/ports/store.ts';
import { OutcomeUnknown, ServiceUnavailable } from '../../shared/domain/errors.ts';
import {
  violationOfAcquisition,
  violationOfLease,
  violationOfPostponement,
  violationOfRelease,
} from './checks-on-runs.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

const TRIES = 3;
const TRY_MS = 1_500;

/** The table as one invocation reaches it: through an SDK that repeats a call without an answer. */
export function storeOf(world: World, process: Process): Store {
  const { table, settings, random, scheduler } = world;
  const noteStatus = (written: Written): Written => {
    if (written.refund) process.seenStatuses.set(written.refund.no_refund, written.refund.status);
    return written;
  };
  return {
    get: (noRefund) => call(world, process, 'get', () => table.items.get(noRefund)),
    create: (refund) => call(world, process, 'create', () => table.create(refund)).then(noteStatus),
    update: (noRefund, expected, changes, counted = []) => {
      world.checks.fail(violationOfPostponement(process, noRefund, expected, changes));
      return call(world, process, 'update', (isUnacknowledged) => {
        const written = table.update(noRefund, expected, changes, counted);
        if (isUnacknowledged && written.written && changes.conflict)
          world.reach('the answer to the write of a conflict is lost');
        return written;
      })
        .then(noteStatus)
        .catch((error) => {
          if (changes.conflict) world.reach('the write of a conflict fails');
          throw error;
        });
    },
    due: (shard, nowMs, limit, after) => {
      if (after) world.reach('a second page of due refunds is read');
      // Most shards of the index are always empty: reading them shows nothing.
      if (![...table.items.values()].some((refund) => refund.shard === shard)) return Promise.resolve([]);
      return call(world, process, 'due', () =>
        table.due(shard, nowMs, limit, after, scheduler.nowMs - random.between(0, settings.indexLagMs)),
      );
    },
    countDue: (shard, nowMs) =>
      call(world, process, 'countDue', () => table.countDue(shard, nowMs, scheduler.nowMs)),
  };
}

/** The leases of the index's parts, likewise. */
export function leasesOf(world: World, process: Process): ShardLeases {
  const { leases } = world;
  return {
    acquire: async (shard, id, nowMs, untilMs) => {
      world.checks.fail(violationOfLease(process, untilMs));
      const isAcquired = await call(world, process, 'update', () =>
        leases.acquire(shard, id, nowMs, untilMs),
      );
      if (isAcquired) {
        process.heldShards.add(shard);
        world.checks.fail(violationOfAcquisition(process, shard, world.runs));
      } else {
        process.refusedShards.add(shard);
        world.reach('a run finds the lease of a shard with another run');
      }
      return isAcquired;
    },
    release: (shard, id) => {
      world.checks.fail(violationOfRelease(process, shard));
      process.heldShards.delete(shard);
      return call(world, process, 'update', () => leases.release(shard, id));
    },
  };
}

/** `isUnheard`: it takes effect, and its answer is lost. */
type Take<T> = (isUnacknowledged: boolean) => T;

/** How one try of a call ends, unless it is answered. */
interface Failure {
  reason: string;
  /** Whether it may have taken effect, or may still do so. */
  mayBeWritten: boolean;
}

function call<T>(world: World, process: Process, name: string, take: Take<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let mayBeWritten = false;
    const finish = (settle: () => void) => {
      if (isOver) return;
      process.deliver(() => {
        isOver = true;
        settle();
      });
    };
    const giveUp = (reason: string) =>
      finish(() => {
        process.failedCalls += 1;
        world.history.add(process.name, () => `${name}: no answer from the table (${reason})`);
        const isUnknown = mayBeWritten && (name === 'create' || name === 'update');
        reject(
          isUnknown ? new OutcomeUnknown('a write is in doubt') : new ServiceUnavailable('out of reach'),
        );
      });
    const attempt = (tries: number) =>
      tryOnce(world, process, name, take, finish, resolve, (failure) => {
        mayBeWritten ||= failure.mayBeWritten;
        if (isOver || process.state === 'dead') return;
        if (tries < TRIES) attempt(tries + 1);
        else giveUp(failure.reason);
      });
    // From the deadline on no call is begun.
    if (process.nowMs() >= process.deadlineMs) world.scheduler.after(1, () => giveUp('deadline'));
    else attempt(1);
  });
}

function tryOnce<T>(
  world: World,
  process: Process,
  name: string,
  take: Take<T>,
  finish: (settle: () => void) => void,
  resolve: (value: T) => void,
  failed: (failure: Failure) => void,
): void {
  const { random, faults, scheduler, history } = world;
  const isLost = random.chance(faults.lostWrite);
  if (isLost && random.chance(0.4)) {
    scheduler.after(random.between(1, 300), () => failed({ reason: 'failed at once', mayBeWritten: false }));
    return;
  }
  const isAnswerLost = random.chance(faults.lostWriteAnswer);
  const arrivesIn = random.chance(faults.slowTable) ? random.between(100, 20_000) : random.between(1, 10);
  // The SDK's calls are aborted at the deadline.
  const waitsMs = Math.min(TRY_MS, Math.max(0, process.endsAtMs - 300 - scheduler.nowMs));
  const isUnacknowledged = isLost || isAnswerLost || arrivesIn > waitsMs - 10;
  if (!isLost) {
    scheduler.after(arrivesIn, () => {
      world.writer = process;
      if (isUnacknowledged) process.hasLostAnswers = true;
      const taken = take(isUnacknowledged);
      if (isAnswerLost) {
        history.add(process.name, () => `${name} took effect, its answer is lost`);
        return;
      }
      scheduler.after(random.between(1, 5), () => finish(() => resolve(taken)));
    });
  }
  if (isUnacknowledged) {
    scheduler.after(waitsMs, () => {
      const reason = waitsMs < TRY_MS ? 'deadline' : 'time-out';
      if (process.state !== 'frozen') failed({ reason, mayBeWritten: true });
      else process.deliver(() => failed({ reason: `${reason}, after a freeze`, mayBeWritten: true }));
    });
  }
}

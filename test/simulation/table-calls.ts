import type { Store, Written } from '../../shared/app/ports.ts';
import { ServiceUnavailable } from '../../shared/domain/errors.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

const TRIES = 3;
const TRY_MS = 1_500;

/** The table as one invocation reaches it: through an SDK that repeats a call whose answer doesn't come. */
export function storeOf(world: World, process: Process): Store {
  const { table, climate, random, scheduler } = world;
  const shown = (written: Written): Written => {
    if (written.refund) process.shown.set(written.refund.no_refund, written.refund.status);
    return written;
  };
  return {
    get: (noRefund) => call(world, process, 'get', () => table.items.get(noRefund)),
    create: (refund) => call(world, process, 'create', () => table.create(refund)).then(shown),
    update: (noRefund, expected, changes, counted = []) =>
      call(world, process, 'update', () => {
        world.writer = process;
        return table.update(noRefund, expected, changes, counted);
      }).then(shown),
    due: (shard, nowMs, limit, after) => {
      // Most parts of the index are always empty: reading them tells of nothing.
      if (![...table.items.values()].some((refund) => refund.shard === shard)) return Promise.resolve([]);
      return call(world, process, 'due', () =>
        table.due(shard, nowMs, limit, after, scheduler.nowMs - random.between(0, climate.indexLagMs)),
      );
    },
  };
}

function call<T>(world: World, process: Process, name: string, take: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const give = (settle: () => void) => {
      if (isOver) return;
      process.deliver(() => {
        isOver = true;
        settle();
      });
    };
    const giveUp = (reason: string) =>
      give(() => {
        process.failedCalls += 1;
        world.history.tell(process.name, () => `${name}: no answer from the table (${reason})`);
        reject(new ServiceUnavailable('the table is out of reach'));
      });
    const attempt = (tries: number) =>
      tryOnce(world, process, name, take, give, resolve, (reason) => {
        if (isOver || process.state === 'dead') return;
        if (tries < TRIES) attempt(tries + 1);
        else giveUp(reason);
      });
    const isTooLate = process.nowMs() >= process.deadlineMs;
    if (isTooLate && world.random.chance(0.2)) world.scheduler.after(1, () => giveUp('deadline'));
    else attempt(isTooLate ? TRIES : 1);
  });
}

function tryOnce<T>(
  world: World,
  process: Process,
  name: string,
  take: () => T,
  give: (settle: () => void) => void,
  resolve: (value: T) => void,
  failed: (reason: string) => void,
): void {
  const { random, weather, scheduler, history } = world;
  const isLost = random.chance(weather.lostWrite);
  const isAnswerLost = random.chance(weather.lostWriteAnswer);
  const arrivesIn = random.chance(weather.slowTable) ? random.between(100, 20_000) : random.between(1, 10);
  if (!isLost) {
    scheduler.after(arrivesIn, () => {
      world.writer = process;
      const taken = take();
      if (isAnswerLost) {
        history.tell(process.name, () => `${name} took effect, its answer is lost`);
        return;
      }
      scheduler.after(random.between(1, 5), () => give(() => resolve(taken)));
    });
  }
  if (isLost || isAnswerLost || arrivesIn > TRY_MS - 10) {
    const leftMs = Math.max(0, process.endsAtMs - 300 - scheduler.nowMs);
    scheduler.after(Math.min(TRY_MS, leftMs), () => {
      if (process.state !== 'frozen') failed(leftMs < TRY_MS ? 'deadline' : 'time-out');
      else process.deliver(() => failed('time-out, after a freeze'));
    });
  }
}

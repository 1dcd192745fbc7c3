import { shardOf } from '../../shared/app/schedule.ts';
import { applyFor, wishOf } from './callers.ts';
import type { World } from './world.ts';

/** More than one page of the index has. */
const SIZE = 30;

/** Refunds that come at about the same time, and whose numbers are all in one shard of the index. */
const NUMBERS = Array.from({ length: 20 * SIZE }, (_, index) => `c${index}`)
  .filter((noRefund) => shardOf(noRefund) === shardOf('c0'))
  .slice(0, SIZE);

export function startCrowd(world: World): void {
  const { random, scheduler } = world;
  for (const noRefund of NUMBERS) {
    world.busy += 1;
    scheduler.after(random.between(0, 500), () =>
      applyFor(world, `caller ${noRefund}`, wishOf(world, noRefund, 0), () => {
        world.busy -= 1;
      }),
    );
  }
}

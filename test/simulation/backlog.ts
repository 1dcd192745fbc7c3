import { shardOf } from '../../shared/app/schedule.ts';
import { applyFor, requestOf } from './callers.ts';
import type { World } from './world.ts';

/** More than fit on one page of due refunds. */
const SIZE = 30;

/** Numbers that are all in one shard of the index. */
const inShardOf = (one: string, count: number) =>
  Array.from({ length: 20 * count }, (_, index) => `c${index}`)
    .filter((noRefund) => shardOf(noRefund) === shardOf(one))
    .slice(0, count);

/** Enough in one shard for a second page, and some in two others for other runs. */
const MANY = [...inShardOf('c0', SIZE), ...inShardOf('c1', 5), ...inShardOf('c2', 5)];

const SOME = ['c0', 'c1', 'c2', 'c3', 'c4'].flatMap((one) => inShardOf(one, 2));

/** Applies for many refunds at about the same time: their checks become due together. */
export function startBacklog(world: World): void {
  const { random, scheduler, settings } = world;
  for (const noRefund of settings.hasBacklog ? MANY : SOME) {
    world.busy += 1;
    scheduler.after(random.between(0, 500), () =>
      applyFor(world, `caller ${noRefund}`, requestOf(world, noRefund, 0), () => {
        world.busy -= 1;
      }),
    );
  }
}

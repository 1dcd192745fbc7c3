import { startCaller, startReader, wishOf } from './callers.ts';
import { calmDown } from './calm.ts';
import { faultAtTheEnd } from './checks-at-the-end.ts';
import { startCrowd } from './crowd.ts';
import { counted } from './log.ts';
import { startAttacker, startKeyRotations, startOperator, startOther, startSchedule } from './operators.ts';
import { World } from './world.ts';

/** What came of one seed. */
export interface Run {
  violation: string | undefined;
  history: string[];
  world: World;
}

const MAX_STEPS = 20_000;

/** Lives through one seed's world, and checks the promises at every step and at the end. */
export async function simulate(seed: number, isToldOf = false): Promise<Run> {
  const world = new World(seed, isToldOf);
  const { scheduler, checks, history, climate } = world;
  history.tell('world', () => `seed ${seed}: ${JSON.stringify(climate)}`);
  history.tell('world', () => `troubles: ${JSON.stringify(world.weather)}`);
  populate(world);
  for (let steps = 0; world.busy > 0 && !checks.violation; steps += 1) {
    await scheduler.step();
    if (steps > MAX_STEPS) checks.fail('the world never stops');
  }
  if (!checks.violation) await calmDown(world);
  if (!checks.violation) checks.fail(faultAtTheEnd(world));
  if (!checks.violation) checks.onEnd();
  if (!checks.violation) await deleteOne(world);
  return { violation: checks.violation, history: history.lines, world };
}

function populate(world: World): void {
  startSchedule(world);
  startKeyRotations(world);
  if (world.climate.isCrowded) startCrowd(world);
  else startSome(world);
}

function startSome(world: World): void {
  const { random } = world;
  const refunds = random.pick([1, 1, 1, 2]);
  for (let number = 1; number <= refunds; number += 1) {
    const noRefund = `r${number}`;
    const callers = random.between(1, 3);
    const kind = random.pick([0, 0, 0, 1, 5]);
    for (let caller = 1; caller <= callers; caller += 1) {
      const variant = random.chance(0.8) ? kind : random.between(0, 5);
      startCaller(world, `caller ${number}.${caller}`, wishOf(world, noRefund, variant));
    }
    if (random.chance(0.3)) startReader(world, noRefund);
    startAttacker(world, noRefund);
  }
  if (random.chance(0.1)) startOther(world, 'x1');
  if (random.chance(0.1)) startOperator(world, 'r1');
}

/** Last of all somebody deletes a record: that must not go by unseen. */
async function deleteOne(world: World): Promise<void> {
  const { random, table, scheduler, lines, checks } = world;
  const noRefund = random.pick([...table.items.keys(), undefined]);
  if (!noRefund || !random.chance(0.1)) return;
  table.delete(noRefund);
  while (scheduler.nextAtMs !== undefined) await scheduler.step();
  if (counted(lines, 'RecordsDeleted', noRefund) === 0)
    checks.fail(`nobody was told that ${noRefund} was deleted`);
}

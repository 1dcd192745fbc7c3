import { startAttacker } from './attacker.ts';
import { startBacklog } from './backlog.ts';
import { requestOf, startCaller, startQuery } from './callers.ts';
import { violationAtTheEnd } from './checks-at-the-end.ts';
import { startKeyRotations } from './key-rotations.ts';
import { counted } from './log.ts';
import { startExternalRefund, startOperator } from './operator.ts';
import { recover } from './recovery.ts';
import { startSchedule } from './schedule.ts';
import { recordStories } from './stories.ts';
import { World } from './world.ts';

/** The result of one seed. */
export interface Run {
  violation: string | undefined;
  history: string[];
  world: World;
}

const MAX_STEPS = 20_000;

/** Runs one seed's world, and checks the promises at every step and at the end. */
export async function simulate(seed: number, keepsHistory = false): Promise<Run> {
  const world = new World(seed, keepsHistory);
  const { scheduler, checks, history, settings } = world;
  history.add('world', () => `seed ${seed}: ${JSON.stringify(settings)}`);
  history.add('world', () => `faults: ${JSON.stringify(world.faults)}`);
  populate(world);
  for (let steps = 0; world.busy > 0 && !checks.violation; steps += 1) {
    await scheduler.step();
    if (steps > MAX_STEPS) checks.fail('the callers never stop');
  }
  if (!checks.violation) await recover(world);
  if (!checks.violation) checks.fail(violationAtTheEnd(world));
  if (!checks.violation) checks.onEnd();
  if (!checks.violation) await deleteOne(world);
  if (!checks.violation && settings.hasStories) await recordStories(world);
  return { violation: checks.violation, history: history.lines, world };
}

function populate(world: World): void {
  startSchedule(world);
  startKeyRotations(world);
  if (world.settings.hasBacklog || world.settings.hasShares) startBacklog(world);
  else startRefunds(world);
}

function startRefunds(world: World): void {
  const { random } = world;
  const refunds = random.pick([1, 1, 1, 2]);
  for (let number = 1; number <= refunds; number += 1) {
    const noRefund = `r${number}`;
    const callers = random.between(1, 3);
    const kind = random.pick([0, 0, 0, 1, 5]);
    for (let caller = 1; caller <= callers; caller += 1) {
      const variant = random.chance(0.8) ? kind : random.between(0, 5);
      startCaller(world, `caller ${number}.${caller}`, requestOf(world, noRefund, variant));
    }
    if (random.chance(0.3)) startQuery(world, noRefund);
    startAttacker(world, noRefund);
  }
  if (random.chance(0.1)) startExternalRefund(world, 'x1');
  if (random.chance(0.1)) startOperator(world, 'r1');
}

/** At the very end a record is deleted: the stream must count it. */
async function deleteOne(world: World): Promise<void> {
  const { random, table, scheduler, lines, checks } = world;
  const noRefund = random.pick([...table.items.keys(), undefined]);
  if (!noRefund || !random.chance(0.1)) return;
  table.delete(noRefund);
  while (scheduler.nextAtMs !== undefined) await scheduler.step();
  if (counted(lines, 'RecordsDeleted', noRefund) === 0)
    checks.fail(`the deletion of ${noRefund} was not counted`);
}

import { coverageReport, measured } from './coverage.ts';
import { RARE_SITUATIONS, type RareSituation } from './rare-situations.ts';
import { simulate } from './simulate.ts';

const USAGE = `npm run simulate -- [options]
  --seeds N     runs N seeds (1000)
  --from K      the first of them (1)
  --coverage    lists the places of shared/app that they did not reach
  --brief       after a violation prints its text alone, not the seed's history
  --seed K      prints the history of one seed`;

async function main(): Promise<number> {
  const option = (name: string) => {
    const place = process.argv.indexOf(`--${name}`);
    return place < 0 ? undefined : Number(process.argv[place + 1]);
  };
  const numbers = ['seed', 'from', 'seeds'].map(option);
  if (process.argv.includes('--help') || numbers.some((number) => Number.isNaN(number))) {
    console.log(USAGE);
    return process.argv.includes('--help') ? 0 : 2;
  }
  const [seed, from = 1, seeds = 1_000] = numbers;
  if (seed !== undefined) return replay(seed);
  if (!process.argv.includes('--coverage')) return run(from, seeds);
  let status = 0;
  const uncovered = await measured(async () => {
    status = await run(from, seeds);
  });
  console.log(coverageReport(uncovered));
  return status;
}

async function replay(seed: number): Promise<number> {
  const { violation, history } = await simulate(seed, true);
  console.log(history.join('\n'));
  console.log(
    violation ? `seed ${seed} violates a promise: ${violation}` : `seed ${seed} kept every promise`,
  );
  return violation ? 1 : 0;
}

async function run(from: number, seeds: number): Promise<number> {
  const reached = new Map<RareSituation, number>();
  for (let done = 0; done < seeds; done += 1) {
    const { violation, world } = await simulate(from + done);
    for (const landmark of world.reached) reached.set(landmark, (reached.get(landmark) ?? 0) + 1);
    if (violation) {
      if (process.argv.includes('--brief')) console.log(violation);
      else await replay(from + done);
      console.log(`found after ${done + 1} seeds; replay: npm run simulate -- --seed ${from + done}`);
      return 1;
    }
    if ((done + 1) % 1_000 === 0) console.log(`${done + 1} seeds, ${pace(done + 1)} in a minute of a core`);
  }
  for (const landmark of RARE_SITUATIONS)
    console.log(`${String(reached.get(landmark) ?? 0).padStart(8)}  ${landmark}`);
  console.log(`${seeds} seeds kept every promise, ${pace(seeds)} in a minute of a core`);
  return 0;
}

/** Seeds per minute of processor time: other processes may be busy on the machine. */
function pace(seeds: number): number {
  const { user, system } = process.cpuUsage();
  return Math.round((seeds / (user + system)) * 60_000_000);
}

main().then((status) => {
  process.exitCode = status;
});

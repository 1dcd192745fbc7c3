import { simulate } from './simulate.ts';

/** `--seeds N` lives through N seeds from `--from` (1) on; `--seed K` tells one seed's history. */
async function main(): Promise<number> {
  const option = (name: string) => {
    const place = process.argv.indexOf(`--${name}`);
    return place < 0 ? undefined : Number(process.argv[place + 1]);
  };
  const seed = option('seed');
  if (seed !== undefined) return replay(seed);
  return run(option('from') ?? 1, option('seeds') ?? 1_000);
}

async function replay(seed: number): Promise<number> {
  const { violation, history } = await simulate(seed, true);
  console.log(history.join('\n'));
  console.log(violation ? `seed ${seed} broke a promise: ${violation}` : `seed ${seed} kept every promise`);
  return violation ? 1 : 0;
}

async function run(from: number, seeds: number): Promise<number> {
  const startMs = Date.now();
  const pace = (done: number) => Math.round((done / (Date.now() - startMs)) * 60_000);
  for (let done = 0; done < seeds; done += 1) {
    const { violation } = await simulate(from + done);
    if (violation) {
      if (process.argv.includes('--brief')) console.log(violation);
      else await replay(from + done);
      console.log(`found after ${done + 1} seeds; replay: npm run simulate -- --seed ${from + done}`);
      return 1;
    }
    if ((done + 1) % 1_000 === 0) console.log(`${done + 1} seeds, ${pace(done + 1)} a minute`);
  }
  console.log(`${seeds} seeds kept every promise, ${pace(seeds)} a minute`);
  return 0;
}

main().then((status) => {
  process.exitCode = status;
});

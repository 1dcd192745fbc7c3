import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Sandbox, startSandbox, tableClient } from '../sandbox/sandbox.ts';
import { printChecks } from './checks.ts';
import { printReadUnits } from './due-refunds.ts';
import { type Figures, figuresOf, tableOf } from './figures.ts';
import { instructionsOf } from './measure.ts';
import { publish } from './publish.ts';
import { application, environment, measureRound, type Samples } from './round.ts';
import { bundleSubjects, createTables, type Subject } from './subjects.ts';

const { values: options } = parseArgs({
  options: { svg: { type: 'boolean' }, rounds: { type: 'string', default: '5' } },
});

/** Whether the machine can count instructions. */
const hasValgrind = spawnSync('valgrind', ['--version']).status === 0;

/** What one measurement tells for good. */
async function fixedFigures(
  sandbox: Sandbox,
  { name, bytes, bundles, isIdle, env }: Subject,
): Promise<Samples> {
  const size = { bytes: [bytes / 1000] };
  if (!hasValgrind) return size;
  const count = async (event?: object) =>
    (await instructionsOf(bundles.apply, environment(sandbox, env), event)) / 1e6;
  const instructions = [await count()];
  if (isIdle) return { ...size, instructions };
  return { ...size, instructions, firstInstructions: [await count(application(`success-${name}`))] };
}

async function compare(sandbox: Sandbox, subjects: Subject[]): Promise<Figures> {
  const rounds: Record<string, Samples>[] = [];
  console.log(hasValgrind ? 'Counting instructions …' : 'No valgrind here: instructions are not counted.');
  for (const subject of subjects) rounds.push({ [subject.name]: await fixedFigures(sandbox, subject) });
  const count = Number(options.rounds);
  for (let round = 1; round <= count; round += 1) {
    console.log(`Measuring, round ${round} of ${count} …`);
    rounds.push(await measureRound(sandbox, subjects, round));
  }
  const cpu = `${cpus().length} × ${cpus()[0]?.model.trim()}`;
  return { node: process.version, cpu, rounds: count, values: figuresOf(rounds) };
}

/** What can't be compared, since nothing else here does it. */
async function printMore(sandbox: Sandbox): Promise<void> {
  console.log('Reconciling with a gateway that answers after 200 ms, one run each …');
  const reconcile = '.serverless/bench/service/check.js';
  await printChecks(sandbox, reconcile);
  console.log('Finding what is due among finished refunds (writing 100,000 of them takes a while) …');
  await printReadUnits(sandbox, [1_000, 100_000]);
}

async function main(): Promise<void> {
  console.log('Bundling …');
  const subjects = await bundleSubjects();
  // No refund here is notified: the gateway only needs to carry them out before they are checked.
  const sandbox = await startSandbox({ gatewayOptions: { notifyAfterMs: 1_000 } });
  try {
    const client = tableClient(sandbox.settings);
    await createTables(client).finally(() => client.destroy());
    const figures = await compare(sandbox, subjects);
    console.log(
      `\nMedians of ${figures.rounds} rounds (their quartiles), ratios bold:\n\n${tableOf(figures)}\n`,
    );
    if (options.svg) publish(figures);
    else await printMore(sandbox);
  } finally {
    await sandbox.stop();
  }
}

await main();

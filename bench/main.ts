import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readSandboxKeys } from '../sandbox/keys.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { bundle, bundleFloor } from './bundle.ts';
import { readUnits } from './due-refunds.ts';

const run = promisify(execFile);
const folder = '.serverless/bench';

interface Measured {
  load: number;
  first: number;
  warm: number;
  residentMiB: number;
}

/** V8 sizes its heap after the function's memory: what Lambda gives Node with 128 MB. */
const as128MB = ['--max-old-space-size=115', '--max-semi-space-size=6'];

async function measure(
  file: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<Measured> {
  const { stdout } = await run(process.execPath, [...as128MB, 'bench/measured-process.cjs', file, ...args], {
    env: { AWS_REGION: 'ap-east-1', ...env },
    timeout: 120_000,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const ratio = (ours: number, theirs: number): string => (ours / theirs).toFixed(2);

/** Measures two things in turn, so that whatever else the machine does meets both. */
async function sideBySide<T>(
  times: number,
  one: () => Promise<T>,
  other: () => Promise<T>,
): Promise<[T[], T[]]> {
  const [ones, others]: [T[], T[]] = [[], []];
  for (let turn = 0; turn < times; turn += 1) {
    ones.push(await one());
    others.push(await other());
  }
  return [ones, others];
}

async function main(): Promise<void> {
  console.log('Bundling …');
  const floorBytes = await bundleFloor(`${folder}/floor.js`);
  for (const name of ['apply-refund', 'notify-callback', 'query-refund', 'reconcile-refunds']) {
    const bytes = await bundle(`functions/${name}.ts`, `${folder}/${name}.js`);
    console.log(
      `  ${name}: ${bytes} bytes, ${ratio(bytes, floorBytes)} of the bare SDK clients' ${floorBytes}`,
    );
  }
  await bundle('bench/bare-calls.ts', `${folder}/bare-calls.js`);

  const sandbox = await startSandbox({
    // Notifications would be answered by nobody here.
    gatewayOptions: { notifyAfterMs: 3_600_000 },
  });
  try {
    const keys = readSandboxKeys();
    const env = {
      ...sandbox.settings,
      NOTIFY_URL: 'http://127.0.0.1:9/refund-notifications',
      BENCH_MERCHANT_KEY: keys.merchant.privateKey,
      BENCH_GATEWAY_KEY: keys.gateway.publicKey,
    };
    console.log('Loading, 15 times each …');
    const [loads, floors] = await sideBySide(
      15,
      () => measure(`${folder}/apply-refund.js`, [], env),
      () => measure(`${folder}/floor.js`),
    );
    const [load, floor] = [median(loads.map((one) => one.load)), median(floors.map((one) => one.load))];
    console.log(
      `  apply-refund: ${ratio(load, floor)} of the bare SDK clients' CPU (${load.toFixed(0)} ms here)`,
    );

    console.log('Refunds, one after the other, 5 times 200 …');
    let round = 0;
    const [ours, bare] = await sideBySide(
      5,
      () => measure(`${folder}/apply-refund.js`, [`success-a${round++}-`, '200', '100'], env),
      () => measure(`${folder}/bare-calls.js`, [`success-b${round++}-`, '200', '100'], env),
    );
    const [warm, bareWarm] = [median(ours.map((one) => one.warm)), median(bare.map((one) => one.warm))];
    console.log(
      `  warm refund: ${ratio(warm, bareWarm)} of the CPU of its bare calls (${warm.toFixed(2)} ms here)`,
    );
    const first = median(ours.map((one) => one.first));
    console.log(
      `  first refund of a container: ${ratio(first, median(bare.map((one) => one.first)))} of the bare calls`,
    );
    console.log(
      `  resident after 300 refunds: ${Math.max(...ours.map((one) => one.residentMiB)).toFixed(0)} MiB`,
    );

    console.log('Finding what is due among finished refunds (writing 100,000 of them takes a while) …');
    await readUnits(sandbox, [1_000, 100_000]);
  } finally {
    await sandbox.stop();
  }
}

await main();

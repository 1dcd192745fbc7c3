import { readSandboxKeys } from '../sandbox/keys.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { bundle, bundleBaseline } from './bundle.ts';
import { printChecks } from './checks.ts';
import { printReadUnits } from './due-refunds.ts';
import { type Measurement, measure, median, ratio, sideBySide } from './measure.ts';

const folder = '.serverless/bench';

async function printBundleSizes(): Promise<void> {
  const baselineBytes = await bundleBaseline(`${folder}/sdk-clients.js`);
  for (const name of ['apply-refund', 'notify-callback', 'query-refund', 'reconcile-refunds']) {
    const bytes = await bundle(`functions/${name}.ts`, `${folder}/${name}.js`);
    console.log(
      `  ${name}: ${bytes} bytes, ${ratio(bytes, baselineBytes)} of the bare SDK clients' ${baselineBytes}`,
    );
  }
}

async function printLoadTimes(env: Record<string, string>): Promise<void> {
  const [ours, baseline] = await sideBySide(
    15,
    () => measure(`${folder}/apply-refund.js`, [], env),
    () => measure(`${folder}/sdk-clients.js`),
  );
  const [loadMs, baselineMs] = [ours, baseline].map(medianOf('loadMs')) as [number, number];
  console.log(
    `  apply-refund: ${ratio(loadMs, baselineMs)} of the bare SDK clients' CPU (${loadMs.toFixed(0)} ms here)`,
  );
}

async function printRefundCosts(env: Record<string, string>): Promise<void> {
  await bundle('bench/bare-calls.ts', `${folder}/bare-calls.js`);
  let round = 0;
  const [ours, bare] = await sideBySide(
    5,
    () => measure(`${folder}/apply-refund.js`, [`success-a${round++}-`, '200', '100'], env),
    () => measure(`${folder}/bare-calls.js`, [`success-b${round++}-`, '200', '100'], env),
  );
  const [warmMs, bareWarmMs] = [ours, bare].map(medianOf('warmMs')) as [number, number];
  console.log(
    `  warm refund: ${ratio(warmMs, bareWarmMs)} of the CPU of its bare calls (${warmMs.toFixed(2)} ms here)`,
  );
  const [firstMs, bareFirstMs] = [ours, bare].map(medianOf('firstMs')) as [number, number];
  console.log(`  first refund of a container: ${ratio(firstMs, bareFirstMs)} of the bare calls`);
  const residentMiB = Math.max(...ours.map((one) => one.residentMiB));
  console.log(`  resident after 300 refunds: ${residentMiB.toFixed(0)} MiB`);
}

const medianOf = (name: keyof Measurement) => (measurements: Measurement[]) =>
  median(measurements.map((one) => one[name]));

function environmentOf({ settings }: Sandbox): Record<string, string> {
  const keys = readSandboxKeys();
  return {
    ...settings,
    NOTIFY_URL: 'http://127.0.0.1:9/refund-notifications',
    BENCH_MERCHANT_KEY: keys.merchant.privateKey,
    BENCH_GATEWAY_KEY: keys.gateway.publicKey,
  };
}

async function main(): Promise<void> {
  console.log('Bundling …');
  await printBundleSizes();
  // Nothing here answers notifications: none is sent within the time that this runs.
  const sandbox = await startSandbox({ gatewayOptions: { notifyAfterMs: 3_600_000 } });
  try {
    const env = environmentOf(sandbox);
    console.log('Loading, 15 times each …');
    await printLoadTimes(env);
    console.log('Refunds, one after the other, 5 times 200 …');
    await printRefundCosts(env);
    console.log('Reconciling with a gateway that answers after 200 ms, one run each …');
    await printChecks(sandbox, `${folder}/reconcile-refunds.js`);
    console.log('Finding what is due among finished refunds (writing 100,000 of them takes a while) …');
    await printReadUnits(sandbox, [1_000, 100_000]);
  } finally {
    await sandbox.stop();
  }
}

await main();

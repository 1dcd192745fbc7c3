import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { type Sandbox, tableClient } from '../sandbox/sandbox.ts';
import { fill } from './due-refunds.ts';

/** What the gateway takes to answer, milliseconds. */
const GATEWAY_MS = 200;

/** How long a run may take, milliseconds. */
const RUN_MS = 18_000;

const DUE = 4_000;

const WAYS = {
  'one check at a time in each part': { RECONCILE_CHECKS_PER_SHARD: '1', GATEWAY_MAX_IN_FLIGHT: '8' },
  'with the default settings': {},
};

/** Prints how many checks a second a run makes of a gateway that answers after 200 ms. */
export async function printChecks({ settings }: Sandbox, bundle: string): Promise<void> {
  const client = tableClient(settings);
  const server = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.end('{"ret_code":"8901","ret_msg":"no record"}'), GATEWAY_MS);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const gateway = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [way, limits] of Object.entries(WAYS)) {
    await fill(client, settings.REFUNDS_TABLE, 0, DUE, true);
    const env = { ...settings, LIANLIAN_QUERY_URL: gateway, ...limits };
    const args = ['bench/processes/reconciling.cjs', bundle, String(RUN_MS)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 2 ** 26 });
    const { checked, seconds, cpuSeconds } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    const cpuMs = ((1_000 * cpuSeconds) / checked).toFixed(1);
    console.log(`  ${way}: ${(checked / seconds).toFixed(0)} checks a second, ${cpuMs} ms of CPU each`);
  }
  server.close();
  client.destroy();
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { makeCertificates } from '../test/gateway/certificates.ts';
import { bundle } from './bundle.ts';
import { type Peer, startDelay, startTlsFront } from './far-gateway.ts';
import { medianOf } from './figures.ts';

const folder = '.serverless/bench';
const rounds = Number(process.argv[2] ?? 3);

/** What a call to DynamoDB or Secrets Manager takes inside a region, milliseconds. */
const AWS_MS = 5;

/** Longer than a connection idles without the gateway's word, milliseconds. */
const LATE_MS = 5_000;

interface Times {
  first: number;
  warm: number[];
  paused: number;
}

/** Milliseconds from event to answer, by round. */
type Samples = Record<'cold' | 'late' | 'warm' | 'silent' | 'kept', number[]>;

const WAYS = { before: `${folder}/apply-before.js`, now: `${folder}/apply-now.js` };

async function main(): Promise<void> {
  await bundle('functions/apply-refund.ts', WAYS.before, {
    './connections.ts': resolve('bench/plain-connections.ts'),
  });
  await bundle('functions/apply-refund.ts', WAYS.now);
  const certificates = makeCertificates();
  const sandbox = await startSandbox({ gatewayOptions: { notifyAfterMs: 3_600_000 } });
  try {
    console.log(
      `Milliseconds from event to answer, medians of ${rounds}: before -> now (AWS's answers take ${AWS_MS} ms)`,
    );
    console.log('cold: right after loading; late: 5 s after loading; pause: 5 s after the one before');
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const roundTripMs of [30, 60, 200]) {
        console.log(line(version, roundTripMs, await compare(sandbox, certificates, version, roundTripMs)));
      }
    }
  } finally {
    await sandbox.stop();
  }
}

function line(version: string, roundTripMs: number, { before, now }: Record<keyof typeof WAYS, Samples>) {
  const column = (title: string, name: keyof Samples) =>
    `${title} ${medianOf(before[name]).toFixed(0)} -> ${medianOf(now[name]).toFixed(0)}`;
  return [
    `  ${version}, ${roundTripMs} ms:`,
    [
      column('cold', 'cold'),
      column('late', 'late'),
      column('warm', 'warm'),
      column('pause', 'silent'),
      column('pause with Keep-Alive: timeout=60', 'kept'),
    ].join('; '),
  ].join(' ');
}

async function compare(
  { settings }: Sandbox,
  { good, root }: ReturnType<typeof makeCertificates>,
  version: SecureVersion,
  roundTripMs: number,
): Promise<Record<keyof typeof WAYS, Samples>> {
  const peers: Peer[] = [];
  const delayed = async (port: number, ms: number) => {
    const peer = await startDelay(port, ms);
    peers.push(peer);
    return peer.port;
  };
  const near = async (url: string) => `http://127.0.0.1:${await delayed(Number(new URL(url).port), AWS_MS)}`;
  const far = async (isSilent: boolean) => {
    const options = { ...good, minVersion: version, maxVersion: version };
    const front = await startTlsFront(settings.LIANLIAN_TRADER_URL, options, isSilent);
    peers.push(front);
    return `https://127.0.0.1:${await delayed(front.port, roundTripMs)}`;
  };
  const env = {
    ...settings,
    AWS_ENDPOINT_URL_DYNAMODB: await near(settings.AWS_ENDPOINT_URL_DYNAMODB),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: await near(settings.AWS_ENDPOINT_URL_SECRETS_MANAGER),
    NOTIFY_URL: 'http://127.0.0.1:9/refund-notifications',
    GATEWAY_CA: root,
  };
  const [silent, telling] = [await far(true), await far(false)];
  const samples = { before: noSamples(), now: noSamples() };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ['before', 'now'] as const) {
      const prefix = `success-${version.at(-1)}-${roundTripMs}-${way}-${round}`;
      await sample(samples[way], WAYS[way], prefix, env, { silent, telling });
    }
  }
  for (const peer of peers) peer.close();
  return samples;
}

const noSamples = (): Samples => ({ cold: [], late: [], warm: [], silent: [], kept: [] });

/** Two containers, one after the other but for their waits. */
async function sample(
  samples: Samples,
  file: string,
  prefix: string,
  env: Record<string, string>,
  gateways: { silent: string; telling: string },
): Promise<void> {
  const late = await container(file, [`${prefix}l`, LATE_MS], {
    ...env,
    LIANLIAN_TRADER_URL: gateways.silent,
  });
  const cold = await container(file, [`${prefix}c`, 0], {
    ...env,
    LIANLIAN_TRADER_URL: gateways.telling,
  });
  const [atOnce, waited] = await Promise.all([cold.times, late.times]);
  samples.cold.push(atOnce.first);
  samples.late.push(waited.first);
  samples.warm.push(medianOf(atOnce.warm));
  samples.silent.push(waited.paused);
  samples.kept.push(atOnce.paused);
}

/** Comes back when the bundle is loaded. */
async function container(
  file: string,
  args: (string | number)[],
  env: Record<string, string>,
): Promise<{ times: Promise<Times> }> {
  const child = fork('bench/processes/timed.cjs', [file, ...args.map(String)], {
    env: { AWS_REGION: 'ap-east-1', ...env },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${file} has ended without an answer`);
  });
  await Promise.race([once(child, 'message'), ended]);
  return { times: Promise.race([once(child, 'message').then(([times]) => times as Times), ended]) };
}

await main();

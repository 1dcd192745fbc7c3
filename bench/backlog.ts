import { type CaughtUp, catchUp, type Outage } from './catch-up.ts';

/** The settings' defaults, as serverless.yml has them. */
const DEFAULTS = { checksPerShard: 6, maxInFlight: 48, maxPerSecond: 200, runs: 4, aloneMs: 10_000 };

/** After a day's outage: of 20 refunds one has never arrived. 512 MB are enough for 100 checks a second. */
const OUTAGE = { gatewayMs: 200, checksOfRun: 100, unknownEvery: 20, crashes: {} };

const WAYS: Record<string, Partial<Outage>> = {
  'one run alone': { runs: 1 },
  'with the default settings': {},
  'the same, and two runs crash': { crashes: { 6: 60_000, 9: 30_000 } },
  'RECONCILE_RUNS 8, GATEWAY_MAX_PER_SECOND 600, GATEWAY_MAX_IN_FLIGHT 160, RECONCILE_CHECKS_PER_SHARD 20': {
    runs: 8,
    maxPerSecond: 600,
    maxInFlight: 160,
    checksPerShard: 20,
  },
};

const WITHIN_MS = 6 * 3_600_000;

function told({
  endMs,
  settled,
  twice,
  calls,
  mostInSecond,
  mostInFlight,
  runs,
  sideBySide,
}: CaughtUp): string {
  const minutes = endMs === undefined ? 'not caught up' : `${(endMs / 60_000).toFixed(0)} minutes`;
  return (
    `${minutes}, ${settled} settled, ${twice} twice, ${calls} calls, at most ${mostInSecond} in a second and ` +
    `${mostInFlight} at a time; ${runs} runs, at most ${sideBySide} side by side`
  );
}

async function main(): Promise<void> {
  const refunds = Number(process.argv[2] ?? 1_000_000);
  if (!Number.isInteger(refunds) || refunds < 1) throw new Error('Give a number of refunds');
  console.log(`${refunds} refunds due after a day's outage, in virtual time, with a gateway of 200 ms:`);
  for (const [way, more] of Object.entries(WAYS))
    console.log(`  ${way}: ${told(await catchUp({ ...DEFAULTS, ...OUTAGE, refunds, ...more }, WITHIN_MS))}`);
}

await main();

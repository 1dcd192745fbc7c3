// What refunds cost on AWS: `npm run cost`. docs/scale.md shows what it prints.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * List prices in USD, without free tiers, discounts and taxes. They were written down by hand and from no price list:
 * compare each with the page of its service (https://aws.amazon.com/SERVICE/pricing/) before you rely on the sum, and
 * change the date.
 */
export const PRICES = {
  region: 'ap-east-1',
  date: '2025-01',
  writeUnits: { usd: 0.785, per: 1_000_000, of: 'DynamoDB, on demand' },
  readUnits: { usd: 0.157, per: 1_000_000, of: 'DynamoDB, on demand' },
  tableGbMonths: { usd: 0.314, per: 1, of: 'DynamoDB, standard class' },
  backupGbMonths: { usd: 0.251, per: 1, of: 'DynamoDB, point-in-time recovery' },
  invocations: { usd: 0.28, per: 1_000_000, of: 'Lambda' },
  gbSeconds: { usd: 0.0000183, per: 1, of: 'Lambda, arm64' },
  httpRequests: { usd: 1.38, per: 1_000_000, of: 'API Gateway, HTTP API' },
  events: { usd: 1.38, per: 1_000_000, of: 'EventBridge, custom events' },
  logGb: { usd: 0.9, per: 1, of: 'CloudWatch Logs, taken in' },
  logGbMonths: { usd: 0.032, per: 1, of: 'CloudWatch Logs, kept compressed' },
};

/** What is assumed of a refund that goes well: an application, an answer, a notification. Options change these. */
export const ASSUMED = {
  refunds: 1_000_000,
  /** Milliseconds that the gateway takes for its answer. */
  gatewayMs: 300,
  /** How many changes an invocation by the stream takes: 1 while few refunds come, up to the size of a batch. */
  changesInBatch: 1,
  /** How often a caller asks for the refund. */
  readsPerRefund: 1,
};

/** docs/performance.md counts them: the table and its indexes, and the story. */
const WRITE_UNITS = 7 + 3;
const CHANGES = 3;
const MEMORY_GB = 0.5;
/** Of an invocation beside the gateway, milliseconds. */
const OWN_MS = { apply: 10, notify: 15, read: 10, publish: 50, record: 30 };
/** Bytes for each refund: what its functions log with Lambda's own lines, and a line of the API's log. */
const LOG_BYTES = 6_000;
const ACCESS_LOG_BYTES = 450;
/** Bytes for each refund: its record with the entries in two indexes, and its story. */
const STORED_BYTES = 1_000 + 2 * 180 + 2_000;
const COMPRESSED = 0.15;
const LOG_MONTHS = 3;
const STORED_MONTHS = 12;
const GB = 1e9;

/** The quantities, each with the name of its price. */
export function quantitiesOf({ refunds, gatewayMs, changesInBatch, readsPerRefund }) {
  const batches = CHANGES / changesInBatch;
  const invocations = 2 + readsPerRefund + 2 * batches;
  const milliseconds =
    gatewayMs +
    OWN_MS.apply +
    OWN_MS.notify +
    readsPerRefund * OWN_MS.read +
    batches * (OWN_MS.publish + OWN_MS.record);
  const httpRequests = 2 + readsPerRefund;
  const logGb = (LOG_BYTES + httpRequests * ACCESS_LOG_BYTES) / GB;
  const storedGbMonths = (STORED_BYTES * STORED_MONTHS) / GB;
  const each = {
    writeUnits: WRITE_UNITS,
    readUnits: readsPerRefund,
    tableGbMonths: storedGbMonths,
    backupGbMonths: storedGbMonths,
    invocations,
    gbSeconds: (milliseconds / 1_000) * MEMORY_GB,
    httpRequests,
    events: CHANGES,
    logGb,
    logGbMonths: logGb * COMPRESSED * LOG_MONTHS,
  };
  return Object.fromEntries(Object.entries(each).map(([name, quantity]) => [name, quantity * refunds]));
}

const WHAT = {
  writeUnits: 'write units',
  readUnits: 'read units',
  tableGbMonths: 'GB of records and stories, a year',
  backupGbMonths: 'GB of backups, a year',
  invocations: 'invocations',
  gbSeconds: 'GB-seconds',
  httpRequests: 'HTTP requests',
  events: 'events',
  logGb: 'GB of logs',
  logGbMonths: 'GB of logs, 90 days',
};

const short = (quantity) =>
  quantity >= 1_000 ? Math.round(quantity).toLocaleString('en') : String(Number(quantity.toPrecision(3)));

/** The rows of the bill, and their sum in USD. */
export function costOf(assumed) {
  const rows = Object.entries(quantitiesOf(assumed)).map(([name, quantity]) => {
    const { usd, per, of } = PRICES[name];
    return { what: WHAT[name], quantity, of, price: `${usd} / ${short(per)}`, usd: (quantity / per) * usd };
  });
  return { rows, usd: rows.reduce((sum, { usd }) => sum + usd, 0) };
}

/** The bill as a table of Markdown. */
export function billOf(assumed) {
  const { rows, usd } = costOf(assumed);
  return [
    '| Quantity | What | Of | USD each | USD |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ what, quantity, of, price, usd }) =>
        `| ${short(quantity)} | ${what} | ${of} | ${price} | ${usd.toFixed(2)} |`,
    ),
    `| | **together** | | | **${usd.toFixed(2)}** |`,
  ].join('\n');
}

function main() {
  const names = {
    refunds: 'refunds',
    'gateway-ms': 'gatewayMs',
    'changes-in-batch': 'changesInBatch',
    'reads-per-refund': 'readsPerRefund',
  };
  const options = Object.fromEntries(Object.keys(names).map((name) => [name, { type: 'string' }]));
  const given = Object.entries(parseArgs({ options }).values).map(([name, text]) => {
    const value = Number(text);
    if (!(value >= 0) || (name === 'changes-in-batch' && value < 1))
      throw new Error(`--${name} must be a number, and isn't: ${text}`);
    return [names[name], value];
  });
  const assumed = { ...ASSUMED, ...Object.fromEntries(given) };
  console.log(billOf(assumed));
  console.log(`\nFor ${JSON.stringify(assumed)}.`);
  console.log(
    `List prices of ${PRICES.region} as of ${PRICES.date}, written into scripts/cost.mjs by hand: check them before you rely on the sum.`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
